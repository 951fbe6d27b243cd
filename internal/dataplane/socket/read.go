package socket

import "bytes"

// Every transport reads a connection in the same three steps: beginRead, read, process.
// Between beginRead and the end of process no other goroutine reads it: the step
// is called a claimed read.

// readResult says how a reader goes on.
type readResult uint8

const (
	readMore   readResult = iota // from beginRead: read now; from process: wait for more bytes
	readPaused                   // read nothing until resume
	readEnded                    // the connection is over: call finish
)

// beginRead claims a read; unless it returns readMore the reader must not read.
func (c *Conn) beginRead() readResult {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.beginReadLocked()
}

// beginReadLocked is beginRead with c.mu held.
func (c *Conn) beginReadLocked() readResult {
	switch {
	case c.state >= tornDown:
		return readEnded
	case c.pauseIfNeeded():
		return readPaused
	}
	c.reading = true
	return readMore
}

// process acts on what a claimed read has brought and ends the claim.
func (c *Conn) process(data []byte) readResult {
	for {
		data = c.handleBytes(data)
		t, admitted, done := c.endRead(data)
		if admitted {
			c.pool.inFlight.admitNext()
		}
		if done {
			return t
		}
	}
}

// endRead ends a claimed read that has left rest alone, unless rest can be taken by now.
// admitted reports whether the in-flight limiter had let it begin: admitNext must follow.
func (c *Conn) endRead(rest []byte) (t readResult, admitted, done bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.state >= tornDown:
		t = readEnded
	case len(rest) == 0:
		c.unprocessed = nil
	case !c.pauseIfNeeded():
		return readMore, false, false
	default: // still under the lock under which resume will look for it
		c.unprocessed = bytes.Clone(rest)
		t = readPaused
	}
	c.reading = false
	admitted, c.admitted = c.admitted, false
	return t, admitted, true
}

// pauseIfNeeded says whether reading must stop now, and notes it. c.mu is held.
func (c *Conn) pauseIfNeeded() bool {
	if c.state != opened {
		return false
	}
	c.paused = c.draining || c.atInFlightLimit(c.limits.current.Load()) || c.pool.inFlight.full(&c.limits.inFlight) && c.pool.inFlight.enqueue(c)
	if c.paused {
		c.transport.suspend(c)
	}
	return c.paused
}

// readFailed ends a claimed read that failed: without a close frame before, that is 1006
// (RFC 6455, section 7.1.5).
func (c *Conn) readFailed() readResult {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.abort(ConnectionLost.Close())
	c.reading = false
	return readEnded
}

// handleBytes acts on everything that data holds, and returns what must wait because no
// further message may begin now.
func (c *Conn) handleBytes(data []byte) []byte {
	if len(data) == 0 {
		return nil
	}
	now, lim := int64(c.pool.now()), c.limits.current.Load()
	c.count().bytesIn.Add(int64(len(data)))
	c.lastReceived.Store(now)
	for len(data) > 0 && !c.discarding {
		var ev event
		ev, data = c.in.next(data, lim, &c.pool.buffers)
		if ev.kind != pong {
			c.lastActive.Store(now)
		}
		if !c.handleEvent(ev, lim) {
			return data
		}
	}
	return nil
}

// handleEvent acts on one event; false when nothing further may be looked at now.
func (c *Conn) handleEvent(ev event, lim *Limits) bool {
	switch ev.kind {
	case message:
		return c.startMessage(ev, lim)
	case ping:
		c.sendPong(ev.payload)
	case pong:
		c.pong(ev.payload)
	case closeSent:
		c.discarding = true
		c.mu.Lock()
		c.clientClosed(ev.close)
		c.mu.Unlock()
	case violation:
		c.discarding = true
		c.mu.Lock()
		if c.state < failing {
			c.sendClose(failing, ev.close)
		}
		c.mu.Unlock()
	}
	return true
}

// clientClosed echoes the client's close frame, with its own code and reason
// (aws-dataplane §1.12), or takes it as the echo of ours. c.mu is held.
func (c *Conn) clientClosed(why Close) {
	switch {
	case c.state == closing && c.sendQueue == nil:
		c.teardown()
	case c.state < closeReceived:
		c.sendClose(closeReceived, why)
	}
}

// sendPong sends the pong to a ping.
func (c *Conn) sendPong(payload []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != opened {
		return
	}
	frame := appendFrame(c.pool.buffers.get(2+maxControl), opPong, true, payload)
	c.control(frame)
	c.pool.buffers.put(frame)
}

// startMessage starts OnMessage; it says whether another message may begin.
func (c *Conn) startMessage(ev event, lim *Limits) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != opened {
		return true // after our close frame messages mean nothing
	}
	payload := ev.payload
	if ev.borrowed {
		payload = append(c.pool.buffers.get(len(payload)), payload...)
	}
	c.inFlight++
	c.pool.inFlight.acquire(&c.limits.inFlight)
	c.count().messagesIn.Add(1)
	c.pool.running.Add(1)
	c.pool.messages.Submit(messageJob{c, ev.op, payload})
	return !c.draining && !c.atInFlightLimit(lim) && !c.pool.inFlight.full(&c.limits.inFlight)
}

// messageJob is a message that is to be handled.
type messageJob struct {
	conn    *Conn
	op      Opcode
	payload []byte
}

// run is one message from start to end.
func (e messageJob) run() {
	p := e.conn.pool
	defer p.running.Done()
	defer e.conn.messageDone()
	defer func() { p.buffers.put(e.payload) }()
	p.handler.OnMessage(e.conn, e.op, e.payload)
}

// messageDone ends a message and reads on if that was what reading waited for.
func (c *Conn) messageDone() {
	c.mu.Lock()
	c.inFlight--
	if c.state == opened {
		c.closeIfIdle()
	}
	paused := c.paused
	c.mu.Unlock()
	c.pool.inFlight.release(&c.limits.inFlight)
	if paused {
		c.resumeReading(false)
	}
}

// finish ends the connection: the only place that does. The caller is the
// reader, after readEnded.
func (c *Conn) finish() {
	c.mu.Lock()
	if c.state == ended {
		c.mu.Unlock()
		return
	}
	c.state = ended
	why := c.end.why
	why.Undelivered = c.end.undelivered
	admitted := c.admitted
	c.transport.release(c)
	c.mu.Unlock()
	if admitted {
		c.pool.inFlight.admitNext()
	}
	c.in, c.unprocessed = decoder{}, nil
	c.pool.wheel.remove(c)
	c.count().closed[why.Cause].Add(1)
	c.count().undelivered.Add(int64(why.Undelivered))
	c.pool.handler.OnClose(c, why)
	c.pool.remove()
}
