package socket

import "bytes"

// A connection is read in turns: claim it, read, digest. All transports do it
// this way; none reads without a claim.

// turn says how a reader goes on.
type turn uint8

const (
	turnGo    turn = iota // claimed: read now; digested: wait for more bytes
	turnPause             // read nothing until resume
	turnEnd               // the connection is over: call finish
)

// claim begins a turn; unless it answers turnGo the reader must not read.
func (c *Conn) claim() turn {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.claimHeld()
}

// claimHeld is claim with c.mu held.
func (c *Conn) claimHeld() turn {
	switch {
	case c.state >= severed:
		return turnEnd
	case c.pauses():
		return turnPause
	}
	c.reading = true
	return turnGo
}

// digest looks at what a claimed turn has read and ends the turn.
func (c *Conn) digest(data []byte) turn {
	for {
		data = c.take(data)
		t, admitted, done := c.release(data)
		if admitted {
			c.pool.gate.pass()
		}
		if done {
			return t
		}
	}
}

// release ends a turn that has left rest alone, unless rest can be taken by now.
// admitted says whether the gate had let it begin and must be told.
func (c *Conn) release(rest []byte) (t turn, admitted, done bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.state >= severed:
		t = turnEnd
	case len(rest) == 0:
		c.rest = nil
	case !c.pauses():
		return turnGo, false, false
	default: // still under the lock under which resume will look for it
		c.rest = bytes.Clone(rest)
		t = turnPause
	}
	c.reading = false
	admitted, c.admits = c.admits, false
	return t, admitted, true
}

// pauses says whether reading must stop now, and notes it. c.mu is held.
func (c *Conn) pauses() bool {
	if c.state != opened {
		return false
	}
	c.paused = c.leaving || c.full(c.limits.now.Load()) || c.pool.gate.shut(&c.limits.share) && c.pool.gate.wait(c)
	if c.paused {
		c.via.suspend(c)
	}
	return c.paused
}

// lost ends a turn whose read failed: without a close frame before, that is 1006.
func (c *Conn) lost() turn {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.breakOff(ConnectionLost.Close())
	c.reading = false
	return turnEnd
}

// take acts on everything that data holds, and returns what must wait because no
// further message may begin now.
func (c *Conn) take(data []byte) []byte {
	if len(data) == 0 {
		return nil
	}
	now, lim := int64(c.pool.now()), c.limits.now.Load()
	c.count().bytesIn.Add(int64(len(data)))
	c.heard.Store(now)
	for len(data) > 0 && !c.deaf {
		var hap happening
		hap, data = c.in.next(data, lim, &c.pool.buffers)
		if hap.kind != pong {
			c.active.Store(now)
		}
		if !c.react(hap, lim) {
			return data
		}
	}
	return nil
}

// react acts on one happening; false when nothing further may be looked at now.
func (c *Conn) react(hap happening, lim *Limits) bool {
	switch hap.kind {
	case message:
		return c.deliver(hap, lim)
	case ping:
		c.answer(hap.payload)
	case closeSent:
		c.deaf = true
		c.mu.Lock()
		c.closedByClient(hap.close)
		c.mu.Unlock()
	case violation:
		c.deaf = true
		c.mu.Lock()
		if c.state < failing {
			c.say(failing, hap.close)
		}
		c.mu.Unlock()
	}
	return true
}

// closedByClient answers the client's close frame, with its own code and reason
// (aws-dataplane §1.12), or takes it as the answer to ours. c.mu is held.
func (c *Conn) closedByClient(why Close) {
	switch {
	case c.state == closing && c.out == nil:
		c.sever()
	case c.state < answering:
		c.say(answering, why)
	}
}

// answer sends the pong to a ping.
func (c *Conn) answer(payload []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != opened {
		return
	}
	frame := appendFrame(c.pool.buffers.get(2+maxControl), opPong, true, payload)
	c.control(frame)
	c.pool.buffers.put(frame)
}

// deliver starts OnMessage; it says whether another message may begin.
func (c *Conn) deliver(hap happening, lim *Limits) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != opened {
		return true // after our close frame messages mean nothing
	}
	payload := hap.payload
	if hap.lent {
		payload = append(c.pool.buffers.get(len(payload)), payload...)
	}
	c.inFlight++
	c.pool.gate.enter(&c.limits.share)
	c.count().messagesIn.Add(1)
	c.pool.running.Add(1)
	c.pool.hands.Give(errand{c, hap.op, payload})
	return !c.leaving && !c.full(lim) && !c.pool.gate.shut(&c.limits.share)
}

// errand is a message that is to be handled.
type errand struct {
	conn    *Conn
	op      Opcode
	payload []byte
}

// handle is one message from start to end.
func (e errand) handle() {
	p := e.conn.pool
	defer p.running.Done()
	defer e.conn.handled()
	defer func() { p.buffers.put(e.payload) }()
	p.handler.OnMessage(e.conn, e.op, e.payload)
}

// handled ends a message and reads on if that was what reading waited for.
func (c *Conn) handled() {
	c.mu.Lock()
	c.inFlight--
	if c.state == opened {
		c.leaveNow()
	}
	paused := c.paused
	c.mu.Unlock()
	c.pool.gate.leave(&c.limits.share)
	if paused {
		c.proceed()
	}
}

// finish ends the connection: the only place that does. The caller is whoever
// reads it, after turnEnd.
func (c *Conn) finish() {
	c.mu.Lock()
	if c.state == ended {
		c.mu.Unlock()
		return
	}
	c.state = ended
	why := c.end.why
	why.Undelivered = c.end.undelivered
	admitted := c.admits
	c.via.release(c)
	c.mu.Unlock()
	if admitted {
		c.pool.gate.pass()
	}
	c.in, c.rest = decoder{}, nil
	c.pool.wheel.remove(c)
	c.count().closed[why.Cause].Add(1)
	c.count().undelivered.Add(int64(why.Undelivered))
	c.pool.handler.OnClose(c, why)
	c.pool.gone()
}
