package identity

import (
	"maps"
	"slices"

	"github.com/pasarela-ws/pasarela/internal/fnv1a"
)

// index is a map in shards. A snapshot copies the whole index and a change copies
// one shard of it, so that a write among ten thousand users stays cheap while
// readers need no lock.
type index[V any] struct{ shards [64]map[string]*V }

func shardOf(key string) int { return int(fnv1a.Sum32(key) % 64) }

// get is the value of key, or nil.
func (x *index[V]) get(key string) *V { return x.shards[shardOf(key)][key] }

// put gives key a value, or takes it out when value is nil. Copies of the index
// made before do not change.
func (x *index[V]) put(key string, value *V) {
	shard := &x.shards[shardOf(key)]
	switch {
	case *shard == nil:
		*shard = map[string]*V{}
	default:
		*shard = maps.Clone(*shard)
	}
	if value == nil {
		delete(*shard, key)
		return
	}
	(*shard)[key] = value
}

// sorted are all values in the order of their keys.
func (x *index[V]) sorted() []*V {
	keys := make([]string, 0, x.size())
	for _, shard := range x.shards {
		keys = slices.AppendSeq(keys, maps.Keys(shard))
	}
	slices.Sort(keys)
	values := make([]*V, len(keys))
	for i, key := range keys {
		values[i] = x.get(key)
	}
	return values
}

func (x *index[V]) size() int {
	n := 0
	for _, shard := range x.shards {
		n += len(shard)
	}
	return n
}
