package gateway

import (
	"sync"
	"sync/atomic"
)

// Bounds of what is held for a connection whose $connect is still running.
const (
	maxHeld      = 32
	maxHeldBytes = 256 << 10
)

// heldPosts are posts that are held until the 101 was sent. They are sent first, in order
// (A-GATEWAY-12).
type heldPosts struct {
	ready   chan struct{} // closed once the connection is open, or will never be
	opening atomic.Bool   // the 101 is being written
	owed    atomic.Bool   // $connect was accepted, so there is to be a $disconnect

	mu     sync.Mutex
	held   [][]byte
	bytes  int
	opened bool
}

func newHeldPosts() *heldPosts { return &heldPosts{ready: make(chan struct{})} }

// hold keeps a post; taken is false when the connection is open by now, full when there
// is no room.
func (h *heldPosts) hold(body []byte) (taken, full bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.opened:
		return false, false
	case len(h.held) >= maxHeld || h.bytes+len(body) > maxHeldBytes:
		return false, true
	}
	h.held = append(h.held, append([]byte(nil), body...))
	h.bytes += len(body)
	return true, false
}

// release sends what was held until nothing is left, then wakes those that wait for the
// open connection.
func (h *heldPosts) release(send func([]byte)) {
	for {
		h.mu.Lock()
		held := h.held
		h.held, h.bytes = nil, 0
		if len(held) == 0 {
			h.opened = true
			h.mu.Unlock()
			close(h.ready)
			return
		}
		h.mu.Unlock()
		for _, body := range held {
			send(body)
		}
	}
}
