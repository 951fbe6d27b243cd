package wire

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// RESTService speaks rest-json for one service's table.
type RESTService struct {
	// SigningName is the service in the credential scope, and the prefix of the
	// IAM actions: apigateway:GET.
	SigningName string
	// StripPath is cut from the path to make the resource of the authorisation:
	// "/v2" never is part of an ARN.
	StripPath string
	Guard     *Guard
	Log       *slog.Logger
	// Tags returns the tags of a resource by the decoded segments of its path, for
	// policies with aws:ResourceTag conditions; nil when the service has none.
	Tags func(ctx context.Context, path []string) (map[string]string, error)
	// Named returns the segments of the resource that an ARN names, for operations
	// with an ARN in their path; nil when the service has none. ok is false for what
	// is no ARN of such a resource.
	Named func(arn string) (path []string, ok bool)
	// Permission returns what a call needs, by its operation and its decoded input, and
	// the tags of what it is about; nil: the verb on the path, as API Gateway has it.
	Permission func(ctx context.Context, operation string, in any) (Permission, error)
	// Caseless are the labels that are not case-sensitive, such as domain names: they are
	// converted to lower case first.
	Caseless []string

	tree       *routeTree
	operations map[string]*Operation // by name, for [RESTService.Invoke]
}

// Permission is an action on a resource.
type Permission struct {
	Action, Resource string
	Tags             map[string]string // of the resource
}

// NewREST makes the handler of one table. A table with two rows for one verb and
// path is a mistake of the program and panics.
func NewREST(s RESTService, operations []Operation) *RESTService {
	s.tree = newRouteTree(operations)
	s.operations = make(map[string]*Operation, len(operations))
	for i := range operations {
		s.operations[operations[i].Name] = &operations[i]
	}
	return &s
}

// ServeHTTP serves one call: stamp, match, admit, read, authenticate, decode,
// authorise, act, encode.
func (s *RESTService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	requestID := StampRequestID(w)
	stampGatewayID(w)
	op, response, err := s.serve(w, r, requestID)
	if err == nil {
		s.Log.DebugContext(r.Context(), "api call", "operation", op, "requestId", requestID, "duration", time.Since(start))
		return
	}
	if failed(response) {
		s.Log.ErrorContext(r.Context(), "api call failed", "operation", op, "requestId", requestID, "error", err)
		return
	}
	s.Log.DebugContext(r.Context(), "api call refused", "operation", op, "requestId", requestID, "code", response.Code, "error", err)
}

// serve handles a call. The operation is found first, since it bounds the body; whether it
// exists is said only to callers with a good signature.
func (s *RESTService) serve(w http.ResponseWriter, r *http.Request, requestID string) (op string, response ErrorResponse, err error) {
	match, found := s.tree.match(r.Method, r.URL.EscapedPath(), r.URL.Query().Get("mode"))
	match.lower(s.Caseless)
	caller, err := s.Guard.Admit(r, s.SigningName)
	if err != nil {
		return match.name(), WriteRESTError(w, err), err
	}
	body, err := s.Guard.Bodies.Read(w, r, caller.AccessKeyID(), match.maxBody())
	if err != nil {
		err = match.refuseBody(err)
		return match.name(), WriteRESTError(w, err), err
	}
	defer body.Release()
	call := Call{RequestID: requestID, Service: s.SigningName, Operation: match.name(), Context: s.Guard.RequestContext(r), guard: s.Guard}
	call.Principal, err = caller.Authenticate(body.Bytes)
	if err != nil {
		return call.Operation, WriteRESTError(w, err), err
	}
	if !found { // A-WIRE-3
		err = pasarela.Errorf(pasarela.CodeAccessDenied, "Unable to determine service/operation name to be authorized")
		return "", WriteRESTError(w, err), err
	}
	raw := request{labels: match.labels, query: r.URL.Query(), header: r.Header, body: body.Bytes}
	out, err := s.act(WithCall(r.Context(), call), match, call, raw)
	if err != nil {
		return call.Operation, WriteRESTError(w, err), err
	}
	if stream, ok := out.(streamed); ok {
		return call.Operation, ErrorResponse{}, stream.write(r.Context(), w, match.op.Status)
	}
	if err = writeResult(w, match.op.Status, out); err != nil {
		return call.Operation, WriteRESTError(w, err), err
	}
	return call.Operation, ErrorResponse{}, nil
}

// act decodes before it authorises, because conditions such as aws:RequestTag need the
// request's tags. A refusal still comes before the error of an input that cannot be read.
func (s *RESTService) act(ctx context.Context, m match, call Call, raw request) (any, error) {
	in, undecoded := m.op.decode(raw)
	if !m.op.Decides {
		if err := s.authorize(ctx, m, call, in); err != nil {
			return nil, err
		}
	}
	if err := m.op.refuseDeclined(raw); err != nil {
		return nil, err
	}
	if undecoded != nil {
		return nil, undecoded
	}
	return m.op.invoke(ctx, in, raw)
}
