package socket

import (
	"sync"
	"time"
)

// wheelSlots times the pool's tick is how far the wheel looks ahead. Later
// deadlines are looked at on the way.
const wheelSlots = 1024

// RecheckEvery is how often every connection is looked at at least, so that
// changed [LiveLimits] reach connections that were scheduled under the old ones.
const RecheckEvery = 30 * time.Second

// wheel holds every open connection in the slot of the tick at which it must be
// looked at next. The lists run through the connections themselves: a connection
// costs no timer, and leaving costs no search.
type wheel struct {
	tick time.Duration

	mu    sync.Mutex
	now   int64 // ticks since the start
	slots [wheelSlots]*Conn
}

// place schedules c, which is in no slot, for the time due after the pool's start.
func (w *wheel) place(c *Conn, due time.Duration) {
	w.mu.Lock()
	w.insert(c, due)
	w.mu.Unlock()
}

// moveEarlier moves c to an earlier slot if due is before the one it is in. It does
// nothing to a connection that is being looked at or has left.
func (w *wheel) moveEarlier(c *Conn, due time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c.wheelEntry.slot > 0 && w.at(due) < c.wheelEntry.tick {
		w.take(c)
		w.insert(c, due)
	}
}

// remove takes c out for good.
func (w *wheel) remove(c *Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c.wheelEntry.slot > 0 {
		w.take(c)
	}
	c.wheelEntry.slot = entryRemoved
}

// each calls f with every connection. f must not come back to the wheel.
func (w *wheel) each(f func(*Conn)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.slots {
		for ; c != nil; c = c.wheelEntry.next {
			f(c)
		}
	}
}

// wheelEntry is a connection's place in the wheel; all fields belong to wheel.mu.
type wheelEntry struct {
	next, prev *Conn
	tick       int64
	slot       int32 // 1 + index, or one of the below
}

const (
	entryUnscheduled int32 = 0  // not yet in the wheel, or being looked at
	entryRemoved     int32 = -1 // never again
)

// at returns the tick that serves due: the first one not before it, within reach.
func (w *wheel) at(due time.Duration) int64 {
	t := int64((due + w.tick - 1) / w.tick)
	return min(max(t, w.now+1), w.now+wheelSlots-1)
}

func (w *wheel) insert(c *Conn, due time.Duration) {
	if c.wheelEntry.slot == entryRemoved {
		return
	}
	t := w.at(due)
	i := t % wheelSlots
	head := w.slots[i]
	c.wheelEntry = wheelEntry{next: head, tick: t, slot: int32(i) + 1}
	if head != nil {
		head.wheelEntry.prev = c
	}
	w.slots[i] = c
}

func (w *wheel) take(c *Conn) {
	if c.wheelEntry.prev != nil {
		c.wheelEntry.prev.wheelEntry.next = c.wheelEntry.next
	} else {
		w.slots[c.wheelEntry.slot-1] = c.wheelEntry.next
	}
	if c.wheelEntry.next != nil {
		c.wheelEntry.next.wheelEntry.prev = c.wheelEntry.prev
	}
	c.wheelEntry = wheelEntry{}
}

// advance goes on to the time now and looks at every connection that is due;
// look returns when to look again, or 0 for never.
func (w *wheel) advance(now time.Duration, look func(*Conn, time.Duration) time.Duration) {
	target := int64(now / w.tick)
	for w.step(target) {
		for c := w.pop(); c != nil; c = w.pop() {
			if due := look(c, now); due > 0 {
				w.place(c, due)
			}
		}
	}
}

// step moves the wheel one tick towards target.
func (w *wheel) step(target int64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.now >= target {
		return false
	}
	w.now++
	return true
}

// pop takes one connection of the present slot.
func (w *wheel) pop() *Conn {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.slots[w.now%wheelSlots]
	if c != nil {
		w.take(c)
	}
	return c
}
