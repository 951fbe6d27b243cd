package lambda

import (
	"context"
	"encoding/base64"
	"encoding/json"

	"github.com/pasarela-ws/pasarela"
)

// InvokeInput is the input of Invoke.
type InvokeInput struct {
	FunctionInput
	InvocationType string `header:"X-Amz-Invocation-Type"`
	LogType        string `header:"X-Amz-Log-Type"`
	ClientContext  string `header:"X-Amz-Client-Context"`
	TraceID        string `header:"X-Amzn-Trace-Id"`
	Payload        []byte `body:"raw"`
}

// Types of invocations.
const (
	RequestResponse = "RequestResponse"
	Event           = "Event"
	DryRun          = "DryRun"
)

// Invoke runs a function. The result of an Event and a DryRun is empty.
func (s *Service) Invoke(ctx context.Context, in InvokeInput) (Invoked, error) {
	_, v, r, err := s.version(ctx, in.FunctionInput)
	if err != nil {
		return Invoked{}, err
	}
	if len(in.Payload) > 0 && !json.Valid(in.Payload) {
		return Invoked{}, pasarela.Errorf(CodeInvalidContent, "Could not parse request body into json: the payload is no JSON.")
	}
	clientContext, err := base64.StdEncoding.DecodeString(in.ClientContext)
	if err != nil {
		return Invoked{}, pasarela.Errorf(CodeInvalidContent, "Client context must be a valid Base64-encoded JSON object.")
	}
	call := Invocation{Name: r.Name, Qualifier: r.Qualifier, Payload: in.Payload, ClientContext: string(clientContext), TraceID: in.TraceID, Tail: in.LogType == "Tail"}
	switch in.InvocationType {
	case DryRun:
		return Invoked{Version: v.Version}, nil
	case Event, RequestResponse, "":
	default:
		return Invoked{}, invalid("1 validation error detected: Value '%s' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [Event, RequestResponse, DryRun]", in.InvocationType)
	}
	if s.options.Runner == nil {
		return Invoked{}, pasarela.Errorf(CodeService, "This server does not run functions: it was started without --functions.")
	}
	if in.InvocationType == Event {
		return Invoked{}, s.options.Runner.InvokeEvent(call)
	}
	return s.options.Runner.Invoke(ctx, call)
}
