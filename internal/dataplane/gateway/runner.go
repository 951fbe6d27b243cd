package gateway

import (
	"context"
	"sync"
)

// runner runs jobs on at most limit goroutines; the rest wait in line. It takes
// $disconnects: a connection has one, so the line is never longer than there were
// connections.
type runner struct {
	limit int

	mu      sync.Mutex
	line    []func()
	running int
	empty   chan struct{} // closed when nothing runs; made anew by the next job
	all     sync.WaitGroup
}

func newRunner(limit int) *runner {
	r := &runner{limit: limit, empty: make(chan struct{})}
	close(r.empty)
	return r
}

// run has job run soon; it never waits.
func (r *runner) run(job func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running == 0 && len(r.line) == 0 {
		r.empty = make(chan struct{})
	}
	r.line = append(r.line, job)
	if r.running < r.limit {
		r.running++
		r.all.Go(r.work)
	}
}

func (r *runner) work() {
	for job := r.next(); job != nil; job = r.next() {
		job()
	}
}

func (r *runner) next() func() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.line) == 0 {
		r.line = nil
		if r.running--; r.running == 0 {
			close(r.empty)
		}
		return nil
	}
	job := r.line[0]
	r.line[0] = nil
	r.line = r.line[1:]
	return job
}

// idle waits until no job is left, or ctx ends.
func (r *runner) idle(ctx context.Context) error {
	for {
		r.mu.Lock()
		empty, done := r.empty, r.running == 0
		r.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-empty:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// close waits for the jobs there are.
func (r *runner) close() { r.all.Wait() }
