package journal

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"maps"
	"math"
	"slices"
	"sort"
)

// Owed collects the entries of journals: the connections whose $disconnect is still to be
// run. The zero value has none.
type Owed struct {
	opened map[string][]Record // of each move one
	closed map[string]struct{}

	messages  map[string]map[uint64]Message
	confirmed map[string]uint64
	keys      map[string][]string
	moved     map[string]uint64
	held      map[string]uint64
	withdrawn map[withdrawal]struct{}

	summed int // bytes of which a sum was taken
}

// withdrawal is a move that did not take place.
type withdrawal struct {
	connectionID string
	move         uint64
}

// Add reads a piece of a journal that begins at a batch. lost is called with every range
// of bytes that cannot be read.
func (o *Owed) Add(data []byte, lost func(Loss)) {
	o.begin()
	damaged := 0 // where the bytes that cannot be read begin, if that is before at
	for at := 0; at < len(data); {
		end := nextBatch(data, at)
		entries, ok := o.frame(data[at:end])
		if !ok {
			at = end
			continue
		}
		if damaged < at {
			lost(Loss{From: damaged, To: at, Why: "bytes that are no batch or are damaged"})
		}
		damaged = at + headLength + len(entries)
		if err := o.entries(bytes.ReplaceAll(entries, []byte(escape), []byte(escaped))); err != nil {
			lost(Loss{From: at, To: damaged, Why: err.Error()})
		}
		at = end
	}
	if damaged < len(data) {
		lost(Loss{From: damaged, To: len(data), Why: "the last batch was cut off or is damaged"})
	}
}

// nextBatch is where the batch ends at the latest that begins at at.
func nextBatch(data []byte, at int) int {
	from := at + 1
	if next := bytes.Index(data[from:], []byte(magic)); next >= 0 {
		return from + next
	}
	return len(data)
}

func (o *Owed) begin() {
	if o.opened == nil {
		o.opened, o.closed = map[string][]Record{}, map[string]struct{}{}
		o.messages, o.confirmed = map[string]map[uint64]Message{}, map[string]uint64{}
		o.keys = map[string][]string{}
		o.moved, o.withdrawn = map[string]uint64{}, map[withdrawal]struct{}{}
		o.held = map[string]uint64{}
	}
}

// Closed says whether a journal has an end of the connection.
func (o *Owed) Closed(connectionID string) bool {
	_, ok := o.closed[connectionID]
	return ok
}

// Ended is the number that stands for the end of a connection where others are numbers of
// moves.
const Ended = math.MaxUint64

// Past calls each for the connections with sessions that ended on the runs of the journals
// ([Ended]), and for those that left them, with the number of their last move.
func (o *Owed) Past(each func(connectionID string, move uint64)) {
	for id := range o.closed {
		if opened := o.opened[id]; len(opened) == 0 || opened[0].Session != "" {
			each(id, Ended)
		}
	}
	for id, move := range o.moved {
		if _, ok := o.closed[id]; !ok {
			each(id, move)
		}
	}
}

// Mentioned are the ids of all connections in journals, closed and moved ones too.
func (o *Owed) Mentioned() []string {
	ids := slices.AppendSeq(slices.Collect(maps.Keys(o.opened)), maps.Keys(o.closed))
	ids = slices.AppendSeq(ids, maps.Keys(o.moved))
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Records are the connections that were opened, and neither closed nor moved to another
// node, oldest first.
func (o *Owed) Records() []Record {
	var found []Record
	for id, opened := range o.opened {
		if _, ok := o.closed[id]; ok {
			continue
		}
		if r, ok := o.last(id, opened); ok {
			o.fill(&r)
			found = append(found, r)
		}
	}
	sort.Slice(found, func(i, j int) bool {
		a, b := &found[i], &found[j]
		return cmp.Or(cmp.Compare(a.ConnectedAt, b.ConnectedAt), cmp.Compare(a.ConnectionID, b.ConnectionID)) < 0
	})
	return found
}

// last is the record of a connection's last move, if it is owed here.
func (o *Owed) last(id string, opened []Record) (last Record, ok bool) {
	for _, r := range opened {
		_, withdrawn := o.withdrawn[withdrawal{id, r.Move}]
		if !withdrawn && r.Move >= o.moved[id] && (!ok || r.Move >= last.Move) {
			last, ok = r, true
		}
	}
	for i := range opened { // the end is above all moves
		if last.EndCode == 0 {
			last.EndCode, last.EndReason = opened[i].EndCode, opened[i].EndReason
		}
	}
	last.Held = last.Move > 0 && o.held[id] >= last.Move
	return last, ok
}

// open adds a record, in place of one of the same move.
func (o *Owed) open(r Record) {
	opened := o.opened[r.ConnectionID]
	for i := range opened {
		if opened[i].Move == r.Move {
			if r.EndCode == 0 { // it was noted at the same time as the end
				r.EndCode, r.EndReason = opened[i].EndCode, opened[i].EndReason
			}
			opened[i] = r
			return
		}
	}
	o.opened[r.ConnectionID] = append(opened, r)
}

// fill adds the unconfirmed messages to a record.
func (o *Owed) fill(r *Record) {
	r.Sequence = max(r.Sequence, o.confirmed[r.ConnectionID])
	for _, key := range o.keys[r.ConnectionID] {
		r.Keys = keepKey(r.Keys, key)
	}
	for sequence, m := range o.messages[r.ConnectionID] {
		r.Sequence = max(r.Sequence, sequence)
		if sequence > o.confirmed[r.ConnectionID] {
			r.Messages = append(r.Messages, m)
		}
	}
	sort.Slice(r.Messages, func(i, j int) bool {
		a, b := &r.Messages[i], &r.Messages[j]
		return cmp.Compare(a.Sequence, b.Sequence) < 0
	})
}

// keepKey adds a key behind the others, of which the oldest goes where there are too many.
func keepKey(keys []string, key string) []string {
	if slices.Contains(keys, key) {
		return keys
	}
	if len(keys) == MaxKeys {
		keys = slices.Delete(keys, 0, 1)
	}
	return append(keys, key)
}

// key reads an entry of that kind.
func (o *Owed) key(body []byte) error {
	id, key, ok := chunk(body)
	if !ok {
		return errors.New("a key of a push names no connection")
	}
	o.keys[string(id)] = keepKey(o.keys[string(id)], string(key))
	return nil
}

// message reads an entry of that kind.
func (o *Owed) message(body []byte) error {
	var m Message
	var expires uint64
	for _, number := range []*uint64{&m.Sequence, &expires} {
		value, n := binary.Uvarint(body)
		if n <= 0 {
			return errors.New("a message breaks off")
		}
		*number, body = value, body[n:]
	}
	id, rest, ok := chunk(body)
	if !ok {
		return errors.New("a message names no connection")
	}
	m.Expires, m.Body = int64(expires), bytes.Clone(rest)
	if o.messages[string(id)] == nil {
		o.messages[string(id)] = map[uint64]Message{}
	}
	o.messages[string(id)][m.Sequence] = m
	return nil
}

// numbered reads an entry of a number and a connection's id.
func numbered(body []byte, take func(id string, number uint64)) error {
	number, n := binary.Uvarint(body)
	if n <= 0 {
		return errors.New("a number of a connection breaks off")
	}
	take(string(body[n:]), number)
	return nil
}

// highest keeps the highest number of each connection.
func highest(of map[string]uint64) func(string, uint64) {
	return func(id string, number uint64) { of[id] = max(of[id], number) }
}

// Loss is a range of bytes of a journal that cannot be read.
type Loss struct {
	From, To int // within the piece that was read
	Why      string
}

func (l Loss) String() string { return fmt.Sprintf("bytes %d to %d: %s", l.From, l.To, l.Why) }

// frame is the batch that data begins with; data ends at the next magic, so that every
// byte of a journal is summed at most once.
func (o *Owed) frame(data []byte) (entries []byte, ok bool) {
	if len(data) < headLength || string(data[:len(magic)]) != magic {
		return nil, false
	}
	length, ok := numberOf(data[len(magic):][:lengthSize])
	sum, whole := numberOf(data[len(magic)+lengthSize : headLength])
	if !ok || !whole || length > uint64(len(data)-headLength) {
		return nil, false
	}
	entries = data[headLength : headLength+int(length)]
	o.summed += len(entries)
	return entries, uint64(crc32.Checksum(entries, castagnoli)) == sum
}

// entries reads the entries of a batch whose sum is right.
func (o *Owed) entries(data []byte) error {
	var texts []string
	for len(data) > 0 {
		kind := data[0]
		body, rest, ok := chunk(data[1:])
		if !ok {
			return fmt.Errorf("an entry of kind %d is longer than its batch", kind)
		}
		data = rest
		switch kind {
		case kindText:
			texts = append(texts, string(body))
		case kindOpened:
			r, err := decode(body, texts)
			if err != nil {
				return err
			}
			if r.ConnectionID == "" {
				return errors.New("a record has no connection")
			}
			o.open(r)
		case kindClosed:
			o.closed[string(body)] = struct{}{}
		case kindMessage:
			if err := o.message(body); err != nil {
				return err
			}
		case kindKey:
			if err := o.key(body); err != nil {
				return err
			}
		case kindConfirmed:
			if err := numbered(body, highest(o.confirmed)); err != nil {
				return err
			}
		case kindMoved:
			if err := numbered(body, highest(o.moved)); err != nil {
				return err
			}
		case kindHeld:
			if err := numbered(body, highest(o.held)); err != nil {
				return err
			}
		case kindWithdrawn:
			if err := numbered(body, func(id string, move uint64) { o.withdrawn[withdrawal{id, move}] = struct{}{} }); err != nil {
				return err
			}
		}
	}
	return nil
}

func decode(body []byte, texts []string) (r Record, err error) {
	bad := false
	for len(body) > 0 {
		number, n := binary.Uvarint(body)
		if n <= 0 {
			return r, fmt.Errorf("a record of connection %q breaks off", r.ConnectionID)
		}
		value, rest, ok := chunk(body[n:])
		if !ok {
			return r, fmt.Errorf("member %d of a record of connection %q is longer than the record", number, r.ConnectionID)
		}
		body = rest
		if r.setMember(number, member{value, texts, &bad}); bad {
			return r, fmt.Errorf("member %d of a record of connection %q cannot be read", number, r.ConnectionID)
		}
	}
	return r, nil
}

// chunk is bytes behind their length.
func chunk(data []byte) (value, rest []byte, ok bool) {
	length, n := binary.Uvarint(data)
	if n <= 0 || length > uint64(len(data)-n) {
		return nil, nil, false
	}
	return data[n : n+int(length)], data[n+int(length):], true
}
