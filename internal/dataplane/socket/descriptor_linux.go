package socket

import (
	"errors"
	"io"
	"net"
	"syscall"
	"time"
)

// Descriptor is a TCP connection that is not registered in Go's poller: a non-blocking
// descriptor whose handshake has been read to the last byte. As a net.Conn it can be
// written to as far as the kernel has room, closed, and given to [Pool.Adopt], which
// registers the descriptor in epoll.
type Descriptor struct {
	fd     int
	remote net.Addr
}

// NewDescriptor takes over a descriptor.
func NewDescriptor(fd int, remote net.Addr) *Descriptor { return &Descriptor{fd, remote} }

var errDescriptorRead = errors.New("socket: a descriptor cannot be read before it is adopted")

// Read implements net.Conn, and fails.
func (d *Descriptor) Read([]byte) (int, error) { return 0, errDescriptorRead }

// Write implements net.Conn without waiting: what does not fit is [io.ErrShortWrite].
func (d *Descriptor) Write(p []byte) (int, error) {
	n, err := writeNow(d.fd, p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	return n, err
}

// Close implements net.Conn.
func (d *Descriptor) Close() error {
	fd := d.Release()
	if fd < 0 {
		return net.ErrClosed
	}
	return syscall.Close(fd)
}

// Release gives the descriptor away; -1 when it has been before.
func (d *Descriptor) Release() int {
	fd := d.fd
	d.fd = -1
	return fd
}

// RemoteAddr implements net.Conn.
func (d *Descriptor) RemoteAddr() net.Addr { return d.remote }

// LocalAddr implements net.Conn with an empty address: asking the kernel would be a
// system call for each connection, and no caller needs it.
func (d *Descriptor) LocalAddr() net.Addr { return &net.TCPAddr{} }

// SetDeadline implements net.Conn: nothing waits.
func (d *Descriptor) SetDeadline(time.Time) error { return nil }

// SetReadDeadline implements net.Conn.
func (d *Descriptor) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline implements net.Conn.
func (d *Descriptor) SetWriteDeadline(time.Time) error { return nil }

// registerDescriptor keeps the descriptor itself.
func (l *loop) registerDescriptor(c *Conn, d *Descriptor) error {
	c.nc, c.transport = nil, plainTransport{l}
	if err := l.set.addDescriptor(c, d.fd); err != nil {
		return err
	}
	d.Release()
	return nil
}
