package authorizer

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
)

const (
	keysFresh = 15 * time.Minute // how long an issuer's keys are used before they are read again
	keysRetry = 30 * time.Second // shortest time between two reads from an issuer, for unknown keys and after failures
	keysLast  = 24 * time.Hour   // how long keys are used of an issuer that does not respond any more
	maxKeys   = 100
)

// keysUnavailable says why the keys of an issuer could not be read: the configuration
// is at fault, not the token.
type keysUnavailable struct{ why error }

func (e *keysUnavailable) Error() string { return e.why.Error() }

// keySet are the signing keys of an issuer, found by OpenID Connect discovery.
type keySet struct {
	issuer string
	call   func(Call) (Response, error)
	now    func() time.Time

	mu        sync.Mutex
	keys      []webKey
	fetchedAt time.Time // when they came from the issuer
	askedAt   time.Time
	fault     error
}

// webKey is one key of a JSON Web Key Set (RFC 7517).
type webKey struct {
	KeyID     string `json:"kid"`
	Type      string `json:"kty"`
	Use       string `json:"use"`
	Algorithm string `json:"alg"`
	Curve     string `json:"crv"`
	N         string `json:"n"`
	E         string `json:"e"`
	X         string `json:"x"`
	Y         string `json:"y"`

	public crypto.PublicKey
}

// check verifies a signature with the issuer's keys. Only asymmetric algorithms are
// supported: an unsigned token fails, and so does one that was signed by HMAC with the
// public key as the secret.
func (s *keySet) check(algorithm, keyID, signed string, signature []byte) error {
	if _, err := hashOf(algorithm); err != nil {
		return err
	}
	keys, err := s.find(algorithm, keyID)
	if err != nil {
		return err
	}
	for i := range keys {
		if keys[i].verify(algorithm, []byte(signed), signature) {
			return nil
		}
	}
	return language.JWTForged.Of()
}

// find returns the keys that may have signed. It reads the issuer's keys when it has none
// that match.
func (s *keySet) find(algorithm, keyID string) ([]webKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	found := s.matching(algorithm, keyID)
	stale := now.Sub(s.askedAt) > keysFresh
	if (stale || len(found) == 0) && now.Sub(s.askedAt) > keysRetry {
		s.askedAt = now
		keys, err := s.fetch()
		if s.fault = err; err == nil {
			s.keys, s.fetchedAt = keys, now
			found = s.matching(algorithm, keyID)
		}
	}
	if s.fault != nil && now.Sub(s.fetchedAt) > keysLast {
		s.keys, found = nil, nil // they may have been revoked since
	}
	switch {
	case len(found) > 0:
		return found, nil
	case s.fault != nil:
		return nil, &keysUnavailable{s.fault}
	}
	return nil, language.JWTNoKey.Of(strconv.Quote(keyID), algorithm)
}

// matching are the known keys that may have made a signature of that algorithm and key id;
// a token without a key id is tried with all.
func (s *keySet) matching(algorithm, keyID string) []webKey {
	var found []webKey
	for _, key := range s.keys {
		if (keyID == "" || key.KeyID == keyID) && (key.Algorithm == "" || key.Algorithm == algorithm) && key.fits(algorithm) {
			found = append(found, key)
		}
	}
	return found
}

// fetch reads the issuer's configuration, then its keys.
func (s *keySet) fetch() ([]webKey, error) {
	var configuration struct {
		Issuer string `json:"issuer"`
		JWKS   string `json:"jwks_uri"`
	}
	url := strings.TrimSuffix(s.issuer, "/") + "/.well-known/openid-configuration"
	if err := s.get(url, &configuration); err != nil {
		return nil, err
	}
	if configuration.Issuer != s.issuer {
		return nil, language.JWTSpeaksFor.Of(url, strconv.Quote(configuration.Issuer))
	}
	if !strings.HasPrefix(configuration.JWKS, "https://") && !strings.HasPrefix(s.issuer, "http://") {
		return nil, language.JWTNotHTTPS.Of(url, strconv.Quote(configuration.JWKS))
	}
	var set struct {
		Keys []webKey `json:"keys"`
	}
	if err := s.get(configuration.JWKS, &set); err != nil {
		return nil, err
	}
	var usable []webKey
	for _, key := range set.Keys[:min(len(set.Keys), maxKeys)] {
		if key.Use != "" && key.Use != "sig" {
			continue
		}
		var err error
		if key.public, err = key.decode(); err == nil && key.public != nil {
			usable = append(usable, key)
		}
	}
	return usable, nil
}

// get reads a JSON document from the issuer; only status 200 counts.
func (s *keySet) get(url string, into any) error {
	response, err := s.call(Call{Method: http.MethodGet, URL: url, Timeout: timeout})
	if err != nil {
		return language.JWTUnread.Because(err, url).Wrap(err)
	}
	if response.Status != http.StatusOK {
		return language.JWTStatus.Of(url, strconv.Itoa(response.Status))
	}
	if err := json.Unmarshal(response.Body, into); err != nil {
		return language.JWTUnread.Because(err, url).Wrap(err)
	}
	return nil
}

// decode is the public key of a JSON Web Key (RFC 7518, 6; RFC 8037), nil for a kind that
// is not known. Keys that are too weak to rely on are an error.
func (k *webKey) decode() (crypto.PublicKey, error) {
	number := func(text string) *big.Int {
		raw, _ := base64.RawURLEncoding.DecodeString(text) // text that is not base64 becomes a key that verifies no signature
		return new(big.Int).SetBytes(raw)
	}
	switch k.Type {
	case "RSA":
		n, e := number(k.N), number(k.E)
		if n.BitLen() < 2048 || !e.IsInt64() || e.Int64() < 3 || e.Int64() > 1<<31-1 {
			return nil, errors.New("not an RSA key of at least 2048 bits")
		}
		return &rsa.PublicKey{N: n, E: int(e.Int64())}, nil
	case "EC":
		return k.decodeEC()
	case "OKP":
		raw, err := base64.RawURLEncoding.DecodeString(k.X)
		if err != nil || k.Curve != "Ed25519" || len(raw) != ed25519.PublicKeySize {
			return nil, errors.New("not an Ed25519 key")
		}
		return ed25519.PublicKey(raw), nil
	}
	return nil, nil
}

// decodeEC is the point of a key on one of NIST's curves; ParseUncompressedPublicKey
// refuses points that are not on it.
func (k *webKey) decodeEC() (crypto.PublicKey, error) {
	curve, ok := map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521()}[k.Curve]
	if !ok {
		return nil, fmt.Errorf("unknown curve %q", k.Curve)
	}
	x, errX := base64.RawURLEncoding.DecodeString(k.X)
	y, errY := base64.RawURLEncoding.DecodeString(k.Y)
	size := (curve.Params().BitSize + 7) / 8
	if errX != nil || errY != nil || len(x) > size || len(y) > size {
		return nil, errors.New("not a point")
	}
	point := make([]byte, 1+2*size)
	point[0] = 4 // uncompressed
	copy(point[1+size-len(x):], x)
	copy(point[1+2*size-len(y):], y)
	return ecdsa.ParseUncompressedPublicKey(curve, point)
}

// fits says whether the key is of the kind that the algorithm needs.
func (k *webKey) fits(algorithm string) bool {
	switch key := k.public.(type) {
	case *rsa.PublicKey:
		return strings.HasPrefix(algorithm, "RS") || strings.HasPrefix(algorithm, "PS")
	case *ecdsa.PublicKey:
		bits := map[string]int{"ES256": 256, "ES384": 384, "ES512": 521}[algorithm]
		return key.Curve.Params().BitSize == bits
	case ed25519.PublicKey:
		return algorithm == "EdDSA"
	}
	return false
}

// hashOf is the hash of a signature algorithm (RFC 7518, 3.1); 0 for EdDSA, which has its
// own. HS256 and none are not in the list: see [keySet.check].
func hashOf(algorithm string) (crypto.Hash, error) {
	switch algorithm {
	case "RS256", "PS256", "ES256":
		return crypto.SHA256, nil
	case "RS384", "PS384", "ES384":
		return crypto.SHA384, nil
	case "RS512", "PS512", "ES512":
		return crypto.SHA512, nil
	case "EdDSA":
		return 0, nil
	}
	return 0, language.JWTAlgorithm.Of(strconv.Quote(algorithm))
}

// verify checks a signature with this key. ECDSA's is r and s, each as long as the curve's
// order (RFC 7518, 3.4), not the ASN.1 form of TLS.
func (k *webKey) verify(algorithm string, signed, signature []byte) bool {
	hash, err := hashOf(algorithm)
	if err != nil || !k.fits(algorithm) {
		return false
	}
	switch key := k.public.(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(key, signed, signature)
	case *rsa.PublicKey:
		if algorithm[0] == 'P' {
			return rsa.VerifyPSS(key, hash, digest(hash, signed), signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
		}
		return rsa.VerifyPKCS1v15(key, hash, digest(hash, signed), signature) == nil
	case *ecdsa.PublicKey:
		size := (key.Curve.Params().BitSize + 7) / 8
		if len(signature) != 2*size {
			return false
		}
		r, s := new(big.Int).SetBytes(signature[:size]), new(big.Int).SetBytes(signature[size:])
		return ecdsa.Verify(key, digest(hash, signed), r, s)
	}
	return false
}

func digest(hash crypto.Hash, text []byte) []byte {
	switch hash {
	case crypto.SHA384:
		sum := sha512.Sum384(text)
		return sum[:]
	case crypto.SHA512:
		sum := sha512.Sum512(text)
		return sum[:]
	}
	sum := sha256.Sum256(text)
	return sum[:]
}
