package wire

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/sigv4"
)

// JSONService speaks AWS's JSON protocol 1.1 for one service's table: the operation in
// the header X-Amz-Target, JSON in, JSON out, errors with their code in __type.
type JSONService struct {
	SigningName string // and the prefix of the IAM actions: ssm:GetParameter
	Target      string // what X-Amz-Target begins with: AmazonSSM
	Guard       *Guard
	Log         *slog.Logger

	operations map[string]*JSONOperation
	declined   map[string]string // reason by name
}

const jsonContentType = "application/x-amz-json-1.1"

// JSONOperation is one row of a service's table. Make rows with [JSONReply].
type JSONOperation struct {
	Name     string
	Declined []Declined

	input   reflect.Type
	targets func(ctx context.Context, in any) ([]Target, error) // in points to an input
	act     func(ctx context.Context, in any) (any, error)
}

// JSONReply is an operation that returns a structure. targets says what it acts on: the
// caller must be allowed it on all of them. declined are members that are refused when
// they are given.
func JSONReply[In, Out any](name string, targets func(context.Context, In) ([]Target, error), act func(context.Context, In) (Out, error), declined ...Declined) JSONOperation {
	return JSONOperation{
		name, declined, pointedTo((*In)(nil)),
		func(ctx context.Context, in any) ([]Target, error) { return targets(ctx, *in.(*In)) },
		func(ctx context.Context, in any) (any, error) { return act(ctx, *in.(*In)) },
	}
}

func (op *JSONOperation) invoke(ctx context.Context, body []byte, authorize func(context.Context, []Target) error) (any, error) {
	in := reflect.New(op.input).Interface()
	if err := decodeJSONCall(body, in, op.Declined); err != nil {
		return nil, err
	}
	on, err := op.targets(ctx, in)
	if err != nil {
		return nil, err
	}
	if err := authorize(ctx, on); err != nil {
		return nil, err
	}
	return op.act(ctx, in)
}

// decodeJSONCall reads the members of a call. Those that AWS has and that could do nothing
// here are refused; unknown ones are ignored as on AWS.
func decodeJSONCall(body []byte, in any, declined []Declined) error {
	if len(body) == 0 {
		body = []byte("{}")
	}
	var given map[string]json.RawMessage
	if err := json.Unmarshal(body, &given); err != nil {
		return pasarela.Errorf(CodeSerialization, "The body of the request is no JSON object: %v", err)
	}
	for _, d := range declined {
		if value, there := given[d.Member]; there && !d.Ignore && string(value) != "null" {
			return pasarela.Errorf(CodeJSONValidation, "%s is not supported here: %s", d.Member, d.Reason)
		}
	}
	if err := json.Unmarshal(body, in); err != nil {
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) {
			return pasarela.Errorf(CodeSerialization, "The member %s takes no JSON %s.", kind.Field, kind.Value)
		}
		return pasarela.Errorf(CodeSerialization, "The body of the request does not decode: %v", err)
	}
	return nil
}

// CodeJSONValidation is what the services of the JSON protocol say of wrong input.
const CodeJSONValidation pasarela.ErrorCode = "ValidationException"

// NewJSON makes the handler of one table. Two rows of one name are a mistake of the
// program and panic.
func NewJSON(s JSONService, operations []JSONOperation, declined []DeclinedOperation) *JSONService {
	s.operations = byName(operations, func(op *JSONOperation) string { return op.Name })
	s.declined = reasons(declined)
	return &s
}

// ServeHTTP serves one call: stamp, admit, read, authenticate, find, decode, authorise,
// act, encode.
func (s *JSONService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	requestID := StampRequestID(w)
	name, body, err := s.serve(w, r, requestID)
	if err == nil {
		w.Header().Set("Content-Type", jsonContentType)
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write(body) // the client is gone: nothing to tell it
		s.Log.DebugContext(r.Context(), "api call", "operation", name, "requestId", requestID, "duration", time.Since(start))
		return
	}
	response := writeJSONError(w, err)
	if failed(response) {
		s.Log.ErrorContext(r.Context(), "api call failed", "operation", name, "requestId", requestID, "error", err)
		return
	}
	s.Log.DebugContext(r.Context(), "api call refused", "operation", name, "requestId", requestID, "code", response.Code, "error", err)
}

// serve serves one call, in the order of the steps that ServeHTTP names. A signature is
// verified before anything of the body is decoded.
func (s *JSONService) serve(w http.ResponseWriter, r *http.Request, requestID string) (name string, response []byte, err error) {
	caller, err := s.Guard.Admit(r, s.SigningName)
	if err != nil {
		return "", nil, err
	}
	body, err := s.Guard.Bodies.Read(w, r, caller.AccessKeyID(), maxForm)
	if err != nil {
		return "", nil, err
	}
	defer body.Release()
	principal, err := caller.Authenticate(body.Bytes)
	if err != nil {
		return "", nil, err
	}
	prefix, name, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	op, err := s.find(prefix, name)
	if err != nil {
		return name, nil, err
	}
	call := Call{RequestID: requestID, Principal: principal, Service: s.SigningName, Operation: op.Name, Context: s.Guard.RequestContext(r)}
	out, err := s.act(r.Context(), op, call, body.Bytes)
	if err != nil {
		return name, nil, err
	}
	response, err = json.Marshal(out)
	if err != nil {
		return name, nil, &pasarela.Error{Code: pasarela.CodeInternal, Message: "the answer does not encode", Cause: err}
	}
	return name, response, nil
}

func (s *JSONService) act(ctx context.Context, op *JSONOperation, call Call, body []byte) (any, error) {
	return op.invoke(WithCall(ctx, call), body, func(ctx context.Context, targets []Target) error {
		for _, t := range targets {
			keys := maps.Clone(call.Context)
			maps.Copy(keys, t.Keys)
			if err := s.Guard.Authorize(ctx, call.Principal, s.SigningName+":"+op.Name, []string{t.Resource}, keys); err != nil {
				return err
			}
		}
		return nil
	})
}

// find is the operation of a target. An operation that AWS has and this server does not is
// refused with the reason.
func (s *JSONService) find(prefix, name string) (*JSONOperation, error) {
	switch op := s.operations[name]; {
	case prefix == s.Target && op != nil:
		return op, nil
	case prefix == s.Target && s.declined[name] != "":
		return nil, pasarela.Errorf(CodeUnknownOperation, "%s is not served here: %s", name, s.declined[name])
	}
	return nil, pasarela.Errorf(CodeUnknownOperation, "X-Amz-Target names no operation of %s that is served here.", s.SigningName)
}

// Invoke is [Invoker].
func (s *JSONService) Invoke(ctx context.Context, call Call, operation string, members map[string]any) (map[string]any, error) {
	op, err := s.find(s.Target, operation)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(members)
	if err != nil {
		return nil, &pasarela.Error{Code: pasarela.CodeInternal, Message: "the call does not encode", Cause: err}
	}
	call.Service, call.Operation, call.Context = s.SigningName, operation, maps.Clone(call.Context)
	if call.RequestID == "" {
		call.RequestID = pasarela.NewUUID()
	}
	out, err := s.act(ctx, op, call, body)
	if err != nil {
		return nil, err
	}
	return asMembers(out)
}

// JSONErrorResponse spells err for the services of the JSON protocol: all that a caller does wrong
// is a 400.
func JSONErrorResponse(err error) ErrorResponse {
	var signature *sigv4.Error
	var known *pasarela.Error
	switch {
	case errors.As(err, &signature):
		a := signature.RESTJSON()
		return ErrorResponse{http.StatusBadRequest, a.Code, a.Message}
	case errors.As(err, &known) && known.Code == pasarela.CodeServiceUnavailable:
		return ErrorResponse{http.StatusServiceUnavailable, string(known.Code), known.Message}
	case errors.As(err, &known) && known.Code != pasarela.CodeInternal:
		return ErrorResponse{http.StatusBadRequest, string(known.Code), known.Message}
	case errors.Is(err, pasarela.ErrUnavailable):
		return ErrorResponse{http.StatusServiceUnavailable, string(pasarela.CodeServiceUnavailable), textUnavailable}
	}
	return ErrorResponse{http.StatusInternalServerError, "InternalServerError", textInternal}
}

func writeJSONError(w http.ResponseWriter, err error) ErrorResponse {
	a := JSONErrorResponse(err)
	body, _ := json.Marshal(map[string]string{"__type": a.Code, "message": a.Message}) // strings always encode
	retryAfter(w.Header(), a.Status)
	w.Header().Set("Content-Type", jsonContentType)
	w.WriteHeader(a.Status)
	_, _ = w.Write(body) // the client is gone: nothing to tell it
	return a
}
