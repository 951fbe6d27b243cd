package socket

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"
)

// Bits of Conn.watched: what epoll is asked to report of the connection.
const (
	watchIn uint8 = 1 << iota
	watchOut
)

// epollIn is level-triggered: reported as long as bytes or the end wait.
const epollIn = syscall.EPOLLIN | syscall.EPOLLRDHUP

// loopBuffer is the largest read, so that one client's flood does not delay the others;
// loopEvents how many connections one epoll_wait returns.
const (
	loopBuffer = 64 << 10
	loopEvents = 256
)

// loop is an epoll instance and the goroutine that serves it. The instance's own
// descriptor is watched by Go's poller, so that no thread sits in epoll_wait.
type loop struct {
	set    *epollSet
	fd     int
	file   *os.File
	raw    syscall.RawConn
	buf    []byte
	events []syscall.EpollEvent
}

// newLoop makes an epoll set. Its descriptor is polled by Go's own runtime, so that a loop
// without events occupies no thread.
func newLoop(s *epollSet) (*loop, error) {
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("socket: epoll_create: %w", err)
	}
	if err := syscall.SetNonblock(fd, true); err != nil { // else os.File would not poll it
		_ = syscall.Close(fd)
		return nil, fmt.Errorf("socket: epoll: %w", err)
	}
	file := os.NewFile(uintptr(fd), "epoll")
	raw, err := file.SyscallConn()
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("socket: epoll: %w", err)
	}
	return &loop{
		set: s, fd: fd, file: file, raw: raw,
		buf:    make([]byte, loopBuffer),
		events: make([]syscall.EpollEvent, loopEvents),
	}, nil
}

func (l *loop) close() { _ = l.file.Close() }

// run serves the instance until close.
func (l *loop) run() {
	for {
		n := 0
		err := l.raw.Read(func(fd uintptr) bool {
			n = l.poll(fd)
			return n > 0
		})
		if err != nil { // os.ErrClosed
			return
		}
		for _, e := range l.events[:n] {
			if c := l.set.byFD.get(e.Fd); c != nil {
				l.ready(c, e.Events)
			}
		}
	}
}

// poll asks epoll which connections are ready, without waiting.
func (l *loop) poll(fd uintptr) int {
	for {
		n, _, errno := syscall.RawSyscall6(syscall.SYS_EPOLL_PWAIT, fd,
			uintptr(unsafe.Pointer(&l.events[0])), uintptr(len(l.events)), 0, 0, 0)
		if errno == 0 {
			return int(n)
		}
		if errno != syscall.EINTR { // closed
			return 0
		}
	}
}

// ready serves c if it belongs to this loop. An event may be stale, and its descriptor
// number belong to a connection of another loop by now.
func (l *loop) ready(c *Conn, events uint32) {
	switch t := c.transport.(type) {
	case plainTransport:
		if t.loop == l {
			t.ready(c, events)
		}
	case tlsTransport:
		if t.loop == l {
			t.ready(c, events)
		}
	}
}

// control sets what epoll watches of c. c.mu is held. When the kernel refuses, the
// connection would never be read again: it ends.
func (l *loop) control(op int, c *Conn, events uint32) {
	err := syscall.EpollCtl(l.fd, op, int(c.fd), &syscall.EpollEvent{Events: events, Fd: c.fd})
	if err != nil && op != syscall.EPOLL_CTL_DEL {
		c.abort(ConnectionLost.Close())
	}
}
