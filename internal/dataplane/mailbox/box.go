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

// expired says whether m must not be sent any more.
func (m *Message) expired(now time.Time) bool { return !m.Expires.IsZero() && now.After(m.Expires) }

// Limits bound a [Box].
type Limits struct {
	Messages int
	Bytes    int // of bodies; an empty box takes any message
}

// Box is a mailbox. The zero value is empty. It is not safe for concurrent use.
type Box struct {
	messages []Message // in the order of their numbers
	sent     int32     // how many of them the present socket was given
	bytes    int32
	last     uint64 // number of the newest message
	highest  uint64 // the highest number that any socket was given
}

// Len is how many messages are kept, Bytes the total length of their bodies.
func (b *Box) Len() int   { return len(b.messages) }
func (b *Box) Bytes() int { return int(b.bytes) }

// Waiting is how many of them were not sent on the present socket.
func (b *Box) Waiting() int { return len(b.messages) - int(b.sent) }

// Add keeps a message and numbers it; false when there is no room.
func (b *Box) Add(m Message, limits Limits) (sequence uint64, ok bool) {
	if len(b.messages) > 0 && (len(b.messages) >= limits.Messages || int(b.bytes)+m.Size > min(limits.Bytes, math.MaxInt32)) {
		return 0, false
	}
	b.last++
	m.Sequence = b.last
	b.messages = append(b.messages, m)
	b.bytes += int32(m.Size)
	return m.Sequence, true
}

// Restore puts the messages of an earlier run into an empty box, by their numbers; last
// is the newest number that run gave, and highest that of those any socket was given.
func (b *Box) Restore(messages []Message, last, highest uint64) {
	b.messages, b.last = messages, last
	for i := range messages {
		b.bytes += int32(messages[i].Size)
		b.last = max(b.last, messages[i].Sequence)
	}
	b.highest = min(highest, b.last)
}

// Messages are those that are kept, by their numbers, and the newest number given.
func (b *Box) Messages() (messages []Message, last uint64) { return b.messages, b.last }

// Next is the message to send next, nil when there is none. again says that it was sent
// on an earlier socket.
func (b *Box) Next() (m *Message, again bool) {
	if int(b.sent) == len(b.messages) {
		return nil, false
	}
	m = &b.messages[b.sent]
	return m, m.Sequence <= b.highest
}

// Sent notes that the next message was sent on the present socket.
func (b *Box) Sent() {
	b.highest = max(b.highest, b.messages[b.sent].Sequence)
	b.sent++
}

// LastSent is the number of the newest unconfirmed message that was sent on the present
// socket; 0 when there is none.
func (b *Box) LastSent() uint64 {
	if b.sent == 0 {
		return 0
	}
	return b.messages[b.sent-1].Sequence
}

// Confirm removes the messages up to a number, as far as they were sent on any socket,
// and returns how many.
func (b *Box) Confirm(sequence uint64) int {
	sequence = min(sequence, b.highest)
	n := 0
	for n < len(b.messages) && b.messages[n].Sequence <= sequence {
		b.bytes -= int32(b.messages[n].Size)
		n++
	}
	b.drop(0, n)
	b.sent = max(0, b.sent-int32(n))
	return n
}

// Highest is the highest number that was sent on any socket.
func (b *Box) Highest() uint64 { return b.highest }

// Rewind makes everything that is kept be sent again, on a new socket, and returns how
// much of it an earlier socket was sent.
func (b *Box) Rewind() (again int) {
	b.sent = 0
	for again < len(b.messages) && b.messages[again].Sequence <= b.highest {
		again++
	}
	return again
}

// Expire removes the expired messages and returns them. Those that were sent on the
// present socket stay until they are confirmed.
func (b *Box) Expire(now time.Time) (expired []Message) {
	kept := b.messages[:b.sent]
	for i := int(b.sent); i < len(b.messages); i++ {
		if m := b.messages[i]; m.expired(now) {
			b.bytes -= int32(m.Size)
			expired = append(expired, m)
		} else {
			kept = append(kept, m)
		}
	}
	b.drop(len(kept), len(b.messages))
	return expired
}

// drop removes messages[from:to], a prefix or everything, and frees the memory of an
// empty box.
func (b *Box) drop(from, to int) {
	if from == to {
		return
	}
	clear(b.messages[from:to])
	if from == 0 {
		b.messages = b.messages[to:]
	} else {
		b.messages = b.messages[:from]
	}
	if len(b.messages) == 0 {
		b.messages = nil
	}
}
