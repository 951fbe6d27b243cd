package functions

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// runtimeAPI serves the Lambda Runtime API (aws-lambda §2) to the processes. The first part
// of the path is the process's token: AWS_LAMBDA_RUNTIME_API is host:port/token, which all
// runtime clients put before their paths as it stands.
type runtimeAPI struct{ runner *Runner }

// Paths behind the token.
const (
	runtimePath    = "/2018-06-01/runtime/"
	invocationPath = runtimePath + "invocation/"
)

// ServeHTTP serves a process that the token in the path names: next, response and error of
// Lambda's Runtime API (aws-lambda §2). A path without such a token is refused with 403.
func (a runtimeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	token, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	a.runner.mu.Lock()
	p := a.runner.processes[token]
	a.runner.mu.Unlock()
	if p == nil {
		http.Error(w, "no such process", http.StatusForbidden)
		return
	}
	path = "/" + path
	if r.Method == http.MethodGet && path == invocationPath+"next" {
		a.next(w, r, p)
		return
	}
	id, what, _ := strings.Cut(strings.TrimPrefix(path, invocationPath), "/")
	switch {
	case r.Method != http.MethodPost || !strings.HasPrefix(path, runtimePath):
		http.NotFound(w, r)
	case path == runtimePath+"init/error":
		a.initError(w, r, p)
	case what == "response":
		a.takeResult(w, r, p, id, "")
	case what == "error":
		a.takeResult(w, r, p, id, Unhandled)
	default:
		http.NotFound(w, r)
	}
}

// next returns when there is an event.
func (a runtimeAPI) next(w http.ResponseWriter, r *http.Request, p *process) {
	inv := p.next(r.Context(), func() bool { return connectionClosed(r.Context()) })
	if inv == nil {
		http.Error(w, "there will be no more events", http.StatusGone)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Lambda-Runtime-Aws-Request-Id", inv.id)
	h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(inv.deadline.UnixMilli(), 10))
	h.Set("Lambda-Runtime-Invoked-Function-Arn", inv.arn)
	if inv.call.TraceID != "" {
		h.Set("Lambda-Runtime-Trace-Id", inv.call.TraceID)
	}
	if inv.call.ClientContext != "" {
		h.Set("Lambda-Runtime-Client-Context", inv.call.ClientContext)
	}
	payload := inv.call.Payload
	if len(payload) == 0 {
		payload = []byte("null")
	}
	h.Set("Content-Length", strconv.Itoa(len(payload)))
	_, _ = w.Write(payload) // a process that is gone is seen where it is waited for
}

// connectionKey is the key of a request's connection in its context.
type connectionKey struct{}

// withConnection puts the connection into the context of its requests.
func withConnection(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, conn)
}

// connectionClosed says whether the client of a request has closed its connection; false
// also where this system cannot tell.
func connectionClosed(ctx context.Context) bool {
	conn, ok := ctx.Value(connectionKey{}).(syscall.Conn)
	return ok && closedByPeer(conn)
}

// takeResult takes the result of an invocation.
func (a runtimeAPI) takeResult(w http.ResponseWriter, r *http.Request, p *process, id, functionError string) {
	body, err := readPayload(w, r)
	var over *http.MaxBytesError
	if err != nil && !errors.As(err, &over) { // half a response is none
		writeText(w, http.StatusBadRequest, "The body breaks off")
		return
	}
	result := Result{Payload: body, FunctionError: functionError, Version: p.pool.version.Version, RequestID: id}
	if err != nil {
		result.Payload, result.FunctionError = errorBody("Function.ResponseSizeTooLarge",
			fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", MaxPayload)), Unhandled
	}
	if !p.endInvocation(id, result, true) {
		writeText(w, http.StatusBadRequest, "Invalid request ID")
		return
	}
	if err != nil {
		writeText(w, http.StatusRequestEntityTooLarge, err.Error())
		return
	}
	writeText(w, http.StatusAccepted, "OK")
}

// initError takes the reason why a process cannot start; the process then ends by itself.
func (a runtimeAPI) initError(w http.ResponseWriter, r *http.Request, p *process) {
	body, err := readPayload(w, r)
	if err != nil || len(body) == 0 {
		body = errorBody("Runtime.InitError", r.Header.Get("Lambda-Runtime-Function-Error-Type"))
	}
	p.mu.Lock()
	p.initError = body
	p.mu.Unlock()
	writeText(w, http.StatusAccepted, "OK")
	time.AfterFunc(initGrace, p.kill) // if it has not ended by itself
}

// initGrace is how long a process may run on after it has reported that it cannot start.
const initGrace = 500 * time.Millisecond

func readPayload(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	return io.ReadAll(http.MaxBytesReader(w, r.Body, MaxPayload))
}

func writeText(w http.ResponseWriter, status int, text string) {
	body := `{"status":` + strconv.Quote(text) + `}`
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}
