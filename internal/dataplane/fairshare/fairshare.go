// Package fairshare divides a limited number of slots among groups, so that no group
// can take all of them: a group gets another slot only while it has fewer than are
// free. One group alone gets half of the limit, n greedy groups get limit/(n+1)
// each, and as much stays free for the next one. (The dynamic threshold of
// Choudhury and Hahne, IEEE/ACM Transactions on Networking 6(2), 1998, with α = 1.)
//
// Those who get no slot wait in the queue of their group, first come first served;
// the groups that wait take turns. Nothing here locks, blocks or allocates but for
// the caller: one mutex of the caller's guards a Pool with all its groups.
package fairshare

// Pool has Limit slots. The zero value has none.
type Pool[T any] struct {
	Limit int

	used, waiting int
	head          *Group[T] // of the ring of groups that wait, the one whose turn it is
}

// Group is a user of a pool's slots. The zero value has no slot and no waiter.
type Group[T any] struct {
	used, waiting int
	first, last   *Waiter[T]
	next, prev    *Group[T] // in the ring; nil while none waits
}

// Waiter waits for a slot of its group.
type Waiter[T any] struct {
	Value T

	group      *Group[T] // nil: it does not wait
	next, prev *Waiter[T]
}

// Used is how many slots are taken.
func (p *Pool[T]) Used() int { return p.used }

// Waiting is how many wait.
func (p *Pool[T]) Waiting() int { return p.waiting }

// Used is how many slots the group has.
func (g *Group[T]) Used() int { return g.used }

// Waiting is how many of the group wait.
func (g *Group[T]) Waiting() int { return g.waiting }

// Idle says whether the group has no slot and no waiter.
func (g *Group[T]) Idle() bool { return g.used == 0 && g.waiting == 0 }

// Free says whether the group may have another slot now.
func (p *Pool[T]) Free(g *Group[T]) bool { return g.used < p.Limit-p.used }

// Acquire takes a slot for the group, unless it may have none or it has waiters.
func (p *Pool[T]) Acquire(g *Group[T]) bool {
	if g.waiting > 0 || !p.Free(g) {
		return false
	}
	p.AcquireAnyway(g)
	return true
}

// AcquireAnyway takes a slot whatever the limit says.
func (p *Pool[T]) AcquireAnyway(g *Group[T]) { p.used, g.used = p.used+1, g.used+1 }

// Release gives a slot of the group back. Next must be called until it returns false.
func (p *Pool[T]) Release(g *Group[T]) { p.used, g.used = p.used-1, g.used-1 }

// Enqueue puts w at the end of its group's queue. w must not be waiting already.
func (p *Pool[T]) Enqueue(g *Group[T], w *Waiter[T]) {
	w.group, w.prev, w.next = g, g.last, nil
	if g.last != nil {
		g.last.next = w
	} else {
		g.first = w
		p.link(g)
	}
	g.last = w
	g.waiting, p.waiting = g.waiting+1, p.waiting+1
}

// Dequeue takes w out of its queue and says whether it was still there.
func (p *Pool[T]) Dequeue(w *Waiter[T]) bool {
	g := w.group
	if g == nil {
		return false
	}
	if w.prev != nil {
		w.prev.next = w.next
	} else {
		g.first = w.next
	}
	if w.next != nil {
		w.next.prev = w.prev
	} else {
		g.last = w.prev
	}
	w.group, w.prev, w.next = nil, nil, nil
	g.waiting, p.waiting = g.waiting-1, p.waiting-1
	if g.first == nil {
		p.unlink(g)
	}
	return true
}

// Next removes from its queue the next waiter that may have a slot, if there is one. It
// takes no slot: the caller does so with AcquireAnyway, or drops the waiter.
func (p *Pool[T]) Next() (w *Waiter[T], g *Group[T], ok bool) {
	g = p.head
	for first := true; g != nil && (first || g != p.head); g, first = g.next, false {
		if p.Free(g) {
			p.head = g.next
			w = g.first
			p.Dequeue(w)
			return w, g, true
		}
	}
	return nil, nil, false
}

// link puts the group at the end of the ring.
func (p *Pool[T]) link(g *Group[T]) {
	if p.head == nil {
		p.head, g.next, g.prev = g, g, g
		return
	}
	g.next, g.prev = p.head, p.head.prev
	g.prev.next, g.next.prev = g, g
}

func (p *Pool[T]) unlink(g *Group[T]) {
	if g.next == g {
		p.head = nil
	} else {
		g.prev.next, g.next.prev = g.next, g.prev
		if p.head == g {
			p.head = g.next
		}
	}
	g.next, g.prev = nil, nil
}
