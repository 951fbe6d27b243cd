// Package accept stands before net/http's server on a TCP listener: it reads and
// answers WebSocket handshakes itself and passes everything else on, as if nobody
// had touched it.
//
//	client --TCP--> Listener --handshake it knows--> handler, 101, socket.Pool
//	                   |
//	                   +--anything else--> Accept --> net/http
//
// net/http's server takes more for a handshake than all the rest of a connect (see
// docs/performance.md): two buffers of 4 KB, a goroutine whose stack grows, another
// one that waits for the client to leave, a registration with Go's poller; and then
// the connection is taken from it again. A client
// speaks first, so the kernel is asked to tell of a connection when its request is
// there (TCP_DEFER_ACCEPT): one read, and what it holds is a whole handshake or
// net/http's affair. Whatever is not plain (a head in pieces, a body, all that
// fastpath/requesthead does not take) is net/http's too, which keeps one opinion of
// what HTTP is.
//
// On systems other than Linux, and above TLS, everything goes to net/http.
package accept
