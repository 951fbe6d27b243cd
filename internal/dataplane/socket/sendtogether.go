package socket

import (
	"errors"
	"runtime"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/sendring"
)

// Together is how many connections one system call sends to, in [Pool.SendTogether].
const Together = sendring.Size

// errNotYet stands for the result of a send that is still to be made.
var errNotYet = errors.New("socket: not sent yet")

// SendTogether is [Conn.SendPrepared] for connections of this pool: errs[i] becomes what it
// returns for conns[i]. On Linux, [Together] of those in epoll without TLS are one system
// call, where io_uring may be used ([Pool.IOUring]). They are locked while it runs, some
// 200 us.
func (p *Pool) SendTogether(m *Prepared, conns []*Conn, errs []error) {
	s := p.senders.take()
	if s != nil {
		defer p.senders.give(s)
	}
	for len(conns) > 0 {
		n := min(len(conns), Together)
		if s != nil {
			s.send(p, m.wire, conns[:n], errs)
		}
		for i, c := range conns[:n] {
			if s == nil || errs[i] == errNotYet {
				errs[i] = c.SendPrepared(m)
			}
		}
		conns, errs = conns[n:], errs[n:]
	}
}

// IOUring is nil if SendTogether uses io_uring, and else says why it does not.
func (p *Pool) IOUring() error { return p.senders.refused }

// senders are the rings of a pool: one for each processor, since more senders could not
// run at the same time. Who finds none sends as on a system without io_uring.
type senders struct {
	refused error // why there are none; constant

	mu     sync.Mutex
	free   []*sender
	closed bool
}

// errRingsOff is Options.NoIOUring.
var errRingsOff = errors.New("switched off")

func (s *senders) open(off bool) {
	if s.refused = errRingsOff; off {
		return
	}
	for range runtime.GOMAXPROCS(0) {
		ring, err := sendring.Open()
		if s.refused = err; err != nil {
			s.close()
			return
		}
		s.free = append(s.free, &sender{ring: ring})
	}
}

// take is nil if there is none.
func (s *senders) take() *sender {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.free) == 0 {
		return nil
	}
	last := len(s.free) - 1
	one := s.free[last]
	s.free = s.free[:last]
	return one
}

func (s *senders) give(one *sender) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		one.ring.Close()
		return
	}
	s.free = append(s.free, one)
}

// close closes those that are free; the others are closed when they are given back.
func (s *senders) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for _, one := range s.free {
		one.ring.Close()
	}
	s.free = nil
}

// sender is a ring and the memory for one call of it.
type sender struct {
	ring    *sendring.Ring
	sockets [Together]int32
	taken   [Together]int
}

// send sends frames to at most Together connections by one call; errs becomes errNotYet for
// those that need a call of their own.
//
// Their locks are held from before the call until after it: so nothing comes between parts
// of a message, and no descriptor is closed and its number given to another client. No
// lock is waited for while others are held.
func (s *sender) send(p *Pool, wire []byte, conns []*Conn, errs []error) {
	n := 0
	for i, c := range conns {
		errs[i] = errNotYet
		if c.lockForRing() {
			errs[i] = nil
			s.sockets[n] = c.fd
			n++
		}
	}
	if n == 0 {
		return
	}
	s.ring.Send(s.sockets[:n], wire, s.taken[:n])
	now, whole, n := p.now(), 0, 0
	for i, c := range conns {
		if errs[i] != nil {
			continue
		}
		if s.taken[n] == len(wire) {
			c.lastActive.Store(int64(now))
			whole++
		} else {
			errs[i] = c.finishSend(wire, s.taken[n], now)
		}
		c.mu.Unlock()
		n++
	}
	p.counts[conns[0].shard].messagesOut.Add(int64(whole))
	p.counts[conns[0].shard].bytesOut.Add(int64(whole * len(wire)))
}

// lockForRing locks a connection that takes a message now, by its descriptor.
func (c *Conn) lockForRing() bool {
	if !c.plain() || !c.mu.TryLock() {
		return false
	}
	if c.state != opened || c.sendQueue != nil {
		c.mu.Unlock()
		return false
	}
	return true
}

// finishSend writes what the ring has left of frames, or queues it. c.mu is held.
func (c *Conn) finishSend(wire []byte, taken int, now time.Duration) error {
	if taken == 0 {
		c.write(wire, true)
	} else {
		c.count().bytesOut.Add(int64(taken))
		c.queue().add(wire, taken)
		c.transport.flush(c)
	}
	if c.state == tornDown {
		return ErrClosed
	}
	c.lastActive.Store(int64(now))
	c.count().messagesOut.Add(1)
	return nil
}
