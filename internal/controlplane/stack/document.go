package stack

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// Keys of the documents of this package, which no other names.
const (
	prefixLive      = "stack/live/"
	prefixDeleted   = "stack/deleted/"
	prefixChangeSet = "stack/changeset/"
)

// Values are properties or attributes; numbers keep their literals in the store.
type Values map[string]any

// UnmarshalJSON is [json.Unmarshaler].
func (v *Values) UnmarshalJSON(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var plain map[string]any
	err := decoder.Decode(&plain)
	*v = plain
	return err
}

// Input is what a stack shall be: a template and all that its functions read, so that the
// same input always makes the same plan.
type Input struct {
	Template   string            `json:"template"` // as it was given
	Parameters map[string]string `json:"parameters,omitempty"`
	// Resolved are the values of parameters of Systems Manager, by name of the parameter.
	Resolved map[string]string `json:"resolved,omitempty"`
	// Templates are those of nested stacks by logical id, as they were read when the input
	// was made (A-STACK-18): an object may change under its URL, and a rollback needs the
	// one before.
	Templates map[string]string `json:"templates,omitempty"`
	// NotKnown are parameters that have no value yet, of a nested stack in a change set.
	NotKnown         []string          `json:"notKnown,omitempty"`
	Tags             map[string]string `json:"tags,omitempty"`
	Capabilities     []string          `json:"capabilities,omitempty"`
	NotificationARNs []string          `json:"notificationArns,omitempty"`
	RoleARN          string            `json:"roleArn,omitempty"`
}

// Stack is the document of a stack.
type Stack struct {
	Name                  string `json:"name"`
	ID                    string `json:"id"` // the ARN
	Status                string `json:"status"`
	StatusReason          string `json:"statusReason,omitempty"`
	Description           string `json:"description,omitempty"`
	Created               time.Time
	Updated               time.Time `json:"updated,omitzero"`
	Deleted               time.Time `json:"deleted,omitzero"`
	Input                 Input     `json:"input"` // that the stack was brought to last
	DisableRollback       bool      `json:"disableRollback,omitempty"`
	TerminationProtection bool      `json:"terminationProtection,omitempty"`
	TimeoutInMinutes      int       `json:"timeoutInMinutes,omitempty"`
	ParentID              string    `json:"parentId,omitempty"`
	RootID                string    `json:"rootId,omitempty"`
	ChangeSetID           string    `json:"changeSetId,omitempty"` // that made or changed it last

	Outputs   []Output             `json:"outputs,omitempty"`
	Imports   []string             `json:"imports,omitempty"` // names of exports of other stacks
	Resources map[string]*Resource `json:"resources,omitempty"`
	Events    []Event              `json:"events,omitempty"` // the last ones, oldest first
	Operation *Operation           `json:"operation,omitempty"`
	Drift     *Drift               `json:"drift,omitempty"` // as it was found last, nil since the stack was changed
}

// Output is the value of an output.
type Output struct {
	Key         string `json:"key"`
	Value       string `json:"value"`
	Description string `json:"description,omitempty"`
	ExportName  string `json:"exportName,omitempty"`
}

// Resource is a resource of a stack as it is. A value is never changed in place: readers
// share it.
type Resource struct {
	LogicalID    string    `json:"logicalId"`
	Type         string    `json:"type"`
	Status       string    `json:"status"`
	StatusReason string    `json:"statusReason,omitempty"`
	Updated      time.Time `json:"updated"`
	Physical
	// Attempted are the properties of an update that was begun and is not known to have
	// ended well, nil when there is none.
	Attempted           *Values    `json:"attempted,omitempty"`
	Old                 []Physical `json:"old,omitempty"` // replaced ones that are still there
	Needs               []string   `json:"needs,omitempty"`
	DeletionPolicy      string     `json:"deletionPolicy,omitempty"`
	UpdateReplacePolicy string     `json:"updateReplacePolicy,omitempty"`
	Metadata            any        `json:"metadata,omitempty"`
}

// Physical is what a logical id stands for.
type Physical struct {
	ID         string            `json:"id,omitempty"` // what Ref returns; "" while there is nothing
	Properties Values            `json:"properties,omitempty"`
	Attributes Values            `json:"attributes,omitempty"`
	Tags       map[string]string `json:"tags,omitempty"`    // of the stack, when it was made or changed last
	Suffix     string            `json:"suffix"`            // of names that are made for it
	Ignored    bool              `json:"ignored,omitempty"` // its type is skipped: there is nothing
}

// Event is one line of what happened to a stack.
type Event struct {
	ID          string    `json:"id"`
	LogicalID   string    `json:"logicalId"`
	PhysicalID  string    `json:"physicalId,omitempty"`
	Type        string    `json:"type"`
	Status      string    `json:"status"`
	Reason      string    `json:"reason,omitempty"`
	At          time.Time `json:"at"`
	Token       string    `json:"token,omitempty"`
	OperationID string    `json:"operationId,omitempty"`
}

// maxEvents is how many events of a stack are kept.
const maxEvents = 2000

// Kinds of operations.
const (
	opCreate = "CREATE"
	opUpdate = "UPDATE"
	opDelete = "DELETE"
)

// Phases of an operation.
const (
	phaseForward  = "forward"
	phaseRollback = "rollback"
	phaseCleanup  = "cleanup" // removes what the stack does not have any more
	phaseUndone   = "undone"  // the same after a rollback
)

// executes gives an operation its change set, nil for none.
func (op *Operation) executes(set *ChangeSet) {
	if set == nil {
		return
	}
	op.ChangeSet = set.ID
	if set.OperationID != "" { // change sets of earlier versions have none
		op.ID = set.OperationID
	}
}

// Operation is what is being done to a stack.
type Operation struct {
	ID    string `json:"id"`
	Kind  string `json:"kind"`
	Phase string `json:"phase"`
	// Target is what the stack shall be; a rollback goes back to [Stack.Input].
	Target    Input              `json:"target"`
	Caller    pasarela.Principal `json:"caller"`
	Token     string             `json:"token,omitempty"` // of the client's request
	Began     time.Time          `json:"began"`
	Failure   string             `json:"failure,omitempty"`
	Cancel    bool               `json:"cancel,omitempty"`
	Retain    []string           `json:"retain,omitempty"`    // logical ids that a deletion leaves
	Force     bool               `json:"force,omitempty"`     // a deletion forgets what it cannot remove
	OnFailed  string             `json:"onFailed"`            // ROLLBACK, DO_NOTHING or DELETE
	ChangeSet string             `json:"changeSet,omitempty"` // its ARN

	// Node holds the operation until then; another may go on with it after.
	Node    string    `json:"node"`
	Until   time.Time `json:"until"`
	Started bool      `json:"started,omitempty"` // a node has begun to work on it
}
