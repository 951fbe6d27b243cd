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

// When $disconnects are delayed: while another node may have taken this node's
// connections over, and while the journal has not confirmed for journalLag which
// $disconnects have run, since a node that takes this one over would run those again.
// None is delayed for longer than withoutLeaseFor (A-GATEWAY-36).
const (
	withoutLeaseFor   = time.Minute
	withoutLeasePause = 500 * time.Millisecond
	journalLag        = 250 * time.Millisecond
)

// Connections of a run that was taken over are closed in batches with a pause between.
const (
	takenOverBatch = 100
	takenOverPause = 10 * time.Millisecond
)

// takenOverConns are connections that another node has taken over while this node still
// has their sockets: that node runs their $disconnects, this one must not.
type takenOverConns struct {
	some  atomic.Bool // avoids the lock while there never were any
	mu    sync.Mutex
	conns map[*connection]struct{}
}

func (t *takenOverConns) add(c *connection) {
	if c.resume != nil {
		c.resume.takenOver.Store(true)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.conns == nil {
		t.conns = map[*connection]struct{}{}
	}
	t.conns[c] = struct{}{}
	t.some.Store(true)
}

func (t *takenOverConns) has(c *connection) bool {
	if !t.some.Load() {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	_, ok := t.conns[c]
	return ok
}

func (t *takenOverConns) remove(c *connection) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.conns, c)
}

// runTakenOver is called when this run was taken over: the other node is responsible for
// the connections in its journal. Their sockets are closed with 1012, without a
// $disconnect here; connections that the journal did not have stay. It returns the
// journal of the new run.
func (g *Gateway) runTakenOver(ctx context.Context, left journal.Unwritten) (pasarela.Journal, error) {
	g.runs.Add(1)
	now := time.Now()
	g.takenOverAt.Store(&now) // before its connections are removed
	g.runBegan.Store(g.options.Now().UnixMilli())
	g.forgetAllIncoming()
	closed, kept := g.closeAllTaken(ctx, func(id string) bool { return !left.Has(id) })
	if left.Unsure && g.options.NamedWhenTaken != nil {
		// A write that was not answered may be in the journal that the other run has read.
		if named := g.namedWhenTaken(ctx); len(named) > 0 {
			more, rest := g.closeAllTaken(ctx, func(id string) bool { return named[id] })
			closed, kept = closed+more, rest
		}
	}
	g.options.Log.Warn("another node took over the connections of this one while it could not be seen, and runs their $disconnects; they are closed here",
		"connections", closed, "kept", kept)
	next, err := g.options.BeginRun(ctx)
	if err == nil && g.local != nil {
		g.local.Renew() // it has what the other run is responsible for
	}
	return next, err
}

// wasJustTakenOver says whether a run of this node was taken over so recently that the node which
// asks for a connection may have asked the one that took it over before that had it.
func (g *Gateway) wasJustTakenOver() bool {
	at := g.takenOverAt.Load()
	return at != nil && time.Since(*at) < busTimeout
}

// closeAllTaken has the connections closed that another run is responsible for, and counts these
// and the others.
func (g *Gateway) closeAllTaken(ctx context.Context, taken func(connectionID string) bool) (closed, kept int) {
	var all []*connection
	g.owing.Lock()
	g.table.each(func(c *connection) {
		p := c.heldPosts.Load()
		switch {
		case p != nil && !p.owed.Load() || g.takenOverConns.has(c):
		case taken(c.id):
			g.takenOverConns.add(c)
			all = append(all, c)
		default:
			if c.resume != nil { // the nodes that live could not ask this one
				c.resume.unseen.Store(true)
			}
			kept++
		}
	})
	g.disconnects.each(func(d *disconnection) {
		if taken(d.c.id) {
			g.takenOverConns.add(d.c)
		}
	})
	g.owing.Unlock()
	g.background.Go(func() { g.closeTakenOver(ctx, all) })
	return len(all), kept
}

// namedTimeout bounds the wait until the run that took this one over is through with its
// journal.
const (
	namedTimeout = 30 * time.Second
	namedPause   = 100 * time.Millisecond
)

// namedWhenTaken returns the connections that the journal named when it was taken over. It
// returns none where that cannot be learned in time: they are kept, and may have a second
// $disconnect under the same request id.
func (g *Gateway) namedWhenTaken(ctx context.Context) map[string]bool {
	ctx, cancel := context.WithTimeout(ctx, namedTimeout)
	defer cancel()
	for {
		named, done, err := g.options.NamedWhenTaken(ctx)
		if err == nil && done {
			return named
		}
		if sleep(ctx, namedPause) != nil {
			g.options.Log.Warn("it is not known which connections another node found in the journal of this one; those that it may not have found are kept", "error", err)
			return nil
		}
	}
}

func (g *Gateway) closeTakenOver(ctx context.Context, all []*connection) {
	for i, c := range all {
		if conn := c.opened(); conn != nil {
			_ = conn.Close(socket.Shutdown.Close()) // ErrClosed: it is closing already
		}
		if c.resume != nil {
			c.resume.end(socket.Shutdown.Close())
		}
		if i%takenOverBatch == takenOverBatch-1 && sleep(ctx, takenOverPause) != nil {
			return // the node stops and closes them all
		}
	}
}

// CheckJournal finds out whether this run was taken over, by writing to its journal, and
// begins another run if it was. It does not wait for the write.
func (g *Gateway) CheckJournal() {
	if g.journal != nil {
		g.journal.Probe()
	}
}

// holdsLease says whether this node alone may run the $disconnects of its connections.
func (g *Gateway) holdsLease() bool {
	return g.options.HoldsLease == nil || g.options.HoldsLease() && (g.journal == nil || g.journal.Steady())
}

// surelyHolds says whether no other node can have taken this node's connections over.
func (g *Gateway) surelyHolds() bool { return g.options.HoldsLease == nil || g.options.HoldsLease() }

// mayDisconnect says whether a $disconnect may run now.
func (g *Gateway) mayDisconnect() bool {
	return g.options.HoldsLease == nil || g.holdsLease() && (g.journal == nil || !g.journal.Behind(journalLag))
}

// noteTakenOver adds to the history that another node has taken the connection over.
func (g *Gateway) noteTakenOver(c *connection, why socket.Close) {
	x := g.acquire(g.options.Now())
	defer g.release(x)
	c.fill(&x.Event)
	x.Event.EventType, x.Event.RouteKey = event.Disconnect, pasarela.RouteDisconnect
	x.record.NoteMessage(execution.StepNote, language.StepTakenOver.Of())
	x.record.Note(execution.StepDisconnected, ". Close reason: ["+statusText(int(why.Code))+": "+why.Reason+"]")
	x.Reply.Status = http.StatusOK
	g.finish(c.stage.stage.Deployed(), nil, x, nil)
}
