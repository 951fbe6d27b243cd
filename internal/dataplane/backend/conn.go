package backend

import (
	"errors"
	"io"
	"net"
	"syscall"
	"time"
)

// errStale is a kept connection that the backend had closed before a byte of the
// request left: the only failure after which a call is made again.
var errStale = errors.New("the backend closed the kept connection")

// conn is a connection to a backend. One call at a time uses it.
type conn struct {
	nc       net.Conn
	socket   syscall.RawConn // under nc; nil where there is none
	direct   bool            // nothing stands between nc and the socket
	served   bool            // a call, at least
	used     time.Time       // when the last call began
	deadline time.Time       // that nc has now

	turn turn // of a direct connection
}

// newConn takes over nc, under which the kernel's socket is.
func newConn(nc, socket net.Conn) *conn {
	c := &conn{nc: nc, direct: nc == socket}
	if s, ok := socket.(syscall.Conn); ok {
		c.socket, _ = s.SyscallConn() // without it the connection is not looked at, nor direct
	}
	c.direct = c.direct && c.socket != nil && c.prepare()
	return c
}

// serve makes one call and says whether the connection can serve another.
func (c *conn) serve(call *Call, now time.Time, timeout time.Duration, most int) (reusable bool, err error) {
	kept := c.served
	c.served, c.used = true, now
	if err := c.bound(now.Add(timeout), timeout); err != nil {
		return false, err
	}
	if cap(call.in) == 0 {
		call.in = make([]byte, 0, firstRead)
	}
	sent, n, err := c.begin(call.out, call.in[:cap(call.in)])
	call.in = call.in[:n]
	switch {
	case err == nil:
		return call.read(c.nc, call.method, most)
	case kept && sent == 0:
		return false, errStale
	case err == io.EOF:
		return false, errClosed
	}
	return false, err
}

// bound sets the deadline. One that is late by little is left as it is, so that a
// busy connection need not set it anew for every call.
func (c *conn) bound(deadline time.Time, timeout time.Duration) error {
	slack := timeout / 256
	if late := c.deadline.Sub(deadline); late >= 0 && late <= slack {
		return nil
	}
	c.deadline = deadline.Add(slack)
	return c.nc.SetDeadline(c.deadline)
}

// begin writes the request and reads what comes first of the answer. sent is how
// many bytes may have left.
func (c *conn) begin(out, in []byte) (sent, n int, err error) {
	if c.direct {
		return c.take(out, in)
	}
	if sent, err = c.nc.Write(out); err != nil {
		return max(sent, 1), 0, err // TLS: some of a record may have left
	}
	n, err = c.nc.Read(in)
	if n > 0 {
		err = nil // it comes again
	}
	return sent, n, err
}
