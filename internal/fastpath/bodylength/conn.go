package bodylength

import (
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Bounds of a connection.
const (
	// maxHead is above net/http's limit for a head: it refuses longer ones itself.
	maxHead   = 128 << 10
	readSize  = 4 << 10
	lingering = 500 * time.Millisecond // for a client that was refused to hang up
	maxLinger = 256 << 10              // bytes that are read meanwhile
)

// noRequest is a text that no version of HTTP accepts as a request: net/http responds to
// it with 400 and closes.
const noRequest = "two lengths\r\n\r\n"

// Conn is a connection from which net/http's server reads each head only when it is
// complete and was checked. It is for one reader at a time.
type Conn struct {
	net.Conn
	head  []byte // received part of the next head
	ready []byte // bytes that net/http may read: a head, and the part of its body that was read with it
	rest  int64  // bytes of the body after ready
	// unchecked says that bytes after ready are not checked.
	unchecked bool

	refused atomic.Bool
	once    sync.Once
	closed  error // what Close answered
}

// Read implements [net.Conn].
func (c *Conn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(c.ready) == 0 {
		switch {
		case c.rest > 0:
			n, err := c.Conn.Read(p[:min(int64(len(p)), c.rest)])
			c.rest -= int64(n)
			return n, err
		case c.unchecked:
			return c.Conn.Read(p)
		case c.refused.Load():
			return 0, io.EOF
		}
		if err := c.readHead(); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.ready)
	if c.ready = c.ready[n:]; len(c.ready) == 0 {
		c.ready = nil
	}
	return n, nil
}

// readHead reads more of the next head, and decides about it when it is whole.
func (c *Conn) readHead() error {
	if end := size(c.head); end > 0 { // it was read together with the request before
		c.decide(end)
		return nil
	}
	buf := make([]byte, readSize)
	n, err := c.Conn.Read(buf)
	c.head = append(c.head, buf[:n]...)
	end := size(c.head)
	switch {
	case end > 0:
		c.decide(end) // the error is returned by the next read
		return nil
	case len(c.head) >= maxHead, errors.Is(err, io.EOF) && len(c.head) > 0:
		c.ready, c.head, c.unchecked = c.head, nil, true // not a request that can be served
		return nil
	}
	return err // the bytes read stay for the next call: net/http interrupts reads by deadlines
}

// decide passes the head of that length and its body on to net/http, or refuses it.
func (c *Conn) decide(end int) {
	n, how := body(c.head[:end])
	switch how {
	case ambiguous:
		c.ready, c.head = []byte(noRequest), nil
		c.refused.Store(true)
	case uncounted:
		c.ready, c.head, c.unchecked = c.head, nil, true
	case counted:
		with := end + int(min(n, int64(len(c.head)-end)))
		c.ready, c.rest = c.head[:with:with], n-int64(with-end)
		if c.head = c.head[with:]; len(c.head) == 0 {
			c.head = nil
		}
	}
}

// Unread returns the underlying connection for a handler that hijacks it, and the bytes
// read from it that net/http has not read, which the handler must read first.
func (c *Conn) Unread() (under net.Conn, unread []byte) {
	return c.Conn, append(c.ready[:len(c.ready):len(c.ready)], c.head...)
}

// CloseWrite ends the sending direction, where the connection can.
func (c *Conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

// Close implements [net.Conn]. After a refusal what the client still sends is read for a
// moment: closing with input unread would reset the connection, and the client might
// never read its answer.
func (c *Conn) Close() error {
	c.once.Do(func() {
		if c.refused.Load() && c.CloseWrite() == nil && c.SetReadDeadline(time.Now().Add(lingering)) == nil {
			_, _ = io.CopyN(io.Discard, c.Conn, maxLinger)
		}
		c.closed = c.Conn.Close()
	})
	return c.closed
}
