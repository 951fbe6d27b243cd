package requesthead_test

import (
	"testing"

	"github.com/pasarela-ws/pasarela/internal/fastpath/requesthead"
)

func TestAmbiguous(t *testing.T) {
	const line = "POST / HTTP/1.1\r\nHost: h\r\n"
	for text, want := range map[string]bool{
		line + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n":  true,
		line + "transfer-encoding:chunked\r\ncontent-length:0\r\n\r\n":    true,
		line + "Transfer-Encoding : x\r\nContent-Length\t: 1\r\n\r\n":     true,
		line + "Content-Length: 1\nTransfer-Encoding: chunked\n\n":        true,
		line + "Content-Length: 1\r\nContent-Length: 1\r\n":               true,
		line + "Transfer-Encoding: a\r\nTransfer-Encoding: b\r\n\r\n":     true,
		line + "Transfer-Encoding: chunked\r\n\r\nContent-Length: 1":      false,
		line + "Content-Length: 40\r\n\r\nTransfer-Encoding: chunked\r\n": false,
		line + "X-Content-Length: 1\r\nTransfer-Encoding: chunked\r\n":    false,
		"Transfer-Encoding: x\r\nContent-Length: 1\r\n\r\n":               false, // a first line, whatever it is
		"": false,
	} {
		if got := requesthead.Ambiguous([]byte(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
