package execution

import (
	"encoding/binary"
	"slices"
	"sync"
)

// trailShards is how many locks the trail has; a connection always uses one.
const trailShards = 8

// Trail remembers the last executions of a node in a fixed amount of memory, so
// that the cause of any refusal is one question away. Writing costs a copy; the
// oldest entries make room.
type Trail struct {
	shards [trailShards]ring
}

// NewTrail makes a trail of at most size bytes; memory is taken as it fills.
func NewTrail(size int) *Trail {
	t := &Trail{}
	for i := range t.shards {
		t.shards[i].limit = max(size/trailShards, 4<<10)
	}
	return t
}

// Keep remembers a record that is over.
func (t *Trail) Keep(r *Record) {
	shard := t.shard(r.ConnectionID)
	shard.mu.Lock()
	defer shard.mu.Unlock()
	shard.scratch = r.append(shard.scratch[:0])
	shard.push(shard.scratch)
}

// Find returns what is remembered of a connection, oldest first. id may also be a
// request's, such as a refused handshake shows; the connection it belongs to is
// told then.
func (t *Trail) Find(id string) []Entry {
	if found := t.shard(id).find(func(e *Entry) bool { return e.ConnectionID == id }); len(found) > 0 {
		return found
	}
	for i := range t.shards {
		found := t.shards[i].find(func(e *Entry) bool { return e.RequestID == id })
		if len(found) == 0 {
			continue
		}
		if connection := found[0].ConnectionID; connection != "" {
			return t.Find(connection)
		}
		return found
	}
	return nil
}

// Recent returns the last n executions that match, newest first.
func (t *Trail) Recent(n int, match func(*Entry) bool) []Entry {
	var all []Entry
	for i := range t.shards {
		all = append(all, t.shards[i].find(match)...)
	}
	slices.SortFunc(all, func(a, b Entry) int { return b.At.Compare(a.At) })
	return all[:min(n, len(all))]
}

func (t *Trail) shard(connectionID string) *ring {
	hash := uint32(2166136261)
	for i := range len(connectionID) {
		hash = (hash ^ uint32(connectionID[i])) * 16777619
	}
	return &t.shards[hash%trailShards]
}

// ring keeps byte strings in a circle; the oldest give way. Each is preceded by
// its length; a length of skip sends the reader back to the start.
type ring struct {
	mu      sync.Mutex
	limit   int
	buf     []byte
	oldest  int
	next    int
	count   int
	scratch []byte
}

const (
	lengthSize = 4
	skip       = ^uint32(0)
)

// push appends one string, growing up to the limit before it forgets.
func (r *ring) push(data []byte) {
	need := len(data) + lengthSize
	if need > r.limit/2 {
		return // a record cannot be that long: steps and their texts are bounded
	}
	for !r.fits(need) {
		if len(r.buf) < r.limit {
			r.grow(need)
			continue
		}
		if r.count == 0 {
			r.oldest, r.next = 0, 0
			break
		}
		r.forget()
	}
	if r.next+need > len(r.buf) {
		r.wrap()
	}
	binary.BigEndian.PutUint32(r.buf[r.next:], uint32(len(data)))
	copy(r.buf[r.next+lengthSize:], data)
	r.next += need
	r.count++
}

// fits says whether need bytes can be written without touching what is kept.
func (r *ring) fits(need int) bool {
	switch {
	case r.count == 0:
		return need <= len(r.buf)
	case r.next > r.oldest:
		return r.next+need <= len(r.buf) || need <= r.oldest
	default:
		return r.next+need <= r.oldest
	}
}

func (r *ring) wrap() {
	if r.next+lengthSize <= len(r.buf) {
		binary.BigEndian.PutUint32(r.buf[r.next:], skip)
	}
	r.next = 0
	if r.count == 0 {
		r.oldest = 0
	}
}

func (r *ring) forget() {
	length := r.lengthAt(&r.oldest)
	r.oldest += lengthSize + length
	r.count--
	if r.count == 0 {
		r.oldest, r.next = 0, 0
	}
}

// lengthAt moves at past a skip and returns the length found there.
func (r *ring) lengthAt(at *int) int {
	if *at+lengthSize > len(r.buf) || binary.BigEndian.Uint32(r.buf[*at:]) == skip {
		*at = 0
	}
	return int(binary.BigEndian.Uint32(r.buf[*at:]))
}

func (r *ring) grow(need int) {
	larger := make([]byte, min(r.limit, max(2*len(r.buf), 2*need, 4<<10)))
	end := 0
	r.each(func(data []byte) {
		binary.BigEndian.PutUint32(larger[end:], uint32(len(data)))
		end += lengthSize + copy(larger[end+lengthSize:], data)
	})
	r.buf, r.oldest, r.next = larger, 0, end
}

// each visits what is kept, oldest first.
func (r *ring) each(visit func(data []byte)) {
	at := r.oldest
	for range r.count {
		length := r.lengthAt(&at)
		visit(r.buf[at+lengthSize : at+lengthSize+length])
		at += lengthSize + length
	}
}

func (r *ring) find(match func(*Entry) bool) []Entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []Entry
	r.each(func(data []byte) {
		if e, ok := decodeEntry(data); ok && match(&e) {
			found = append(found, e)
		}
	})
	return found
}
