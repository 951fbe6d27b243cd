package gateway

import (
	"sync/atomic"
	"unique"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
)

// connection is what is remembered of a client between its events. There may be
// very many: strings that clients share are kept once, and what few have lies
// behind a pointer.
type connection struct {
	id          string
	stage       *stageConns
	domainName  unique.Handle[string]
	from        client     // at $connect
	connectedAt int64      // milliseconds since 1970
	granted     *granted   // nil when no authorizer, signature or key was asked for
	resume      *resumable // nil where the connection ends with its socket

	socket  atomic.Pointer[socket.Conn] // nil until the 101
	pending atomic.Pointer[pending]     // nil once posts go straight to the socket
}

// granted is what the checks at $connect found out about the client.
type granted struct {
	authorizer []event.Pair
	identity   event.Identity
	caller     *pasarela.Principal
}

// opened is the socket of a connection whose 101 is out, and nil before that. It
// waits for the moment between the two, in which the client is connected already.
func (c *connection) opened() *socket.Conn {
	if p := c.pending.Load(); p != nil && p.opening.Load() {
		<-p.ready // at most switchTimeout
	}
	return c.socket.Load()
}

// fill writes what is remembered into an event.
func (c *connection) fill(e *event.Event) {
	e.APIID, e.Stage = c.stage.stage.APIID, c.stage.stage.Name
	e.ConnectionID, e.ConnectedAt = c.id, c.connectedAt
	e.DomainName = c.domainName.Value()
	if c.granted != nil {
		e.Authorizer, e.Identity = c.granted.authorizer, c.granted.identity
	}
	from := c.client()
	e.Identity.SourceIP, e.Identity.UserAgent = from.sourceIP.Value(), from.userAgent.Value()
}

// client is where the client came from last.
func (c *connection) client() client {
	if c.resume != nil {
		if from := c.resume.from.Load(); from != nil {
			return *from
		}
	}
	return c.from
}
