package stack

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// ChangeSet is the document of a change set.
type ChangeSet struct {
	ID              string    `json:"id"` // the ARN
	Name            string    `json:"name"`
	StackID         string    `json:"stackId"`
	StackName       string    `json:"stackName"`
	Description     string    `json:"description,omitempty"`
	Type            string    `json:"type"` // CREATE or UPDATE
	Status          string    `json:"status"`
	StatusReason    string    `json:"statusReason,omitempty"`
	ExecutionStatus string    `json:"executionStatus"`
	Created         time.Time `json:"created"`
	Input           Input     `json:"input"`
	OnStackFailure  string    `json:"onStackFailure,omitempty"`
	IncludeNested   bool      `json:"includeNested,omitempty"`
	ImportExisting  bool      `json:"importExisting,omitempty"` // as it was asked for (A-STACK-11)
	Changes         []Change  `json:"changes,omitempty"`
	// ParentID and RootID are the ARNs of the change sets directly and highest above, "" for a
	// change set that no other one made (A-STACK-19).
	ParentID string `json:"parentId,omitempty"`
	RootID   string `json:"rootId,omitempty"`
	// OperationID will be that of the operation that executes it: names that are made for
	// nested stacks follow from it.
	OperationID string `json:"operationId,omitempty"`
	// After is the last operation on the stack when the change set was made: it is not executed
	// after another. "" for a stack that is to be created, and in change sets of earlier versions.
	After string `json:"after,omitempty"`

	tree *setTree
}

// CreateChangeSetInput is the input of [Service.CreateChangeSet].
type CreateChangeSetInput struct {
	ChangedInput
	ChangeSetName  string `aws:"ChangeSetName"`
	ChangeSetType  string `aws:"ChangeSetType"`
	Description    string `aws:"Description"`
	OnStackFailure string `aws:"OnStackFailure"`
	IncludeNested  bool   `aws:"IncludeNestedStacks"`
	ImportExisting bool   `aws:"ImportExistingResources"`
}

// executeComplete is the ExecutionStatus of a change set that an operation has begun to execute.
const executeComplete = "EXECUTE_COMPLETE"

var changeSetName = regexp.MustCompile(`^[a-zA-Z][-a-zA-Z0-9]{0,127}$`)

// noChanges is the StatusReason by which clients recognize an empty change set (aws-controlplane §12.2).
const noChanges = "The submitted information didn't contain changes. Submit different information to create a change set."

func changeSetKey(stackID, name string) string {
	_, id, _ := nameOf(stackID)
	return prefixChangeSet + id + "/" + name
}

// CreateChangeSet works out what an update, or the creation of a stack, would do
// (aws-controlplane §12.2). Nothing of the stack is changed, but a stack that is to be
// created is there afterwards, in REVIEW_IN_PROGRESS.
//
// A change set that would change nothing, or make a change that no update can make, is
// made all the same, with Status FAILED and the reason, as clients expect that poll for
// it. Errors: ValidationError for the input and for a stack whose status allows no update,
// AlreadyExistsException for the name of another change set that was not executed,
// InsufficientCapabilitiesException, and what the caller may not read (A-STACK-1).
func (s *Service) CreateChangeSet(ctx context.Context, who pasarela.Principal, in CreateChangeSetInput) (*ChangeSet, error) {
	if !changeSetName.MatchString(in.ChangeSetName) {
		return nil, invalid("1 validation error detected: Value '%s' at 'changeSetName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*", in.ChangeSetName)
	}
	for range maxReviews {
		set, err := s.createChangeSet(ctx, who, in)
		if !errors.Is(err, errStackMade) {
			return set, err
		}
	}
	return nil, pasarela.Errorf(CodeAlreadyExists, "Stack [%s] is created by others at the same time", in.StackName)
}

// maxReviews is how often a new stack may be made by another call while CreateChangeSet makes it.
const maxReviews = 3

// errStackMade says that another call has made the stack that a change set was to make.
var errStackMade = errors.New("the stack was made meanwhile")

// createChangeSet is one try of CreateChangeSet, whose name is checked; [errStackMade] when
// another is needed. A new stack is written first, so that its change sets are found by it; where
// the store does not answer after that, it stays, as on AWS when its change sets are deleted.
func (s *Service) createChangeSet(ctx context.Context, who pasarela.Principal, in CreateChangeSetInput) (*ChangeSet, error) {
	stack, fresh, err := s.stackFor(ctx, in)
	if err != nil {
		return nil, err
	}
	var before *Stack
	if in.ChangeSetType != "CREATE" {
		before = stack
	}
	target, p, err := s.prepare(ctx, who, stack, before, in.ChangedInput, false)
	if err != nil {
		return nil, err
	}
	if named, err := s.changeSets.Get(ctx, changeSetKey(stack.ID, in.ChangeSetName)); err == nil && named.Value.ExecutionStatus != executeComplete {
		return nil, changeSetExists(in.ChangeSetName)
	}
	depth, err := s.depth(ctx, stack)
	if err != nil {
		return nil, err
	}
	if fresh {
		stack.setStatus(stack.Created, "REVIEW_IN_PROGRESS", "User Initiated")
		_, err := s.stacks.Create(ctx, prefixLive+stack.Name, stack)
		if errors.Is(err, pasarela.ErrConflict) {
			return nil, errStackMade
		}
		if err != nil {
			return nil, err
		}
	}
	set := s.newChangeSet(in, stack)
	set.Input = target
	if err := s.addChanges(ctx, who, set, p, stack, depth); err != nil {
		return nil, errors.Join(err, s.removeNotExecuted(ctx, set.ID))
	}
	if set.Status != "FAILED" && len(set.Changes) == 0 && before != nil && p.nothingElse(before) {
		set.fail(noChanges)
	}
	if err := s.keepChangeSet(ctx, set); err != nil {
		return nil, err
	}
	return set, nil
}

// keepChangeSet writes a change set. It takes the place of one of its name that was executed
// (A-STACK-22); where another one of its name was made meanwhile, what was made for it goes.
func (s *Service) keepChangeSet(ctx context.Context, set *ChangeSet) error {
	_, err := s.changeSets.Upsert(ctx, changeSetKey(set.StackID, set.Name), func(stored *ChangeSet) error {
		if stored.ID != "" && stored.ID != set.ID && stored.ExecutionStatus != executeComplete {
			return errNameTaken
		}
		*stored = *set
		return nil
	})
	if errors.Is(err, errNameTaken) {
		return errors.Join(changeSetExists(set.Name), s.removeNotExecuted(ctx, set.ID))
	}
	return err
}

// errNameTaken says that another change set of the name is there, and was not executed.
var errNameTaken = errors.New("another change set has the name")

func changeSetExists(name string) error {
	return pasarela.Errorf(CodeAlreadyExists, "ChangeSet %s already exists", name)
}

// newChangeSet is a change set of a stack without its changes.
func (s *Service) newChangeSet(in CreateChangeSetInput, stack *Stack) *ChangeSet {
	return &ChangeSet{
		ID:   "arn:aws:cloudformation:" + s.RegionAccount.Region + ":" + s.RegionAccount.AccountID + ":changeSet/" + in.ChangeSetName + "/" + pasarela.NewUUID(),
		Name: in.ChangeSetName, StackID: stack.ID, StackName: stack.Name, Description: in.Description, Type: orText(in.ChangeSetType, "UPDATE"),
		Status: "CREATE_COMPLETE", ExecutionStatus: "AVAILABLE", Created: s.now(), OnStackFailure: in.OnStackFailure, IncludeNested: in.IncludeNested,
		ImportExisting: in.ImportExisting, OperationID: pasarela.NewUUID(), After: stack.lastOperation(), tree: &setTree{rootStack: orText(stack.RootID, stack.ID)},
	}
}

// addChanges works out the changes of a change set, and the change sets of nested stacks
// where it has them. A template that cannot be carried out makes it FAILED; the error is
// one of the store.
func (s *Service) addChanges(ctx context.Context, who pasarela.Principal, set *ChangeSet, p *plan, stack *Stack, depth int) (err error) {
	d := p.differ(stack)
	if set.Changes, err = d.all(ctx); isUnavailable(err) {
		return err
	}
	if err != nil {
		set.fail(err.Error())
		return nil
	}
	if !set.IncludeNested {
		return nil
	}
	return s.addNestedSets(ctx, who, set, d, depth+1)
}

func (set *ChangeSet) fail(reason string) {
	set.Status, set.StatusReason, set.ExecutionStatus = "FAILED", reason, "UNAVAILABLE"
}

// stackFor is the stack that a change set is for; fresh when it has to be written.
func (s *Service) stackFor(ctx context.Context, in CreateChangeSetInput) (stack *Stack, fresh bool, err error) {
	found, err := s.find(ctx, in.StackName)
	missing := errors.Is(err, pasarela.ErrNotFound) || err == nil && !found.Deleted.IsZero()
	switch {
	case err != nil && !missing:
		return nil, false, err
	case in.ChangeSetType == "CREATE" && missing:
		if err := checkName(in.StackName); err != nil {
			return nil, false, err
		}
		return s.newStack(in.StackName), true, nil
	case in.ChangeSetType == "CREATE" && found.Status != "REVIEW_IN_PROGRESS":
		return nil, false, invalid("Stack [%s] already exists and cannot be created again with the changeSet [%s].", in.StackName, in.ChangeSetName)
	case in.ChangeSetType == "CREATE":
		return found, false, nil
	case in.ChangeSetType != "" && in.ChangeSetType != "UPDATE":
		return nil, false, invalid("ChangeSetType %s is not served here: resources that exist are not imported into stacks.", in.ChangeSetType)
	case missing:
		return nil, false, noStack(in.StackName)
	case found.Status == "REVIEW_IN_PROGRESS":
		return nil, false, invalid("Stack [%s] is in REVIEW_IN_PROGRESS state: it was never created, so its change sets have ChangeSetType CREATE.", found.Name)
	}
	return found, false, updatable(found)
}

// ChangeSet finds a change set by its ARN, or by its name and its stack. One of another
// stack than is named is not found: permissions are asked for on the stack that is named.
// ChangeSetNotFound, or ValidationError where a name comes without a stack.
func (s *Service) ChangeSet(ctx context.Context, name, stackName string) (*ChangeSet, error) {
	if strings.HasPrefix(name, "arn:") {
		docs, err := s.changeSets.List(ctx, prefixChangeSet)
		if err != nil {
			return nil, err
		}
		for _, doc := range docs {
			if doc.Value.ID == name && (stackName == "" || stackName == doc.Value.StackName || stackName == doc.Value.StackID) {
				return doc.Value, nil
			}
		}
		return nil, noChangeSet(name)
	}
	if stackName == "" {
		return nil, invalid("StackName must be specified if ChangeSetName is not specified as an ARN.")
	}
	stack, err := s.live(ctx, stackName)
	if err != nil {
		return nil, err
	}
	doc, err := s.changeSets.Get(ctx, changeSetKey(stack.ID, pasarela.EscapeKey(name)))
	if errors.Is(err, pasarela.ErrNotFound) {
		return nil, noChangeSet(name)
	}
	return doc.Value, err
}

func noChangeSet(name string) error {
	return pasarela.Errorf(CodeChangeSetNotFound, "ChangeSet [%s] does not exist", name)
}

// ChangeSets are the change sets of a stack, oldest first.
func (s *Service) ChangeSets(ctx context.Context, stackName string) ([]*ChangeSet, error) {
	stack, err := s.live(ctx, stackName)
	if err != nil {
		return nil, err
	}
	_, id, _ := nameOf(stack.ID)
	docs, err := s.changeSets.List(ctx, prefixChangeSet+id+"/")
	sets := document.Values(docs)
	slices.SortStableFunc(sets, func(a, b *ChangeSet) int { return a.Created.Compare(b.Created) })
	return sets, err
}

// DeleteChangeSet removes a change set; one that is not there is no error.
func (s *Service) DeleteChangeSet(ctx context.Context, name, stackName string) error {
	set, err := s.ChangeSet(ctx, name, stackName)
	if pasarela.CodeOf(err) == CodeChangeSetNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if err := set.notNested("delete"); err != nil {
		return err
	}
	return s.removeChangeSet(ctx, set)
}

// notNested refuses what is done to a whole tree of change sets from its root (A-STACK-19).
func (set *ChangeSet) notNested(verb string) error {
	if set.ParentID == "" {
		return nil
	}
	return pasarela.Errorf(CodeInvalidChangeSetStatus, "ChangeSet [%s] belongs to a nested stack: %s the change set of the stack highest above it, [%s]", set.ID, verb, set.RootID)
}

// ExecuteChangeSetInput is the input of [Service.ExecuteChangeSet].
type ExecuteChangeSetInput struct {
	ChangeSetName   string `aws:"ChangeSetName"`
	StackName       string `aws:"StackName"`
	ClientToken     string `aws:"ClientRequestToken"`
	DisableRollback bool   `aws:"DisableRollback"`
}

// ExecuteChangeSet begins to do what a change set says, and waits for the end for ten
// seconds (A-STACK-4). InvalidChangeSetStatus for one that failed or was executed;
// ValidationError where the stack has changed its status since. The other change sets of
// the stack are removed when the operation begins: they were made for what it was.
func (s *Service) ExecuteChangeSet(ctx context.Context, who pasarela.Principal, in ExecuteChangeSetInput) error {
	set, err := s.ChangeSet(ctx, in.ChangeSetName, in.StackName)
	if err != nil {
		return err
	}
	if err := set.notNested("execute"); err != nil {
		return err
	}
	if set.ExecutionStatus != "AVAILABLE" {
		return pasarela.Errorf(CodeInvalidChangeSetStatus, "ChangeSet [%s] cannot be executed in its current status of [%s]", set.ID, set.Status)
	}
	onFailure, err := onFailed(set.OnStackFailure, in.DisableRollback)
	if err != nil {
		return err
	}
	if _, err := s.servicesFor(ctx, who, set.Input.RoleARN); err != nil {
		return err
	}
	return s.execute(ctx, who, set, in.ClientToken, onFailure)
}

// execute starts the operation that a change set describes.
func (s *Service) execute(ctx context.Context, who pasarela.Principal, set *ChangeSet, token, onFailure string) error {
	kind := opUpdate
	if set.Type == "CREATE" {
		kind = opCreate
	}
	op := s.operation(kind, set.Input, who, token, onFailure)
	op.executes(set)
	if kind == opUpdate {
		stack, err := s.live(ctx, set.StackID)
		if err != nil {
			return err
		}
		if set.After != "" && stack.lastOperation() != set.After {
			return pasarela.Errorf(CodeInvalidChangeSetStatus, "ChangeSet [%s] cannot be executed in its current status of [OBSOLETE]: the stack was changed after it was made", set.ID)
		}
		_, err = s.update(ctx, stack, op)
		return err
	}
	_, err := s.change(ctx, set.StackName, func(stack *Stack) error {
		if stack.ID != set.StackID || stack.Status != "REVIEW_IN_PROGRESS" {
			return invalid("Stack [%s] already exists and cannot be created again with the changeSet [%s].", set.StackName, set.Name)
		}
		stack.Operation, stack.Input, stack.ChangeSetID = op, set.Input, set.ID
		stack.Updated = op.Began // it was there before, as the change set made it (aws-controlplane §12.2)
		stack.DisableRollback = onFailure == "DO_NOTHING"
		stack.setStatus(op.Began, "CREATE_IN_PROGRESS", "User Initiated")
		return nil
	})
	if err == nil {
		s.start(ctx, set.StackName, false)
	}
	return err
}
