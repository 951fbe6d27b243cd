package source

import (
	"context"
	"runtime"
)

// Slots shares the processors between the reports that compute, so that short work
// (answering who asks) never waits behind them: rows are written in small batches,
// and each batch takes a turn, as does an engine in this process that looks for its
// first row. There are as many turns as may compute at once; nil is no limit.
type Slots chan struct{}

// NewSlots leaves one of the processors to whoever answers requests.
func NewSlots() Slots { return make(Slots, max(runtime.GOMAXPROCS(0)-1, 1)) }

// Acquire waits for a turn. The error is the context's cause.
func (t Slots) Acquire(ctx context.Context) error {
	if t == nil {
		return nil
	}
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Release ends a turn and lets others run.
func (t Slots) Release() {
	if t != nil {
		<-t
		runtime.Gosched()
	}
}
