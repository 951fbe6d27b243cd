package gateway

import (
	"crypto/sha256"
	"slices"
	"strconv"
	"sync"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/journal"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// MaxPushKey is the longest [Push.Key], in bytes of visible ASCII.
const MaxPushKey = 128

// maxPushKeys is how many keys are remembered of a connection, for as long as it lives; of
// pushes that failed none is. A-GATEWAY-22.
const maxPushKeys = journal.MaxKeys

func checkPushKey(key string) error {
	visible := len(key) <= MaxPushKey
	for i := range len(key) {
		visible = visible && key[i] > ' ' && key[i] < 0x7f
	}
	if !visible {
		return Refuse(pasarela.CodeBadRequest, language.CallPushKey, strconv.Itoa(MaxPushKey))
	}
	return nil
}

// pushOnce is push, unless the connection got a push of the key before. Two pushes of one
// key at the same time run one after the other, since the second depends on how the first
// ended.
func (g *Gateway) pushOnce(c *connection, p Push) (replayed bool, wait waitOutcome, err error) {
	keys := g.table.pushKeys(c)
	if keys == nil {
		return false, nil, gone()
	}
	keys.mu.Lock()
	defer keys.mu.Unlock()
	sum := pushKey(sha256.Sum256([]byte(p.Key)))
	if slices.Contains(keys.keys, sum) {
		return true, nil, nil
	}
	p.sum = string(sum[:])
	if wait, err = g.deliverToConnection(c, p); err != nil {
		return false, nil, err
	}
	keys.add(sum)
	return false, wait, nil
}

// A pushKey is the SHA-256 of a key, so that all keys have one size.
type pushKey [sha256.Size]byte

// pushKeys are the keys of the pushes that a connection got.
type pushKeys struct {
	mu     sync.Mutex
	keys   []pushKey
	oldest int
}

func (k *pushKeys) add(key pushKey) {
	if len(k.keys) < maxPushKeys {
		k.keys = append(k.keys, key)
		return
	}
	k.keys[k.oldest] = key
	k.oldest = (k.oldest + 1) % maxPushKeys
}

// pushKeys are those of a connection, nil once it has left the table. They are kept
// beside the connections: one without pushes by key has no memory for them.
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

// exportPushKeys returns the keys of the pushes that a connection got, the oldest first. It
// waits for pushes by key that are under way.
func (t *table) exportPushKeys(c *connection) (given []string) {
	s := &t.shards[shardOf(c.id)]
	s.mu.Lock()
	keys := s.keys[c]
	s.mu.Unlock()
	if keys == nil {
		return nil
	}
	keys.mu.Lock()
	defer keys.mu.Unlock()
	for i := range keys.keys {
		at := (keys.oldest + i) % len(keys.keys)
		given = append(given, string(keys.keys[at][:]))
	}
	return given
}

// importPushKeys adds the keys of pushes that the connection got on another node, or in
// another run.
func (t *table) importPushKeys(c *connection, given []string) {
	if len(given) == 0 {
		return
	}
	keys := t.pushKeys(c)
	if keys == nil {
		return
	}
	keys.mu.Lock()
	defer keys.mu.Unlock()
	for _, sum := range given {
		if len(sum) == len(pushKey{}) {
			keys.add(pushKey([]byte(sum)))
		}
	}
}
