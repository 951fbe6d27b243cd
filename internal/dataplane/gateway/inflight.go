package gateway

import (
	"context"
	"sync"
)

// inFlight counts what is running and can wait until nothing is.
type inFlight struct {
	mu   sync.Mutex
	n    int
	zero chan struct{} // closed when n falls to 0; nil before anything began
}

func (t *inFlight) begin() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.n == 0 {
		t.zero = make(chan struct{})
	}
	t.n++
}

func (t *inFlight) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.n--; t.n == 0 {
		close(t.zero)
	}
}

// wait returns when nothing is running, or with ctx's error.
func (t *inFlight) wait(ctx context.Context) error {
	t.mu.Lock()
	zero, none := t.zero, t.n == 0
	t.mu.Unlock()
	if none {
		return nil
	}
	select {
	case <-zero:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
