package socket

import (
	"crypto/tls"
	"syscall"
)

// tlsTransport is the transport of TLS: plain with crypto/tls between. The tls.Conn
// stands on a bare descriptor, so its Read and Write never wait either. It is read
// until nothing is left, because crypto/tls may hold records that the
// socket no longer shows.
type tlsTransport struct{ plainTransport }

// maxReads is how often a connection is read before the loop looks at others.
const maxReads = 8

// registerTLS moves c's tls.Conn from its net.Conn to a duplicate descriptor.
func (l *loop) registerTLS(c *Conn, raw syscall.RawConn) error {
	fd, err := duplicate(raw)
	if err != nil {
		return err
	}
	c.transport = tlsTransport{plainTransport{l}}
	if err := l.set.addDescriptor(c, fd); err != nil {
		_ = syscall.Close(fd)
		return err
	}
	secured := c.nc.(*tls.Conn)
	old := secured.NetConn()
	l.set.tlsShrink.replaceConn(secured, &nonblockingConn{fd: fd})
	_ = old.Close() // the duplicate stays open
	l.set.tlsShrink.keys.dropHandshake(secured)
	return nil
}

func (c *Conn) tlsConn() *tls.Conn { return c.nc.(*tls.Conn) }

func (c *Conn) nonblockingConn() *nonblockingConn { return c.tlsConn().NetConn().(*nonblockingConn) }

// begin leaves the first read to the executor: crypto/tls may hold records already.
func (t tlsTransport) begin(c *Conn, buffered []byte) {
	switch c.process(buffered) {
	case readMore:
		t.set.executor.Submit(c)
	case readEnded:
		c.finish()
	}
}

// ready is called by the loop when epoll reports the socket.
func (t tlsTransport) ready(c *Conn, events uint32) {
	next := t.onEvent(c, events)
	if next == readMore {
		next = t.read(c, t.buf)
	}
	if next == readEnded {
		c.finish()
	}
}

// read reads until nothing is left, beginning with a read that is claimed. It
// returns readPaused also when the executor goes on with it.
func (t tlsTransport) read(c *Conn, buf []byte) readResult {
	for range maxReads {
		n, err := c.tlsConn().Read(buf)
		var next readResult
		switch {
		case n > 0:
			next = c.process(buf[:n])
		case err == nil: // an empty record
			next = c.process(nil)
		case err == error(wouldBlock{}):
			t.flushKeyUpdates(c)
			return c.process(nil)
		default:
			return c.readFailed()
		}
		if next == readMore {
			next = c.beginRead()
		}
		if next != readMore {
			return next
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reading = false
	t.suspend(c)
	t.set.executor.Submit(c)
	return readPaused
}

// flushKeyUpdates follows the last read: responses to key updates (RFC 8446, section 4.6.3)
// may not have been written yet.
func (t tlsTransport) flushKeyUpdates(c *Conn) {
	if left, _, err := c.nonblockingConn().flush(); left > 0 && err == nil {
		c.mu.Lock()
		c.queue()
		t.flush(c)
		c.mu.Unlock()
	}
}

// runPending is a job of the executor: it reads what a pause or [maxReads] has left, or
// ends the connection.
func (t tlsTransport) runPending(c *Conn) {
	next := c.beginRead()
	if next == readMore && len(c.unprocessed) > 0 {
		if next = c.process(c.unprocessed); next == readMore {
			next = c.beginRead()
		}
	}
	if next == readMore {
		buf := c.pool.buffers.get(frameBuffer)
		next = t.read(c, buf[:cap(buf)])
		c.pool.buffers.put(buf)
		c.mu.Lock()
		t.trimMemory(c) // of the handshake, in the first job
		c.mu.Unlock()
	}
	if next != readPaused {
		t.afterRead(c, next)
	}
}

// write encrypts and sends a message that fits a record or two; what the kernel
// does not take stays in the nonblockingConn, and the send queue is made so that flush follows.
func (t tlsTransport) write(c *Conn, wire []byte) (int, error) {
	if len(wire) > writeBatch {
		return 0, nil
	}
	if left, _, err := c.nonblockingConn().flush(); left > 0 || err != nil {
		return 0, err
	}
	if _, err := c.tlsConn().Write(wire); err != nil {
		return 0, err
	}
	if left, _, err := c.nonblockingConn().flush(); left > 0 || err != nil {
		c.queue()
		t.watch(c, c.watched|watchOut)
	}
	return len(wire), nil
}

// flush encrypts and sends what waits, a batch at a time, as long as the kernel
// takes it.
func (t tlsTransport) flush(c *Conn) {
	buf := c.pool.buffers.get(writeBatch)
	defer func() { c.pool.buffers.put(buf) }()
	for c.sendQueue != nil {
		left, moved, err := c.nonblockingConn().flush()
		if moved {
			c.sendQueue.since = c.pool.now()
		}
		switch {
		case err != nil:
			c.abort(ConnectionLost.Close())
			return
		case left > 0:
			t.watch(c, c.watched|watchOut)
			return
		case c.sendQueue.empty():
			c.endQueue(false)
			t.watch(c, c.watched&^watchOut)
			c.queueEmptied()
			return
		}
		buf = c.sendQueue.batch(buf[:0])
		n, err := c.tlsConn().Write(buf)
		c.count().bytesOut.Add(int64(n))
		if err != nil {
			c.abort(ConnectionLost.Close())
			return
		}
		c.sendQueue.since = c.pool.now()
	}
}

func (t tlsTransport) trimMemory(c *Conn) {
	if c.reading {
		return
	}
	t.set.tlsShrink.dropBuffers(c.tlsConn())
	under := c.nonblockingConn()
	t.set.tlsShrink.keys.shrink(c.tlsConn(), &under.in, &under.out)
}

func (t tlsTransport) resume(c *Conn) { t.set.executor.Submit(c) }

// halfClose sends TLS's close_notify too: some clients treat a FIN alone as a truncation
// attack.
func (t tlsTransport) halfClose(c *Conn) {
	_ = c.tlsConn().CloseWrite() // optional: the close frame was sent
	t.plainTransport.halfClose(c)
}

func (t tlsTransport) release(c *Conn) {
	_ = c.tlsConn().CloseWrite() // optional
	t.plainTransport.release(c)
}
