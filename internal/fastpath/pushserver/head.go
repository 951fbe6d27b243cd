package pushserver

import (
	"net/http"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/fastpath/requesthead"
)

// Bounds of a call that is served here; a larger one goes back to net/http. Sizes are bytes.
const (
	maxHead   = 8 << 10
	maxFields = 48
	maxBody   = pasarela.MaxMessageBytes // the longest post to a connection
	// maxLargeBodies bounds all bodies together that do not fit firstBuffer: a caller that knows
	// an access key's id could send such bodies slowly on many connections.
	maxLargeBodies = 32 << 20
)

// callBounds are the heads that are read here.
var callBounds = requesthead.Bounds{Methods: []string{http.MethodPost, http.MethodGet, http.MethodDelete}, Fields: maxFields, Body: maxBody}

// readHead reads the head of the next call, of so many bytes, into r.
func (c *conn) readHead(r *http.Request) (size int, status requesthead.Status) {
	data := c.buffered()
	if size, status = requesthead.Size(data, maxHead); status != requesthead.Plain {
		return 0, status
	}
	if status = c.heads.Read(r, string(data[:size])); status == requesthead.Plain && !isConnectionsPath(r.URL.Path) {
		status = requesthead.NotPlain
	}
	return size, status
}

// isConnectionsPath looks at the decoded path: hand-made clients send %40connections. Calls for
// many connections, whose path ends with @connections, are left to net/http.
func isConnectionsPath(path string) bool { return strings.Contains(path, "/@connections/") }
