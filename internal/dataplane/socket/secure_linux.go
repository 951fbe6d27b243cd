package socket

import (
	"crypto/tls"
	"syscall"
)

// secure is the transport of TLS: plain with crypto/tls between. The tls.Conn
// stands on a bare descriptor, so its Read and Write never wait either. A turn
// reads until nothing is left, because crypto/tls may hold records that the
// socket no longer shows.
type secure struct{ plain }

// secureTurns is how often a connection is read before others get their turn.
const secureTurns = 8

// parkSecure moves c's tls.Conn from its net.Conn to a duplicate descriptor.
func (l *loop) parkSecure(c *Conn, raw syscall.RawConn) error {
	fd, err := duplicate(raw)
	if err != nil {
		return err
	}
	c.via = secure{plain{l}}
	if err := l.parks.keep(c, fd); err != nil {
		_ = syscall.Close(fd)
		return err
	}
	secured := c.nc.(*tls.Conn)
	old := secured.NetConn()
	l.parks.thrift.move(secured, &bare{fd: fd})
	_ = old.Close() // the duplicate stays open
	return nil
}

func (c *Conn) secured() *tls.Conn { return c.nc.(*tls.Conn) }

func (c *Conn) bare() *bare { return c.secured().NetConn().(*bare) }

// begin leaves the first turn to the crew: crypto/tls may hold records already.
func (t secure) begin(c *Conn, buffered []byte) {
	switch c.digest(buffered) {
	case turnGo:
		t.parks.crew.add(c)
	case turnEnd:
		c.finish()
	}
}

// ready is called by the loop when the socket has something to tell.
func (t secure) ready(c *Conn, events uint32) {
	next := t.wake(c, events)
	if next == turnGo {
		next = t.read(c, t.buf)
	}
	if next == turnEnd {
		c.finish()
	}
}

// read takes turns until nothing is left, beginning with a claimed one. It
// answers turnPause also when the crew goes on with it.
func (t secure) read(c *Conn, buf []byte) turn {
	for range secureTurns {
		n, err := c.secured().Read(buf)
		var next turn
		switch {
		case n > 0:
			next = c.digest(buf[:n])
		case err == nil: // an empty record
			next = c.digest(nil)
		case err == error(quiet{}):
			t.answered(c)
			return c.digest(nil)
		default:
			return c.lost()
		}
		if next == turnGo {
			next = c.claim()
		}
		if next != turnGo {
			return next
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reading = false
	t.suspend(c)
	t.parks.crew.add(c)
	return turnPause
}

// answered ends the last turn: answers to key updates may have stayed behind.
func (t secure) answered(c *Conn) {
	if left, _, err := c.bare().flush(); left > 0 && err == nil {
		c.mu.Lock()
		c.queue()
		t.flush(c)
		c.mu.Unlock()
	}
}

// work is the crew's visit: what a pause or a long turn has left, or the end.
func (t secure) work(c *Conn) {
	next := c.claim()
	if next == turnGo && len(c.rest) > 0 {
		if next = c.digest(c.rest); next == turnGo {
			next = c.claim()
		}
	}
	if next == turnGo {
		buf := c.pool.buffers.get(frameBuffer)
		next = t.read(c, buf[:cap(buf)])
		c.pool.buffers.put(buf)
		c.mu.Lock()
		t.save(c) // of the handshake, on the first visit
		c.mu.Unlock()
	}
	if next != turnPause {
		t.settle(c, next)
	}
}

// write encrypts and sends a message that fits a record or two; what the kernel
// does not take is the outbox's affair, so there is one then.
func (t secure) write(c *Conn, wire []byte) (int, error) {
	if len(wire) > pumpBatch {
		return 0, nil
	}
	if left, _, err := c.bare().flush(); left > 0 || err != nil {
		return 0, err
	}
	if _, err := c.secured().Write(wire); err != nil {
		return 0, err
	}
	if left, _, err := c.bare().flush(); left > 0 || err != nil {
		c.queue()
		t.watch(c, c.watched|watchOut)
	}
	return len(wire), nil
}

// flush encrypts and sends what waits, a batch at a time, as long as the kernel
// takes it.
func (t secure) flush(c *Conn) {
	buf := c.pool.buffers.get(pumpBatch)
	defer func() { c.pool.buffers.put(buf) }()
	for c.out != nil {
		left, moved, err := c.bare().flush()
		if moved {
			c.out.since = c.pool.now()
		}
		switch {
		case err != nil:
			c.breakOff(ConnectionLost.Close())
			return
		case left > 0:
			t.watch(c, c.watched|watchOut)
			return
		case c.out.empty():
			c.out = nil
			t.watch(c, c.watched&^watchOut)
			c.drained()
			return
		}
		buf = c.out.batch(buf[:0])
		n, err := c.secured().Write(buf)
		c.count().bytesOut.Add(int64(n))
		if err != nil {
			c.breakOff(ConnectionLost.Close())
			return
		}
		c.out.since = c.pool.now()
	}
}

func (t secure) save(c *Conn) {
	if !c.reading {
		t.parks.thrift.save(c.secured())
	}
}

func (t secure) resume(c *Conn) { t.parks.crew.add(c) }

// halfClose says so in TLS, too: some clients take a FIN alone for an attack.
func (t secure) halfClose(c *Conn) {
	_ = c.secured().CloseWrite() // a courtesy; the close frame has gone out
	t.plain.halfClose(c)
}

func (t secure) release(c *Conn) {
	_ = c.secured().CloseWrite() // a courtesy
	t.plain.release(c)
}
