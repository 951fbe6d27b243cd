// Package hands runs work on goroutines that stay for a moment when they are done
// and take the next piece: their stacks have grown already, and growing one anew
// was an eighth of a message's CPU (test/bench). While nothing comes there are none.
package hands

import (
	"sync"
	"time"
)

// Bounds of staying.
const (
	maxWaiting = 256
	stay       = time.Second
)

// Hands run work that is given to them, each piece at once and on a goroutine that
// it has for itself; who gives it bounds how much there is.
type Hands[T any] struct {
	work func(T)
	all  sync.WaitGroup

	mu      sync.Mutex
	free    []chan T    // of those that wait; the last one to come is the first to go
	unused  int         // how many of free have not been needed since the last relief
	relief  *time.Timer // nil while nobody waits
	dropped bool
}

// New makes hands that do work. End must be called.
func New[T any](work func(T)) *Hands[T] { return &Hands[T]{work: work} }

// Give has somebody do a piece of work; it never waits.
func (h *Hands[T]) Give(piece T) {
	if next := h.take(); next != nil {
		next <- piece // it has room for one
		return
	}
	h.all.Go(func() { h.serve(piece) })
}

// End lets everybody go who waits or will be done, and waits for them. Nothing may
// be given any more.
func (h *Hands[T]) End() {
	h.mu.Lock()
	h.dropped = true
	h.dismiss(len(h.free))
	if h.relief != nil {
		h.relief.Stop()
	}
	h.mu.Unlock()
	h.all.Wait()
}

// serve is the goroutine of one piece after another.
func (h *Hands[T]) serve(piece T) {
	next := make(chan T, 1)
	for ok := true; ok; {
		h.work(piece)
		var none T
		piece = none // nothing is kept while waiting
		if !h.rest(next) {
			return
		}
		piece, ok = <-next
	}
}

// take is the channel of somebody who waits; nil when nobody does.
func (h *Hands[T]) take() chan T {
	h.mu.Lock()
	defer h.mu.Unlock()
	last := len(h.free) - 1
	if last < 0 {
		return nil
	}
	next := h.free[last]
	h.free[last] = nil
	h.free = h.free[:last]
	h.unused = min(h.unused, last)
	return next
}

// rest notes who waits; false when nobody more may.
func (h *Hands[T]) rest(next chan T) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.dropped || len(h.free) >= maxWaiting {
		return false
	}
	h.free = append(h.free, next)
	if h.relief == nil {
		h.relief = time.AfterFunc(stay, h.relieve)
	}
	return true
}

// relieve lets those go who were not needed for as long as stay.
func (h *Hands[T]) relieve() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.dismiss(h.unused)
	if h.unused = len(h.free); h.unused == 0 || h.dropped {
		h.relief = nil
		return
	}
	h.relief.Reset(stay)
}

// dismiss lets the first n go. h.mu is held.
func (h *Hands[T]) dismiss(n int) {
	for _, next := range h.free[:n] {
		close(next)
	}
	left := copy(h.free, h.free[n:])
	clear(h.free[left:])
	h.free = h.free[:left]
}
