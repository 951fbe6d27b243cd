package console

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"sync"
	"time"
)

// TokenLife is how long a sign-in token can be used, once: as long as a working
// day, because `pasarela dev` prints one when it starts.
const TokenLife = 12 * time.Hour

// Bounds of the unused tokens: of one access key, whose newer one replaces its oldest, so that
// many tokens of one key do not end those of others; and of all.
const (
	maxTokensPerKey = 8
	maxTokens       = 4096
)

// tokens are sign-in tokens that were not used yet. The zero value is ready to
// use.
type tokens struct {
	mu      sync.Mutex
	waiting []waitingToken // oldest first
}

// waitingToken has only the hash of its token: the time that comparing hashes takes
// depends on no secret prefix.
type waitingToken struct {
	hash        [sha256.Size]byte
	accessKeyID string
	ends        time.Time
}

// issue makes a token of 256 random bits.
func (t *tokens) issue(accessKeyID string) string {
	var bits [32]byte
	_, _ = rand.Read(bits[:]) // crypto/rand.Read never fails since Go 1.24
	token := base64.RawURLEncoding.EncodeToString(bits[:])
	t.mu.Lock()
	defer t.mu.Unlock()
	t.makeRoom(accessKeyID)
	t.waiting = append(t.waiting, waitingToken{sha256.Sum256([]byte(token)), accessKeyID, time.Now().Add(TokenLife)})
	return token
}

// makeRoom removes the oldest token of an access key that has as many as it may, or the oldest
// of all. t.mu is held.
func (t *tokens) makeRoom(accessKeyID string) {
	own, oldest := 0, 0
	for i := len(t.waiting) - 1; i >= 0; i-- {
		if t.waiting[i].accessKeyID == accessKeyID {
			own, oldest = own+1, i
		}
	}
	switch {
	case own >= maxTokensPerKey:
		t.waiting = slices.Delete(t.waiting, oldest, oldest+1)
	case len(t.waiting) >= maxTokens:
		t.waiting = slices.Delete(t.waiting, 0, 1)
	}
}

// redeem removes a token and returns the access key that it was made for.
func (t *tokens) redeem(token string) (accessKeyID string, ok bool) {
	hash := sha256.Sum256([]byte(token))
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, one := range t.waiting {
		if one.hash == hash {
			t.waiting = slices.Delete(t.waiting, i, i+1)
			return one.accessKeyID, time.Now().Before(one.ends)
		}
	}
	return "", false
}
