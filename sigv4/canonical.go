package sigv4

import (
	"encoding/hex"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
)

const upperHex = "0123456789ABCDEF"

func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
		c == '-' || c == '_' || c == '.' || c == '~'
}

func allUnreserved(text string) bool {
	for i := range len(text) {
		if !unreserved(text[i]) {
			return false
		}
	}
	return true
}

// appendEscaped percent-encodes every byte but the unreserved ones and those in also.
func appendEscaped(b []byte, text, also string) []byte {
	for i := range len(text) {
		c := text[i]
		if unreserved(c) || strings.IndexByte(also, c) >= 0 {
			b = append(b, c)
			continue
		}
		b = append(b, '%', upperHex[c>>4], upperHex[c&0x0f])
	}
	return b
}

// pathForm is the encoding of the path in the canonical request.
type pathForm uint8

const (
	pathTwice pathForm = iota // the path as sent, encoded again: every AWS SDK (aws-controlplane §10.2)
	pathOnce                  // decoded, then encoded: signers that encode once
	pathRaw                   // as sent: signers that sign what they send
	pathClean                 // dot segments and repeated slashes removed, then as pathTwice: botocore
)

func appendPath(b []byte, raw string, form pathForm) []byte {
	if raw == "" {
		return append(b, '/')
	}
	switch form {
	case pathRaw:
		return append(b, raw...)
	case pathOnce:
		return appendPathOnce(b, raw)
	case pathClean:
		raw = clean(raw)
	}
	return appendEscaped(b, raw, "/")
}

// clean removes dot segments and repeated slashes but keeps a slash at the end.
func clean(raw string) string {
	short := path.Clean("/" + raw)
	if short != "/" && strings.HasSuffix(raw, "/") {
		short += "/"
	}
	return short
}

// appendPathOnce keeps %2F distinct from a slash: they name different
// resources.
func appendPathOnce(b []byte, raw string) []byte {
	first := true
	for segment := range strings.SplitSeq(raw, "/") {
		if !first {
			b = append(b, '/')
		}
		first = false
		if plain, err := url.PathUnescape(segment); err == nil {
			segment = plain
		}
		b = appendEscaped(b, segment, "")
	}
	return b
}

// appendHeaders appends a line for every signed header, in the order of the
// list that the client sent (its own sorted order, bound by the signature).
func appendHeaders(b []byte, r *http.Request, signed string, mask bool) []byte {
	for name := range strings.SplitSeq(signed, ";") {
		b = append(append(b, name...), ':')
		switch {
		case strings.EqualFold(name, "host"): // net/http takes these three out of the header
			b = append(b, r.Host...)
		case strings.EqualFold(name, "content-length"):
			if r.ContentLength >= 0 {
				b = strconv.AppendInt(b, r.ContentLength, 10)
			}
		case strings.EqualFold(name, "transfer-encoding"):
			b = append(b, strings.Join(r.TransferEncoding, ",")...)
		case mask && strings.EqualFold(name, "x-amz-security-token"):
			b = append(b, "***"...)
		default:
			for i, value := range headerValues(r.Header, name) {
				if i > 0 {
					b = append(b, ',')
				}
				b = appendCollapsed(b, value)
			}
		}
		b = append(b, '\n')
	}
	return b
}

// headerValues looks up a lower-case name without allocating its canonical
// form.
func headerValues(h http.Header, name string) []string {
	var scratch [64]byte
	if len(name) > len(scratch) {
		return h.Values(name)
	}
	key := append(scratch[:0], name...)
	start := true
	for i, c := range key {
		switch {
		case start && c >= 'a' && c <= 'z':
			key[i] = c - ('a' - 'A')
		case !start && c >= 'A' && c <= 'Z':
			key[i] = c + ('a' - 'A')
		}
		start = c == '-'
	}
	return h[string(key)]
}

// appendCollapsed trims a header value and replaces runs of spaces by one.
func appendCollapsed(b []byte, value string) []byte {
	value = strings.Trim(value, " \t")
	for i := range len(value) {
		if value[i] != ' ' || value[i-1] != ' ' { // value[0] is not a space: it was trimmed
			b = append(b, value[i])
		}
	}
	return b
}

// form is one of the forms of the canonical request that signers use.
type form struct {
	path  pathForm
	query queryForm
}

func appendCanonical(b []byte, r *http.Request, s *Signature, payload string, f form) []byte {
	target, query := rawTarget(r)
	b = append(append(b, r.Method...), '\n')
	b = append(appendPath(b, target, f.path), '\n')
	b = append(appendQuery(b, query, f.query), '\n')
	b = append(appendHeaders(b, r, s.SignedHeaders, f.query.maskToken), '\n')
	b = append(append(b, s.SignedHeaders...), '\n')
	return append(b, payload...)
}

func appendStringToSign(b []byte, s *Signature, canonical [32]byte) []byte {
	b = append(append(b, algorithm...), '\n')
	b = append(append(b, s.timestamp...), '\n')
	b = append(append(b, s.Date...), '/')
	b = append(append(b, s.Scope.Region...), '/')
	b = append(append(b, s.Scope.Service...), '/')
	b = append(append(b, terminator...), '\n')
	return hex.AppendEncode(b, canonical[:])
}
