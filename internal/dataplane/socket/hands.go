package socket

import (
	"sync"
	"time"
)

// hands are the goroutines that run OnMessage. One that is done stays for a moment
// and takes the next message: its stack has grown already, and growing it anew was
// an eighth of a message's CPU (test/bench). While nothing comes there are none.
type hands struct {
	mu     sync.Mutex
	free   []chan errand // of those that wait; the last one to come is the first to go
	unused int           // how many of free have not been needed since the last relieve
	over   bool
	looked time.Duration // when relieve last acted
}

// errand is a message that is to be handled.
type errand struct {
	conn    *Conn
	op      Opcode
	payload []byte
}

// Bounds of staying.
const (
	maxWaiting = 256
	stay       = time.Second
)

// run has somebody handle the message. p.running counts it already.
func (p *Pool) run(e errand) {
	if next := p.hands.take(); next != nil {
		next <- e // it has room for one
		return
	}
	p.loops.Go(func() { p.serve(e) })
}

// serve is the goroutine of one message after another.
func (p *Pool) serve(e errand) {
	next := make(chan errand, 1)
	for ok := true; ok; {
		e.conn.handle(e.op, e.payload)
		e = errand{} // nothing is kept while waiting
		if !p.hands.rest(next) {
			return
		}
		e, ok = <-next
	}
}

// take is the channel of somebody who waits; nil when nobody does.
func (h *hands) take() chan errand {
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
func (h *hands) rest(next chan errand) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.over || len(h.free) >= maxWaiting {
		return false
	}
	h.free = append(h.free, next)
	return true
}

// relieve lets those go who were not needed for as long as stay.
func (h *hands) relieve(now time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if now-h.looked < stay {
		return
	}
	h.looked = now
	h.dismiss(h.unused)
	h.unused = len(h.free)
}

// end lets everybody go, now and later.
func (h *hands) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.over = true
	h.dismiss(len(h.free))
}

// dismiss lets the first n go. h.mu is held.
func (h *hands) dismiss(n int) {
	for _, next := range h.free[:n] {
		close(next)
	}
	left := copy(h.free, h.free[n:])
	clear(h.free[left:])
	h.free = h.free[:left]
}
