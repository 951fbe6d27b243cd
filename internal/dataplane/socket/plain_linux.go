package socket

import (
	"fmt"
	"syscall"
	"unsafe"
)

// plainTransport is the transport of a bare socket: reads and writes are system calls on
// the descriptor that never block. It is watched as long as nothing pauses it.
type plainTransport struct{ *loop }

// plain is whether epoll watches the connection and there is no TLS.
func (c *Conn) plain() bool {
	_, ok := c.transport.(plainTransport)
	return ok
}

// registerPlain keeps a duplicate of the descriptor and lets the net.Conn go, which
// gives back what Go's own poller holds for it.
func (l *loop) registerPlain(c *Conn, raw syscall.RawConn) error {
	fd, err := duplicate(raw)
	if err != nil {
		return err
	}
	nc := c.nc
	c.nc, c.transport = nil, plainTransport{l}
	if err := l.set.addDescriptor(c, fd); err != nil {
		_ = syscall.Close(fd)
		return err
	}
	_ = nc.Close() // the duplicate stays open
	return nil
}

// duplicate gives the descriptor a second number, which this package alone knows.
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

func (t plainTransport) begin(c *Conn, buffered []byte) { t.afterRead(c, c.process(buffered)) }

// afterRead acts on the end of a claimed read that began while epoll did not watch the socket.
func (t plainTransport) afterRead(c *Conn, next readResult) {
	if next == readEnded {
		c.finish()
		return
	}
	c.mu.Lock()
	if next == readMore {
		t.watch(c, c.watched|watchIn)
	}
	c.mu.Unlock()
}

// ready is called by the loop when epoll reports the socket.
func (t plainTransport) ready(c *Conn, events uint32) {
	next := t.onEvent(c, events)
	if next == readMore {
		next = t.read(c)
	}
	if next == readEnded {
		c.finish()
	}
}

// onEvent goes on writing, and claims a read if reading is not paused. An event may
// be stale: of a descriptor that has been closed and given out again.
func (l *loop) onEvent(c *Conn, events uint32) readResult {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sendQueue != nil && events&^epollIn != 0 {
		c.transport.flush(c)
	}
	if c.watched&watchIn == 0 || events&^syscall.EPOLLOUT == 0 {
		return readPaused
	}
	return c.beginReadLocked()
}

// read reads once, into the loop's buffer.
func (t plainTransport) read(c *Conn) readResult {
	for {
		switch n, err := syscall.Read(int(c.fd), t.buf); {
		case n > 0:
			return c.process(t.buf[:n])
		case err == syscall.EINTR:
		case err == syscall.EAGAIN:
			return c.process(nil)
		default:
			return c.readFailed()
		}
	}
}

// runPending is a job of the executor: it reads what a pause has left, or ends the connection.
func (t plainTransport) runPending(c *Conn) {
	switch c.beginRead() {
	case readMore:
		t.afterRead(c, c.process(c.unprocessed))
	case readEnded:
		c.finish()
	}
}

func (t plainTransport) write(c *Conn, wire []byte) (int, error) { return writeNow(int(c.fd), wire) }

// flush writes what waits until the kernel takes no more; epoll reports when it
// does again.
func (t plainTransport) flush(c *Conn) {
	for c.sendQueue != nil && !c.sendQueue.empty() {
		n, err := t.writev(c)
		if err == syscall.EAGAIN {
			t.watch(c, c.watched|watchOut)
			return
		}
		if err != nil {
			c.abort(ConnectionLost.Close())
			return
		}
		c.count().bytesOut.Add(int64(n))
		c.sendQueue.advance(n, c.pool.now())
	}
	if c.sendQueue == nil {
		return
	}
	c.endQueue(false)
	t.watch(c, c.watched&^watchOut)
	c.queueEmptied()
}

func (t plainTransport) writev(c *Conn) (int, error) {
	var buf [64][]byte
	var vec [64]syscall.Iovec
	pieces := c.sendQueue.segments(buf[:0])
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

// watch changes what epoll reports of c.
func (t plainTransport) watch(c *Conn, want uint8) {
	if c.watched == want || c.state >= tornDown {
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

func (t plainTransport) trimMemory(*Conn) {}

func (t plainTransport) suspend(c *Conn) { t.watch(c, c.watched&^watchIn) }

func (t plainTransport) resume(c *Conn) {
	if len(c.unprocessed) > 0 {
		t.set.executor.Submit(c)
		return
	}
	t.watch(c, c.watched|watchIn)
}

func (t plainTransport) teardown(c *Conn) {
	if !c.reading {
		t.set.executor.Submit(c)
	}
}

func (t plainTransport) halfClose(c *Conn) { _ = syscall.Shutdown(int(c.fd), syscall.SHUT_WR) }

// release closes the descriptor, which also takes it out of epoll. The table
// forgets it first, because its number may be given out again at once.
func (t plainTransport) release(c *Conn) {
	t.set.byFD.set(int(c.fd), nil)
	_ = syscall.Close(int(c.fd))
}
