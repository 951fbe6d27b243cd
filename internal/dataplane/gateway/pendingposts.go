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

// pending holds posts until the 101 was sent. They are sent first, in order
// (A-GATEWAY-12).
type pending struct {
	ready   chan struct{} // closed once the connection is open, or will never be
	opening atomic.Bool   // the 101 is being written
	owed    atomic.Bool   // $connect was accepted, so there is to be a $disconnect

	mu    sync.Mutex
	held  [][]byte
	bytes int
	over  bool
}

func newPending() *pending { return &pending{ready: make(chan struct{})} }

// hold keeps a post; taken is false when the connection is open by now, full when there
// is no room.
func (p *pending) hold(body []byte) (taken, full bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.over:
		return false, false
	case len(p.held) >= maxHeld || p.bytes+len(body) > maxHeldBytes:
		return false, true
	}
	p.held = append(p.held, append([]byte(nil), body...))
	p.bytes += len(body)
	return true, false
}

// release sends what was held until nothing is left, then wakes those that wait for the
// open connection.
func (p *pending) release(send func([]byte)) {
	for {
		p.mu.Lock()
		held := p.held
		p.held, p.bytes = nil, 0
		if len(held) == 0 {
			p.over = true
			p.mu.Unlock()
			close(p.ready)
			return
		}
		p.mu.Unlock()
		for _, body := range held {
			send(body)
		}
	}
}
