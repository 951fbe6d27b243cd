package socket

import (
	"context"
	"encoding/binary"
)

// A mark is a number that the pool puts into a ping behind a message. Every WebSocket
// client returns pings from its own stack, in the order in which it has read what came
// before (RFC 6455 §5.5.3), so the pong says that the message was read.

// PongHandler is a [Handler] that is called with pongs to marks.
type PongHandler interface {
	// OnPong gets the mark of a pong. A client may send any number at any time: the
	// handler must not trust that it was ever sent. It runs on a goroutine that reads
	// for many connections and must not block; it may call Send and its like.
	OnPong(c *Conn, mark uint64)
}

// markSize is the payload of a ping with a mark; pings of [Limits.PingEvery] carry none.
const markSize = 8

func appendMark(b []byte, mark uint64) []byte {
	var payload [markSize]byte
	binary.BigEndian.PutUint64(payload[:], mark)
	return appendFrame(b, opPing, true, payload[:])
}

// SendMarked is SendPrepared and behind it, unless mark is 0, a ping with the mark. Both
// are accepted or none.
func (c *Conn) SendMarked(m *Prepared, mark uint64) error {
	if mark == 0 {
		return c.SendPrepared(m)
	}
	wire := append(c.pool.buffers.get(len(m.wire)+2+markSize), m.wire...)
	wire = appendMark(wire, mark)
	err := c.sendFrames(wire, c.limits.current.Load(), false)
	c.pool.buffers.put(wire)
	return err
}

// Mark sends a ping with a mark behind all messages that were accepted.
func (c *Conn) Mark(mark uint64) error {
	var buf [2 + markSize]byte
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != opened || !c.write(appendMark(buf[:0], mark), false) {
		return ErrClosed
	}
	return nil
}

// pong hands a pong to the handler if it is the answer to a mark.
func (c *Conn) pong(payload []byte) {
	if len(payload) == markSize && c.pool.pongs != nil {
		c.pool.pongs.OnPong(c, binary.BigEndian.Uint64(payload))
	}
}

// WaitSent waits until the kernel has been given all that was accepted before the call,
// and more where more is accepted meanwhile. It returns [ErrClosed] when the connection
// ended before, or ctx's error. It is the one method that waits for the network.
func (c *Conn) WaitSent(ctx context.Context) error {
	c.mu.Lock()
	q := c.sendQueue
	switch {
	case c.state >= tornDown:
		c.mu.Unlock()
		return ErrClosed
	case q == nil:
		c.mu.Unlock()
		return nil
	}
	if q.emptied == nil {
		q.emptied = make(chan struct{})
	}
	c.mu.Unlock()
	select {
	case <-q.emptied:
		if q.cut {
			return ErrClosed
		}
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// endQueue forgets the send queue, which is empty or, when cut, will never be. c.mu is
// held.
func (c *Conn) endQueue(cut bool) {
	if q := c.sendQueue; q != nil && q.emptied != nil {
		q.cut = cut
		close(q.emptied)
	}
	c.sendQueue = nil
}
