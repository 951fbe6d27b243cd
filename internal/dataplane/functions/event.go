package functions

import (
	"context"
	"errors"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// Events are asynchronous invocations (InvocationType Event).
const (
	// MaxEvent bounds the payload of an event, in bytes (aws-lambda §6).
	MaxEvent  = 1 << 20
	maxEvents = 1000 // that wait or are being tried; more are throttled (A-FUNCTIONS-4)
)

// retries are the pauses before an event is tried again (aws-lambda §1).
var retries = []time.Duration{time.Minute, 2 * time.Minute}

// InvokeEvent takes an asynchronous invocation. It is tried up to three times, in
// the memory of this node (A-FUNCTIONS-4).
func (r *Runner) InvokeEvent(call Call) error {
	f := r.directory.find(call.Name)
	if f == nil {
		return r.missing(call.Name, call.Qualifier)
	}
	if _, ok := f.Find(call.Qualifier); !ok {
		return r.missing(call.Name, call.Qualifier)
	}
	if len(call.Payload) > MaxEvent {
		return errorf(CodeRequestTooLarge, "Request must be smaller than %d bytes for the InvokeFunction operation", MaxEvent)
	}
	if r.ctx.Err() != nil {
		return errStopping()
	}
	if r.queued.Add(1) > maxEvents {
		r.queued.Add(-1)
		return throttled("CallerRateLimitExceeded")
	}
	r.work.Go(func() {
		defer r.queued.Add(-1)
		r.deliver(call)
	})
	return nil
}

// deliver tries an event until the function took it, the retries are used up, or the node
// stops.
func (r *Runner) deliver(call Call) {
	for attempt := 0; ; {
		result, err := r.Invoke(r.ctx, call)
		var refused *pasarela.Error
		switch {
		case err == nil && result.FunctionError == "":
			return
		case r.ctx.Err() != nil:
			r.options.Log.Warn("an event of a function is dropped: the node stops", "function", call.Name)
			return
		case errors.As(err, &refused) && refused.Code == CodeTooManyRequests:
			if !r.sleep(throttlePause) {
				return
			}
			continue // counts as no attempt
		}
		if attempt == len(retries) {
			r.options.Log.Warn("an event of a function is dropped after its retries", "function", call.Name, "error", err, "answer", string(result.Payload))
			return
		}
		if !r.sleep(retries[attempt]) {
			return
		}
		attempt++
	}
}

// throttlePause is how long a throttled event waits.
const throttlePause = time.Second

func (r *Runner) sleep(d time.Duration) bool {
	ctx, cancel := context.WithTimeout(r.ctx, d)
	defer cancel()
	<-ctx.Done()
	return r.ctx.Err() == nil
}
