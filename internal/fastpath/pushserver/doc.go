// Package pushserver serves the calls that backends make over and over on a kept
// connection, those to @connections, for a fraction of what net/http's server
// spends on each.
//
// A lane begins and ends at net/http. The first such call of a connection comes in
// through it like any request; the lane takes the connection over and reads the
// next calls itself, as long as each is what AWS's clients send: HTTP/1.1, a path
// with /@connections/, a Content-Length, nothing about the connection or the
// transfer (fastpath/requesthead says what is plain). It reads nothing more than that.
// Whatever else comes (another path, a chunked body, Expect, something malformed)
// goes back to net/http byte for byte, together with the connection
// (fastpath/replay), and net/http alone judges it.
//
// The same handler answers on both ways, so a call does not show which it took.
package pushserver
