package backend

import (
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"
)

// errStale is a kept connection that the backend had closed, or that cannot be relied on,
// before it got a byte of the request: the only failure after which a call is sent again.
// errStale and errUnsolicited are why a kept connection is not used: it was closed, or bytes
// arrived on it that answer no request.
var (
	errStale       = errors.New("the backend closed the kept connection")
	errUnsolicited = fmt.Errorf("the backend sent bytes that are no answer to a request: %w", errStale)
)

// conn is a connection to a backend. One call at a time uses it.
type conn struct {
	nc       net.Conn
	socket   syscall.RawConn // under nc; nil where there is none
	direct   bool            // nothing stands between nc and the socket
	served   int             // calls
	used     time.Time       // when the last call began
	deadline time.Time       // that nc has now
	written  int64           // bytes by the calls before this one
	counted  *countingConn   // under TLS

	directCall directCall // of a direct connection
}

// newConn makes the connection over nc, and finds the kernel's socket under it.
func newConn(nc, socket net.Conn) *conn {
	c := &conn{nc: nc, direct: nc == socket}
	if s, ok := socket.(syscall.Conn); ok {
		c.socket, _ = s.SyscallConn() // without it the connection serves one call
	}
	c.direct = c.direct && c.socket != nil && c.prepare()
	return c
}

// serve makes one call and says whether the connection can serve another.
func (c *conn) serve(call *Call, now, deadline time.Time, timeout time.Duration, most int) (reusable bool, err error) {
	kept := c.served > 0
	c.served, c.used = c.served+1, now
	before := c.sent()
	if kept && !c.direct {
		if err := c.sendsNothing(); err != nil {
			return false, err
		}
	}
	if err := c.bound(deadline, timeout); err != nil {
		return false, err
	}
	if cap(call.in) == 0 {
		call.in = make([]byte, 0, firstRead)
	}
	sent, n, err := c.begin(call.out, call.in[:cap(call.in)], kept)
	call.in = call.in[:n]
	c.written += int64(sent)
	switch {
	case err == nil:
		reusable, err = call.read(c.nc, call.method, most)
		return reusable && c.socket != nil, err
	case errors.Is(err, errStale):
		return false, err
	case kept && sent == 0:
		return false, errStale
	case kept && c.unacknowledged(before, err):
		return false, errStale
	case err == io.EOF:
		return false, errClosed
	}
	return false, err
}

// sent is how many bytes the socket has been given.
func (c *conn) sent() int64 {
	if c.counted != nil {
		return c.counted.written
	}
	return c.written
}

// bound sets the deadline. A deadline that is only little too late is kept, so that a
// busy connection need not set it for every call.
func (c *conn) bound(deadline time.Time, timeout time.Duration) error {
	slack := timeout / 256
	if late := c.deadline.Sub(deadline); late >= 0 && late <= slack {
		return nil
	}
	c.deadline = deadline.Add(slack)
	return c.nc.SetDeadline(c.deadline)
}

// begin writes the request and reads the first bytes of the response. sent is how many
// bytes may have left this machine. A kept connection is checked for closing and for
// unexpected bytes first.
func (c *conn) begin(out, in []byte, kept bool) (sent, n int, err error) {
	if c.direct {
		return c.exchangeDirect(out, in, kept)
	}
	if sent, err = c.nc.Write(out); err != nil {
		return max(sent, 1), 0, err // TLS: some of a record may have left
	}
	n, err = c.nc.Read(in)
	if n > 0 {
		err = nil // the next read returns it again
	}
	return sent, n, err
}

// sendsNothing checks, without waiting, that nothing has arrived since the last response
// on a connection that is not direct: neither in TLS's buffer, where bytes may have come
// along with the response, nor in the socket.
func (c *conn) sendsNothing() error {
	c.deadline = pastDeadline
	if err := c.nc.SetDeadline(c.deadline); err != nil {
		return errStale
	}
	var b [1]byte
	n, err := c.nc.Read(b[:])
	var late net.Error
	switch {
	case n > 0:
		return errUnsolicited
	case !errors.As(err, &late) || !late.Timeout():
		return errStale
	case c.counted != nil && !c.counted.atRecordEnd():
		return errUnsolicited
	}
	return c.checkIdle()
}

// pastDeadline is a deadline in the past: a read returns only what has arrived already.
var pastDeadline = time.Unix(1, 0)
