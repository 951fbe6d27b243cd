package requesthead

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Status is the result of reading a head.
type Status uint8

const (
	// Unfinished: the head is incomplete, and may become a plain one.
	Unfinished Status = iota
	// Plain: it was read.
	Plain
	// NotPlain: to be passed to net/http, which decides whether it is a request.
	NotPlain
)

// Bounds are the limits of the heads that a Reader reads; all others are
// NotPlain.
type Bounds struct {
	Methods []string
	Fields  int  // the most header lines, Host among them
	Body    int  // the longest body, in bytes; with 0 no Content-Length may be there at all
	Upgrade bool // whether another protocol may be asked for
}

const lineEnd, headEnd = "\r\n", "\r\n\r\n"

// Size is the length in bytes of the head at the start of data, its empty line
// included, if that is at most limit. The status says only whether the end was
// found; Read checks the content.
func Size(data []byte, limit int) (int, Status) {
	end := bytes.Index(data, []byte(headEnd))
	switch {
	case end < 0 && (len(data) >= limit || endsOtherwise(data)):
		return 0, NotPlain
	case end < 0:
		return 0, Unfinished
	case end+len(headEnd) > limit:
		return 0, NotPlain
	}
	return end + len(headEnd), Plain
}

// endsOtherwise finds lines that do not end in CR LF. net/http accepts some of
// them, and may have a complete head where Size would wait for more.
func endsOtherwise(data []byte) bool {
	for i, c := range data {
		if c == '\n' && (i == 0 || data[i-1] != '\r') {
			return true
		}
	}
	return false
}

// Reader reads one head after the other. The header of a request, map and values,
// is good until the next is read. The zero Reader with Bounds is ready.
type Reader struct {
	Bounds Bounds
	header http.Header
	values []string // backing array of the header's lists
}

// Read reads text, which is one head and nothing more, into r, whose other fields
// stay as they are. r.Body is empty: r.ContentLength bytes of it follow the head,
// and are the caller's to read. If the status is not Plain, r must not be used.
func (h *Reader) Read(r *http.Request, text string) Status {
	head, whole := strings.CutSuffix(text, headEnd)
	if !whole {
		return Unfinished
	}
	line, fields, _ := strings.Cut(head, lineEnd)
	if !h.readLine(r, line) || !h.readFields(r, fields) {
		return NotPlain
	}
	return Plain
}

// readLine reads "POST /path?query HTTP/1.1".
func (h *Reader) readLine(r *http.Request, line string) bool {
	line, isOne := strings.CutSuffix(line, " HTTP/1.1")
	method, target, _ := strings.Cut(line, " ")
	if !isOne || !slices.Contains(h.Bounds.Methods, method) || !strings.HasPrefix(target, "/") || !isVisible(target) {
		return false
	}
	u, err := url.ParseRequestURI(target)
	r.Method, r.URL, r.RequestURI = method, u, target
	r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/1.1", 1, 1
	return err == nil
}

// readFields reads the lines of the header, the last without its end.
func (h *Reader) readFields(r *http.Request, lines string) bool {
	count := strings.Count(lines, lineEnd) + 1
	if count > h.Bounds.Fields {
		return false
	}
	h.makeRoom(count)
	r.Header, r.Host, r.Body, r.ContentLength = h.header, "", http.NoBody, 0
	for i := range count {
		line, rest, _ := strings.Cut(lines, lineEnd)
		lines = rest
		name, value, colon := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		if !colon || !isName(name) || !isValue(value) {
			return false
		}
		key := canonical(name)
		if !h.Bounds.allows(r, key, value) {
			return false
		}
		if key != "Host" { // net/http takes it out of the header
			h.add(i, key, value)
		}
	}
	return r.Host != "" && !addsCacheControl(h.header)
}

// makeRoom empties the header and makes room for so many values.
func (h *Reader) makeRoom(count int) {
	if h.header == nil {
		h.header = make(http.Header, count)
	}
	clear(h.header)
	if len(h.values) < count {
		h.values = make([]string, count) // one allocation for all
	}
}

// add appends the value of line i.
func (h *Reader) add(i int, key, value string) {
	if list, repeated := h.header[key]; repeated {
		h.header[key] = append(list, value)
		return
	}
	h.values[i] = value
	h.header[key] = h.values[i : i+1 : i+1]
}
