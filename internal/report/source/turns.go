package source

import (
	"context"
	"runtime"
)

// Turns shares the processors between the reports that compute, so that short work
// (answering who asks) never waits behind them: rows are written in small batches,
// and each batch takes a turn, as does an engine in this process that looks for its
// first row. There are as many turns as may compute at once; nil is no limit.
type Turns chan struct{}

// NewTurns leaves one of the processors to whoever answers requests.
func NewTurns() Turns { return make(Turns, max(runtime.GOMAXPROCS(0)-1, 1)) }

// Take waits for a turn. The error is the context's cause.
func (t Turns) Take(ctx context.Context) error {
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

// Give ends a turn and lets others run.
func (t Turns) Give() {
	if t != nil {
		<-t
		runtime.Gosched()
	}
}
