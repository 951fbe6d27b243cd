package gateway

import (
	"context"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/mailbox"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// addPushToMailbox adds a push to the mailbox of a resumable connection; see
// [resumable.addToMailbox].
func (g *Gateway) addPushToMailbox(c *connection, p Push, w *waiter) (given bool, err error) {
	wire, err := socket.Prepare(socket.Text, p.Body)
	if err != nil {
		return false, err
	}
	m := mailbox.Message{Wire: wire, Size: len(p.Body)}
	if p.Lifetime > 0 {
		m.Expires = g.options.Now().Add(p.Lifetime)
	}
	return c.resume.addToMailbox(m, w, p.sum)
}

// pushResumable sends a push to a connection that outlives its sockets.
func (g *Gateway) pushResumable(c *connection, p Push) (waitOutcome, error) {
	w := &waiter{of: c.resume, outcome: make(chan Outcome, 1)}
	durable := g.durable(c)
	if durable && g.journal == nil {
		return nil, Refuse(pasarela.CodeServiceUnavailable, language.PushNoJournal)
	}
	asked := w
	if p.Wait != Acknowledged && !durable {
		asked = nil
	}
	given, err := g.addPushToMailbox(c, p, asked)
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
			c.resume.removeWaiter(w)
			return Queued, nil
		case p.Wait == Sent:
			return sentOrQueued(ctx, c), nil
		case p.Wait == Acknowledged:
			select {
			case outcome := <-w.outcome:
				return outcome, nil
			case <-ctx.Done():
				c.resume.removeWaiter(w)
				return sentOrQueued(ctx, c), nil
			}
		}
		c.resume.removeWaiter(w)
		return Accepted, nil
	}, nil
}

// removeWaiter removes the waiter w.
func (r *resumable) removeWaiter(w *waiter) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for at := &r.waiters; *at != nil; at = &(*at).next {
		if *at == w {
			*at = w.next
			return
		}
	}
}

// sentOrQueued waits until the kernel has the bytes that the connection's socket was
// given.
func sentOrQueued(ctx context.Context, c *connection) Outcome {
	if conn := c.socket.Load(); conn != nil && conn.WaitSent(ctx) == nil {
		return Sent
	}
	return Queued
}
