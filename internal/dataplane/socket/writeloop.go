package socket

import (
	"crypto/tls"
	"net"
)

// writeBatch is how much one Write of writeLoop carries at most: a TLS record.
const writeBatch = 16 << 10

// startWriter sees to it that a goroutine writes what waits, where writing may block. It
// ends when nothing waits. c.mu is held.
func (c *Conn) startWriter() {
	if !c.writing && c.sendQueue != nil {
		c.writing = true
		c.pool.running.Go(c.writeLoop)
	}
}

// writeLoop has no time limit of its own: the wheel aborts a connection whose
// send queue stalls, and that ends the Write.
func (c *Conn) writeLoop() {
	buf := c.pool.buffers.get(writeBatch)
	c.mu.Lock()
	for closeNotified := false; c.sendQueue != nil; {
		if c.sendQueue.empty() {
			if secured, ok := c.nc.(*tls.Conn); ok && c.state >= closeReceived && !closeNotified {
				closeNotified = true
				c.mu.Unlock()
				_ = secured.CloseWrite() // optional: the close frame was sent
				c.mu.Lock()
				continue
			}
			c.endQueue(false)
			c.queueEmptied() // a close frame may wait by now
			continue
		}
		before := c.sendQueue.messages()
		buf = c.sendQueue.batch(buf[:0])
		c.sendQueue.inWrite = before - c.sendQueue.messages()
		c.mu.Unlock()
		n, err := c.nc.Write(buf)
		c.mu.Lock()
		c.count().bytesOut.Add(int64(n))
		if err != nil {
			c.abort(ConnectionLost.Close())
		} else if c.sendQueue != nil {
			c.sendQueue.since, c.sendQueue.inWrite = c.pool.now(), 0
		}
	}
	c.writing = false
	c.mu.Unlock()
	c.pool.buffers.put(buf)
}

// closeNow closes nc without the five seconds that crypto/tls may wait for its
// last alert to be taken.
func closeNow(nc net.Conn) {
	if secured, ok := nc.(*tls.Conn); ok {
		nc = secured.NetConn()
	}
	_ = nc.Close() // the connection has ended: an error changes nothing
}
