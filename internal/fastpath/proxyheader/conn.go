package proxyheader

import (
	"bytes"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"
)

// timeout bounds the wait for a header.
const timeout = 10 * time.Second

// Conn is a connection whose RemoteAddr is that of the client behind the proxy. RemoteAddr
// waits for the header, as Read does. Like the connection itself it is for one reader at a
// time.
type Conn struct {
	net.Conn
	log    *slog.Logger
	once   sync.Once
	err    error    // of a header that could not be read
	client net.Addr // nil: the header names none
	ahead  []byte   // bytes that were read after the header
}

// Wrap makes a Conn of a proxy's connection, whose header is still to be read.
func Wrap(nc net.Conn, log *slog.Logger) *Conn { return &Conn{Conn: nc, log: log} }

// Known makes a Conn of a connection whose header has been read, and with it ahead. If
// client is not valid, RemoteAddr is the proxy's address.
func Known(nc net.Conn, client netip.AddrPort, ahead []byte) *Conn {
	c := &Conn{Conn: nc, ahead: ahead}
	c.once.Do(func() { c.setClient(client) })
	return c
}

func (c *Conn) setClient(client netip.AddrPort) {
	if client.IsValid() {
		c.client = net.TCPAddrFromAddrPort(client)
	}
}

// Read implements [net.Conn].
func (c *Conn) Read(p []byte) (int, error) {
	if c.once.Do(c.readHeader); c.err != nil {
		return 0, c.err
	}
	if len(c.ahead) == 0 {
		return c.Conn.Read(p)
	}
	n := copy(p, c.ahead)
	if c.ahead = c.ahead[n:]; len(c.ahead) == 0 {
		c.ahead = nil
	}
	return n, nil
}

// RemoteAddr implements [net.Conn].
func (c *Conn) RemoteAddr() net.Addr {
	if c.once.Do(c.readHeader); c.client != nil {
		return c.client
	}
	return c.Conn.RemoteAddr()
}

func (c *Conn) readHeader() {
	_ = c.SetReadDeadline(time.Now().Add(timeout)) // when this fails, reading does
	var data []byte
	if data, c.err = c.readPart(); c.err != nil {
		return
	}
	_ = c.SetReadDeadline(time.Time{})
	client, size, err := Parse(data)
	if err != nil {
		c.err = err
		c.log.Warn("a trusted proxy's connection does not begin with the PROXY protocol's header", "from", c.Conn.RemoteAddr().String(), "error", err)
		return
	}
	c.setClient(client)
	c.ahead = data[size:]
}

// readPart reads until the bytes are a complete header or cannot become one. It returns an
// error also for a connection that is closed without any bytes, as health checks do.
func (c *Conn) readPart() (data []byte, err error) {
	buf := make([]byte, maxHeader)
	for n := 0; ; {
		read, err := c.Conn.Read(buf[n:])
		n += read
		switch {
		case n == 0 && err != nil:
			return nil, err
		case err != nil || n == len(buf) || n > 0 && !isPart(buf[:n]):
			return bytes.Clone(buf[:n]), nil
		}
	}
}

// NetConn is the underlying connection once the bytes read ahead have been read, and c
// until then.
func (c *Conn) NetConn() net.Conn {
	if c.once.Do(c.readHeader); c.err != nil || len(c.ahead) > 0 {
		return c
	}
	return c.Conn
}

// CloseWrite ends the sending direction, where the connection can.
func (c *Conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

// Listener reads and removes the headers of connections from trusted proxies.
func Listener(under net.Listener, trusted func(netip.Addr) bool, log *slog.Logger) net.Listener {
	return listener{under, trusted, log}
}

type listener struct {
	net.Listener
	trusted func(netip.Addr) bool
	log     *slog.Logger
}

// Accept implements [net.Listener].
func (l listener) Accept() (net.Conn, error) {
	nc, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if peer, ok := nc.RemoteAddr().(*net.TCPAddr); ok && l.trusted(peer.AddrPort().Addr()) {
		return Wrap(nc, l.log), nil
	}
	return nc, nil
}
