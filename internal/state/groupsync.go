package state

import "sync"

// groupSync has those that wait for a disk at the same time share one sync: a sync that
// begins after they asked has what each of them wrote. One runs at a time. The zero value
// is ready.
type groupSync struct {
	mu            sync.Mutex
	running, next *syncRun // nil: none
}

// syncRun is one sync.
type syncRun struct {
	done chan struct{} // closed when it has ended
	err  error
}

// do returns when a sync has ended that began after the call, with its error.
func (g *groupSync) do(sync func() error) error {
	g.mu.Lock()
	run, before := g.next, g.running
	if run != nil {
		g.mu.Unlock()
		<-run.done
		return run.err
	}
	run = &syncRun{done: make(chan struct{})}
	if before == nil {
		g.running = run
	} else {
		g.next = run
	}
	g.mu.Unlock()
	if before != nil {
		<-before.done // which makes this one the running one
	}
	run.err = sync()
	g.mu.Lock()
	g.running, g.next = g.next, nil
	g.mu.Unlock()
	close(run.done)
	return run.err
}
