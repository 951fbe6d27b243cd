package accept

import (
	"net/http"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/fastpath/requesthead"
)

// handshakes are the heads that are read here; those with more fields are net/http's.
var handshakes = requesthead.Bounds{Methods: []string{http.MethodGet}, Fields: 64, Upgrade: true}

// parse reads a handshake that came in one piece; ok is false for everything else,
// which may be a valid request for net/http.
func parse(head string) (r *http.Request, ok bool) {
	r = new(http.Request)
	reader := requesthead.Reader{Bounds: handshakes}
	ok = reader.Read(r, head) == requesthead.Plain && strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
	return r, ok
}
