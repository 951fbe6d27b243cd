package socket

import (
	"crypto/tls"
	"fmt"
	"net"
	"syscall"
	"time"
)

// secure is the transport of TLS: crypto/tls reads, so a turn may find half a
// record and has to wait for the rest, or more records than the socket shows.
// The loop tells of each arrival once, and the crew reads.
type secure struct{ *loop }

// securePatience is how long a turn waits for the rest of a record. crypto/tls
// keeps what it has when a Read times out (only timed-out writes spoil it).
const securePatience = 2 * time.Millisecond

// secureTurns is how often a connection is read before others get their turn.
const secureTurns = 8

func (l *loop) parkSecure(c *Conn, raw syscall.RawConn) error {
	fd := -1
	if err := raw.Control(func(n uintptr) { fd = int(n) }); err != nil {
		return fmt.Errorf("socket: adopt: %w", err)
	}
	if err := c.nc.SetDeadline(time.Time{}); err != nil { // net/http may have left one
		return fmt.Errorf("socket: adopt: %w", err)
	}
	c.via = secure{l}
	return l.parks.keep(c, fd)
}

// begin leaves the first turn to the crew: crypto/tls may hold records already.
func (t secure) begin(c *Conn, buffered []byte) {
	switch c.digest(buffered) {
	case turnGo:
		t.parks.crew.add(c)
	case turnEnd:
		c.finish()
	}
}

func (t secure) ready(c *Conn) {
	c.mu.Lock()
	armed := c.watched&watchIn != 0
	c.watched &^= watchIn
	c.mu.Unlock()
	if armed {
		t.parks.crew.add(c)
	}
}

// work is the crew's visit.
func (t secure) work(c *Conn) {
	buf := c.pool.buffers.get(frameBuffer)
	defer c.pool.buffers.put(buf)
	buf = buf[:cap(buf)]
	for i := range secureTurns {
		next := c.claim()
		if next == turnGo {
			var more bool
			next, more = t.read(c, buf, i == 0)
			if next == turnGo && !more {
				t.arm(c)
				return
			}
		}
		switch next {
		case turnPause:
			return
		case turnEnd:
			c.finish()
			return
		}
	}
	t.parks.crew.add(c)
}

// read takes one turn. Only the first one of a visit waits, and only for a
// moment; the others take what crypto/tls has in its hands or at its door.
func (t secure) read(c *Conn, buf []byte, first bool) (next turn, more bool) {
	if len(c.rest) > 0 {
		return c.digest(c.rest), true
	}
	until := c.pool.start // past: what is not there yet is not waited for
	if first {
		until = time.Now().Add(securePatience)
	}
	if err := c.nc.SetReadDeadline(until); err != nil {
		return c.lost(), false
	}
	n, err := c.nc.Read(buf)
	switch e, isNet := err.(net.Error); {
	case n > 0:
		return c.digest(buf[:n]), true
	case err == nil:
		return c.digest(nil), true
	case isNet && e.Timeout():
		return c.digest(nil), false
	}
	return c.lost(), false
}

// arm waits for the next arrival.
func (t secure) arm(c *Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state >= severed {
		return
	}
	if secured, ok := c.nc.(*tls.Conn); ok {
		t.parks.thrift.save(secured)
	}
	op := syscall.EPOLL_CTL_MOD
	if c.watched == 0 {
		op = syscall.EPOLL_CTL_ADD
	}
	c.watched = watchIn | watchKnown
	t.control(op, c, epollIn|epollOneShot)
}

func (t secure) write(*Conn, []byte) (int, error) { return 0, nil }
func (t secure) flush(c *Conn)                    { c.pump() }
func (t secure) suspend(*Conn)                    {}
func (t secure) resume(c *Conn)                   { t.parks.crew.add(c) }
func (t secure) halfClose(c *Conn)                { _ = syscall.Shutdown(int(c.fd), syscall.SHUT_WR) }

func (t secure) sever(c *Conn) {
	_ = syscall.Shutdown(int(c.fd), syscall.SHUT_RDWR) // ends Reads and Writes that wait
	if !c.reading {
		t.parks.crew.add(c)
	}
}

func (t secure) release(c *Conn) {
	t.parks.byFD.set(int(c.fd), nil)
	t.control(syscall.EPOLL_CTL_DEL, c, 0)
	closeNow(c.nc)
}
