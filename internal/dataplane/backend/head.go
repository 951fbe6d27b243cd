package backend

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// frame is what a head says of the body and of the connection.
type frame struct {
	length  int64 // -1: not said
	coded   bool  // there is a Transfer-Encoding
	chunked bool  // and it is chunked alone
	closes  bool  // Connection: close
	kept    bool
}

// parse reads the head, which ends at end: status, headers and frame.
func (a *response) parse(end int) (frame, error) {
	head := a.in[:end]
	f := frame{length: -1}
	line, at := lineFrom(head, 0)
	minor, ok := a.parseStatus(line)
	if !ok {
		return f, malformed(language.MalformedBegin.Of(quoted(line)))
	}
	f.kept = minor > 0
	a.headers = a.headers[:0]
	for at < end {
		line, next := lineFrom(head, at)
		for next < end && (head[next] == ' ' || head[next] == '\t') { // obsolete: the value goes on there
			for i := at + len(line); i < next; i++ {
				head[i] = ' '
			}
			line, next = lineFrom(head, at)
		}
		if len(line) == 0 {
			break
		}
		field, ok := parseField(line, at)
		if !ok {
			return f, malformed(language.MalformedHeader.Of(quoted(line)))
		}
		a.headers = append(a.headers, field)
		if !f.note(head[field.name:field.nameEnd], head[field.value:field.valueEnd]) {
			return f, malformed(language.MalformedLength.Of(quoted(line)))
		}
		at = next
	}
	f.kept = f.kept && !f.closes
	if f.coded { // it overrides a length; a backend that sends both may be desynchronized, so its connection is not kept (RFC 9112 §6.3)
		f.kept = f.kept && f.length < 0 && minor > 0 // HTTP/1.0 has no such coding
		f.length = -1
	}
	return f, nil
}

// lineFrom is the line that begins at at, without its end, and where the next begins.
func lineFrom(b []byte, at int) (line []byte, next int) {
	i := bytes.IndexByte(b[at:], '\n')
	if i < 0 {
		return b[at:], len(b)
	}
	return bytes.TrimSuffix(b[at:at+i], []byte("\r")), at + i + 1
}

// quoted shows the beginning of a line in an error.
func quoted(line []byte) string { return strconv.Quote(string(line[:min(len(line), 60)])) }

// parseStatus reads "HTTP/1.1 200 OK"; the words behind the number may be missing.
func (a *response) parseStatus(line []byte) (minor int, ok bool) {
	const version = "HTTP/1."
	if len(line) < len(version)+5 || string(line[:len(version)]) != version || line[len(version)+1] != ' ' {
		return 0, false
	}
	digits, rest := line[len(version)+2:len(version)+5], line[len(version)+5:]
	if len(rest) > 0 && rest[0] != ' ' {
		return 0, false
	}
	a.status = 0
	for _, d := range digits {
		if d < '0' || d > '9' {
			return 0, false
		}
		a.status = 10*a.status + int(d-'0')
	}
	minor = int(line[len(version)] - '0')
	return minor, a.status >= 100 && (minor == 0 || minor == 1)
}

// parseField reads a header line, which begins at at.
func parseField(line []byte, at int) (f field, ok bool) {
	colon := bytes.IndexByte(line, ':')
	if colon <= 0 || bytes.IndexByte(line, 0) >= 0 {
		return f, false
	}
	for _, c := range line[:colon] {
		if !tokens[c] {
			return f, false
		}
	}
	start, end := colon+1, len(line)
	for start < end && blank(line[start]) {
		start++
	}
	for start < end && blank(line[end-1]) {
		end--
	}
	return field{name: at, nameEnd: at + colon, value: at + start, valueEnd: at + end}, true
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' }

// note reads the headers that decide how long the body is (RFC 9112, 6.3). It reports
// false for a length that cannot be read.
func (f *frame) note(name, value []byte) bool {
	switch len(name) {
	case len("connection"):
		if strings.EqualFold(string(name), "connection") {
			f.kept = f.kept || listed(value, "keep-alive")
			f.closes = f.closes || listed(value, "close")
		}
	case len("content-length"):
		if strings.EqualFold(string(name), "content-length") {
			return f.noteLength(value)
		}
	case len("transfer-encoding"):
		if strings.EqualFold(string(name), "transfer-encoding") {
			f.chunked = !f.coded && strings.EqualFold(string(value), "chunked")
			f.coded = true
			return f.chunked // no other coding was accepted
		}
	}
	return true
}

// noteLength takes a Content-Length; another one must say the same.
func (f *frame) noteLength(value []byte) bool {
	if len(value) == 0 || len(value) > 18 {
		return false
	}
	n := int64(0)
	for _, d := range value {
		if d < '0' || d > '9' {
			return false
		}
		n = 10*n + int64(d-'0')
	}
	same := f.length < 0 || f.length == n
	f.length = n
	return same
}

// listed says whether a comma-separated list has the item, which is lower case.
func listed(list []byte, item string) bool {
	for part := range bytes.SplitSeq(list, []byte(",")) {
		if strings.EqualFold(string(bytes.TrimSpace(part)), item) {
			return true
		}
	}
	return false
}
