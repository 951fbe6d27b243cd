package accept_test

import (
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/fastpath/accept"
)

const plainHandshake = "GET /abcdef1234/prod?reportType=ventas&a=%20 HTTP/1.1\r\nHost: 127.0.0.1:4566\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
	"User-Agent: Mozilla/5.0 (X11) x\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\ncookie: a=b\r\nCookie: c=d\r\n\r\n"

// TestWhatIsReadHere: the reading of heads is tested in fastpath/requesthead; which
// heads are served here is decided by this package.
func TestWhatIsReadHere(t *testing.T) {
	with := func(line string) string {
		return strings.Replace(plainHandshake, "Connection: Upgrade", line+"\r\nConnection: Upgrade", 1)
	}
	for name, test := range map[string]struct {
		head string
		want bool
	}{
		"plain":            {plainHandshake, true},
		"in capitals":      {strings.Replace(plainHandshake, "Upgrade: websocket", "UPGRADE: WebSocket", 1), true},
		"a browser's":      {strings.Replace(with("Pragma: no-cache\r\nCache-Control: no-cache"), "Connection: ", "Connection: keep-alive, ", 1), true},
		"as many headers":  {with(strings.Repeat("A: b\r\n", 55) + "C: d"), true},
		"many headers":     {with(strings.Repeat("A: b\r\n", 56) + "C: d"), false},
		"no handshake":     {strings.Replace(plainHandshake, "websocket", "h2c", 1), false},
		"no upgrade":       {strings.Replace(plainHandshake, "Upgrade: websocket\r\n", "", 1), false},
		"POST":             {strings.Replace(plainHandshake, "GET", "POST", 1), false},
		"a length":         {with("Content-Length: 0"), false},
		"closes":           {with("Connection: close"), false},
		"more behind":      {plainHandshake + "\x81\x80\r\n\r\n", false},
		"a second request": {plainHandshake + plainHandshake, false},
		"a line":           {"GET / HTTP/1.1\r\n", false},
		"nothing":          {"", false},
	} {
		if _, ok := accept.Parse(t.Context(), test.head); ok != test.want {
			t.Errorf("%s: taken is %v", name, ok)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := accept.Parse(b.Context(), plainHandshake); !ok {
			b.Fatal("not taken")
		}
	}
}
