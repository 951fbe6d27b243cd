package socket

import (
	"sync"
	"sync/atomic"
)

// gate bounds how many OnMessage calls of all connections run at once.
// Connections that find it shut wait in the order they came. The line is never
// longer than connections and running calls together.
type gate struct {
	limit   int64
	running atomic.Int64
	waiters atomic.Int64

	mu   sync.Mutex
	line []*Conn
}

func (g *gate) shut() bool { return g.running.Load() >= g.limit }

func (g *gate) enter() { g.running.Add(1) }

// wait puts c in the line, unless the gate has opened meanwhile.
func (g *gate) wait(c *Conn) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiters.Add(1) // before looking: leave looks the other way round
	if !g.shut() {
		g.waiters.Add(-1)
		return false
	}
	g.line = append(g.line, c)
	return true
}

// leave ends one call and lets the first in line that still wants to go on.
func (g *gate) leave() {
	g.running.Add(-1)
	for g.waiters.Load() > 0 {
		c := g.first()
		if c == nil || c.proceed() {
			return
		}
	}
}

func (g *gate) first() *Conn {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.line) == 0 {
		return nil
	}
	c := g.line[0]
	g.line[0] = nil
	g.line = g.line[1:]
	g.waiters.Add(-1)
	return c
}
