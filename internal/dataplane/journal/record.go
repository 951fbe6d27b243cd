package journal

import (
	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
)

// Record is what the $disconnect of a connection needs.
type Record struct {
	ConnectionID string
	APIID        string
	Stage        string
	DomainName   string // Host of the handshake without port
	ConnectedAt  int64  // milliseconds since 1970

	// Identity is $context.identity, with source address and user agent.
	Identity event.Identity
	// Authorizer is what the authorizer added at $connect.
	Authorizer []event.Pair
	// Caller signed the handshake; nil where nobody did.
	Caller *pasarela.Principal
}
