// Package requesthead reads plain HTTP/1.1 request heads, for the packages that see a
// connection before net/http's server does (internal/fastpath/README.md).
//
//	bytes -> Size -> one head -> Reader.Read -> *http.Request, as net/http has it
//	          |                       |
//	          +- Unfinished           +- NotPlain: the caller passes the bytes to net/http
//
// It is no second definition of what HTTP is. It reads what today's clients send, and the
// request is the one that net/http would have made of it, field by field (FuzzRead).
// Whatever may be read in two ways, or is seldom seen, is NotPlain, which does not say that
// it is wrong: net/http gets the same bytes and decides alone. So no request is understood
// in two ways by two parsers of this program, which is what request smuggling needs.
//
// Plain is: lines that end in CR LF; a target that begins with a slash; names of
// letters, digits and hyphens; at most one blank before a value and none behind it;
// printable ASCII; one Host, a name or an address; at most one Content-Length in
// plain decimal; nothing that changes the transfer, the connection or the protocol
// (but for an Upgrade, where it is wanted).
package requesthead
