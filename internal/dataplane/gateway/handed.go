package gateway

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/journal"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// A $disconnect is not run while this node cannot be sure that no other has taken its
// connections over, but not put off for longer than unsureFor (A-GATEWAY-36).
const (
	unsureFor   = time.Minute
	unsurePause = 500 * time.Millisecond
)

// Connections of a run that was taken over are closed so many at a time.
const (
	handedBatch = 100
	handedPause = 10 * time.Millisecond
)

// handed are connections that another node has taken over while this one still has
// their sockets: that node runs their $disconnect, this one must not.
type handed struct {
	some  atomic.Bool // spares the lock where there never were any
	mu    sync.Mutex
	conns map[*connection]struct{}
}

func (h *handed) add(c *connection) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.conns == nil {
		h.conns = map[*connection]struct{}{}
	}
	h.conns[c] = struct{}{}
	h.some.Store(true)
}

func (h *handed) has(c *connection) bool {
	if !h.some.Load() {
		return false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	_, ok := h.conns[c]
	return ok
}

func (h *handed) remove(c *connection) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.conns, c)
}

// takenOver is for when this run's journal is another's: the connections in it are that
// one's. Their sockets are closed with 1012 and have no $disconnect here; those that the
// journal did not tell of stay. It returns the journal of the run that begins.
func (g *Gateway) takenOver(ctx context.Context, unwritten []journal.Record) (pasarela.Journal, error) {
	own := make(map[string]bool, len(unwritten))
	for _, r := range unwritten {
		own[r.ConnectionID] = true
	}
	g.dropArrivals()
	var all []*connection
	g.table.each(func(c *connection) {
		if p := c.pending.Load(); !own[c.id] && (p == nil || p.owed.Load()) {
			g.handed.add(c)
			all = append(all, c)
		}
	})
	g.disconnects.each(func(d *disconnection) {
		if !own[d.c.id] {
			g.handed.add(d.c)
		}
	})
	g.options.Log.Warn("another node took over the connections of this one while it could not be seen, and runs their $disconnects; they are closed here",
		"connections", len(all), "kept", len(own))
	g.background.Go(func() { g.closeHanded(ctx, all) })
	return g.options.BeginAnew(ctx)
}

func (g *Gateway) closeHanded(ctx context.Context, all []*connection) {
	for i, c := range all {
		if conn := c.opened(); conn != nil {
			_ = conn.Close(socket.Shutdown.Close()) // ErrClosed: it is closing already
		}
		if c.resume != nil {
			c.resume.end(socket.Shutdown.Close())
		}
		if i%handedBatch == handedBatch-1 && sleep(ctx, handedPause) != nil {
			return // the node stops, and closes them all
		}
	}
}

// CheckJournal finds out whether this run was taken over, and begins another if it was.
func (g *Gateway) CheckJournal() {
	if g.journal != nil {
		g.journal.Probe()
	}
}

// sure says whether this node may run $disconnects as the only one.
func (g *Gateway) sure() bool {
	return g.options.Sure == nil || g.options.Sure() && (g.journal == nil || g.journal.Steady())
}

// noteHanded remembers for explain what became of a connection that is another node's.
func (g *Gateway) noteHanded(c *connection, why socket.Close) {
	x := g.acquire(g.options.Now())
	defer g.release(x)
	c.fill(&x.Event)
	x.Event.EventType, x.Event.RouteKey = event.Disconnect, pasarela.RouteDisconnect
	x.record.Say(execution.StepNote, language.StepTakenOver.Of())
	x.record.Note(execution.StepDisconnected, ". Close reason: ["+statusText(int(why.Code))+": "+why.Reason+"]")
	x.Reply.Status = http.StatusOK
	g.finish(c.stage.stage.Deployed(), nil, x, nil)
}
