package socket

import "time"

// look is the wheel's visit: it does what is due and returns when to come again,
// 0 for never.
func (c *Conn) look(now time.Duration) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state >= severed {
		return 0
	}
	c.via.save(c)
	lim := c.limits.now.Load()
	switch {
	case c.state > opened:
		if now >= c.end.by {
			c.sever()
			return 0
		}
	case lim.Life > 0 && now >= c.began+lim.Life:
		c.tell(LifeExceeded)
	case lim.Idle > 0 && now >= time.Duration(c.active.Load())+lim.Idle && c.inFlight == 0:
		c.tell(IdleTimeout)
	case c.out != nil && now >= c.out.since+lim.WriteStall:
		c.breakOff(SlowReader.Close())
		return 0
	default:
		if !c.alive(lim, now) {
			return 0
		}
	}
	return c.due(lim, now)
}

// tell closes the connection for a reason of our own. c.mu is held.
func (c *Conn) tell(cause Cause) {
	c.say(closing, cause.Close())
	c.unpause()
}

// alive pings a silent client, and breaks off one that has not answered.
func (c *Conn) alive(lim *Limits, now time.Duration) bool {
	heard := time.Duration(c.heard.Load())
	if lim.PingEvery <= 0 || heard >= c.pinged {
		c.pinged = 0
	}
	switch {
	case lim.PingEvery <= 0 || c.paused: // while paused we would not hear it
	case c.pinged > 0 && now >= c.pinged+lim.PongWithin:
		c.breakOff(PongMissing.Close())
		return false
	case c.pinged == 0 && now >= heard+lim.PingEvery:
		c.pinged = now
		c.control(appendFrame(nil, opPing, true, nil))
	}
	return c.state < severed
}

// due returns when the connection must be looked at next. c.mu is held, or nobody
// else knows the connection yet.
func (c *Conn) due(lim *Limits, now time.Duration) time.Duration {
	if c.state > opened {
		return c.end.by
	}
	due := now + RecheckEvery
	if lim.Life > 0 {
		due = min(due, c.began+lim.Life)
	}
	if lim.Idle > 0 {
		due = min(due, max(now, time.Duration(c.active.Load())+lim.Idle))
	}
	if lim.PingEvery > 0 {
		due = min(due, max(now, time.Duration(c.heard.Load())+lim.PingEvery))
	}
	if c.pinged > 0 {
		due = min(due, c.pinged+lim.PongWithin)
	}
	if c.out != nil {
		due = min(due, c.out.since+lim.WriteStall)
	}
	return due
}
