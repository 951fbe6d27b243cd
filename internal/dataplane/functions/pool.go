package functions

import (
	"context"
	"slices"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// poolKey identifies one state of one version: a change of code or configuration makes
// another pool.
type poolKey struct{ name, version, revision string }

// pool are the processes of one version of a function. The runner's lock guards it.
type pool struct {
	key     poolKey
	name    string
	version *pasarela.FunctionVersion

	idle            []*process // the one that was used last is the last
	waiting         []*waiter  // in the order they came
	count           int        // processes, those that start included
	starting        int
	answered        []*process // that have not asked for their next event since
	recheck         bool       // grow will be called when those have had their time
	suppressedInits int        // processes that are still to be started with the function's timeout
	retired         bool       // no invocation comes any more
}

// waiter is an invocation that waits for a process.
type waiter struct{ granted chan grant }

// grant is a process, or why there is none.
type grant struct {
	process *process
	failure *failure
}

// failure is an error that the caller of a function gets as its result.
type failure struct{ kind, message string }

// countInvocation counts an invocation of a function, within its reserved concurrency; uncountInvocation must
// follow.
func (r *Runner) countInvocation(f *function) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return errStopping()
	}
	if f.Concurrency != nil && r.running[f.Name] >= *f.Concurrency {
		return throttled("ReservedFunctionConcurrentInvocationLimitExceeded")
	}
	r.running[f.Name]++
	return nil
}

// uncountInvocation ends what countInvocation began.
func (r *Runner) uncountInvocation(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running[name]--; r.running[name] <= 0 {
		delete(r.running, name)
	}
}

// acquire finds a process for an invocation, a warm one if there is one.
func (r *Runner) acquire(ctx context.Context, name string, v *pasarela.FunctionVersion) (*process, *failure, error) {
	r.mu.Lock()
	p := r.poolOf(name, v)
	if len(p.idle) == 0 && len(p.waiting) >= r.options.Waiting {
		r.mu.Unlock()
		return nil, nil, throttled("ConcurrentInvocationLimitExceeded")
	}
	if last := len(p.idle) - 1; last >= 0 {
		warm := p.idle[last]
		p.idle = p.idle[:last]
		r.mu.Unlock()
		return warm, nil, nil
	}
	w := &waiter{make(chan grant, 1)}
	p.waiting = append(p.waiting, w)
	r.grow(p)
	r.mu.Unlock()
	select {
	case g := <-w.granted:
		return g.process, g.failure, nil
	case <-ctx.Done():
		r.giveUp(p, w)
		return nil, nil, throttled("ConcurrentInvocationLimitExceeded")
	}
}

// giveUp removes a waiter from the queue; a process that it was given meanwhile goes to
// another waiter.
func (r *Runner) giveUp(p *pool, w *waiter) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p.waiting = slices.DeleteFunc(p.waiting, func(other *waiter) bool { return other == w })
	select {
	case g := <-w.granted:
		if g.process != nil {
			r.offer(g.process)
		}
	default:
	}
}

// poolOf is the pool of a version as it is now. r.mu is held.
func (r *Runner) poolOf(name string, v *pasarela.FunctionVersion) *pool {
	key := poolKey{name, v.Version, v.RevisionID}
	p := r.pools[key]
	if p == nil {
		p = &pool{key: key, name: name, version: v}
		r.pools[key] = p
	}
	return p
}

// grow starts a process when more invocations wait than processes are starting or about to
// ask for an event, and there is room; if there is none, an idle process of another function
// is ended. r.mu is held.
func (r *Runner) grow(p *pool) {
	soon := p.returningSoon(time.Now().Add(-r.options.AnsweredLimit))
	if soon > 0 && len(p.waiting) > p.starting && !p.recheck {
		p.recheck = true
		time.AfterFunc(r.options.AnsweredLimit, func() { r.growAgain(p) })
	}
	for len(p.waiting)-soon > p.starting && p.count < r.options.ProcessesPerFunction && !r.closed {
		if r.count >= r.options.MaxProcesses {
			r.endOneIdle()
			return // the end of a process calls grow again
		}
		p.count++
		p.starting++
		r.count++
		started := newProcess(r, p, p.suppressedInits > 0)
		p.suppressedInits = max(0, p.suppressedInits-1)
		r.processes[started.token] = started
		r.work.Go(started.run)
	}
}

// growAgain starts what grow left, for processes that have answered and do other work since.
func (r *Runner) growAgain(p *pool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p.recheck = false
	r.grow(p)
}

// returningSoon counts the processes that have answered after a moment and will ask for their
// next event. A caller hears an answer before the process does that: without counting these,
// a call that follows the last answer would start a process that nobody needs. The runner's
// lock is held.
func (p *pool) returningSoon(after time.Time) (n int) {
	for _, process := range p.answered {
		if process.answeredAt.After(after) {
			n++
		}
	}
	return n
}

// endOneIdle ends the process of any function that has been idle longest. r.mu is held.
func (r *Runner) endOneIdle() {
	var from *pool
	for _, p := range r.pools {
		if len(p.idle) > 0 && (from == nil || p.idle[0].idleSince.Before(from.idle[0].idleSince)) {
			from = p
		}
	}
	if from != nil {
		from.idle[0].kill()
		from.idle = from.idle[1:]
	}
}

// offer gives a free process to the next waiter, or keeps it. r.mu is held.
func (r *Runner) offer(p *process) {
	p.pool.noteReturned(p)
	switch {
	case p.mustEnd(time.Now()):
		p.kill()
	case len(p.pool.waiting) > 0:
		first := p.pool.waiting[0]
		p.pool.waiting = p.pool.waiting[1:]
		first.granted <- grant{process: p}
	case p.pool.retired || r.closed:
		p.kill()
	default:
		p.idleSince = time.Now()
		p.pool.idle = append(p.pool.idle, p)
	}
}

// initialized is called when a process requests its first event.
func (r *Runner) initialized(p *process) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p.pool.starting--
	r.offer(p)
}

// ended removes a process. If it never requested an event, the invocation that has waited
// longest fails, unless it is to be started again, within the function's timeout
// (aws-lambda §4). The next invocation gets a new process.
func (r *Runner) ended(p *process, ready, again bool, why failure) {
	r.mu.Lock()
	defer r.mu.Unlock()
	pool := p.pool
	delete(r.processes, p.token)
	pool.noteReturned(p)
	pool.idle = slices.DeleteFunc(pool.idle, func(other *process) bool { return other == p })
	pool.count--
	r.count--
	if !ready {
		pool.starting--
		if again {
			pool.suppressedInits++
		} else if len(pool.waiting) > 0 {
			first := pool.waiting[0]
			pool.waiting = pool.waiting[1:]
			first.granted <- grant{failure: &why}
		}
	}
	if pool.count == 0 && len(pool.waiting) == 0 {
		delete(r.pools, pool.key)
	}
	for _, other := range r.pools { // there is room for one more, of whatever function
		r.grow(other)
	}
}

// noteReturned is called when a process asks for an event or has ended. The runner's lock is held.
func (p *pool) noteReturned(back *process) {
	p.answered = slices.DeleteFunc(p.answered, func(other *process) bool { return other == back })
}

// retireOld ends the processes of versions that have changed in the store.
func (r *Runner) retireOld() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.pools {
		f := r.directory.find(p.name)
		if f != nil {
			if v, ok := f.Find(p.key.version); ok && v.RevisionID == p.key.revision {
				continue
			}
		}
		p.retired = true
		for _, idle := range p.idle {
			idle.kill()
		}
		p.idle = nil
	}
}
