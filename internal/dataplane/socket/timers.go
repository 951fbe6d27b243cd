package socket

import "time"

// checkTimers is called by the wheel: it does what is due and returns when to come again,
// 0 for never.
func (c *Conn) checkTimers(now time.Duration) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state >= tornDown {
		return 0
	}
	c.transport.trimMemory(c)
	lim := c.limits.current.Load()
	switch {
	case c.state > opened:
		if now >= c.end.deadline {
			c.teardown()
			return 0
		}
	case lim.Life > 0 && now >= c.openedAt+lim.Life:
		c.closeWith(LifeExceeded)
	case lim.Idle > 0 && now >= time.Duration(c.lastActive.Load())+lim.Idle && c.inFlight == 0:
		c.closeWith(IdleTimeout)
	case c.sendQueue != nil && now >= c.sendQueue.since+lim.WriteStall:
		c.abort(SlowReader.Close())
		return 0
	default:
		if !c.checkPing(lim, now) {
			return 0
		}
	}
	return c.nextDeadline(lim, now)
}

// closeWith closes the connection for a reason of our own. c.mu is held.
func (c *Conn) closeWith(cause Cause) {
	c.sendClose(closing, cause.Close())
	c.unpause()
}

// checkPing sends a ping to a silent client, and ends a connection whose ping was not
// answered.
func (c *Conn) checkPing(lim *Limits, now time.Duration) bool {
	heard := time.Duration(c.lastReceived.Load())
	if lim.PingEvery <= 0 || heard >= c.pinged {
		c.pinged = 0
	}
	switch {
	case lim.PingEvery <= 0 || c.paused: // while reading is paused its pong would not be read
	case c.pinged > 0 && now >= c.pinged+lim.PongWithin:
		c.abort(PongMissing.Close())
		return false
	case c.pinged == 0 && now >= heard+lim.PingEvery:
		c.pinged = now
		c.control(appendFrame(nil, opPing, true, nil))
	}
	return c.state < tornDown
}

// nextDeadline returns when the connection must be looked at next. c.mu is held, or nothing
// else knows the connection yet.
func (c *Conn) nextDeadline(lim *Limits, now time.Duration) time.Duration {
	if c.state > opened {
		return c.end.deadline
	}
	due := now + RecheckEvery
	if lim.Life > 0 {
		due = min(due, c.openedAt+lim.Life)
	}
	if lim.Idle > 0 {
		due = min(due, max(now, time.Duration(c.lastActive.Load())+lim.Idle))
	}
	if lim.PingEvery > 0 {
		due = min(due, max(now, time.Duration(c.lastReceived.Load())+lim.PingEvery))
	}
	if c.pinged > 0 {
		due = min(due, c.pinged+lim.PongWithin)
	}
	if c.sendQueue != nil {
		due = min(due, c.sendQueue.since+lim.WriteStall)
	}
	return due
}
