// Package workerpool runs work on goroutines that stay for a moment when they are done
// and take the next piece: their stacks have grown already, and growing one anew
// was an eighth of a message's CPU (test/bench). While nothing comes there are none.
package workerpool

import (
	"sync"
	"time"
)

// Bounds of staying.
const (
	maxIdle  = 256
	idleTime = time.Second
)

// Pool run work that is given to them, each piece at once and on a goroutine that
// it has for itself; who gives it bounds how much there is.
type Pool[T any] struct {
	work    func(T)
	workers sync.WaitGroup

	mu        sync.Mutex
	idle      []chan T    // of those that wait; the last one to come is the first to go
	unused    int         // how many of free have not been needed since the last relief
	trimTimer *time.Timer // nil while nobody waits
	closed    bool
}

// New makes hands that do work. Close must be called.
func New[T any](work func(T)) *Pool[T] { return &Pool[T]{work: work} }

// Submit has somebody do a piece of work; it never waits.
func (h *Pool[T]) Submit(job T) {
	if next := h.idleWorker(); next != nil {
		next <- job // it has room for one
		return
	}
	h.workers.Go(func() { h.run(job) })
}

// Close lets everybody go who waits or will be done, and waits for them. Nothing may
// be given any more.
func (h *Pool[T]) Close() {
	h.mu.Lock()
	h.closed = true
	h.release(len(h.idle))
	if h.trimTimer != nil {
		h.trimTimer.Stop()
	}
	h.mu.Unlock()
	h.workers.Wait()
}

// run is the goroutine of one piece after another.
func (h *Pool[T]) run(job T) {
	next := make(chan T, 1)
	for ok := true; ok; {
		h.work(job)
		var none T
		job = none // nothing is kept while waiting
		if !h.keepIdle(next) {
			return
		}
		job, ok = <-next
	}
}

// idleWorker is the channel of somebody who waits; nil when nobody does.
func (h *Pool[T]) idleWorker() chan T {
	h.mu.Lock()
	defer h.mu.Unlock()
	last := len(h.idle) - 1
	if last < 0 {
		return nil
	}
	next := h.idle[last]
	h.idle[last] = nil
	h.idle = h.idle[:last]
	h.unused = min(h.unused, last)
	return next
}

// keepIdle notes who waits; false when nobody more may.
func (h *Pool[T]) keepIdle(next chan T) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || len(h.idle) >= maxIdle {
		return false
	}
	h.idle = append(h.idle, next)
	if h.trimTimer == nil {
		h.trimTimer = time.AfterFunc(idleTime, h.trim)
	}
	return true
}

// trim lets those go who were not needed for as long as stay.
func (h *Pool[T]) trim() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.release(h.unused)
	if h.unused = len(h.idle); h.unused == 0 || h.closed {
		h.trimTimer = nil
		return
	}
	h.trimTimer.Reset(idleTime)
}

// release lets the first n go. h.mu is held.
func (h *Pool[T]) release(n int) {
	for _, next := range h.idle[:n] {
		close(next)
	}
	left := copy(h.idle, h.idle[n:])
	clear(h.idle[left:])
	h.idle = h.idle[:left]
}
