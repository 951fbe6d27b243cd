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
	jobs  tally

	mu      sync.Mutex
	line    []func()
	running int
	all     sync.WaitGroup
}

func newRunner(limit int) *runner { return &runner{limit: limit} }

// run has job run soon; it never waits.
func (r *runner) run(job func()) {
	r.jobs.begin()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.line = append(r.line, job)
	if r.running < r.limit {
		r.running++
		r.all.Go(r.work)
	}
}

func (r *runner) work() {
	for job := r.next(); job != nil; job = r.next() {
		job()
		r.jobs.end()
	}
}

func (r *runner) next() func() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.line) == 0 {
		r.line = nil
		r.running--
		return nil
	}
	job := r.line[0]
	r.line[0] = nil
	r.line = r.line[1:]
	return job
}

// wait returns when no job is left, or with ctx's error.
func (r *runner) wait(ctx context.Context) error { return r.jobs.wait(ctx) }

// close waits for the jobs there are.
func (r *runner) close() { r.all.Wait() }
