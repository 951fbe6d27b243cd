package functions

import (
	"context"
	"encoding/json"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// Call is an invocation of a function.
type Call struct {
	Name, Qualifier string
	Payload         []byte // JSON; null when empty
	ClientContext   string // JSON
	TraceID         string // X-Amzn-Trace-Id
	// Tail asks for the last 4 KB of the log.
	Tail bool
}

// Result is the result of an invocation.
type Result struct {
	Payload []byte
	// FunctionError is [Unhandled] when the function failed: Payload is its error then.
	FunctionError string
	Version       string
	RequestID     string
	Log           []byte
}

// Unhandled is Lambda's word for every error that a function ends with.
const Unhandled = "Unhandled"

// Error codes of Lambda that invocations end with.
const (
	CodeResourceNotFound pasarela.ErrorCode = "ResourceNotFoundException"
	CodeTooManyRequests  pasarela.ErrorCode = "TooManyRequestsException"
	CodeRequestTooLarge  pasarela.ErrorCode = "RequestTooLargeException"
	CodeService          pasarela.ErrorCode = "ServiceException"
)

func errStopping() error {
	return errorf(CodeService, "The node that runs the function is stopping.")
}

// MaxPayload bounds an event and an answer, in bytes (aws-lambda §6).
const MaxPayload = 6 << 20

func errorf(code pasarela.ErrorCode, format string, args ...any) error {
	return pasarela.Errorf(code, format, args...)
}

func throttled(reason string) error {
	return errorf(CodeTooManyRequests, "Rate Exceeded. (%s)", reason)
}

// invocation is one event that a process runs or will run.
type invocation struct {
	id       string
	call     *Call
	arn      string
	limit    time.Duration // the function's timeout
	memory   int           // MB
	version  string
	cold     time.Duration // what the start took; 0 for a warm process
	started  time.Time
	deadline time.Time
	timer    *time.Timer
	tail     *tail // nil unless it is asked for

	done   chan struct{}
	result Result
}

// Invoke runs a function and waits for its response. When ctx ends the function goes on,
// as on AWS, and its response is dropped. Errors are [pasarela.Error]s with Lambda's
// codes; an error of the function itself is a result.
func (r *Runner) Invoke(ctx context.Context, call Call) (Result, error) {
	f := r.directory.find(call.Name)
	if f == nil {
		return Result{}, r.missing(call.Name, call.Qualifier)
	}
	v, ok := f.Find(call.Qualifier)
	if !ok {
		return Result{}, r.missing(call.Name, call.Qualifier)
	}
	if len(call.Payload) > MaxPayload {
		return Result{}, errorf(CodeRequestTooLarge, "Request must be smaller than %d bytes for the InvokeFunction operation", MaxPayload)
	}
	inv := &invocation{
		id: pasarela.NewUUID(), call: &call, version: v.Version, limit: timeoutOf(v), memory: v.MemorySize,
		arn: r.options.RegionAccount.FunctionARN(call.Name, call.Qualifier), done: make(chan struct{}),
	}
	if call.Tail {
		inv.tail = newTail()
	}
	if err := r.countInvocation(f); err != nil {
		return Result{}, err
	}
	for begun := false; !begun; {
		p, failed, err := r.acquire(ctx, f.Name, v)
		if err != nil {
			r.uncountInvocation(f.Name)
			return Result{}, err
		}
		if failed != nil {
			r.uncountInvocation(f.Name)
			return r.reportFailure(f.Name, r.notStarted(inv, v, *failed)), nil
		}
		begun = p.begin(inv)
	}
	select {
	case <-inv.done:
		r.uncountInvocation(f.Name)
	case <-ctx.Done():
		r.work.Go(func() { <-inv.done; r.uncountInvocation(f.Name) })
		return Result{}, ctx.Err()
	}
	if inv.tail != nil {
		inv.result.Log = inv.tail.take(ctx)
	}
	return r.reportFailure(f.Name, inv.result), nil
}

// reportFailure calls [Options.Failed] if result is a failure, and returns result.
func (r *Runner) reportFailure(name string, result Result) Result {
	if result.FunctionError != "" && r.options.Failed != nil {
		r.options.Failed(name, result.Payload)
	}
	return result
}

// notStarted is the result of an invocation for which no process could be started.
func (r *Runner) notStarted(inv *invocation, v *pasarela.FunctionVersion, why failure) Result {
	p := &process{pool: &pool{version: v}}
	result := p.failed(inv, why)
	lines := newOutput(r.options.Lines(LogName(inv.call.Name)), inv.call.Name)
	lines.line("INIT_REPORT Status: error RequestId: " + inv.id + " " + string(result.Payload))
	return result
}

func (r *Runner) missing(name, qualifier string) error {
	return errorf(CodeResourceNotFound, "Function not found: %s", r.options.RegionAccount.FunctionARN(name, qualifier))
}

// errorBody is an error as functions return them.
func errorBody(kind, message string) []byte {
	body, _ := json.Marshal(struct {
		ErrorType    string `json:"errorType"`
		ErrorMessage string `json:"errorMessage"`
	}{kind, message}) // strings always encode
	return body
}
