package integration

import (
	"strings"

	"github.com/pasarela-ws/pasarela/internal/engine/awsuri"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
)

// uri is an integration URI in parts: texts with path parameters between them.
// Braces that no parameter is mapped to stay in the URL (aws-dataplane §4.2 rule 10).
type uri struct {
	texts []string // one more than names
	names []string
}

// compileURI splits a URI at its path parameters, {name}. An opened brace without an end is
// text.
func compileURI(text string) uri {
	var u uri
	rest := withRootPath(text)
	for {
		open := strings.IndexByte(rest, '{')
		if open < 0 {
			break
		}
		end := strings.IndexByte(rest[open:], '}')
		if end < 0 {
			break
		}
		if open > 0 && rest[open-1] == '$' { // ${…} is no path parameter; it stays as it is
			u.texts = append(u.texts, rest[:open+end+1])
			u.names = append(u.names, "")
		} else {
			u.texts = append(u.texts, rest[:open])
			u.names = append(u.names, rest[open+1:open+end])
		}
		rest = rest[open+end+1:]
	}
	u.texts = append(u.texts, rest)
	return u
}

// withRootPath adds the path "/" to a URI without one: a query may follow, and a request line
// must not begin with "?".
func withRootPath(text string) string {
	_, rest, absolute := strings.Cut(text, "://")
	end := strings.IndexAny(rest, "/?#{$")
	switch {
	case !absolute || end >= 0 && rest[end] != '?' && rest[end] != '#':
		return text
	case end < 0:
		return text + "/"
	}
	at := len(text) - len(rest) + end
	return text[:at] + "/" + text[at:]
}

// appendTo writes the URI with its path parameters, and query after what the URI has.
func (u *uri) appendTo(dst []byte, path []event.Pair, query ...[]event.Pair) []byte {
	for i, text := range u.texts {
		dst = append(dst, text...)
		if i == len(u.names) || u.names[i] == "" {
			continue
		}
		if value, ok := event.Last(path, u.names[i]); ok {
			dst = appendEscaped(dst, value)
		} else {
			dst = append(append(append(dst, '{'), u.names[i]...), '}')
		}
	}
	separator := byte('?')
	for _, text := range u.texts {
		if strings.IndexByte(text, '?') >= 0 {
			separator = '&'
		}
	}
	for _, pairs := range query {
		for _, pair := range pairs {
			dst = append(appendEscaped(append(dst, separator), pair.Name), '=')
			dst = appendEscaped(dst, pair.Value)
			separator = '&'
		}
	}
	return dst
}

// dots says whether a path parameter makes a segment of the path "." or "..": servers and
// proxies remove those, so that the call would go to another path.
func (u *uri) dots(path []event.Pair, text []byte) bool {
	for _, name := range u.names {
		if value, ok := event.Last(path, name); ok && name != "" && strings.Trim(value, ".") == "" {
			_, after, _ := strings.Cut(textOfBytes(text), "://")
			return awsuri.HasDotSegment(after)
		}
	}
	return false
}

// appendEscaped writes text with everything but RFC 3986's unreserved characters escaped.
func appendEscaped(dst []byte, text string) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(text) {
		c := text[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		digit := c >= '0' && c <= '9'
		if letter || digit || c == '-' || c == '_' || c == '.' || c == '~' {
			dst = append(dst, c)
		} else {
			dst = append(dst, '%', hex[c>>4], hex[c&0x0f])
		}
	}
	return dst
}
