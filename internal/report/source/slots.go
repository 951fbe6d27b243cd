package source

import (
	"context"
	"runtime"
)

// Slots is a semaphore that bounds how many reports compute at once, so that HTTP
// requests do not wait for a processor: rows are written in small batches, and each
// batch takes a slot, as does an engine in this process until its first row. Its
// capacity is the number of reports that may compute; nil is no limit.
type Slots chan struct{}

// NewSlots leaves one processor to the HTTP server.
func NewSlots() Slots { return make(Slots, max(runtime.GOMAXPROCS(0)-1, 1)) }

// Acquire waits for a slot. The error is the context's cause.
func (s Slots) Acquire(ctx context.Context) error {
	if s == nil {
		return nil
	}
	select {
	case s <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Release frees a slot and yields the processor.
func (s Slots) Release() {
	if s != nil {
		<-s
		runtime.Gosched()
	}
}
