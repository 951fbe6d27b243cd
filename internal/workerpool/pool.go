// Package workerpool runs jobs on reused goroutines. A goroutine that has done its job
// waits a second for the next one, since its stack has grown already: growing a new one
// took an eighth of a message's CPU time (test/bench). A pool without work has none.
//
//	Pool     every job at once, each on a goroutine of its own; the caller bounds how many
//	Bounded  at most so many goroutines; jobs that find none free wait in a queue, in order
package workerpool

import (
	"sync"
	"time"
)

// Bounds of idle workers: how many a Pool keeps, and how long one that was not needed.
const (
	maxIdle  = 256
	idleTime = time.Second
)

// Pool starts every job at once. It is safe for concurrent use. Make one with [New].
type Pool[T any] struct {
	work    func(T)
	workers sync.WaitGroup

	mu        sync.Mutex
	idle      []chan T    // of idle workers; the last one to come is the first to go
	unused    int         // the fewest idle workers there were since the last trim
	trimTimer *time.Timer // nil while no worker is idle
	closed    bool
}

// New makes a pool whose jobs are done by work. Close must be called.
func New[T any](work func(T)) *Pool[T] { return &Pool[T]{work: work} }

// Submit starts a job; it never waits.
func (p *Pool[T]) Submit(job T) {
	if next := p.idleWorker(); next != nil {
		next <- job // it has room for one
		return
	}
	p.workers.Go(func() { p.run(job) })
}

// Close ends the idle workers and waits until the others have done their jobs. Nothing
// may be submitted any more.
func (p *Pool[T]) Close() {
	p.mu.Lock()
	p.closed = true
	p.release(len(p.idle))
	if p.trimTimer != nil {
		p.trimTimer.Stop()
	}
	p.mu.Unlock()
	p.workers.Wait()
}

// run is a worker: one job after the other.
func (p *Pool[T]) run(job T) {
	next := make(chan T, 1)
	for ok := true; ok; {
		p.work(job)
		var none T
		job = none // an idle worker must not keep a job's memory
		if !p.keepIdle(next) {
			return
		}
		job, ok = <-next
	}
}

// idleWorker takes an idle worker's channel; nil when there is none.
func (p *Pool[T]) idleWorker() chan T {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.idle) - 1
	if last < 0 {
		return nil
	}
	next := p.idle[last]
	p.idle[last] = nil
	p.idle = p.idle[:last]
	p.unused = min(p.unused, last)
	return next
}

// keepIdle adds an idle worker; false when there are enough, or the pool is closed.
func (p *Pool[T]) keepIdle(next chan T) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || len(p.idle) >= maxIdle {
		return false
	}
	p.idle = append(p.idle, next)
	if p.trimTimer == nil {
		p.trimTimer = time.AfterFunc(idleTime, p.trim)
	}
	return true
}

// trim ends the workers that were not needed for as long as idleTime.
func (p *Pool[T]) trim() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.release(p.unused)
	if p.unused = len(p.idle); p.unused == 0 || p.closed {
		p.trimTimer = nil
		return
	}
	p.trimTimer.Reset(idleTime)
}

// release ends the first n idle workers. p.mu is held.
func (p *Pool[T]) release(n int) {
	for _, next := range p.idle[:n] {
		close(next)
	}
	left := copy(p.idle, p.idle[n:])
	clear(p.idle[left:])
	p.idle = p.idle[:left]
}
