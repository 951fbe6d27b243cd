// Package proxyheader takes the header of the PROXY protocol, version 1 or 2, off
// connections that trusted proxies open, and gives them the address of the client that it
// names. The protocol: https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt.
//
// Such a connection must begin with the header, and one from anywhere else has none: to
// guess would let a client name an address for itself (section 5 there).
package proxyheader
