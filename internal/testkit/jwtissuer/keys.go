// Package jwtissuer signs JSON Web Tokens as an OpenID Connect provider does, for tests of
// code that verifies them.
package jwtissuer

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"testing"
)

// DiscoveryPath is the path of a provider's metadata: its issuer and the URL of its
// keys (OpenID Connect Discovery 1.0, section 4).
const DiscoveryPath = "/.well-known/openid-configuration"

// Names of the keys that do not change, in a token's header "kid".
const (
	ECKey     = "ec"
	EdKey     = "ed"
	SecretKey = "secret" // a shared secret, which no verifier may use
)

// Fields are members of a token's header or claims; a claim that is nil is left out.
type Fields map[string]any

// Keys are a provider's keys, one of each kind. RSAKeyID names the RSA key; changing it
// looks like a rotation of keys to verifiers.
type Keys struct {
	RSAKeyID string

	t   testing.TB
	rsa *rsa.PrivateKey
	ec  *ecdsa.PrivateKey
	ed  ed25519.PrivateKey
}

// New generates keys.
func New(t testing.TB) *Keys {
	t.Helper()
	k := &Keys{RSAKeyID: "one", t: t}
	var err error
	if k.rsa, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		t.Fatal(err)
	}
	if k.ec, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	if _, k.ed, err = ed25519.GenerateKey(rand.Reader); err != nil {
		t.Fatal(err)
	}
	return k
}

// Discovery is the document at [DiscoveryPath].
func Discovery(issuer, keysURL string) []byte {
	return fmt.Appendf(nil, `{"issuer":%q,"jwks_uri":%q}`, issuer, keysURL)
}

// Set is the JSON Web Key Set: the public keys, and some that verifiers must not use: because
// of their use ("enc"), their length ("weak") or because they are not public keys ("secret"),
// or name a point that is not on the curve ("off").
func (k *Keys) Set() []byte {
	k.t.Helper()
	point, err := k.ec.PublicKey.Bytes()
	if err != nil {
		k.t.Fatal(err)
	}
	n := Base64(k.rsa.N.Bytes())
	return fmt.Appendf(nil, `{"keys":[
		{"kid":%q,"kty":"RSA","use":"sig","n":%q,"e":"AQAB"},
		{"kid":"ec","kty":"EC","crv":"P-256","x":%q,"y":%q},
		{"kid":"ed","kty":"OKP","crv":"Ed25519","x":%q},
		{"kid":"enc","kty":"RSA","use":"enc","n":%q,"e":"AQAB"},
		{"kid":"weak","kty":"RSA","n":"AQAB","e":"AQAB"},
		{"kid":"secret","kty":"oct","k":"c2VjcmV0"},
		{"kid":"off","kty":"EC","crv":"P-256","x":"AQ","y":"AQ"}]}`,
		k.RSAKeyID, n, Base64(point[1:33]), Base64(point[33:]), Base64(k.ed.Public().(ed25519.PublicKey)), n)
}

// Token signs claims by RS256, or by the algorithm and key that the header names.
func (k *Keys) Token(header, claims Fields) string {
	k.t.Helper()
	head := Fields{"alg": "RS256", "kid": k.RSAKeyID, "typ": "JWT"}
	maps.Copy(head, header)
	body := maps.Clone(claims)
	maps.DeleteFunc(body, func(_ string, value any) bool { return value == nil })
	first, second := k.encode(head), k.encode(body)
	return k.Signed(head["alg"].(string), first, second)
}

func (k *Keys) encode(f Fields) string {
	text, err := json.Marshal(f)
	if err != nil {
		k.t.Fatal(err)
	}
	return Base64(text)
}

// Signed signs a header and claims that are encoded already.
func (k *Keys) Signed(algorithm, header, claims string) string {
	k.t.Helper()
	return header + "." + claims + "." + Base64(k.sign(algorithm, []byte(header+"."+claims)))
}

// sign is empty for an unknown algorithm.
func (k *Keys) sign(algorithm string, text []byte) (signature []byte) {
	k.t.Helper()
	hash := sha256.Sum256(text)
	var err error
	switch algorithm {
	case "RS256":
		signature, err = rsa.SignPKCS1v15(rand.Reader, k.rsa, crypto.SHA256, hash[:])
	case "PS256":
		signature, err = rsa.SignPSS(rand.Reader, k.rsa, crypto.SHA256, hash[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	case "ES256":
		r, s, failed := ecdsa.Sign(rand.Reader, k.ec, hash[:])
		if err = failed; err == nil {
			signature = append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
		}
	case "EdDSA":
		signature = ed25519.Sign(k.ed, text)
	case "HS256": // the classic attack: the public key as a shared secret
		mac := hmac.New(sha256.New, k.rsa.N.Bytes())
		mac.Write(text)
		signature = mac.Sum(nil)
	}
	if err != nil {
		k.t.Fatal(err)
	}
	return signature
}

// Base64 is the encoding of a token's parts.
func Base64(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }
