//go:build unix

package integration

import (
	"errors"
	"net"
	"sync/atomic"
	"syscall"
	"time"
)

// errStale is a kept connection that the backend had closed before anything was
// written to it: the only failure after which a call is made again.
var errStale = errors.New("the backend closed the kept connection")

// conn is a connection to a backend that looks, before it is used again after a
// rest, whether the backend has closed it meanwhile. Without that look a POST
// would have to be repeated blindly, or fail.
type conn struct {
	net.Conn
	lookAfter time.Duration
	used      atomic.Int64 // when something was read or written, in nanoseconds since began
}

var began = time.Now()

func newConn(c net.Conn, lookAfter time.Duration) net.Conn {
	wrapped := &conn{Conn: c, lookAfter: lookAfter}
	wrapped.used.Store(int64(time.Since(began)))
	return wrapped
}

func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.used.Store(int64(time.Since(began)))
	return n, err
}

func (c *conn) Write(b []byte) (int, error) {
	now := time.Since(began)
	if now-time.Duration(c.used.Load()) > c.lookAfter && c.closed() {
		return 0, errStale
	}
	c.used.Store(int64(now))
	return c.Conn.Write(b)
}

// closed peeks without waiting: only a connection on which nothing has arrived
// can be used again.
func (c *conn) closed() bool {
	raw, ok := c.Conn.(syscall.Conn)
	if !ok {
		return false
	}
	control, err := raw.SyscallConn()
	if err != nil {
		return true
	}
	quiet := false
	err = control.Control(func(fd uintptr) { // Read would mind a deadline that has passed
		var b [1]byte
		_, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		quiet = errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EWOULDBLOCK)
	})
	return err != nil || !quiet
}
