package requesthead_test

import (
	"bufio"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/pasarela-ws/pasarela/internal/fastpath/requesthead"
)

var fields = cmp.Options{cmpopts.IgnoreUnexported(http.Request{}), cmpopts.IgnoreFields(http.Request{}, "Body"), cmp.AllowUnexported(url.Userinfo{})}

// same compares a request, of which text is the head, with what net/http reads.
func same(t *testing.T, r *http.Request, text string) {
	t.Helper()
	const next = "GET /next"
	body := strings.Repeat("x", int(r.ContentLength))
	in := bufio.NewReader(strings.NewReader(text + body + next))
	want, err := http.ReadRequest(in)
	if err != nil {
		t.Fatalf("net/http refuses what is plain here: %v", err)
	}
	if diff := cmp.Diff(want, r, fields); diff != "" {
		t.Errorf("(-net/http +here):\n%s", diff)
	}
	got, err := io.ReadAll(want.Body)
	rest, _ := io.ReadAll(in)
	if err != nil || string(got) != body || string(rest) != next {
		t.Errorf("net/http has a body of %d bytes and %q behind it, here it is %d: %v", len(got), rest, len(body), err)
	}
	if own, err := io.ReadAll(r.Body); err != nil || len(own) > 0 {
		t.Errorf("a body of %d bytes, %v", len(own), err)
	}
}

// FuzzRead: what is plain here is for net/http the same request in every field, and
// what is unfinished here is so there. The reader has read another head before.
func FuzzRead(f *testing.F) {
	const call = "POST /a/b/%40connections/x HTTP/1.1\r\nHost: 127.0.0.1:4566\r\n"
	for _, seed := range []string{
		handshake, push + "hola", push[:50],
		"GET // HTTP/1.1\r\nHost: a:b\r\nUpgrade:websocket \r\nA_b:\t\r\nPragma: no-cache\r\n\r\n",
		"GET /a/b/@connections/x?y=%20z HTTP/1.1\r\nhost: h\r\nx-a:  b \t\r\nX-A: c\r\nConnection: Keep-Alive\r\n\r\n",
		"DELETE /a/b/@connections/x HTTP/1.1\r\nHost: [::1]:80\r\ncontent-length: 007\r\n\r\n1234567GET ",
		call + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx",
		call + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		call + "X: a\r\n b\r\n\r\n",
		call + "X : a\r\n\r\n",
		call + ": a\r\n\r\n",
		"POST //@connections//x HTTP/1.1\r\nHost: h\r\nPragma: no-cache\r\nCache-Control: a\r\n\r\n",
		"POST /@connections/x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
		"POST /@connections/x HTTP/1.1\nHost: a\n\n",
	} {
		f.Add([]byte(seed), true)
		f.Add([]byte(seed), false)
	}
	f.Fuzz(func(t *testing.T, data []byte, upgrade bool) {
		reader := requesthead.Reader{Bounds: calls}
		before := push
		if upgrade {
			reader.Bounds, before = handshakes, handshake
		}
		var r http.Request
		if reader.Read(&r, before) != requesthead.Plain {
			t.Fatal("the first is not plain")
		}
		size, status := requesthead.Size(data, 1<<16)
		switch {
		case status == requesthead.Unfinished:
			if _, err := http.ReadRequest(bufio.NewReader(strings.NewReader(string(data)))); err == nil {
				t.Error("net/http has a whole request")
			}
		case status == requesthead.Plain && reader.Read(&r, string(data[:size])) == requesthead.Plain:
			same(t, &r, string(data[:size]))
		}
	})
}
