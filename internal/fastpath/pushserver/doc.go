// Package pushserver serves the calls that backends make over and over on a kept
// connection, those to @connections, for a fraction of what net/http's server spends on
// each (internal/fastpath/README.md).
//
// The first such call of a connection comes in through net/http like any request. The
// Server hijacks the connection and reads the next calls itself, as long as each is what
// AWS's clients send: HTTP/1.1, a path with /@connections/, a Content-Length, nothing
// about the connection or the transfer (fastpath/requesthead says what is plain).
// Anything else (another path, a chunked body, Expect, something malformed) is not parsed
// here: the connection goes back to net/http with the bytes that were read
// (fastpath/replay), and net/http alone decides what they are.
//
// The same handler responds on both ways, so a response does not show which it took.
package pushserver
