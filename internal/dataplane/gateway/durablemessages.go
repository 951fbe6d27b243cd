package gateway

import (
	"context"
	"math"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/journal"
	"github.com/pasarela-ws/pasarela/internal/dataplane/mailbox"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
)

// durableTimeout bounds the wait until a message is on disk.
const durableTimeout = 5 * time.Second

// durable says whether a connection's messages are on disk before they are acknowledged
// (A-GATEWAY-56).
func (g *Gateway) durable(c *connection) bool {
	if c.resume == nil {
		return false
	}
	d := c.stage.stage.Deployed()
	return d != nil && d.Settings.Durable
}

// note writes a message to the journal, with the hash of the key of its push. r.mu is held.
func (r *resumable) note(m *mailbox.Message, key string) {
	r.noted = true
	noted := noteOf(m)
	noted.Key = key
	r.g.journal.Message(r.c.id, &noted)
}

func noteOf(m *mailbox.Message) journal.Message {
	noted := journal.Message{Sequence: m.Sequence, Body: m.Wire.Payload()}
	if !m.Expires.IsZero() {
		noted.Expires = m.Expires.UnixMilli()
	}
	return noted
}

// recordMessages adds the messages that are on disk to a record.
func (r *resumable) recordMessages(to *journal.Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	messages, last := r.box.Messages()
	to.Sequence = last // no number is given twice, whatever an older journal says is confirmed
	if to.Confirmed = last; len(messages) > 0 {
		to.Confirmed = messages[0].Sequence - 1
	}
	for i := range messages {
		if messages[i].Durable {
			to.Messages = append(to.Messages, noteOf(&messages[i]))
		}
	}
}

// restore puts the messages of another run into the mailbox.
func (r *resumable) restore(from *journal.Record) {
	var kept []mailbox.Message
	for i := range from.Messages {
		if m, ok := messageOf(&from.Messages[i]); ok {
			m.Durable = true
			kept = append(kept, m)
		}
	}
	r.box.Restore(kept, from.Sequence, math.MaxUint64) // any of them may have been sent
	r.noted = len(kept) > 0
	r.g.mailboxes.Add(r.mailboxMemory())
}

// messageOf is a message as it was noted; ok is false if it is no valid text.
func messageOf(noted *journal.Message) (m mailbox.Message, ok bool) {
	wire, err := socket.Prepare(socket.Text, noted.Body)
	if err != nil {
		return m, false
	}
	m = mailbox.Message{Sequence: noted.Sequence, Wire: wire, Size: len(noted.Body)}
	if noted.Expires > 0 {
		m.Expires = time.UnixMilli(noted.Expires)
	}
	return m, true
}

// syncJournal waits until all that was noted is on disk.
func (g *Gateway) syncJournal(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, durableTimeout)
	defer cancel()
	return errNotDurable(g.journal.Sync(ctx))
}

// errNotDurable is the error for a sender whose message may not be on disk.
func errNotDurable(err error) error {
	if err == nil {
		return nil
	}
	return &pasarela.Error{Code: pasarela.CodeServiceUnavailable, Message: "The message could not be written to disk in time; the client may get it all the same. Try again.", Cause: err}
}

// waitUntilDurable waits until a message is on disk, or its client has confirmed it.
func (g *Gateway) waitUntilDurable(ctx context.Context, w *waiter) (Outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, durableTimeout)
	defer cancel()
	synced := make(chan error, 1)
	go func() { synced <- g.journal.Sync(ctx) }() // ends with ctx
	outcome := Accepted
	for {
		select {
		case outcome = <-w.outcome:
			if outcome == Acknowledged {
				return outcome, nil
			}
		case err := <-synced:
			if err == nil && w.of.takenOver.Load() { // by a node whose journal does not have the message
				err = errRunTakenOver
			}
			return outcome, errNotDurable(err)
		}
	}
}
