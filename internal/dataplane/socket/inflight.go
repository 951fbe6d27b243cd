package socket

import (
	"sync"
	"sync/atomic"
)

// inFlightLimiter bounds how many OnMessage calls run at once, of all connections and of those
// that share their limits, which are those of a stage: a stage may run more only
// while it runs fewer than are free (see package fairshare, whose rule this is, here
// without a lock on the way of a message). So a stage whose backend hangs does not
// stop the others from being read. The bound may be exceeded by one call for each
// connection that is being read when it is reached: a call is counted after the check.
//
// Connections that find it full wait in the queue of their stage, in the order they
// came, and stages take turns. No queue is longer than there are connections and
// running calls.
type inFlightLimiter struct {
	limit   int64
	running atomic.Int64
	waiters atomic.Int64

	mu    sync.Mutex
	queue []*stageInFlight // those with connections that wait; the first is next
}

// stageInFlight is what the limiter keeps of the connections of one stage, as
// fairshare.Group is elsewhere.
type stageInFlight struct {
	running atomic.Int64
	waiting []*Conn // guarded by inFlightLimiter.mu
}

func (g *inFlightLimiter) full(s *stageInFlight) bool {
	running := g.running.Load()
	return running+s.running.Load() >= g.limit
}

func (g *inFlightLimiter) acquire(s *stageInFlight) {
	g.running.Add(1)
	s.running.Add(1)
}

// enqueue puts c in its queue, unless a call may begin by now.
func (g *inFlightLimiter) enqueue(c *Conn) bool {
	s := &c.limits.inFlight
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiters.Add(1) // before the check, as release does both in the other order
	if !g.full(s) {
		g.waiters.Add(-1)
		return false
	}
	if s.waiting = append(s.waiting, c); len(s.waiting) == 1 {
		g.queue = append(g.queue, s)
	}
	return true
}

// release ends one call.
func (g *inFlightLimiter) release(s *stageInFlight) {
	g.running.Add(-1)
	s.running.Add(-1)
	g.admitNext()
}

// admitNext lets the next waiting connection read, if it may and still wants to. It must
// be called at the end of every call, and of every read that it admitted: if a read began
// no call, the next connection is admitted instead.
func (g *inFlightLimiter) admitNext() {
	for g.waiters.Load() > 0 {
		c := g.dequeue()
		if c == nil || c.resumeReading(true) {
			return
		}
	}
}

// dequeue takes one out of the first queue whose stage may run more; nil: there is none.
func (g *inFlightLimiter) dequeue() *Conn {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, s := range g.queue {
		if g.full(s) {
			continue
		}
		c := s.waiting[0]
		s.waiting[0] = nil
		s.waiting = s.waiting[1:]
		copy(g.queue[i:], g.queue[i+1:])
		if last := len(g.queue) - 1; len(s.waiting) > 0 {
			g.queue[last] = s
		} else {
			s.waiting = nil
			g.queue[last] = nil
			g.queue = g.queue[:last]
		}
		g.waiters.Add(-1)
		return c
	}
	return nil
}
