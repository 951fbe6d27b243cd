package socket

import (
	"fmt"
	"syscall"
	"unsafe"
)

// plain is the transport of a bare socket: reads and writes are system calls on
// the descriptor that never block. It is watched as long as nothing pauses it.
type plain struct{ *loop }

// parkPlain keeps a duplicate of the descriptor and lets the net.Conn go, which
// gives back what Go's own poller holds for it.
func (l *loop) parkPlain(c *Conn, raw syscall.RawConn) error {
	fd, err := duplicate(raw)
	if err != nil {
		return err
	}
	nc := c.nc
	c.nc, c.via = nil, plain{l}
	if err := l.parks.keep(c, fd); err != nil {
		_ = syscall.Close(fd)
		return err
	}
	_ = nc.Close() // the duplicate stays open
	return nil
}

// duplicate gives the descriptor a second number, which nobody but us knows.
func duplicate(raw syscall.RawConn) (int, error) {
	fd, errno := -1, syscall.Errno(0)
	err := raw.Control(func(of uintptr) {
		var n uintptr
		n, _, errno = syscall.Syscall(syscall.SYS_FCNTL, of, syscall.F_DUPFD_CLOEXEC, 0)
		fd = int(n)
	})
	if err == nil && errno != 0 {
		err = errno
	}
	if err != nil {
		return -1, fmt.Errorf("socket: adopt: duplicate the descriptor: %w", err)
	}
	return fd, nil
}

func (t plain) begin(c *Conn, buffered []byte) { t.settle(c, c.digest(buffered)) }

// settle acts on the end of a turn that began unwatched.
func (t plain) settle(c *Conn, next turn) {
	if next == turnEnd {
		c.finish()
		return
	}
	c.mu.Lock()
	if next == turnGo {
		t.watch(c, c.watched|watchIn)
	}
	c.mu.Unlock()
}

// ready is called by the loop when the socket has something to tell.
func (t plain) ready(c *Conn, events uint32) {
	next := t.wake(c, events)
	if next == turnGo {
		next = t.read(c)
	}
	if next == turnEnd {
		c.finish()
	}
}

// wake goes on writing, and claims a turn if reading is not paused. An event may
// be stale: of a descriptor that has been closed and given out again.
func (l *loop) wake(c *Conn, events uint32) turn {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.out != nil && events&^epollIn != 0 {
		c.via.flush(c)
	}
	if c.watched&watchIn == 0 || events&^syscall.EPOLLOUT == 0 {
		return turnPause
	}
	return c.claimHeld()
}

// read takes one turn with the loop's buffer.
func (t plain) read(c *Conn) turn {
	for {
		switch n, err := syscall.Read(int(c.fd), t.buf); {
		case n > 0:
			return c.digest(t.buf[:n])
		case err == syscall.EINTR:
		case err == syscall.EAGAIN:
			return c.digest(nil)
		default:
			return c.lost()
		}
	}
}

// work is the crew's visit: to what a pause has left, or to end the connection.
func (t plain) work(c *Conn) {
	switch c.claim() {
	case turnGo:
		t.settle(c, c.digest(c.rest))
	case turnEnd:
		c.finish()
	}
}

func (t plain) write(c *Conn, wire []byte) (int, error) { return writeNow(int(c.fd), wire) }

// flush writes what waits until the kernel takes no more; the loop tells when it
// does again.
func (t plain) flush(c *Conn) {
	for c.out != nil && !c.out.empty() {
		n, err := t.writev(c)
		if err == syscall.EAGAIN {
			t.watch(c, c.watched|watchOut)
			return
		}
		if err != nil {
			c.breakOff(ConnectionLost.Close())
			return
		}
		c.count().bytesOut.Add(int64(n))
		c.out.sent(n, c.pool.now())
	}
	if c.out == nil {
		return
	}
	c.out = nil
	t.watch(c, c.watched&^watchOut)
	c.drained()
}

func (t plain) writev(c *Conn) (int, error) {
	var room [64][]byte
	var vec [64]syscall.Iovec
	pieces := c.out.pieces(room[:0])
	for i, p := range pieces {
		vec[i].Base = &p[0]
		vec[i].SetLen(len(p))
	}
	for {
		n, _, errno := syscall.Syscall(syscall.SYS_WRITEV, uintptr(c.fd),
			uintptr(unsafe.Pointer(&vec[0])), uintptr(len(pieces)))
		if errno == 0 {
			return int(n), nil
		}
		if errno != syscall.EINTR {
			return 0, errno
		}
	}
}

// watch changes what the loop tells of c.
func (t plain) watch(c *Conn, want uint8) {
	if c.watched == want || c.state >= severed {
		return
	}
	var events uint32
	if want&watchIn != 0 {
		events = epollIn
	}
	if want&watchOut != 0 {
		events |= syscall.EPOLLOUT
	}
	op := syscall.EPOLL_CTL_MOD
	if c.watched == 0 {
		op = syscall.EPOLL_CTL_ADD
	} else if want == 0 {
		op = syscall.EPOLL_CTL_DEL
	}
	c.watched = want
	t.control(op, c, events)
}

func (t plain) save(*Conn) {}

func (t plain) suspend(c *Conn) { t.watch(c, c.watched&^watchIn) }

func (t plain) resume(c *Conn) {
	if len(c.rest) > 0 {
		t.parks.crew.add(c)
		return
	}
	t.watch(c, c.watched|watchIn)
}

func (t plain) sever(c *Conn) {
	if !c.reading {
		t.parks.crew.add(c)
	}
}

func (t plain) halfClose(c *Conn) { _ = syscall.Shutdown(int(c.fd), syscall.SHUT_WR) }

// release closes the descriptor, which also takes it out of epoll. The table
// forgets it first, because its number may be given out again at once.
func (t plain) release(c *Conn) {
	t.parks.byFD.set(int(c.fd), nil)
	_ = syscall.Close(int(c.fd))
}
