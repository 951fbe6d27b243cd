// Package accept takes the connections of a TCP listener before net/http's server: it
// reads and serves plain WebSocket handshakes itself and passes everything else on to
// net/http, byte for byte (internal/fastpath/README.md).
//
//	client --TCP--> Listener --plain handshake--> proxies, wire.Router, gateway: 101, socket.Pool
//	                   |
//	                   +--anything else--> Accept --> net/http
//
// net/http's server takes more for a handshake than all the rest of a connect (see
// docs/performance.md): two buffers of 4 KB, a goroutine whose stack grows, another one
// that waits for the client to leave, a registration with Go's poller; and then the
// connection is hijacked from it. A client sends first, so the kernel is asked to report
// a connection when its request is there (TCP_DEFER_ACCEPT): one read has a whole
// handshake, or the connection is passed on. Everything that is not plain (a head in
// pieces, a body, all that fastpath/requesthead does not read) is passed on too, so that
// net/http alone interprets it.
//
// The request's context ends with its client as net/http's does; the connection is
// watched for that from the moment in which a handler waits for it.
//
// On systems other than Linux, and above TLS, everything goes to net/http.
package accept
