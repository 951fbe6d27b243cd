package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"hash"
	"hash/maphash"
	"strings"
	"sync"
	"sync/atomic"
)

// keyCache caches derived signing keys: deriving one takes four HMACs, more than
// the rest of a check. It is a hash table of fixed size in which a new key
// replaces the one in its slot, so it is bounded, and reads and writes take no
// lock.
type keyCache struct {
	seed  maphash.Seed
	slots []atomic.Pointer[signingKey]
}

type signingKey struct {
	accessKeyID, secret, date string
	scope                     Scope
	macs                      sync.Pool // of *mac; made from the key, without the key itself
}

// mac computes signatures with one key, one at a time. It is reused because
// setting up an HMAC costs as much as using it.
type mac struct {
	keyed hash.Hash
	text  []byte
	sum   []byte
}

// maxText is the capacity in bytes that a pooled mac keeps.
const maxText = 4 << 10

func (k *signingKey) take() *mac { return k.macs.Get().(*mac) }

func (k *signingKey) give(m *mac) {
	if cap(m.text) > maxText {
		m.text = nil
	}
	k.macs.Put(m)
}

func newKeyCache(size int) *keyCache {
	return &keyCache{seed: maphash.MakeSeed(), slots: make([]atomic.Pointer[signingKey], size)}
}

// signingKey returns the key for that secret, day, region and service. The
// secret is compared too, so that a key id that got another secret is never
// checked with the old one.
func (c *keyCache) signingKey(s *Signature, secret string) *signingKey {
	slot := &c.slots[c.index(s)]
	k := slot.Load()
	if k != nil && k.accessKeyID == s.AccessKeyID && k.date == s.Date && k.scope == s.Scope &&
		subtle.ConstantTimeCompare([]byte(k.secret), []byte(secret)) == 1 {
		return k
	}
	k = &signingKey{ // cloned: the strings are parts of a header, which would otherwise stay in memory
		accessKeyID: strings.Clone(s.AccessKeyID), secret: secret, date: strings.Clone(s.Date),
		scope: Scope{Region: strings.Clone(s.Scope.Region), Service: strings.Clone(s.Scope.Service)},
	}
	key := derive(secret, s.Date, s.Scope)
	k.macs.New = func() any { return &mac{keyed: hmac.New(sha256.New, key)} }
	slot.Store(k)
	return k
}

func (c *keyCache) index(s *Signature) uint64 {
	h := maphash.String(c.seed, s.AccessKeyID)
	h = h*31 + maphash.String(c.seed, s.Scope.Service)
	h = h*31 + maphash.String(c.seed, s.Scope.Region)
	h = h*31 + maphash.String(c.seed, s.Date)
	return h % uint64(len(c.slots))
}

func derive(secret, date string, scope Scope) []byte {
	key := sum([]byte("AWS4"+secret), []byte(date))
	key = sum(key, []byte(scope.Region))
	key = sum(key, []byte(scope.Service))
	return sum(key, []byte(terminator))
}

func sum(key, message []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(message)
	return h.Sum(nil)
}
