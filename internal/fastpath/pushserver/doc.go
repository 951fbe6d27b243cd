// Package pushserver serves repeated calls of backends to @connections on a kept
// connection, at a fraction of the cost of net/http's server
// (internal/fastpath/README.md).
//
// The first such call of a connection comes in through net/http like any request. The
// Server hijacks the connection and reads the next calls itself, as long as each is what
// AWS's clients send: HTTP/1.1, a path with /@connections/, a Content-Length, no header
// about the connection or the transfer encoding (fastpath/requesthead says what is
// plain). Anything else (another path, a chunked body, Expect, something malformed) is
// not parsed here: the connection goes back to net/http with the bytes that were read
// (fastpath/replay), and net/http alone decides what they are.
//
// The same handler serves both, so responses are the same.
package pushserver
