// Package proxyheader reads and removes the header of the PROXY protocol, version 1 or 2,
// on connections that trusted proxies open, and gives them the address of the client that
// it names. The protocol: https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt.
//
// Such a connection must begin with the header, and connections from other addresses
// are not read for one: detecting it would let a client choose its own address (section
// 5 there).
package proxyheader
