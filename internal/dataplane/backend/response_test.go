package backend_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"
)

const mostBody = 1 << 20

// summary is the parsed response, or its error, as text.
func summary(from io.Reader, method string) string {
	call := backend.AcquireCall()
	defer call.Release()
	reusable, err := call.ReadResponse(from, method, mostBody)
	if err != nil {
		return "error"
	}
	var headers []string
	call.EachResponseHeader(func(name, value []byte) { headers = append(headers, fmt.Sprintf("%s=%s", name, value)) })
	return fmt.Sprintf("%d %q %s %v", call.Status(), call.ResponseBody(), strings.Join(headers, ","), reusable)
}

func TestAnswers(t *testing.T) {
	for _, test := range []struct{ name, method, wire, want string }{
		{"a length", "POST", "HTTP/1.1 201 Created\r\nA: b\r\nContent-Length: 2\r\n\r\nok", `201 "ok" A=b,Content-Length=2 true`},
		{"no words", "POST", "HTTP/1.1 204\r\n\r\n", `204 ""  true`},
		{"nothing", "POST", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", `200 "" Content-Length=0 true`},
		{"line feeds only", "POST", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", `200 "ok" Content-Length=2 true`},
		{"until the end", "POST", "HTTP/1.1 200 OK\r\n\r\nsome", `200 "some"  false`},
		{"more than was asked for", "POST", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabHTTP", `200 "a" Content-Length=1 false`},
		{"closes", "POST", "HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 1\r\n\r\na", `200 "a" Connection=Close,Content-Length=1 false`},
		{"closes and does not", "POST", "HTTP/1.1 200 OK\r\nConnection: x, close\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", `200 "" Connection=x, close,Connection=keep-alive,Content-Length=0 false`},
		{"1.0", "POST", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", `200 "a" Content-Length=1 false`},
		{"1.0 that stays", "POST", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\na", `200 "a" Connection=Keep-Alive,Content-Length=1 true`},
		{"HEAD", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", `200 "" Content-Length=5 false`},
		{"304", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", `304 "" Content-Length=5 false`},
		{"HEAD of nothing", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", `200 "" Content-Length=0 true`},
		{"204 with a length", "POST", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", `204 "" Content-Length=5 false`},
		{"204 with chunks", "POST", "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", `204 "" Transfer-Encoding=chunked false`},
		{"1.0 with chunks", "POST", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", `200 "" Connection=keep-alive,Transfer-Encoding=chunked false`},
		{"an answer in the trailers", "POST", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", `200 "" Transfer-Encoding=chunked false`},
		{"interim", "POST", "HTTP/1.1 100 Continue\r\nX: y\r\n\r\nHTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", `200 "a" Content-Length=1 true`},
		{"101", "GET", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", `101 "" Upgrade=x false`},
		{"folded", "POST", "HTTP/1.1 200 OK\r\nA: b\r\n  c\r\nContent-Length: 0\r\n\r\n", `200 "" A=b    c,Content-Length=0 true`},
		{"chunks", "POST", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n", `200 "abc0123456789" Transfer-Encoding=Chunked true`},
		{"chunks and trailers", "POST", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1 \r\na\r\n000\r\nX: y\r\n\r\n", `200 "a" Transfer-Encoding=chunked true`},
		{"chunks and a length", "POST", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", `200 "a" Content-Length=3,Transfer-Encoding=chunked false`},
		{"two equal lengths", "POST", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\ncontent-length: 1\r\n\r\na", `200 "a" Content-Length=1,content-length=1 true`},
		{"two lengths", "POST", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "error"},
		{"a negative length", "POST", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "error"},
		{"an endless length", "POST", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", "error"},
		{"an unknown coding", "POST", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "error"},
		{"chunked twice", "POST", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "error"},
		{"a chunk without a number", "POST", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\na\r\n0\r\n\r\n", "error"},
		{"a chunk that is longer", "POST", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n", "error"},
		{"a chunk of 4 GB", "POST", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n", "error"},
		{"chunks that stop", "POST", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n", "error"},
		{"a blank in a name", "POST", "HTTP/1.1 200 OK\r\nA b: c\r\n\r\n", "error"},
		{"a blank before the colon", "POST", "HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\na", "error"},
		{"no colon", "POST", "HTTP/1.1 200 OK\r\nA\r\n\r\n", "error"},
		{"HTTP/2", "POST", "HTTP/2 200\r\n\r\n", "error"},
		{"no status", "POST", "HTTP/1.1 2000 OK\r\n\r\n", "error"},
		{"status 99", "POST", "HTTP/1.1 099 OK\r\n\r\n", "error"},
		{"interim for ever", "POST", strings.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 100), "error"},
		{"half", "POST", "HTTP/1.1 200 OK\r\nContent-Len", "error"},
		{"less than promised", "POST", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "error"},
		{"a head without end", "POST", "HTTP/1.1 200 OK\r\n" + strings.Repeat("X: "+strings.Repeat("x", 1000)+"\r\n", 100), "error"},
		{"trailers without end", "POST", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + strings.Repeat("X: "+strings.Repeat("x", 1000)+"\r\n", 100), "error"},
	} {
		if got := summary(strings.NewReader(test.wire), test.method); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.name, got, test.want)
		}
		// Bytes after the response must not be read.
		one := summary(iotest.OneByteReader(strings.NewReader(test.wire)), test.method)
		if test.name != "more than was asked for" && one != test.want {
			t.Errorf("%s, a byte at a time:\n got %s\nwant %s", test.name, one, test.want)
		}
	}
}

func TestTooLargeIsToldFromMalformed(t *testing.T) {
	call := backend.AcquireCall()
	defer call.Release()
	for _, wire := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n" + strings.Repeat("x", 11),
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n012345\r\n6\r\n012345\r\n0\r\n\r\n",
	} {
		if _, err := call.ReadResponse(strings.NewReader(wire), "GET", 10); !errors.Is(err, backend.ErrTooLarge) {
			t.Errorf("%q: %v", wire, err)
		}
	}
}

// FuzzResponse: whatever a backend sends, the result is the same in one piece and
// in many, and the same as net/http's where net/http accepts it.
func FuzzResponse(f *testing.F) {
	f.Add("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "POST", 3)
	f.Add("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\nA: b\r\n\r\n", "GET", 1)
	f.Add("HTTP/1.0 404 Not Found\nConnection: keep-alive\nX: a\n b\n\nrest", "HEAD", 7)
	f.Fuzz(func(t *testing.T, wire, method string, piece int) {
		call := backend.AcquireCall()
		defer call.Release()
		if _, err := call.ReadResponse(strings.NewReader(wire), method, mostBody); err != nil {
			return
		}
		slow := backend.AcquireCall()
		defer slow.Release()
		if _, err := slow.ReadResponse(&pieces{[]byte(wire), piece&15 + 1}, method, mostBody); err != nil {
			t.Fatalf("in pieces: %v", err)
		}
		if call.Status() != slow.Status() || !bytes.Equal(call.ResponseBody(), slow.ResponseBody()) {
			t.Fatalf("%d %q, in pieces %d %q", call.Status(), call.ResponseBody(), slow.Status(), slow.ResponseBody())
		}
		compare(t, call, wire, method)
	})
}

// pieces reads few bytes at a time.
type pieces struct {
	rest []byte
	size int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.rest[:min(p.size, len(p.rest))])
	p.rest = p.rest[n:]
	return n, nil
}

func compare(t *testing.T, call *backend.Call, wire, method string) {
	t.Helper()
	if method == "" {
		method = http.MethodGet
	}
	in := bufio.NewReader(strings.NewReader(wire))
	for range 9 {
		theirs, err := http.ReadResponse(in, &http.Request{Method: method})
		if err != nil {
			return
		}
		if theirs.StatusCode < 200 && theirs.StatusCode != http.StatusSwitchingProtocols {
			continue
		}
		body, err := io.ReadAll(theirs.Body)
		if err == nil && theirs.StatusCode >= 200 && (theirs.StatusCode != call.Status() || !bytes.Equal(body, call.ResponseBody())) {
			t.Fatalf("%d %q, net/http has %d %q", call.Status(), call.ResponseBody(), theirs.StatusCode, body)
		}
		return
	}
}
