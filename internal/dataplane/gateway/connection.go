package gateway

import (
	"sync/atomic"
	"unique"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
)

// connection is what a node keeps of a client between its events. There may be very many:
// strings that many clients have in common are interned, and what few connections have is
// behind a pointer.
type connection struct {
	id            string
	stage         *stageConns
	domainName    unique.Handle[string]
	firstIdentity identity   // at $connect
	connectedAt   int64      // milliseconds since 1970
	granted       *granted   // nil if the route has no authorizer, signature or key
	resume        *resumable // nil where the connection ends with its socket

	socket    atomic.Pointer[socket.Conn] // nil until the 101
	heldPosts atomic.Pointer[heldPosts]   // nil once posts go straight to the socket
}

// granted is what the checks at $connect established about the client.
type granted struct {
	authorizer []event.Pair
	identity   event.Identity
	caller     *pasarela.Principal
}

// opened is the socket of a connection whose 101 was sent, and nil before.
func (c *connection) opened() *socket.Conn {
	c.waitOpening()
	return c.socket.Load()
}

// waitOpening waits between the sending of the 101 and the adoption of the socket, since the
// client is connected already; at most switchTimeout.
func (c *connection) waitOpening() {
	if p := c.heldPosts.Load(); p != nil && p.opening.Load() {
		<-p.ready
	}
}

// isOpening says whether the client may have its 101, while its socket is not adopted yet.
func (c *connection) isOpening() bool {
	p := c.heldPosts.Load()
	return p != nil && p.opening.Load()
}

// fill copies the connection into an event.
func (c *connection) fill(e *event.Event) {
	e.APIID, e.Stage = c.stage.stage.APIID, c.stage.stage.Name
	e.ConnectionID, e.ConnectedAt = c.id, c.connectedAt
	e.DomainName = c.domainName.Value()
	if c.granted != nil {
		e.Authorizer, e.Identity = c.granted.authorizer, c.granted.identity
	}
	from := c.identity()
	e.Identity.SourceIP, e.Identity.UserAgent = from.sourceIP.Value(), from.userAgent.Value()
}

// identity is the address and user agent of the newest socket.
func (c *connection) identity() identity {
	if c.resume != nil {
		if from := c.resume.newestIdentity.Load(); from != nil {
			return *from
		}
	}
	return c.firstIdentity
}
