//go:build linux

package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"
)

// baselineVerifier checks signatures in the simplest way: correct for AWS's signers,
// with signing keys cached, and without care for allocations. The baseline does not
// use package sigv4, whose optimizations are part of what is measured.
type baselineVerifier struct {
	access, secret string
	keys           sync.Map // date/region/service/aws4_request -> signing key
}

func (v *baselineVerifier) key(scope string) []byte {
	if k, ok := v.keys.Load(scope); ok {
		return k.([]byte)
	}
	key := []byte("AWS4" + v.secret)
	for part := range strings.SplitSeq(scope, "/") {
		key = keyed(key, part)
	}
	v.keys.Store(scope, key)
	return key
}

func keyed(key []byte, message string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(message))
	return h.Sum(nil)
}

// verify checks the signature of a request without a query.
func (v *baselineVerifier) verify(r *http.Request, body []byte) bool {
	var credential, signed, signature string
	auth, ok := strings.CutPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ")
	for part := range strings.SplitSeq(auth, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "Credential":
			credential = value
		case "SignedHeaders":
			signed = value
		case "Signature":
			signature = value
		}
	}
	access, scope, _ := strings.Cut(credential, "/")
	if !ok || access != v.access || strings.Count(scope, "/") != 3 {
		return false
	}
	canonical := sha256.Sum256(v.canonical(r, signed, body))
	text := "AWS4-HMAC-SHA256\n" + r.Header.Get("X-Amz-Date") + "\n" + scope + "\n" + hex.EncodeToString(canonical[:])
	want := hex.EncodeToString(keyed(v.key(scope), text))
	return subtle.ConstantTimeCompare([]byte(want), []byte(signature)) == 1
}

func (v *baselineVerifier) canonical(r *http.Request, signed string, body []byte) []byte {
	b := append(make([]byte, 0, 512), r.Method...)
	b = append(append(b, '\n'), strings.NewReplacer("%", "%25", "@", "%40", "=", "%3D").Replace(r.URL.EscapedPath())...)
	b = append(b, "\n\n"...)
	for name := range strings.SplitSeq(signed, ";") {
		b = append(append(b, name...), ':')
		switch name {
		case "host":
			b = append(b, r.Host...)
		case "content-length":
			b = append(b, r.Header.Get("Content-Length")...)
		default:
			b = append(b, strings.Join(r.Header.Values(name), ",")...)
		}
		b = append(b, '\n')
	}
	b = append(append(append(b, '\n'), signed...), '\n')
	hash := sha256.Sum256(body)
	return hex.AppendEncode(b, hash[:])
}
