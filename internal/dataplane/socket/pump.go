package socket

import (
	"crypto/tls"
	"net"
)

// pumpBatch is how much one Write of a pump carries at most: a TLS record.
const pumpBatch = 16 << 10

// pump sees to it that a goroutine writes what waits, where writing may block. It
// ends when nothing waits. c.mu is held.
func (c *Conn) pump() {
	if !c.pumping && c.out != nil {
		c.pumping = true
		c.pool.running.Go(c.pumpAll)
	}
}

// pumpAll has no time limit of its own: the wheel severs a connection whose
// outbox stalls, and that ends the Write.
func (c *Conn) pumpAll() {
	buf := c.pool.buffers.get(pumpBatch)
	c.mu.Lock()
	for told := false; c.out != nil; {
		if c.out.empty() {
			if secured, ok := c.nc.(*tls.Conn); ok && c.state >= answering && !told {
				told = true
				c.mu.Unlock()
				_ = secured.CloseWrite() // a courtesy; the close frame has gone out
				c.mu.Lock()
				continue
			}
			c.out = nil
			c.drained() // a close frame may wait by now
			continue
		}
		before := c.out.messages()
		buf = c.out.batch(buf[:0])
		c.out.inHand = before - c.out.messages()
		c.mu.Unlock()
		n, err := c.nc.Write(buf)
		c.mu.Lock()
		c.count().bytesOut.Add(int64(n))
		if err != nil {
			c.breakOff(ConnectionLost.Close())
		} else if c.out != nil {
			c.out.since, c.out.inHand = c.pool.now(), 0
		}
	}
	c.pumping = false
	c.mu.Unlock()
	c.pool.buffers.put(buf)
}

// closeNow closes nc without the five seconds that crypto/tls may wait for its
// last alert to be taken.
func closeNow(nc net.Conn) {
	if secured, ok := nc.(*tls.Conn); ok {
		nc = secured.NetConn()
	}
	_ = nc.Close() // nobody is left to tell
}
