package identity

import (
	"bytes"
	"compress/flate"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pasarela-ws/pasarela/internal/engine/policy"
	"github.com/pasarela-ws/pasarela/sigv4"
)

// claims are what a session token holds, sealed: everything about a session.
type claims struct {
	AccessKeyID     string    `json:"k"`
	SecretAccessKey string    `json:"s"`
	IssuedAt        time.Time `json:"i"`
	Expiration      time.Time `json:"e"`
	// Of AssumeRole: the role by name and unique id, and the name of the session.
	RoleName    string `json:"r,omitempty"`
	RoleID      string `json:"ri,omitempty"`
	SessionName string `json:"n,omitempty"`
	// Of GetSessionToken: the user; with neither role nor user it is the root's.
	UserName string `json:"u,omitempty"`
	UserID   string `json:"ui,omitempty"`

	Policies       []string `json:"p,omitempty"` // session policies
	PolicyARNs     []string `json:"pa,omitempty"`
	Tags           []Tag    `json:"t,omitempty"`
	Transitive     []string `json:"tt,omitempty"` // keys of tags that chained sessions inherit
	SourceIdentity string   `json:"si,omitempty"`
}

// session is an opened token, compiled.
type session struct {
	claims
	token    string
	policies []policy.Source // of claims.Policies; managed ones are looked up
	limited  bool            // there are session policies
}

// sealer opens and seals session tokens.
type sealer struct {
	aead    cipher.AEAD
	account string // bound to every token, with its form
}

// Forms of a token, its first byte.
const (
	formPlain    = 1 // JSON
	formDeflated = 2 // JSON, DEFLATE: tokens with policies would be too long for a header
)

// worthDeflating is the size from which compression gains more than it costs.
const worthDeflating = 1024

// newSealer is nil without a key: then no token is valid.
func newSealer(key []byte, accountID string) *sealer {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil
	}
	return &sealer{aead, accountID}
}

var errNoSealKey = errors.New("identity: no key to seal session tokens with")

// seal makes the token of a session: AES-GCM over the claims with a random nonce. Nodes
// that share the store share the key, so each opens the tokens of all.
func (s *sealer) seal(c claims) (string, error) {
	if s == nil {
		return "", errNoSealKey
	}
	text, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	form := byte(formPlain)
	if len(text) >= worthDeflating {
		form, text = formDeflated, deflate(text)
	}
	out := make([]byte, 1+s.aead.NonceSize(), 1+s.aead.NonceSize()+len(text)+s.aead.Overhead())
	out[0] = form
	_, _ = rand.Read(out[1:]) // crypto/rand.Read never fails since Go 1.24
	out = s.aead.Seal(out, out[1:], text, s.bound(form))
	return base64.StdEncoding.EncodeToString(out), nil
}

// bound is the additional data that a token is sealed with: a token of another account or
// of another form does not open.
func (s *sealer) bound(form byte) []byte { return append([]byte{form}, s.account...) }

// deflate compresses claims before they are sealed; sealed bytes do not compress.
func deflate(text []byte) []byte {
	var packed bytes.Buffer
	w, _ := flate.NewWriter(&packed, flate.BestCompression) // fails for unknown levels only
	_, _ = w.Write(text)                                    // a buffer never fails
	_ = w.Close()
	return packed.Bytes()
}

// maxToken bounds what is decrypted for an unknown caller, and maxClaims what is inflated.
const (
	maxToken  = 16 << 10
	maxClaims = 64 << 10
)

// open is the reverse of [sealer.seal]; false for a token that this account did not seal,
// or not so.
func (s *sealer) open(token string) (claims, bool) {
	var c claims
	if s == nil || len(token) > maxToken {
		return c, false
	}
	raw, err := base64.StdEncoding.DecodeString(token)
	if err != nil || len(raw) < 1+s.aead.NonceSize() {
		return c, false
	}
	nonce := raw[1 : 1+s.aead.NonceSize()]
	text, err := s.aead.Open(nil, nonce, raw[1+len(nonce):], s.bound(raw[0]))
	if err == nil && raw[0] == formDeflated {
		text, err = io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(text)), maxClaims))
	}
	return c, err == nil && json.Unmarshal(text, &c) == nil
}

// sessionOf opens a token, or finds it opened. Errors are those of sigv4's lookup.
func (s *Sessions) sessionOf(accessKeyID, token string) (*session, error) {
	if found := s.cache.get(accessKeyID); found != nil && found.token == token {
		return found, s.alive(found)
	}
	c, ok := s.sealed.Load().open(token)
	if !ok || c.AccessKeyID != accessKeyID {
		return nil, sigv4.ErrUnknownKey
	}
	opened := &session{claims: c, token: token, limited: len(c.Policies)+len(c.PolicyARNs) > 0}
	for _, text := range c.Policies {
		opened.policies = append(opened.policies, policy.Source{
			ID: "SessionPolicy", Type: policy.SourceNone,
			Document: compileOrDeny(text, policy.Identity, "session policy of "+c.SessionName, s.identity.log),
		})
	}
	if err := s.alive(opened); err != nil {
		return nil, err
	}
	s.cache.put(accessKeyID, opened)
	return opened, nil
}

// alive refuses sessions that have ended, and those whose user or role was deleted.
func (s *Sessions) alive(o *session) error {
	if !s.identity.now().Before(o.Expiration) {
		return sigv4.ErrExpiredToken
	}
	n := s.identity.current.Load()
	switch {
	case o.RoleID != "":
		if v := n.roles.get(fold(o.RoleName)); v == nil || v.id != o.RoleID {
			return sigv4.ErrUnknownKey
		}
	case o.UserID != "":
		if v := n.users.get(fold(o.UserName)); v == nil || v.id != o.UserID {
			return sigv4.ErrUnknownKey
		}
	}
	return nil
}

// sessionCache keeps opened sessions by access key, so that a token is decrypted
// once. It has two generations: when the young one is full it becomes the old
// one, and what is still used moves over. Reading takes no lock.
type sessionCache struct {
	young, old atomic.Pointer[sync.Map]
	count      atomic.Int64
	mu         sync.Mutex
}

// generation bounds the sessions in one generation; one takes about 2 KB.
const generation = 16384

// get finds an opened session. One of the old generation moves to the young one, so that it
// outlives the next change of generations.
func (c *sessionCache) get(accessKeyID string) *session {
	if m := c.young.Load(); m != nil {
		if v, ok := m.Load(accessKeyID); ok {
			return v.(*session)
		}
	}
	if m := c.old.Load(); m != nil {
		if v, ok := m.Load(accessKeyID); ok {
			found := v.(*session)
			c.put(accessKeyID, found)
			return found
		}
	}
	return nil
}

// put keeps a session. A full generation becomes the old one; sessions of the one before
// are opened from their tokens again when they are used.
func (c *sessionCache) put(accessKeyID string, s *session) {
	if c.young.Load() == nil || c.count.Load() >= generation {
		c.mu.Lock()
		if c.young.Load() == nil || c.count.Load() >= generation {
			c.old.Store(c.young.Load())
			c.young.Store(&sync.Map{})
			c.count.Store(0)
		}
		c.mu.Unlock()
	}
	if _, there := c.young.Load().Swap(accessKeyID, s); !there {
		c.count.Add(1)
	}
}
