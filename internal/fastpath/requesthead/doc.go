// Package requesthead reads plain HTTP/1.1 request heads: for those few who see a
// connection before net/http's server does, and are faster because of it.
//
//	bytes -> Size -> one head -> Reader.Read -> *http.Request, as net/http has it
//	          |                       |
//	          +- Unfinished           +- NotPlain: net/http's affair, whatever it is
//
// It is no second opinion of what HTTP is. It takes what every client of today
// sends, and what it takes net/http would have taken for the same request, field by
// field (FuzzRead). Whatever may be read in two ways, or seldom is seen, is
// NotPlain, which is not to say that it is wrong: net/http gets the same bytes and
// judges them alone. So a request is never understood in two ways by two readers of
// this program, which is what request smuggling lives on.
//
// Plain is: lines that end in CR LF; a target that begins with a slash; names of
// letters, digits and hyphens; at most one blank before a value and none behind it;
// printable ASCII; one Host, a name or an address; at most one Content-Length in
// plain decimal; nothing that changes the transfer, the connection or the protocol
// (but for an Upgrade, where it is wanted).
package requesthead
