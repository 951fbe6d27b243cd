package gateway

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/mailbox"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
)

// Push is a message for a connection, and what its sender wants to know of it. AWS has
// only Body: a strict gateway ignores the rest.
type Push struct {
	Body []byte
	// Key is an idempotency key: a connection gets at most one push of a key, so a caller
	// that did not see the response may send again (A-GATEWAY-22). Empty: none.
	Key string
	// Wait delays the response, at most [MaxWait], until the message is [Sent] or
	// [Acknowledged]; 0: no wait.
	Wait Outcome
	// Lifetime is how long the message may wait for a client that is away; 0: for as long
	// as the client may.
	Lifetime time.Duration

	sum string // the hash of Key, once it is known that the connection has none of it; else empty
}

// Pushed is the result of a [Push] that was accepted.
type Pushed struct {
	Replayed bool    // a push of the same key was delivered before
	Outcome  Outcome // at the time of the response
}

// MaxWait bounds the wait for an [Outcome] (A-GATEWAY-53).
const MaxWait = 10 * time.Second

// put gives a message to a resumable connection.
func (g *Gateway) put(c *connection, p Push, w *waiter) (given bool, err error) {
	wire, err := socket.Prepare(socket.Text, p.Body)
	if err != nil {
		return false, err
	}
	m := mailbox.Message{Wire: wire, Size: len(p.Body)}
	if p.Lifetime > 0 {
		m.Expires = g.options.Now().Add(p.Lifetime)
	}
	return c.resume.put(m, w, p.sum)
}

// following waits for the outcome of an accepted message. It is called without locks.
type following func(context.Context) (Outcome, error)

func at(o Outcome) following { return func(context.Context) (Outcome, error) { return o, nil } }

// pushResumable sends a push to a connection that outlives its sockets.
func (g *Gateway) pushResumable(c *connection, p Push) (following, error) {
	w := &waiter{outcome: make(chan Outcome, 1)}
	durable := g.durable(c)
	if durable && g.journal == nil {
		return nil, pasarela.Errorf(pasarela.CodeServiceUnavailable, "The stage wants its messages on disk (tag pasarela:delivery), and this node has no journal.")
	}
	asked := w
	if p.Wait != Acknowledged && !durable {
		asked = nil
	}
	given, err := g.put(c, p, asked)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) (Outcome, error) {
		if durable {
			if outcome, err := g.waitUntilDurable(ctx, w); err != nil || outcome != Accepted {
				return outcome, err
			}
		}
		switch {
		case !given && (p.Wait != Acknowledged || w.sequence == 0):
			c.resume.leave(w)
			return Queued, nil
		case p.Wait == Sent:
			return sentOrQueued(ctx, c), nil
		case p.Wait == Acknowledged:
			select {
			case outcome := <-w.outcome:
				return outcome, nil
			case <-ctx.Done():
				c.resume.leave(w)
				return sentOrQueued(ctx, c), nil
			}
		}
		c.resume.leave(w)
		return Accepted, nil
	}, nil
}

// leave removes the waiter w.
func (r *resumable) leave(w *waiter) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiters = slices.DeleteFunc(r.waiters, func(other *waiter) bool { return other == w })
}

// sentOrQueued waits until the kernel has the bytes that the connection's socket was
// given.
func sentOrQueued(ctx context.Context, c *connection) Outcome {
	if conn := c.socket.Load(); conn != nil && conn.WaitSent(ctx) == nil {
		return Sent
	}
	return Queued
}

// pushPlain sends a push to a connection that ends with its socket.
func (g *Gateway) pushPlain(c *connection, p Push) (following, error) {
	conn := c.opened()
	if conn == nil {
		return nil, gone()
	}
	if p.Wait == Acknowledged {
		return g.acks.send(c, conn, p.Body)
	}
	if err := refusedBySocket(conn.Send(socket.Text, p.Body)); err != nil {
		return nil, err
	}
	if p.Wait != Sent {
		return at(Accepted), nil
	}
	return func(ctx context.Context) (Outcome, error) { return sentOrGone(ctx, conn), nil }, nil
}

// sentOrGone waits until the kernel has all bytes that were accepted for a socket.
func sentOrGone(ctx context.Context, conn *socket.Conn) Outcome {
	switch err := conn.WaitSent(ctx); {
	case err == nil:
		return Sent
	case errors.Is(err, socket.ErrClosed):
		return Gone
	}
	return Queued
}

// acks are the pushes, to connections without a session, that wait for pongs. They are
// kept beside the connections, so that others have no memory for them.
type acks struct {
	mu      sync.Mutex
	mark    uint64
	waiting map[*connection][]*waiter
}

// send sends a message followed by a ping with a mark, and waits for the pong.
func (a *acks) send(c *connection, conn *socket.Conn, body []byte) (following, error) {
	wire, err := socket.Prepare(socket.Text, body)
	if err != nil {
		return nil, err
	}
	w := &waiter{outcome: make(chan Outcome, 1)}
	a.mu.Lock()
	defer a.mu.Unlock() // marks are sent in the order of their numbers
	a.mark++
	w.sequence = a.mark
	if err := refusedBySocket(conn.SendMarked(wire, w.sequence)); err != nil {
		return nil, err
	}
	if a.waiting == nil {
		a.waiting = map[*connection][]*waiter{}
	}
	a.waiting[c] = append(a.waiting[c], w)
	return func(ctx context.Context) (Outcome, error) {
		select {
		case outcome := <-w.outcome:
			return outcome, nil
		case <-ctx.Done():
			a.end(c, func(other *waiter) bool { return other == w }, Sent)
			return sentOrGone(ctx, conn), nil
		}
	}, nil
}

// confirm wakes the pushes whose message the client has read.
func (a *acks) confirm(c *connection, mark uint64) {
	a.end(c, func(w *waiter) bool { return w.sequence <= mark }, Acknowledged)
}

// closed wakes the pushes of a connection that has ended.
func (a *acks) closed(c *connection) { a.end(c, func(*waiter) bool { return true }, Gone) }

func (a *acks) end(c *connection, match func(*waiter) bool, outcome Outcome) {
	a.mu.Lock()
	defer a.mu.Unlock()
	waiting, ok := a.waiting[c]
	if !ok {
		return
	}
	kept := slices.DeleteFunc(waiting, func(w *waiter) bool {
		if match(w) {
			w.outcome <- outcome // the channel has room for the one outcome
			return true
		}
		return false
	})
	if len(kept) == 0 {
		delete(a.waiting, c)
	} else {
		a.waiting[c] = kept
	}
}
