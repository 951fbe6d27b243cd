package workerpool

import "sync"

// Bounded does jobs on at most limit goroutines; further jobs wait in a queue and begin in
// the order they came. The queue has no bound of its own: the caller bounds how many jobs
// there are. It is safe for concurrent use. Make one with [NewBounded].
type Bounded[T any] struct {
	limit   int
	work    func(T)
	workers sync.WaitGroup

	mu      sync.Mutex
	queue   []T
	running int
}

// NewBounded makes a pool of at most limit workers whose jobs are done by work. Close must
// be called.
func NewBounded[T any](limit int, work func(T)) *Bounded[T] {
	return &Bounded[T]{limit: max(limit, 1), work: work}
}

// Submit queues a job; it never waits.
func (p *Bounded[T]) Submit(job T) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue = append(p.queue, job)
	if p.running < p.limit {
		p.running++
		p.workers.Go(p.run)
	}
}

// Close waits until every job is done. Nothing may be submitted any more, except by jobs.
func (p *Bounded[T]) Close() { p.workers.Wait() }

// run is a worker: it ends when the queue is empty.
func (p *Bounded[T]) run() {
	for job, ok := p.next(); ok; job, ok = p.next() {
		p.work(job)
	}
}

// next takes the first job from the queue, or removes the worker from the
// count.
func (p *Bounded[T]) next() (job T, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue) == 0 {
		p.queue = nil // releases the memory of a long queue
		p.running--
		return job, false
	}
	var none T
	job, p.queue[0] = p.queue[0], none
	p.queue = p.queue[1:]
	return job, true
}
