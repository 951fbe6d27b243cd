package journal

import (
	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
)

// Record is what the $disconnect of a connection needs, or its resume.
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
	// Caller signed the handshake; nil where the handshake is unsigned.
	Caller *pasarela.Principal

	// Session is the hash of the secret by which the client's next socket finds the
	// connection, and Protocol the sub-protocol of its sockets. A connection that ends
	// with its socket has no session.
	Session  string
	Protocol string
	// Messages are those that its client has not confirmed, by their numbers, where they
	// are to outlive the node; Sequence is the newest number given.
	Messages []Message
	Sequence uint64
	// Move names the last move of the connection from one node to another; later ones have
	// higher numbers. 0: it never moved. Of one that did, Confirmed is the number up to
	// which the client has its messages: an older journal may know messages that were
	// confirmed since.
	Move      uint64
	Confirmed uint64
	// Held says that the last move is complete: the run that wrote the record holds the
	// connection, whatever an earlier record says. Else the node that it comes from may.
	Held bool
	// EndCode says that the connection, which has a session, has ended: it waits for no client,
	// and its $disconnect has this code and EndReason. That is so for good, whatever records of
	// it there are besides. 0: it has not ended.
	EndCode   uint16
	EndReason string
	// Tags are those of the connection.
	Tags []string
	// Keys are the hashes of the keys of pushes that the connection was given, at most
	// [MaxKeys], the oldest first, where its messages are to outlive the node.
	Keys []string
}

// MaxKeys is how many keys of pushes are kept of a connection.
const MaxKeys = 64

// Message is a message for the client of a connection.
type Message struct {
	Sequence uint64
	Expires  int64 // milliseconds since 1970; 0: never
	Body     []byte
	Key      string // hash of the key of its push; not given back with the message
}
