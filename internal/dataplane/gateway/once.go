package gateway

import (
	"context"
	"crypto/sha256"
	"slices"
	"sync"

	"github.com/pasarela-ws/pasarela"
)

// MaxPushKey is the longest key of [Gateway.PostOnce], in bytes of visible ASCII.
const MaxPushKey = 128

// maxPushKeys is how many keys are remembered of a connection.
const maxPushKeys = 64

// PostOnce is Post under a key that names the push: a connection that was given a
// push of that key is not given another, and replayed is true. So a caller that
// never saw the answer may ask again. The newest 64 keys of a connection are
// remembered, on its node, for as long as it lives; a push that failed is not. A
// strict gateway ignores the key, as AWS does. A-GATEWAY-22.
func (g *Gateway) PostOnce(ctx context.Context, apiID, connectionID, key string, body []byte) (replayed bool, err error) {
	if g.options.Strict {
		return g.post(ctx, apiID, connectionID, "", body)
	}
	if err := checkPushKey(key); err != nil {
		return false, err
	}
	return g.post(ctx, apiID, connectionID, key, body)
}

func checkPushKey(key string) error {
	visible := len(key) >= 1 && len(key) <= MaxPushKey
	for i := range len(key) {
		visible = visible && key[i] > ' ' && key[i] < 0x7f
	}
	if !visible {
		return pasarela.Errorf(pasarela.CodeBadRequest, "An idempotency key has 1 to %d visible ASCII characters.", MaxPushKey)
	}
	return nil
}

// pushOnce is push, unless the connection was given the key's push already. Two of
// one key at once wait for each other: the second must know how the first ended.
func (g *Gateway) pushOnce(c *connection, key string, body []byte) (replayed bool, err error) {
	keys := g.table.pushKeys(c)
	if keys == nil {
		return false, gone()
	}
	keys.mu.Lock()
	defer keys.mu.Unlock()
	sum := pushKey(sha256.Sum256([]byte(key)))
	if slices.Contains(keys.given, sum) {
		return true, nil
	}
	if err := g.push(c, body); err != nil {
		return false, err
	}
	keys.add(sum)
	return false, nil
}

// A pushKey stands for a key of any length.
type pushKey [sha256.Size]byte

// pushKeys are the keys of what a connection was given.
type pushKeys struct {
	mu     sync.Mutex
	given  []pushKey
	oldest int
}

func (k *pushKeys) add(key pushKey) {
	if len(k.given) < maxPushKeys {
		k.given = append(k.given, key)
		return
	}
	k.given[k.oldest] = key
	k.oldest = (k.oldest + 1) % maxPushKeys
}

// pushKeys are those of a connection, nil once it has left the table. They lie
// beside the connections: one that is never pushed to by key pays nothing.
func (t *table) pushKeys(c *connection) *pushKeys {
	s := &t.shards[shardOf(c.id)]
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conns[c.id] != c {
		return nil
	}
	keys, ok := s.keys[c]
	if !ok {
		if s.keys == nil {
			s.keys = map[*connection]*pushKeys{}
		}
		keys = &pushKeys{}
		s.keys[c] = keys
	}
	return keys
}
