package gateway

import (
	"context"
	"slices"
	"sync"

	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
)

// acks are the pushes, to connections without a session, that wait for pongs. They are
// kept apart from the connections, so that connections without such pushes need no
// memory for them.
type acks struct {
	mu      sync.Mutex
	mark    uint64
	waiting map[*connection][]*waiter
}

// send sends a message followed by a ping with a mark, and waits for the pong.
func (a *acks) send(c *connection, conn *socket.Conn, body []byte) (waitOutcome, error) {
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

// end wakes those pushes of a connection that match, with this outcome.
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
