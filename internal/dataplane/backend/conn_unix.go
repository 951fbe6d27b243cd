//go:build unix

package backend

import (
	"io"
	"syscall"
	"unsafe"
)

// directCall is the beginning of a call on a direct connection. The request is written
// after Go's poller has reset its state for the socket, so that the next readiness event
// means that the response has arrived, and no read is tried in vain before.
type directCall struct {
	out, in []byte
	sent, n int
	kept    bool // the connection has served a call: it is looked at first
	err     error
	step    func(fd uintptr) (done bool) // made once a connection
}

// prepare makes what all calls on the connection share.
func (c *conn) prepare() bool {
	c.directCall.step = c.directCall.ready
	return true
}

// exchangeDirect writes the request and reads the first response bytes with system calls
// (see [conn.begin]).
func (c *conn) exchangeDirect(out, in []byte, kept bool) (sent, n int, err error) {
	t := &c.directCall
	t.out, t.in, t.sent, t.n, t.kept, t.err = out, in, 0, 0, kept, nil
	err = c.socket.Read(t.step)
	sent, n = t.sent, t.n
	if err == nil {
		err = t.err
	}
	t.out, t.in, t.err = nil, nil, nil
	if err == nil && n == 0 { // more than the socket takes at once
		var more int
		more, err = c.nc.Write(out[sent:])
		if sent += more; err == nil {
			n, err = c.nc.Read(in)
		}
		if n > 0 {
			err = nil // the next read returns it again
		}
	}
	return sent, n, err
}

// ready is called by Go's poller: once before it waits, then at each readiness event.
func (t *directCall) ready(fd uintptr) (done bool) {
	var err error
	if t.sent == 0 {
		if t.kept {
			if t.err = peek(fd); t.err != nil {
				return true
			}
		}
		if t.sent, err = ignoringEINTR(syscall.Write, fd, t.out); err != nil && !waits(err) {
			t.err = err
		}
		return t.sent < len(t.out)
	}
	t.n, err = ignoringEINTR(syscall.Read, fd, t.in)
	switch {
	case err == nil && t.n == 0:
		t.err = io.EOF
	case err != nil && waits(err):
		t.n = 0
		return false
	case err != nil:
		t.n, t.err = 0, err
	}
	return true
}

// ignoringEINTR repeats a system call that a signal cut short.
func ignoringEINTR(call func(fd int, p []byte) (int, error), fd uintptr, p []byte) (int, error) {
	for {
		n, err := call(int(fd), p)
		if err != syscall.EINTR {
			return max(n, 0), err
		}
	}
}

// waits says whether the error means that the kernel has no room, or nothing to read.
func waits(err error) bool { return err == syscall.EAGAIN || err == syscall.EWOULDBLOCK }

// peek checks, without waiting, that nothing has arrived since the last response: neither
// the end of the stream nor a byte, which the next call would take for its response. Only
// such a connection is used again (A-GATEWAY-15).
func peek(fd uintptr) error {
	var b [1]byte
	for {
		n, _, errno := syscall.Syscall6(syscall.SYS_RECVFROM, fd, uintptr(unsafe.Pointer(&b[0])), 1, syscall.MSG_PEEK|syscall.MSG_DONTWAIT, 0, 0)
		switch {
		case errno == syscall.EINTR:
		case errno != 0 && waits(errno):
			return nil
		case errno == 0 && n > 0:
			return errUnsolicited
		default:
			return errStale
		}
	}
}

// checkIdle is peek when no goroutine uses the descriptor.
func (c *conn) checkIdle() (err error) {
	if c.socket == nil {
		return errStale
	}
	failed := c.socket.Control(func(fd uintptr) { err = peek(fd) }) // Read would fail at a deadline that has passed
	if failed != nil {
		return errStale
	}
	return err
}
