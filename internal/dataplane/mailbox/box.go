// Package mailbox keeps the messages of one connection until its client has confirmed
// them, so that they can be sent again on another socket.
//
// A message has a sequence number of its own for as long as the connection lives. It is
// added, then sent on a socket, and forgotten when a number that is not below its own is
// confirmed. [Box.Rewind] has everything that is left sent again, in the same order.
package mailbox

import (
	"math"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
)

// Message is one message for a client.
type Message struct {
	Sequence uint64 // from 1
	Wire     *socket.Prepared
	Durable  bool      // it is on a disk, too
	Size     int       // bytes of its body
	Expires  time.Time // it is not sent after that; zero: never
}

// Expired says whether m must not be sent any more.
func (m *Message) Expired(now time.Time) bool { return !m.Expires.IsZero() && now.After(m.Expires) }

// Limits bound a [Box].
type Limits struct {
	Messages int
	Bytes    int // of bodies; an empty box takes any message
}

// Box is a mailbox. The zero value is empty. It is not safe for concurrent use.
//
// There is one of every connection with a session, and nearly all are empty, so an empty
// one has no memory for messages.
type Box struct {
	queue   *queue // nil: it is empty
	last    uint64 // number of the newest message
	highest uint64 // the highest number that any socket was given
}

// queue is what a mailbox has that is not empty.
type queue struct {
	messages []Message // in the order of their numbers
	sent     int32     // how many of them the present socket was given
	bytes    int32
	first    [1]Message // memory for one message: most mailboxes have no more at a time
}

func newQueue() *queue {
	q := &queue{}
	q.messages = q.first[:0]
	return q
}

// Len is how many messages are kept.
func (b *Box) Len() int { return len(b.kept()) }

// kept is the messages, by their numbers.
func (b *Box) kept() []Message {
	if b.queue == nil {
		return nil
	}
	return b.queue.messages
}

// Bytes is the total length of the bodies of the messages that are kept.
func (b *Box) Bytes() int {
	if b.queue == nil {
		return 0
	}
	return int(b.queue.bytes)
}

// sent is how many of the messages the present socket was given.
func (b *Box) sent() int {
	if b.queue == nil {
		return 0
	}
	return int(b.queue.sent)
}

// Waiting is how many of them were not sent on the present socket.
func (b *Box) Waiting() int { return b.Len() - b.sent() }

// Add keeps a message and numbers it; false when there is no room.
func (b *Box) Add(m Message, limits Limits) (sequence uint64, ok bool) {
	if b.queue == nil {
		b.queue = newQueue()
	} else if b.Len() >= limits.Messages || b.Bytes()+m.Size > min(limits.Bytes, math.MaxInt32) {
		return 0, false
	}
	b.last++
	m.Sequence = b.last
	b.queue.messages = append(b.queue.messages, m)
	b.queue.bytes += int32(m.Size)
	return m.Sequence, true
}

// Restore puts the messages of an earlier run into an empty box, by their numbers; last
// is the newest number that run gave, and highest that of those any socket was given.
func (b *Box) Restore(messages []Message, last, highest uint64) {
	b.last = last
	if len(messages) > 0 {
		b.queue = &queue{messages: messages}
	}
	for i := range messages {
		b.queue.bytes += int32(messages[i].Size)
		b.last = max(b.last, messages[i].Sequence)
	}
	b.highest = min(highest, b.last)
}

// Messages are those that are kept, by their numbers, and the newest number given.
func (b *Box) Messages() (messages []Message, last uint64) { return b.kept(), b.last }

// Next is the message to send next, nil when there is none. again says that it was sent
// on an earlier socket.
func (b *Box) Next() (m *Message, again bool) {
	if b.Waiting() == 0 {
		return nil, false
	}
	m = &b.queue.messages[b.queue.sent]
	return m, m.Sequence <= b.highest
}

// Sent notes that the next message was sent on the present socket.
func (b *Box) Sent() {
	b.highest = max(b.highest, b.queue.messages[b.queue.sent].Sequence)
	b.queue.sent++
}

// LastSent is the number of the newest unconfirmed message that was sent on the present
// socket; 0 when there is none.
func (b *Box) LastSent() uint64 {
	if b.sent() == 0 {
		return 0
	}
	return b.queue.messages[b.queue.sent-1].Sequence
}

// Confirm removes the messages up to a number, as far as they were sent on any socket,
// and returns how many.
func (b *Box) Confirm(sequence uint64) int {
	sequence = min(sequence, b.highest)
	messages, n := b.kept(), 0
	for n < len(messages) && messages[n].Sequence <= sequence {
		b.queue.bytes -= int32(messages[n].Size)
		n++
	}
	if n > 0 {
		b.queue.sent = max(0, b.queue.sent-int32(n))
		b.drop(0, n)
	}
	return n
}

// Highest is the highest number that was sent on any socket.
func (b *Box) Highest() uint64 { return b.highest }

// Rewind makes everything that is kept be sent again, on a new socket, and returns how
// much of it an earlier socket was sent.
func (b *Box) Rewind() (again int) {
	if b.queue == nil {
		return 0
	}
	b.queue.sent = 0
	for again < len(b.queue.messages) && b.queue.messages[again].Sequence <= b.highest {
		again++
	}
	return again
}

// Expire removes the expired messages and returns them. Those that were sent on the
// present socket stay until they are confirmed.
func (b *Box) Expire(now time.Time) (expired []Message) {
	all, sent := b.kept(), b.sent()
	kept := all[:sent]
	for i := sent; i < len(all); i++ {
		if m := all[i]; m.Expired(now) {
			b.queue.bytes -= int32(m.Size)
			expired = append(expired, m)
		} else {
			kept = append(kept, m)
		}
	}
	b.drop(len(kept), len(all))
	return expired
}

// drop removes messages[from:to], a prefix or everything behind one, and frees the memory
// of an empty box.
func (b *Box) drop(from, to int) {
	if from == to {
		return
	}
	q := b.queue
	clear(q.messages[from:to])
	if from == 0 {
		q.messages = q.messages[to:]
	} else {
		q.messages = q.messages[:from]
	}
	if len(q.messages) == 0 {
		b.queue = nil
	}
}
