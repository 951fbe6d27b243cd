// Package fnv1a is the hash FNV-1a of 32 bits for choosing shards by a string: hash/fnv's,
// without the hash.Hash32 and the []byte that it would allocate on the way of a message.
// It is no defence against clients that choose their keys: whoever shards by it takes ids
// that this program makes, or bears one full shard.
package fnv1a

// The offset basis and the prime of 32 bits
// (Fowler, Noll, Vo, Eastlake: RFC 9923, and hash/fnv).
const (
	offset = 2166136261
	prime  = 16777619
)

// Sum32 is the hash of text.
func Sum32(text string) uint32 {
	hash := uint32(offset)
	for i := range len(text) {
		hash = (hash ^ uint32(text[i])) * prime
	}
	return hash
}
