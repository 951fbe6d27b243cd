package console

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"sync"
	"time"
)

// TokenLife is how long a sign-in token can be used, once: as long as a working
// day, because `pasarela dev` prints one when it starts.
const TokenLife = 12 * time.Hour

// maxTokens bounds the unused tokens; a newer one replaces the oldest.
const maxTokens = 32

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
	if len(t.waiting) >= maxTokens {
		t.waiting = append(t.waiting[:0], t.waiting[1:]...)
	}
	t.waiting = append(t.waiting, waitingToken{sha256.Sum256([]byte(token)), accessKeyID, time.Now().Add(TokenLife)})
	return token
}

// redeem removes a token and returns the access key that it was made for.
func (t *tokens) redeem(token string) (accessKeyID string, ok bool) {
	hash := sha256.Sum256([]byte(token))
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, one := range t.waiting {
		if one.hash == hash {
			t.waiting = append(t.waiting[:i], t.waiting[i+1:]...)
			return one.accessKeyID, time.Now().Before(one.ends)
		}
	}
	return "", false
}
