package gateway

import (
	"strconv"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/mailbox"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// messageOverhead is roughly the memory of a message besides its body, in bytes, so that
// many empty messages count too.
const messageOverhead = 128

// mailboxMemory is what the mailbox takes of the node's bound, in bytes. r.mu is held.
func (r *resumable) mailboxMemory() int64 { return int64(r.box.Bytes() + r.box.Len()*messageOverhead) }

// addToMailbox adds a message to the mailbox and sends what can be sent. given says that the
// socket was given this message. w, unless nil, waits for its outcome. key is the hash of
// the key of its push, which is noted with it; empty: it has none.
func (r *resumable) addToMailbox(m mailbox.Message, w *waiter, key string) (given bool, err error) {
	d := r.c.stage.stage.Deployed()
	if d == nil {
		return false, gone() // the stage is gone and the connection is being ended
	}
	limits := mailbox.Limits{Messages: d.Settings.MailboxMessages, Bytes: d.Settings.MailboxBytes}
	now := r.g.options.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.moving != nil:
		return false, r.moving.moving()
	case r.takenOver.Load():
		return false, Refuse(pasarela.CodeServiceUnavailable, language.PushTakenOver)
	case r.ended:
		return false, r.g.notHere(r.c.id)
	case r.link == nil && r.g.leavesToNextRun():
		return false, Refuse(pasarela.CodeServiceUnavailable, language.PushStopping)
	}
	if next, _ := r.box.Next(); next != nil && next.Expired(now) {
		r.expire(now) // no socket takes it: its client is away, or reads slowly
	}
	if r.g.mailboxes.Add(int64(m.Size)+messageOverhead) > r.g.options.MailboxBytes {
		r.g.mailboxes.Add(-int64(m.Size) - messageOverhead)
		return false, Refuse(pasarela.CodeLimitExceeded, language.PushNodeFull)
	}
	durable := d.Settings.Durable && r.g.journal != nil
	m.Durable = durable
	sequence, ok := r.box.Add(m, limits)
	if !ok {
		r.expire(now)
		sequence, ok = r.box.Add(m, limits)
	}
	if !ok {
		r.g.mailboxes.Add(-int64(m.Size) - messageOverhead)
		return false, Refuse(pasarela.CodeLimitExceeded, language.PushMailboxFull, strconv.Itoa(r.box.Len()), strconv.Itoa(r.box.Bytes()))
	}
	if durable {
		m.Sequence = sequence
		r.note(&m, key)
	}
	r.pump(now)
	given = r.box.LastSent() >= sequence
	if w != nil && r.link != nil {
		w.sequence, w.next = sequence, r.waiters
		r.waiters = w
	}
	return given, nil
}

// pump gives the socket as much of the mailbox as it accepts. r.mu is held.
func (r *resumable) pump(now time.Time) { r.pumpWritten(now, 0) }

// pumpWritten is pump, where the durable messages up to a number are known to be in the
// journal of this run. While another node may have taken the connection over, no other
// durable message is sent: one that is not in the journal that was taken over would come
// before those that its new node accepted earlier. r.mu is held.
func (r *resumable) pumpWritten(now time.Time, written uint64) {
	if r.link == nil || r.moving != nil || r.takenOver.Load() {
		return
	}
	for {
		m, again := r.box.Next()
		if m == nil {
			return
		}
		if m.Expired(now) {
			r.expire(now)
			continue
		}
		if m.Durable && m.Sequence > written && r.g.journal != nil && !r.g.surelyHolds() {
			r.pumpWhenWritten()
			return
		}
		mark := uint64(0)
		if r.marked == 0 {
			mark = m.Sequence
		}
		if r.link.conn.SendMarked(m.Wire, mark) != nil {
			return // a slow reader's next pong continues; a broken socket is about to be detached
		}
		if mark != 0 {
			r.marked = mark
		}
		if again {
			r.g.outcomes.add(Redelivered, 1)
		}
		r.box.Sent()
	}
}

// pumpWhenWritten goes on when the journal has been written, which proves that it is still
// that of this run. r.mu is held.
func (r *resumable) pumpWhenWritten() {
	if r.waitsForJournal {
		return
	}
	r.waitsForJournal = true
	_, last := r.box.Messages()
	r.g.journal.AfterWrite(func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.waitsForJournal = false
		r.pumpWritten(r.g.options.Now(), last)
	})
}

// confirm removes the messages that the client has read, and goes on sending.
func (r *resumable) confirm(conn *socket.Conn, mark uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return
	}
	before := r.mailboxMemory()
	if r.noted && r.box.Len() > 0 {
		r.g.journal.Confirmed(r.c.id, min(mark, r.box.Highest()))
	}
	r.g.outcomes.add(Acknowledged, int64(r.box.Confirm(mark)))
	r.g.mailboxes.Add(r.mailboxMemory() - before)
	r.notify(func(w *waiter) bool { return w.sequence <= mark }, Acknowledged)
	if r.link == nil || r.link.conn != conn {
		return
	}
	if mark >= r.marked {
		r.marked = 0
	}
	r.pump(r.g.options.Now())
	if last := r.box.LastSent(); r.marked == 0 && last != 0 && conn.Mark(last) == nil {
		r.marked = last
	}
}

// notify wakes the waiters that match. r.mu is held.
func (r *resumable) notify(match func(*waiter) bool, outcome Outcome) {
	for at := &r.waiters; *at != nil; {
		if w := *at; match(w) {
			*at = w.next
			w.outcome <- outcome // the channel has room for the one outcome
		} else {
			at = &w.next
		}
	}
}

// expire drops messages whose Lifetime has ended. r.mu is held.
func (r *resumable) expire(now time.Time) {
	before := r.mailboxMemory()
	expired := r.box.Expire(now)
	r.g.mailboxes.Add(r.mailboxMemory() - before)
	r.g.outcomes.add(Expired, int64(len(expired)))
	for _, m := range expired {
		r.notify(func(w *waiter) bool { return w.sequence == m.Sequence }, Expired)
	}
	if len(expired) > 0 {
		r.g.noteExpired(r.c, len(expired))
	}
}
