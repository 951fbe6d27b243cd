package event

import "time"

// Types of events, the values of $context.eventType (aws-dataplane §3.1).
const (
	Connect    = "CONNECT"
	Message    = "MESSAGE"
	Disconnect = "DISCONNECT"
	// ConnectionAPI is a call to @connections; it is in logs and timelines only.
	ConnectionAPI = "CONNECTION_API"
	// Socket is what happens to a connection that outlives its sockets; it is in timelines
	// only.
	Socket = "SOCKET"
)

// Event is one execution as templates, parameter mappings, logs and Lambda
// functions see it: $context, $stageVariables and the parameters behind
// $input.params. The data plane fills one for every connect, message and
// disconnect; the zero value of a field is a variable that is absent. Slices are
// only read, so all events of a connection may share them.
//
// The table in variables.go says which variable reads which field.
type Event struct {
	APIID        string
	ConnectionID string
	DomainName   string // Host of the handshake without port
	EventType    string // Connect, Message or Disconnect
	RequestID    string
	MessageID    string // messages only
	RouteKey     string
	Stage        string

	ConnectedAt      int64 // milliseconds since 1970
	RequestTimeEpoch int64 // milliseconds since 1970

	DisconnectStatusCode int    // $disconnect only: the close code, 1000 to 4999 (RFC 6455 §7.4)
	DisconnectReason     string // $disconnect only

	Identity   Identity
	Authorizer []Pair // principalId and what the authorizer added, every value already text

	// What only the end of an execution knows, for access logs.
	Status             int // HTTP status of the execution
	Failure            Failure
	IntegrationLatency time.Duration // of the backend; 0 when none was called
	// AuthorizerLatency is in ms, below zero when no authorizer was asked. Lambda
	// functions get it on $connect (aws-dataplane §4.6).
	AuthorizerLatency int64

	// StageVariables is $stageVariables of the stage.
	StageVariables []Pair

	// Params is what $input.params and route.request.* read: those of the
	// handshake on $connect, the four synthetic headers on $disconnect, and
	// nothing on messages.
	Params Params

	// Sample, when it is set, is $context in place of the fields above: a JSON
	// object, for trying templates with variables that a WebSocket API never has.
	Sample string
}

// Identity is $context.identity. AWS's principalOrgId and its four cognito members
// have no field: see their rows in the table.
type Identity struct {
	SourceIP  string
	UserAgent string

	AccountID string // with AWS_IAM only, as are the next three
	Caller    string
	User      string
	UserARN   string

	APIKey   string // with an API key
	APIKeyID string
}

// Failure is $context.error, filled only when an execution failed.
type Failure struct {
	Message               string
	MessageString         string // the message in quotes, escaped as in a JSON string
	ResponseType          string // aws-dataplane §9
	ValidationErrorString string // what did not fit the model
}
