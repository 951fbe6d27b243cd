package integration

import (
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/traceparent"
)

// contextOfCall is the trace context that the backend gets: that of the call, so that what
// the backend does is shown below the call, or the execution's where the trace is not sent
// anywhere.
func (x *Invocation) contextOfCall() string {
	if !x.Record.Spanned {
		return x.Traceparent
	}
	if x.called == "" {
		x.called = traceparent.Child(x.Traceparent)
	}
	return x.called
}

// spanOfCall records that the backend was called.
func (x *Invocation) spanOfCall(began, ended time.Time, err error) {
	if !x.Record.Spanned {
		return
	}
	span := execution.Span{Name: "backend call", Traceparent: x.contextOfCall(), Began: began, Ended: ended}
	if err != nil {
		span.Failure = err.Error()
	}
	x.Record.AddSpan(span)
}
