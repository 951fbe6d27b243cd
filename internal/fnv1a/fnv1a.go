// Package fnv1a is the hash FNV-1a of 32 bits for choosing shards by a string: hash/fnv's,
// without the hash.Hash32 and the []byte that it would allocate for each message. It does
// not resist chosen keys: shard by ids that this program makes, or by keys where one
// overfull shard does no harm.
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
