package journal

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"time"

	"github.com/pasarela-ws/pasarela/internal/engine/event"
)

// Kinds of entries. They are in journals on disks: never change one.
const (
	kindText   = 1
	kindOpened = 2
	kindClosed = 3
	// Of a connection whose messages outlive the node: one of them, and the number up
	// to which its client has confirmed them.
	kindMessage   = 4
	kindConfirmed = 5
	// A connection moved to another node, or a move here was withdrawn: the number of the
	// move, and the connection's id.
	kindMoved     = 6
	kindWithdrawn = 7
	// The key of a push that a connection was given.
	kindKey = 8
	// The move by which a connection came here is complete: its number, and the
	// connection's id.
	kindHeld = 9
)

const (
	magic      = "PJB2"
	lengthSize = 4
	sumSize    = 5
	headLength = len(magic) + lengthSize + sumSize

	// magic occurs only at the begin of a batch, although entries hold bytes from
	// outside: within entries it is escaped, and the numbers of the head have no byte
	// below 0x80.
	escaped = "PJB"
	escape  = escaped + "\x00"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// batch is a batch that is being filled. Its memory is reused.
type batch struct {
	data    []byte // the head's place and the entries
	body    []byte // of the entry that is being made
	texts   map[string]uint64
	entries int
	sealed  bool
	order   uint64    // among those of its writer, in the order in which they are written
	began   time.Time // when its first entry was noted
	fresh   []string  // ids of the connections that were opened in it
}

func newBatch() *batch {
	return &batch{data: make([]byte, headLength), texts: map[string]uint64{}}
}

func (b *batch) reset() {
	b.data, b.entries, b.sealed, b.began = b.data[:headLength], 0, false, time.Time{}
	clear(b.fresh)
	b.fresh = b.fresh[:0]
	clear(b.texts)
}

func (b *batch) opened(r *Record) {
	b.body = b.body[:0]
	b.appendMembers(r)
	b.entry(kindOpened)
	if r.Move > 0 && r.Held {
		b.move(kindHeld, r.ConnectionID, r.Move)
	}
	if r.Move > 0 && r.Confirmed > 0 {
		b.confirmed(r.ConnectionID, r.Confirmed)
	}
	for i := range r.Messages {
		b.message(r.ConnectionID, &r.Messages[i])
	}
}

// message: the number, when it expires, the length of the connection's id, the id and
// the message's body.
func (b *batch) message(connectionID string, m *Message) {
	b.body = binary.AppendUvarint(b.body[:0], m.Sequence)
	b.body = binary.AppendUvarint(b.body, uint64(m.Expires))
	b.body = binary.AppendUvarint(b.body, uint64(len(connectionID)))
	b.body = append(append(b.body, connectionID...), m.Body...)
	b.entry(kindMessage)
	if m.Key != "" { // in the batch of its message: they are both lost or both kept
		b.key(connectionID, m.Key)
	}
}

// key: the length of the connection's id, the id and the hash of the key.
func (b *batch) key(connectionID, key string) {
	b.body = binary.AppendUvarint(b.body[:0], uint64(len(connectionID)))
	b.body = append(append(b.body, connectionID...), key...)
	b.entry(kindKey)
}

// confirmed: the number and the connection's id.
func (b *batch) confirmed(connectionID string, sequence uint64) {
	b.body = append(binary.AppendUvarint(b.body[:0], sequence), connectionID...)
	b.entry(kindConfirmed)
}

// move: the number of the move and the connection's id.
func (b *batch) move(kind byte, connectionID string, move uint64) {
	b.body = append(binary.AppendUvarint(b.body[:0], move), connectionID...)
	b.entry(kind)
}

// past is a closed entry for [Ended], and a moved entry for a number.
func (b *batch) past(connectionID string, move uint64) {
	if move == Ended {
		b.closed(connectionID)
	} else {
		b.move(kindMoved, connectionID, move)
	}
}

func (b *batch) closed(connectionID string) {
	b.body = append(b.body[:0], connectionID...)
	b.entry(kindClosed)
}

func (b *batch) entry(kind byte) {
	b.data = append(b.data, kind)
	b.data = binary.AppendUvarint(b.data, uint64(len(b.body)))
	b.data = append(b.data, b.body...)
	b.entries++
}

// seal writes the head; no entry can be added afterwards. The bytes are valid until the
// next reset.
func (b *batch) seal() []byte {
	if b.sealed {
		return b.data
	}
	b.sealed = true
	if bytes.Contains(b.data[headLength:], []byte(escaped)) {
		b.data = append(b.data[:headLength], bytes.ReplaceAll(b.data[headLength:], []byte(escaped), []byte(escape))...)
	}
	entries := b.data[headLength:]
	copy(b.data, magic)
	putNumber(b.data[len(magic):][:lengthSize], uint64(len(entries)))
	putNumber(b.data[len(magic)+lengthSize:headLength], uint64(crc32.Checksum(entries, castagnoli)))
	return b.data
}

// putNumber fills to with a number: seven bits a byte below a one, the highest first.
func putNumber(to []byte, number uint64) {
	for i := len(to) - 1; i >= 0; i-- {
		to[i] = 0x80 | byte(number)
		number >>= 7
	}
}

// numberOf is the number of bytes that putNumber filled; no other bytes have one.
func numberOf(data []byte) (number uint64, ok bool) {
	for _, b := range data {
		if b < 0x80 {
			return 0, false
		}
		number = number<<7 | uint64(b&0x7f)
	}
	return number, true
}

// member appends a member to the body, unless it is empty.
func (b *batch) member(number uint64, value string) {
	if value == "" {
		return
	}
	b.body = binary.AppendUvarint(b.body, number)
	b.body = binary.AppendUvarint(b.body, uint64(len(value)))
	b.body = append(b.body, value...)
}

// shared appends a member that is a text of the batch.
func (b *batch) shared(number uint64, value string) {
	if value != "" {
		b.number(number, b.text(value))
	}
}

func (b *batch) number(number, value uint64) {
	b.body = binary.AppendUvarint(b.body, number)
	b.body = binary.AppendUvarint(b.body, uint64(uvarintLength(value)))
	b.body = binary.AppendUvarint(b.body, value)
}

func (b *batch) pair(number uint64, pair event.Pair) {
	name := b.text(pair.Name)
	b.body = binary.AppendUvarint(b.body, number)
	b.body = binary.AppendUvarint(b.body, uint64(uvarintLength(name)+len(pair.Value)))
	b.body = binary.AppendUvarint(b.body, name)
	b.body = append(b.body, pair.Value...)
}

// text is the number of a text in this batch, which it gets at its first use.
func (b *batch) text(value string) uint64 {
	number, ok := b.texts[value]
	if !ok {
		number = uint64(len(b.texts))
		b.texts[value] = number
		b.data = append(b.data, kindText)
		b.data = binary.AppendUvarint(b.data, uint64(len(value)))
		b.data = append(b.data, value...)
	}
	return number
}

func uvarintLength(value uint64) int {
	n := 1
	for ; value >= 0x80; value >>= 7 {
		n++
	}
	return n
}
