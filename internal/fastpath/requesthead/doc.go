// Package requesthead reads plain HTTP/1.1 request heads, for the packages that see a
// connection before net/http's server does (internal/fastpath/README.md).
//
//	bytes -> Size -> one head -> Reader.Read -> *http.Request, as net/http has it
//	          |                       |
//	          +- Unfinished           +- NotPlain: the caller passes the bytes to net/http
//
// It does not define HTTP a second time. It reads what clients usually send, and the
// request is the one that net/http would have made of it, field by field (FuzzRead).
// Whatever is ambiguous or rare is NotPlain, which does not mean invalid: net/http gets the
// same bytes and decides alone. So no two parsers of this program read a request
// differently, which request smuggling needs.
//
// Plain is: lines that end in CR LF; a target that begins with a slash; names of
// letters, digits and hyphens; at most one space before a value and none after it;
// printable ASCII; one Host, a name or an address; at most one Content-Length in
// plain decimal; nothing that changes the transfer, the connection or the protocol
// (but for an Upgrade, where it is wanted).
package requesthead
