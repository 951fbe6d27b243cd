package mapping

import "strings"

// Event types, the values of $context.eventType (aws-dataplane §6.3).
const (
	EventConnect    = "CONNECT"
	EventMessage    = "MESSAGE"
	EventDisconnect = "DISCONNECT"
)

// Event is one execution as templates and parameter mappings see it: $context,
// $stageVariables and the parameters behind $input.params. The data plane fills
// one for every connect, message and disconnect; the zero value of a field is a
// variable that is not there and prints nothing. Slices are only read, so all
// events of a connection may share them.
//
// The fields are the WebSocket list of aws-dataplane §6.3 in AWS's own names;
// $context.requestTime is written from RequestTimeEpoch when it is asked for.
type Event struct {
	// Done is closed when nobody waits for what is made of the event any more:
	// templates that are being rendered end then. Nil never is.
	Done <-chan struct{}

	APIID             string // apiId
	ConnectionID      string // connectionId
	DomainName        string // domainName: Host of the handshake without port
	EventType         string // eventType: EventConnect, EventMessage or EventDisconnect
	RequestID         string // requestId
	ExtendedRequestID string // extendedRequestId; empty means the same as RequestID
	MessageID         string // messageId, messages only
	MessageDirection  string // messageDirection; empty means IN
	RouteKey          string // routeKey
	Stage             string // stage

	ConnectedAt      int64 // connectedAt, milliseconds since 1970
	RequestTimeEpoch int64 // requestTimeEpoch, milliseconds since 1970

	Status               int    // status, once there is one
	DisconnectStatusCode int    // disconnectStatusCode, $disconnect only
	DisconnectReason     string // disconnectReason, $disconnect only

	Identity Identity
	Failure  Failure

	// Authorizer is $context.authorizer: principalId and what the authorizer
	// added, every value already text.
	Authorizer []Pair

	// StageVariables is $stageVariables of the stage.
	StageVariables []Pair

	// Params is what $input.params and route.request.* read: those of the
	// handshake on $connect, the four synthetic headers on $disconnect, and
	// nothing on messages.
	Params Params

	// Sample replaces the fields above as $context when it is set: a JSON object,
	// for trying templates with variables that a WebSocket API never has.
	Sample string
}

// Identity is $context.identity.
type Identity struct {
	SourceIP  string // sourceIp
	UserAgent string // userAgent

	AccountID      string // accountId, with AWS_IAM, as the four below
	Caller         string // caller
	User           string // user
	UserARN        string // userArn
	PrincipalOrgID string // principalOrgId

	APIKey   string // apiKey, with an API key
	APIKeyID string // apiKeyId

	CognitoAuthenticationProvider string // cognitoAuthenticationProvider, with Cognito credentials
	CognitoAuthenticationType     string // cognitoAuthenticationType
	CognitoIdentityID             string // cognitoIdentityId
	CognitoIdentityPoolID         string // cognitoIdentityPoolId
}

// Failure is $context.error, filled only when an execution failed.
type Failure struct {
	Message               string // error.message
	MessageString         string // error.messageString: the message in quotes
	ResponseType          string // error.responseType
	ValidationErrorString string // error.validationErrorString
}

// Pair is a name and its value. Where a name comes more than once the pairs
// stand in the order received.
type Pair struct{ Name, Value string }

// Params are the parameters of a request. Names keep the case the client wrote.
type Params struct {
	Path        []Pair
	Querystring []Pair
	Header      []Pair
}

// last is the value of the last pair of that name, exact to the letter
// (aws-dataplane §4.2: repeated parameters count with their last value).
func last(pairs []Pair, name string) (string, bool) {
	for i := len(pairs) - 1; i >= 0; i-- {
		if pairs[i].Name == name {
			return pairs[i].Value, true
		}
	}
	return "", false
}

// lastFold is last with no regard to case.
func lastFold(pairs []Pair, name string) (string, bool) {
	for i := len(pairs) - 1; i >= 0; i-- {
		if strings.EqualFold(pairs[i].Name, name) {
			return pairs[i].Value, true
		}
	}
	return "", false
}
