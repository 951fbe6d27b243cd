package entrance_test

import (
	"bufio"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/dataplane/entrance"
)

const plainHandshake = "GET /abcdef1234/prod?reportType=ventas&a=%20 HTTP/1.1\r\nHost: 127.0.0.1:4566\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
	"User-Agent: Mozilla/5.0 (X11) x\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\ncookie: a=b\r\nCookie: c=d\r\n\r\n"

func TestHandshakesThatAreReadHere(t *testing.T) {
	for name, head := range map[string]string{
		"plain": plainHandshake, "in capitals": strings.Replace(plainHandshake, "Upgrade: websocket", "UPGRADE: WebSocket", 1),
		"an IPv6 host": strings.Replace(plainHandshake, "127.0.0.1:4566", "[::1]:4566", 1), "an empty value": strings.Replace(plainHandshake, "a=b", "", 1),
	} {
		r, ok := entrance.Parse(head)
		if !ok {
			t.Errorf("%s is not taken", name)
			continue
		}
		same(t, r, head)
	}
}

// What is not plain is left to net/http, whatever it makes of it.
func TestWhatIsLeftToNetHTTP(t *testing.T) {
	with := func(line string) string {
		return strings.Replace(plainHandshake, "Connection: Upgrade", line+"\r\nConnection: Upgrade", 1)
	}
	for name, head := range map[string]string{
		"nothing": "", "a line": "GET / HTTP/1.1\r\n", "no handshake": strings.Replace(plainHandshake, "websocket", "h2c", 1), "POST": strings.Replace(plainHandshake, "GET", "POST", 1),
		"HTTP/1.0": strings.Replace(plainHandshake, "/1.1\r", "/1.0\r", 1), "more behind": plainHandshake + "\x81\x80\r\n\r\n", "a second request": plainHandshake + plainHandshake,
		"a length": with("Content-Length: 0"), "chunks": with("transfer-encoding: chunked"), "expects": with("Expect: 100-continue"), "two hosts": with("Host: x"),
		"no host": strings.Replace(plainHandshake, "Host:", "X-Host:", 1), "an empty host": strings.Replace(plainHandshake, "127.0.0.1:4566", "", 1), "a host with a path": strings.Replace(plainHandshake, "127.0.0.1:4566", "a/b", 1),
		"a folded line": with("A: b\r\n c"), "a blank before the colon": with("A : b"), "no colon": with("A"), "no name": with(": b"), "a control character": with("A: \x01"), "a line feed": with("A: b\nC: d"),
		"an absolute target": strings.Replace(plainHandshake, "GET /", "GET http://x/", 1), "a bad escape": strings.Replace(plainHandshake, "/prod?", "/%zz?", 1), "many headers": with(strings.Repeat("A: b\r\n", 100) + "C: d"),
		"two blanks": strings.Replace(plainHandshake, "GET ", "GET  ", 1),
	} {
		if _, ok := entrance.Parse(head); ok {
			t.Errorf("%s is taken", name)
		}
	}
}

// same compares a request with what net/http reads.
func same(t *testing.T, r *http.Request, head string) {
	t.Helper()
	theirs, err := http.ReadRequest(bufio.NewReader(strings.NewReader(head)))
	if err != nil {
		t.Fatalf("net/http refuses what is taken here: %v", err)
	}
	if r.Header["Cache-Control"] == nil && r.Header["Pragma"] != nil {
		delete(theirs.Header, "Cache-Control") // net/http adds what no client sent
	}
	if r.Host != theirs.Host || r.URL.String() != theirs.URL.String() || r.RequestURI != theirs.RequestURI || r.Method != theirs.Method || r.Proto != theirs.Proto {
		t.Errorf("%s %s %s, net/http has %s %s %s", r.Method, r.Host, r.URL, theirs.Method, theirs.Host, theirs.URL)
	}
	if !maps.EqualFunc(r.Header, theirs.Header, slices.Equal[[]string]) {
		t.Errorf("%v, net/http has %v", r.Header, theirs.Header)
	}
}

// FuzzHandshake: whatever is taken here net/http would have taken too, for the same.
func FuzzHandshake(f *testing.F) {
	f.Add(plainHandshake)
	f.Add("GET // HTTP/1.1\r\nHost: a:b\r\nUpgrade:websocket \r\nA_b:\t\r\nPragma: no-cache\r\n\r\n")
	f.Fuzz(func(t *testing.T, head string) {
		if r, ok := entrance.Parse(head); ok {
			same(t, r, head)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := entrance.Parse(plainHandshake); !ok {
			b.Fatal("not taken")
		}
	}
}

func BenchmarkNetHTTPParse(b *testing.B) {
	b.ReportAllocs()
	from := strings.NewReader(plainHandshake)
	in := bufio.NewReader(from)
	for b.Loop() {
		from.Reset(plainHandshake)
		in.Reset(from)
		if _, err := http.ReadRequest(in); err != nil {
			b.Fatal(err)
		}
	}
}
