package functions

import (
	"context"
	"slices"
	"time"
)

// next waits for the process's next event; nil when this request gets none. gone says
// whether the client of the request has closed its connection. A runtime whose request
// broke off sends another: only its last request gets the event, and only while its
// client is connected, since the end of the earlier connection may be noticed later than
// the new request.
func (p *process) next(ctx context.Context, gone func() bool) *invocation {
	p.mu.Lock()
	if gone() {
		p.mu.Unlock()
		return nil
	}
	if p.current != nil && p.pending == nil { // it requests an event without having responded
		p.initError = errorBody("Runtime.ExitError", "The runtime asked for the next event without answering the last")
		p.killLocked()
		p.mu.Unlock()
		return nil
	}
	wake := make(chan struct{}, 1)
	p.waiting = append(p.waiting, wake)
	p.wakeLast()
	first, offer := !p.ready, p.current == nil && !p.free
	p.free = p.current == nil
	if first {
		p.ready, p.initTook = true, time.Since(p.started)
	}
	p.mu.Unlock()
	switch {
	case first:
		p.runner.initialized(p)
	case offer: // else it is idle already, or has its event
		p.runner.mu.Lock()
		p.runner.offer(p)
		p.runner.mu.Unlock()
	}
	for {
		select {
		case <-wake:
		case <-ctx.Done():
		}
		if inv, over := p.takeEvent(wake, func() bool { return ctx.Err() != nil || gone() }); over {
			return inv
		}
	}
}

// takeEvent takes the event for the request that wake belongs to. The request stops
// waiting when it has the event, or when its client is gone: then another request may get
// the event.
func (p *process) takeEvent(wake chan struct{}, gone func() bool) (inv *invocation, over bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if gone() {
		p.waiting = slices.DeleteFunc(p.waiting, func(other chan struct{}) bool { return other == wake })
		p.wakeLast()
		return nil, true
	}
	if p.pending == nil {
		return nil, false
	}
	p.waiting = slices.DeleteFunc(p.waiting, func(other chan struct{}) bool { return other == wake })
	inv, p.pending = p.pending, nil
	return inv, true
}

// wakeLast wakes the newest request when there is an event. p.mu is held.
func (p *process) wakeLast() {
	if p.pending == nil || len(p.waiting) == 0 {
		return
	}
	select {
	case p.waiting[len(p.waiting)-1] <- struct{}{}:
	default: // it was woken already
	}
}

// begin gives an invocation to a process that was acquired for it; false when the process
// has ended meanwhile.
func (p *process) begin(inv *invocation) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.killed || p.ended {
		return false
	}
	inv.started = time.Now()
	if p.suppressedInit { // the start was part of the invocation
		inv.started = inv.started.Add(-p.initTook)
	} else {
		inv.cold = p.initTook
	}
	p.initTook = 0
	inv.deadline = inv.started.Add(inv.limit)
	inv.timer = time.AfterFunc(time.Until(inv.deadline), func() { p.timedOut(inv) })
	p.current, p.pending, p.free = inv, inv, false
	p.output.begin(inv)
	p.wakeLast()
	return true
}

// finish ends an invocation that was under way. It is called once for each.
func (p *process) finish(inv *invocation, result Result) {
	inv.timer.Stop()
	p.output.end(inv)
	inv.result = result
	close(inv.done)
}

// endInvocation ends the invocation under way with that id; false when there is none. goesOn says
// that the process will ask for another event, so that the next invocation need not start
// another process.
func (p *process) endInvocation(id string, result Result, goesOn bool) bool {
	p.runner.mu.Lock()
	p.mu.Lock()
	inv := p.current
	found := inv != nil && inv.id == id
	if found {
		p.current, p.pending = nil, nil
		if goesOn {
			p.answeredAt = time.Now()
			p.pool.answered = append(p.pool.answered, p)
		}
	}
	p.mu.Unlock()
	p.runner.mu.Unlock()
	if found {
		p.finish(inv, result)
	}
	return found
}

// timedOut ends an invocation that took too long, and its process.
func (p *process) timedOut(inv *invocation) {
	why := timeout(inv.limit)
	p.output.note(inv, inv.deadline.UTC().Format("2006-01-02T15:04:05.000Z")+" "+inv.id+" "+why.message)
	if p.endInvocation(inv.id, p.failed(inv, why), false) {
		p.kill()
	}
}
