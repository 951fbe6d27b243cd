package execution

import (
	"encoding/binary"
	"sort"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela/internal/fnv1a"
)

// historyShards is how many locks the history has; a connection always uses the same
// one, chosen by the hash of its id.
const historyShards = 8

// History keeps the last executions of a node in a fixed amount of memory, so that
// `explain` can say the cause of a refusal. Adding one is a copy; the oldest entries are
// overwritten.
type History struct {
	shards [historyShards]ring
}

// NewHistory makes a history of at most size bytes; memory is taken as it fills.
func NewHistory(size int) *History {
	t := &History{}
	for i := range t.shards {
		t.shards[i].limit = max(size/historyShards/chunkSize, 2)
	}
	return t
}

// Add stores a record that has ended; bodies, headers and query strings only if r.Data is
// set.
func (t *History) Add(r *Record) {
	shard := t.shard(r.ConnectionID)
	shard.mu.Lock()
	defer shard.mu.Unlock()
	shard.scratch = r.append(shard.scratch[:0], r.Data)
	shard.push(shard.scratch)
}

// Find returns the entries of a connection, or of the one request of that id, oldest
// first.
func (t *History) Find(id string) []Entry {
	if found := t.shard(id).find(func(e *Entry) bool { return e.ConnectionID == id }); len(found) > 0 {
		return found
	}
	for i := range t.shards {
		if found := t.shards[i].find(func(e *Entry) bool { return e.RequestID == id }); len(found) > 0 {
			return found
		}
	}
	return nil
}

// Recent returns the last n executions that match, newest first.
func (t *History) Recent(n int, match func(*Entry) bool) []Entry {
	var all []Entry
	for i := range t.shards {
		all = append(all, t.shards[i].find(match)...)
	}
	sort.Slice(all, func(i, j int) bool {
		a, b := &all[i], &all[j]
		return b.At.Compare(a.At) < 0
	})
	return all[:min(n, len(all))]
}

// Forgot is since when no execution is missing: executions that began before oldest may have
// been overwritten. forgot is false when none was overwritten yet.
func (t *History) Forgot() (oldest time.Time, forgot bool) {
	for i := range t.shards {
		at, lost := t.shards[i].oldest()
		forgot = forgot || lost
		if lost && at.After(oldest) { // of a full shard; other shards reach further back
			oldest = at
		}
	}
	return oldest, forgot
}

func (t *History) shard(connectionID string) *ring {
	return &t.shards[fnv1a.Sum32(connectionID)%historyShards]
}

// chunkSize is how much a ring overwrites at once, and the longest entry, in bytes.
const chunkSize = 64 << 10

// ring keeps byte strings in chunks, each preceded by its length. When it has the largest
// number of chunks, the oldest is emptied and filled again. Nothing is moved, and memory
// is allocated only as it is needed.
type ring struct {
	mu      sync.Mutex
	limit   int // chunks
	chunks  [][]byte
	current int // the chunk that is being filled; the one behind it is the oldest
	forgot  bool
	scratch []byte
}

const lengthSize = 4

// push appends one string.
func (r *ring) push(data []byte) {
	need := len(data) + lengthSize
	if need > chunkSize {
		return // an execution with so many steps that a chunk cannot hold it
	}
	if len(r.chunks) == 0 || len(r.chunks[r.current])+need > chunkSize {
		r.nextChunk()
	}
	chunk := binary.BigEndian.AppendUint32(r.chunks[r.current], uint32(len(data)))
	r.chunks[r.current] = append(chunk, data...)
}

// nextChunk begins the next chunk.
func (r *ring) nextChunk() {
	if len(r.chunks) < r.limit {
		r.chunks = append(r.chunks, make([]byte, 0, chunkSize))
		r.current = len(r.chunks) - 1
		return
	}
	r.forgot = true
	r.current = (r.current + 1) % r.limit
	r.chunks[r.current] = r.chunks[r.current][:0]
}

// each visits what is kept, oldest first.
func (r *ring) each(visit func(data []byte)) {
	for i := range r.chunks {
		chunk := r.chunks[(r.current+1+i)%len(r.chunks)]
		for len(chunk) > 0 {
			length := int(binary.BigEndian.Uint32(chunk))
			visit(chunk[lengthSize : lengthSize+length])
			chunk = chunk[lengthSize+length:]
		}
	}
}

func (r *ring) oldest() (at time.Time, forgot bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.each(func(data []byte) {
		if e, ok := decodeEntry(data); ok && at.IsZero() {
			at = e.At
		}
	})
	return at, r.forgot
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
