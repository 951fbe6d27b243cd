package gateway

import (
	"sync"

	"github.com/pasarela-ws/pasarela/internal/fnv1a"
)

// tableShards is how many locks the table of connections has.
const tableShards = 64

// table finds the connections of this node by id.
type table struct {
	shards [tableShards]struct {
		mu    sync.RWMutex
		conns map[string]*connection
		keys  map[*connection]*pushKeys // of connections with pushes by key
		_     [24]byte                  // pads each shard to a cache line
	}
}

func newTable() *table {
	t := &table{}
	for i := range t.shards {
		t.shards[i].conns = make(map[string]*connection)
	}
	return t
}

// shardOf spreads ids over the shards; successive ids differ in a few bytes only.
func shardOf(id string) int { return int(fnv1a.Sum32(id) % tableShards) }

func (t *table) get(id string) *connection {
	s := &t.shards[shardOf(id)]
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.conns[id]
}

func (t *table) add(c *connection) {
	s := &t.shards[shardOf(c.id)]
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns[c.id] = c
}

// remove says whether the connection was there.
func (t *table) remove(c *connection) bool {
	s := &t.shards[shardOf(c.id)]
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conns[c.id] != c {
		return false
	}
	delete(s.conns, c.id)
	delete(s.keys, c)
	return true
}

// each calls visit for all connections that are there when it looks; no lock is held
// meanwhile.
func (t *table) each(visit func(*connection)) {
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.RLock()
		conns := make([]*connection, 0, len(s.conns))
		for _, c := range s.conns {
			conns = append(conns, c)
		}
		s.mu.RUnlock()
		for _, c := range conns {
			visit(c)
		}
	}
}
