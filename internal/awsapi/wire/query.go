package wire

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// QueryService speaks the query protocol for one service's table: a form in,
// XML out (aws-controlplane §6.1).
type QueryService struct {
	// SigningName is the service in the credential scope, and the prefix of the
	// IAM actions: iam:CreateRole.
	SigningName string
	Version     string // of the API: 2010-05-08
	Namespace   string // of the XML: https://iam.amazonaws.com/doc/2010-05-08/
	Guard       *Guard // with AnyRegion
	Log         *slog.Logger

	operations map[string]*QueryOperation
	declined   map[string]string // reason by name
}

// Codes of the query protocol.
const (
	CodeInvalidAction  pasarela.ErrorCode = "InvalidAction"
	CodeMissingAction  pasarela.ErrorCode = "MissingAction"
	CodeMalformedQuery pasarela.ErrorCode = "MalformedQueryString"
)

// NewQuery makes the handler of one table. Two rows of one name are a mistake of
// the program and panic.
func NewQuery(s QueryService, operations []QueryOperation, declined []DeclinedOperation) *QueryService {
	s.operations = byName(operations, func(op *QueryOperation) string { return op.Name })
	s.declined = reasons(declined)
	return &s
}

// ServeHTTP serves one call: stamp, admit, read, authenticate, find, decode,
// authorise, act, encode.
func (s *QueryService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	requestID := StampRequestID(w)
	op, err := s.serve(w, r, requestID)
	if err == nil {
		s.Log.DebugContext(r.Context(), "api call", "operation", op, "requestId", requestID, "duration", time.Since(start))
		return
	}
	response := WriteQueryError(w, s.Namespace, requestID, err)
	if failed(response) {
		s.Log.ErrorContext(r.Context(), "api call failed", "operation", op, "requestId", requestID, "error", err)
		return
	}
	s.Log.DebugContext(r.Context(), "api call refused", "operation", op, "requestId", requestID, "code", response.Code, "error", err)
}

// serve handles a call or returns the error to write. The body is read only after the head
// was admitted, and parsed only after the signature was verified.
func (s *QueryService) serve(w http.ResponseWriter, r *http.Request, requestID string) (name string, err error) {
	caller, err := s.Guard.Admit(r, s.SigningName)
	if err != nil {
		return "", err
	}
	body, err := s.Guard.Bodies.Read(w, r, caller.AccessKeyID(), maxForm)
	if err != nil {
		return "", err
	}
	defer body.Release()
	principal, err := caller.Authenticate(body.Bytes)
	if err != nil {
		return "", err
	}
	form, err := readForm(r, body.Bytes)
	if err != nil {
		return "", err
	}
	name = form.Get("Action")
	op, err := s.find(name, form.Get("Version"))
	if err != nil {
		return name, err
	}
	call := Call{RequestID: requestID, Principal: principal, Service: s.SigningName, Operation: op.Name, Context: s.Guard.RequestContext(r)}
	out, err := op.invoke(WithCall(r.Context(), call), form, func(ctx context.Context, t Target) error {
		return s.authorize(ctx, call, t)
	})
	if err != nil {
		return name, err
	}
	return name, s.write(w, op, out, requestID)
}

// readForm joins the form of the body and the query: both forms of a call exist.
func readForm(r *http.Request, body []byte) (url.Values, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, pasarela.Errorf(CodeMalformedQuery, "The form in the request body does not parse.")
	}
	for name, values := range r.URL.Query() {
		if _, there := form[name]; !there {
			form[name] = values
		}
	}
	return form, nil
}

// find is the operation of an Action. An operation that AWS has and this server does not is
// refused with the reason.
func (s *QueryService) find(name, version string) (*QueryOperation, error) {
	if version == "" {
		version = s.Version
	}
	op := s.operations[name]
	switch {
	case name == "":
		return nil, pasarela.Errorf(CodeMissingAction, "The request must contain the parameter Action.")
	case version == s.Version && op != nil:
		return op, nil
	case version == s.Version && s.declined[name] != "":
		return nil, pasarela.Errorf(CodeInvalidAction, "Could not find operation %s for version %s: %s", name, version, s.declined[name])
	}
	return nil, pasarela.Errorf(CodeInvalidAction, "Could not find operation %s for version %s", name, version)
}

// authorize asks for service:Operation on the target. The condition keys of the
// target stay in the call, for further decisions of the operation.
func (s *QueryService) authorize(ctx context.Context, call Call, t Target) error {
	for name, values := range t.Keys {
		call.Context[name] = values
	}
	if t.Unguarded {
		return nil
	}
	action := s.SigningName + ":" + call.Operation
	err := s.Guard.Authorize(ctx, call.Principal, action, []string{t.Resource}, call.Context)
	if err != nil || t.Becomes == "" || t.Becomes == t.Resource {
		return err
	}
	return s.Guard.Authorize(ctx, call.Principal, action, []string{t.Becomes}, call.Context)
}

// write encodes the answer before the status is written, so that an answer which does not
// encode is still an error.
func (s *QueryService) write(w http.ResponseWriter, op *QueryOperation, out any, requestID string) error {
	body, err := encodeQuery(op.Name, s.Namespace, out, requestID)
	if err != nil {
		return &pasarela.Error{Code: pasarela.CodeInternal, Message: "the answer does not encode", Cause: err}
	}
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(body) // the client is gone: nothing to tell it
	return nil
}
