package backend

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// Call is one HTTP request and, after [Client.Do], its answer. Calls are reused:
// [AcquireCall], [Call.Release]. What its methods return is valid until Release.
type Call struct {
	Timeout time.Duration // zero: pasarela.MaxIntegrationTime
	// Target, when set, is host:port to dial instead of the URL's: the private
	// target of a VPC link keeps the Host header of the URL.
	Target string
	TLS    *tls.Config // nil: the system's roots and no client certificate
	Route  Route       // whose calls these are; the host's connections are shared by route

	method string
	host   string  // instead of the URL's
	lines  []byte  // header lines as they go out, each with its end
	fields []field // the lines that count; a value that was replaced is in none
	body   []byte
	wrong  string // the first header name that is not valid
	out    []byte

	response
}

// field is a header line: where its name and its value lie, and where it ends.
type field struct{ name, nameEnd, value, valueEnd, end int }

var calls = sync.Pool{New: func() any { return new(Call) }}

// AcquireCall returns an empty call of method GET.
func AcquireCall() *Call {
	c := calls.Get().(*Call)
	c.method = http.MethodGet
	return c
}

// maxKept bounds the buffers that a call keeps for its next use, in bytes.
const maxKept = 64 << 10

// Release gives the call back. Nothing that came from it may be used any more.
func (c *Call) Release() {
	*c = Call{
		lines: kept(c.lines), body: kept(c.body), out: kept(c.out), fields: c.fields[:0],
		response: response{in: kept(c.in), headers: c.headers[:0]},
	}
	if cap(c.fields)+cap(c.headers) > 1<<10 {
		c.fields, c.headers = nil, nil
	}
	calls.Put(c)
}

// kept is an empty slice over b, or nil when b is large, so that one long body does not
// occupy memory for ever.
func kept(b []byte) []byte {
	if cap(b) > maxKept {
		return nil
	}
	return b[:0]
}

// SetMethod sets the verb.
func (c *Call) SetMethod(method string) { c.method = method }

// Method is the verb.
func (c *Call) Method() string { return c.method }

// SetHeader sets a header, replacing earlier values of the name in any case; the name is
// sent as given. Line ends in the value become spaces. Content-Length and
// Transfer-Encoding are ignored: the call sets them itself. A name that HTTP does not
// allow fails the call with [ErrRequest].
func (c *Call) SetHeader(name, value string) {
	for i := len(c.fields) - 1; i >= 0; i-- {
		if f := c.fields[i]; f.nameEnd-f.name == len(name) && strings.EqualFold(string(c.lines[f.name:f.nameEnd]), name) {
			c.fields = append(c.fields[:i], c.fields[i+1:]...)
		}
	}
	c.AddHeader(name, value)
}

// AddHeader adds one more value of a header.
func (c *Call) AddHeader(name, value string) {
	switch {
	case !isToken(name):
		if c.wrong == "" {
			c.wrong = fmt.Sprintf("the header name %q", name)
		}
		return
	case len(name) == len("host") && strings.EqualFold(name, "host"):
		c.host = string(appendValue(nil, value))
		return
	case framing(name):
		return
	}
	var f field
	f.name = len(c.lines)
	c.lines = append(c.lines, name...)
	f.nameEnd = len(c.lines)
	c.lines = append(c.lines, ": "...)
	f.value = len(c.lines)
	c.lines = appendValue(c.lines, value)
	f.valueEnd = len(c.lines)
	c.lines = append(c.lines, "\r\n"...)
	f.end = len(c.lines)
	c.fields = append(c.fields, f)
}

func framing(name string) bool {
	switch len(name) {
	case len("content-length"):
		return strings.EqualFold(name, "content-length")
	case len("transfer-encoding"):
		return strings.EqualFold(name, "transfer-encoding")
	}
	return false
}

// appendValue writes a header's value on one line.
func appendValue(dst []byte, value string) []byte {
	at := len(dst)
	dst = append(dst, value...)
	for ; at < len(dst); at++ {
		if c := dst[at]; c == '\r' || c == '\n' || c == 0 {
			dst[at] = ' '
		}
	}
	return dst
}

// isToken says whether s is a token of RFC 9110 §5.6.2, as names and methods are.
func isToken(s string) bool {
	for i := range len(s) {
		if !tokens[s[i]] {
			return false
		}
	}
	return s != ""
}

// tokens are the characters of a token.
var tokens = func() (is [256]bool) {
	for c := range is {
		letter, digit := c|0x20 >= 'a' && c|0x20 <= 'z', c >= '0' && c <= '9'
		is[c] = letter || digit || c < 0x80 && strings.IndexByte("!#$%&'*+-.^_`|~", byte(c)) >= 0
	}
	return is
}()

// SetBody sets the body, which is copied.
func (c *Call) SetBody(body []byte) { c.body = append(c.body[:0], body...) }

// Body is the request's body as it will be sent.
func (c *Call) Body() []byte { return c.body }

// EachHeader visits the request's headers, without those that Do adds.
func (c *Call) EachHeader(visit func(name, value []byte)) {
	if c.host != "" {
		visit([]byte("Host"), []byte(c.host))
	}
	for _, f := range c.fields {
		visit(c.lines[f.name:f.nameEnd], c.lines[f.value:f.valueEnd])
	}
}

// write puts the request together as it goes out.
func (c *Call) write(u target) error {
	if c.wrong == "" && !isToken(c.method) {
		c.wrong = fmt.Sprintf("the method %q", c.method)
	}
	if c.wrong != "" {
		return language.BackendRequest.Of(c.wrong).Wrap(ErrRequest)
	}
	host := u.authority
	if c.host != "" {
		host = c.host
	}
	out := append(append(c.out[:0], c.method...), ' ')
	out = appendPath(out, u.path)
	out = append(append(append(out, " HTTP/1.1\r\nHost: "...), host...), "\r\n"...)
	for _, f := range c.fields {
		out = append(out, c.lines[f.name:f.end]...)
	}
	if len(c.body) > 0 || expectsBody(c.method) {
		out = append(strconv.AppendInt(append(out, "Content-Length: "...), int64(len(c.body)), 10), "\r\n"...)
	}
	c.out = append(append(out, "\r\n"...), c.body...)
	return nil
}

// expectsBody says whether servers wait for a body, or want to hear that there is
// none (RFC 9110 §8.6).
func expectsBody(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodDelete, http.MethodTrace:
		return false
	}
	return true
}

// appendPath writes a URL's path and query; letters outside ASCII are escaped.
func appendPath(dst []byte, path string) []byte {
	const hex = "0123456789ABCDEF"
	if path == "" || path[0] != '/' {
		dst = append(dst, '/')
	}
	for i := range len(path) {
		if c := path[i]; c < 0x80 {
			dst = append(dst, c)
		} else {
			dst = append(dst, '%', hex[c>>4], hex[c&0x0f])
		}
	}
	return dst
}
