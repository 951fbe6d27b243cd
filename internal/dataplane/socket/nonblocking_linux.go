package socket

import (
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

// nonblockingConn is the net.Conn under a tls.Conn in epoll: a descriptor whose Read and Write
// never wait. What the kernel does not take at once is kept, encrypted.
type nonblockingConn struct {
	fd      int
	in, out lazyGCM // what the tls.Conn opens and seals with, once it has been shrunk

	mu      sync.Mutex // innermost: crypto/tls calls Write under its own locks
	pending []byte
}

// maxPending bounds what is kept. One batch of frames fits; only key updates of a
// client that reads nothing can go beyond.
const maxPending = 64 << 10

var (
	errPendingFull = errors.New("socket: the client takes no answers to its key updates")
	errDeadline    = errors.New("socket: a connection in epoll has no deadlines")
)

// wouldBlock is what Read returns when nothing is there. crypto/tls keeps what it has
// after an error that is temporary, and the next Read goes on.
type wouldBlock struct{}

func (wouldBlock) Error() string   { return "socket: nothing to read yet" }
func (wouldBlock) Timeout() bool   { return true }
func (wouldBlock) Temporary() bool { return true }

func (b *nonblockingConn) Read(p []byte) (int, error) {
	for {
		switch n, err := syscall.Read(b.fd, p); {
		case n > 0:
			return n, nil
		case err == syscall.EINTR:
		case err == syscall.EAGAIN:
			return 0, wouldBlock{}
		case err != nil:
			return 0, err
		default:
			return 0, io.EOF
		}
	}
}

func (b *nonblockingConn) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	if len(b.pending) == 0 {
		var err error
		if n, err = writeNow(b.fd, p); err != nil {
			return n, err
		}
	}
	if len(b.pending)+len(p)-n > maxPending {
		return n, errPendingFull
	}
	b.pending = append(b.pending, p[n:]...)
	return len(p), nil
}

// flush writes what is kept; it says how much is left, and whether some went out.
func (b *nonblockingConn) flush() (left int, moved bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.pending) > 0 {
		var n int
		n, err = writeNow(b.fd, b.pending)
		moved = n > 0
		if b.pending = b.pending[n:]; len(b.pending) == 0 {
			b.pending = nil
		}
	}
	return len(b.pending), moved, err
}

func (b *nonblockingConn) Close() error                { return nil } // release closes the descriptor
func (b *nonblockingConn) LocalAddr() net.Addr         { return &net.TCPAddr{} }
func (b *nonblockingConn) RemoteAddr() net.Addr        { return &net.TCPAddr{} }
func (b *nonblockingConn) SetDeadline(time.Time) error { return errDeadline }

func (b *nonblockingConn) SetReadDeadline(time.Time) error  { return errDeadline }
func (b *nonblockingConn) SetWriteDeadline(time.Time) error { return nil } // CloseWrite sets one; Write never waits

// writeNow writes what the kernel takes at once: 0 when it takes nothing. The system call
// is made without telling the scheduler, because it never blocks, and telling would cost
// more than the rest of a delivery where many follow each other, as in a fan-out.
func writeNow(fd int, p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		n, _, errno := syscall.RawSyscall(syscall.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)))
		switch errno {
		case 0:
			return int(n), nil
		case syscall.EINTR:
		case syscall.EAGAIN:
			return 0, nil
		default:
			return 0, errno
		}
	}
}
