package accept

import (
	"context"
	"net/http"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/fastpath/requesthead"
)

// handshakes are the heads that are read here; those with more fields are net/http's.
var handshakes = requesthead.Bounds{Methods: []string{http.MethodGet}, Fields: 64, Upgrade: true}

// parse reads a handshake that came in one piece; ok is false for everything else,
// which may be a valid request for net/http. ctx is the request's context.
func parse(ctx context.Context, head string) (r *http.Request, ok bool) {
	r = new(http.Request).WithContext(ctx) // one allocation: the request that is copied stays on the stack
	reader := requesthead.Reader{Bounds: handshakes}
	ok = reader.Read(r, head) == requesthead.Plain && strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
	return r, ok
}
