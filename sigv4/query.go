package sigv4

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// rawTarget is the request target as it came over the wire. A server keeps it in
// RequestURI, which later rewriting of the URL (http.StripPrefix) leaves alone;
// URL.EscapedPath would encode unusual bytes differently.
func rawTarget(r *http.Request) (path, query string) {
	target := r.RequestURI
	if target == "" || target == "*" {
		return r.URL.EscapedPath(), r.URL.RawQuery
	}
	if i := strings.Index(target, "://"); i > 0 && target[0] != '/' { // absolute form
		target = target[i+3:]
		if i = strings.IndexAny(target, "/?"); i < 0 {
			return "", ""
		}
		target = target[i:]
	}
	path, query, _ = strings.Cut(target, "?")
	return path, query
}

func rawQuery(r *http.Request) string {
	_, query := rawTarget(r)
	return query
}

// parseQuery reads the presigned form.
func parseQuery(query string) (Signature, error) {
	s := Signature{Presigned: true}
	var scheme, credential, date, signedHeaders, expires string
	fields := [...]struct {
		name string
		at   *string
	}{
		{"X-Amz-Algorithm", &scheme},
		{"X-Amz-Credential", &credential},
		{"X-Amz-Date", &date},
		{"X-Amz-SignedHeaders", &signedHeaders},
		{"X-Amz-Signature", &s.hex},
		{"X-Amz-Expires", &expires},
		{"X-Amz-Security-Token", &s.SessionToken},
	}
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		for _, f := range fields {
			if name != f.name {
				continue
			}
			if *f.at != "" {
				return s, incomplete("The query has the parameter '" + name + "' more than once.")
			}
			*f.at = unescape(value)
		}
	}
	for _, f := range fields[:5] {
		if *f.at == "" {
			return s, incomplete("AWS query-string parameters must include 'X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-SignedHeaders' and 'X-Amz-Date'. Re-examine the query-string parameters.")
		}
	}
	if scheme != algorithm {
		return s, incomplete("Unsupported AWS 'algorithm': '" + scheme + "'. Use " + algorithm + ".")
	}
	if err := s.setExpires(expires); err != nil {
		return s, err
	}
	return s, s.complete(credential, signedHeaders, date)
}

func (s *Signature) setExpires(text string) error {
	if text == "" {
		return nil
	}
	seconds, err := strconv.Atoi(text)
	if err != nil || seconds < 1 || seconds > int(maxExpires/time.Second) {
		return incomplete("X-Amz-Expires must be a number of seconds from 1 to 604800 (a week), got '" + text + "'.")
	}
	s.Expires = time.Duration(seconds) * time.Second
	return nil
}

// unescape decodes a query component; one that is malformed is used as it is,
// so that the signature still covers it.
func unescape(text string) string {
	if !strings.ContainsAny(text, "%+") {
		return text
	}
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}

// queryForm is the form of the query in the canonical request.
type queryForm struct {
	raw           bool // keep the encoding as sent, as botocore does
	withoutToken  bool // the session token was added after signing, as AWS IoT clients do
	maskToken     bool // for error messages
	keepSignature bool // header form: X-Amz-Signature is a parameter like others
}

type parameter struct{ name, value string }

// appendQuery appends the canonical query: sorted by encoded name, then value.
func appendQuery(b []byte, query string, form queryForm) []byte {
	if query == "" {
		return b
	}
	var scratch [16]parameter
	list := scratch[:0]
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		switch {
		case name == "X-Amz-Signature" && !form.keepSignature,
			name == "X-Amz-Security-Token" && form.withoutToken:
			continue
		case name == "X-Amz-Security-Token" && form.maskToken:
			value = "***"
		case !form.raw:
			name, value = strictly(name), strictly(value)
		}
		list = append(list, parameter{name, value})
	}
	slices.SortFunc(list, func(a, b parameter) int {
		if c := strings.Compare(a.name, b.name); c != 0 {
			return c
		}
		return strings.Compare(a.value, b.value)
	})
	for i, p := range list {
		if i > 0 {
			b = append(b, '&')
		}
		b = append(append(append(b, p.name...), '='), p.value...)
	}
	return b
}

// strictly re-encodes a query component: %20, upper-case hex, only unreserved
// characters are left as they are.
func strictly(text string) string {
	if allUnreserved(text) {
		return text
	}
	return string(appendEscaped(make([]byte, 0, len(text)+16), unescape(text), ""))
}
