package lane

import (
	"bytes"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
)

// Bounds of a call that stays in the lane. What is larger is net/http's.
const (
	maxHead   = 8 << 10
	maxFields = 48
	maxBody   = 128 << 10 // the longest post to a connection
)

// verdict is what the beginning of the next call looks like.
type verdict uint8

const (
	unfinished verdict = iota // so far it could be one of ours
	ours
	theirs // for net/http to judge
)

// head is one request's head. It is reused from call to call, header and all.
type head struct {
	method, target, host string
	url                  *url.URL
	header               http.Header
	values               [maxFields]string // what the header's lists lie in
	body                 int               // Content-Length
	size                 int               // bytes of the head
}

var headEnd = []byte("\r\n\r\n")

// read recognizes the head that data begins with.
func (h *head) read(data []byte) verdict {
	end := bytes.Index(data, headEnd)
	if end < 0 {
		if len(data) >= maxHead || endsOtherwise(data) {
			return theirs
		}
		return unfinished
	}
	if h.size = end + len(headEnd); h.size > maxHead {
		return theirs
	}
	line, fields, _ := strings.Cut(string(data[:end+2]), "\r\n")
	if !h.readLine(line) || !h.readFields(fields) {
		return theirs
	}
	return ours
}

// endsOtherwise finds lines that do not end in CR LF. net/http takes some of them.
func endsOtherwise(data []byte) bool {
	for i, c := range data {
		if c == '\n' && (i == 0 || data[i-1] != '\r') {
			return true
		}
	}
	return false
}

// readLine reads "POST /api/stage/@connections/id HTTP/1.1".
func (h *head) readLine(line string) bool {
	var ok bool
	if line, ok = strings.CutSuffix(line, " HTTP/1.1"); !ok {
		return false
	}
	if h.method, h.target, ok = strings.Cut(line, " "); !ok || !strings.HasPrefix(h.target, "/") || !visible(h.target) {
		return false
	}
	switch h.method {
	case http.MethodPost, http.MethodGet, http.MethodDelete:
	default:
		return false
	}
	var err error
	h.url, err = url.ParseRequestURI(h.target)
	return err == nil && isCall(h.url.Path)
}

// isCall looks at the decoded path: hand-made clients send %40connections.
func isCall(path string) bool { return strings.Contains(path, "/@connections/") }

func (h *head) readFields(rest string) bool {
	if h.header == nil {
		h.header = make(http.Header, 16)
	}
	clear(h.header)
	h.host, h.body = "", -1
	for n := 0; rest != ""; n++ {
		line, after, ok := strings.Cut(rest, "\r\n")
		rest = after
		name, value, colon := strings.Cut(line, ":")
		value = strings.Trim(value, " \t")
		if !ok || !colon || n == maxFields || !isToken(name) || !isValue(value) || !h.field(n, textproto.CanonicalMIMEHeaderKey(name), value) {
			return false
		}
	}
	h.body = max(h.body, 0)
	return h.host != ""
}

// field takes one field, or says that net/http knows better what it means.
func (h *head) field(n int, name, value string) bool {
	switch name {
	case "Host": // net/http takes it out of the header
		twice := h.host != ""
		h.host = value
		return !twice && isHost(value)
	case "Content-Length":
		length, err := strconv.ParseUint(value, 10, 31)
		if err != nil || length > maxBody || h.body >= 0 {
			return false
		}
		h.body = int(length)
	case "Connection":
		if !strings.EqualFold(value, "keep-alive") {
			return false
		}
	case "Expect", "Pragma", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Http2-Settings":
		return false
	}
	if list := h.header[name]; list != nil {
		h.header[name] = append(list, value)
		return true
	}
	h.values[n] = value
	h.header[name] = h.values[n : n+1 : n+1]
	return true
}

func visible(text string) bool {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] >= 0x7f {
			return false
		}
	}
	return true
}

// isToken: RFC 9110, 5.6.2.
func isToken(text string) bool {
	for i := range len(text) {
		if c := text[i]; !isAlphanumeric(c) && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return text != ""
}

func isValue(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// isHost takes names, addresses and ports; every other form is rare.
func isHost(text string) bool {
	for i := range len(text) {
		if c := text[i]; !isAlphanumeric(c) && strings.IndexByte(".-_:[]", c) < 0 {
			return false
		}
	}
	return text != ""
}

func isAlphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
