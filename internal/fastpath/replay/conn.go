// Package replay gives connections to net/http's server of which something has been read
// already: the server reads those bytes again before the rest
// (internal/fastpath/README.md).
//
//	accept, pushserver -- Wrap(nc, unread) --> Listener.Deliver --> Accept -- net/http
package replay

import (
	"errors"
	"net"
	"sync"
)

// Conn is a connection of which something has been read already: that is read again
// first. Like the connection itself it is for one reader at a time.
type Conn struct {
	net.Conn
	unread []byte
}

// Wrap makes a connection of which unread is read again before the rest. It keeps
// unread. A connection that Wrap made before is not wrapped twice.
func Wrap(nc net.Conn, unread []byte) net.Conn {
	under, before := Unwrap(nc)
	if len(before) > 0 {
		unread = append(unread[:len(unread):len(unread)], before...)
	}
	if len(unread) == 0 {
		return under
	}
	return &Conn{under, unread}
}

// Unwrap returns the connection under one that Wrap or fastpath/bodylength made, and the
// bytes to read before it; any other connection is returned without bytes. The caller
// reads unread first, then under, and must not use nc any more.
func Unwrap(nc net.Conn) (under net.Conn, unread []byte) {
	under = nc
	for {
		c, ok := under.(interface{ Unread() (net.Conn, []byte) })
		if !ok {
			return under, unread
		}
		next, before := c.Unread()
		under, unread = next, append(unread[:len(unread):len(unread)], before...)
	}
}

// Unread is the connection under c, and what is to be read before it.
func (c *Conn) Unread() (under net.Conn, unread []byte) { return c.Conn, c.unread }

// Read implements [net.Conn]: first what was read before, then the connection.
func (c *Conn) Read(p []byte) (int, error) {
	if len(c.unread) == 0 {
		return c.Conn.Read(p)
	}
	n := copy(p, c.unread)
	if c.unread = c.unread[n:]; len(c.unread) == 0 {
		c.unread = nil
	}
	return n, nil
}

// NetConn is the underlying connection once unread has been read, and c until
// then.
func (c *Conn) NetConn() net.Conn {
	if len(c.unread) > 0 {
		return c
	}
	return c.Conn
}

// CloseWrite ends the sending direction, where the connection can: net/http's server
// does so before it closes, since closing with unread input would reset the connection
// and lose its last response. Else it is [errors.ErrUnsupported].
func (c *Conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

// Listener is where net/http's server takes connections from. It implements
// [net.Listener].
type Listener struct {
	address net.Addr
	conns   chan net.Conn
	done    chan struct{}
	once    sync.Once
}

// New makes a listener whose Addr is this address.
func New(address net.Addr) *Listener {
	return &Listener{address: address, conns: make(chan net.Conn), done: make(chan struct{})}
}

// Deliver waits until Accept takes the connection. After Close it closes the
// connection instead.
func (l *Listener) Deliver(nc net.Conn) {
	select {
	case l.conns <- nc:
	case <-l.done:
		_ = nc.Close() // the server has ended: nothing could act on the error
	}
}

// Accept waits for a connection that is delivered, or for Close: then its error is
// [net.ErrClosed].
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case nc := <-l.conns:
		return nc, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Close ends Deliver and Accept; it may be called more than once.
func (l *Listener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

// Done is closed by Close.
func (l *Listener) Done() <-chan struct{} { return l.done }

// Addr is the address that New was given.
func (l *Listener) Addr() net.Addr { return l.address }
