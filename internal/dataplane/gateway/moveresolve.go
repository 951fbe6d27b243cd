package gateway

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/journal"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
)

// heldID is a connection in a HOLDS request, and the number of the move by which it would
// have come to the requesting node.
type heldID struct {
	ConnectionID string `json:"id"`
	Move         uint64 `json:"move,omitempty"`
	Stay         bool   `json:"stay,omitempty"` // the requesting node does not take it: a move to it is to be cancelled
}

const (
	resolveEvery  = time.Second // while there are connections whose holder is not known
	sweepEvery    = time.Minute // between checks whether moved connections still exist
	idsPerRequest = 1000        // connections of one request
)

// heldHere returns which of these connections this node holds, has ended, or knows to have
// gone on by a later move. A move of one
// to the requesting node, by the number in the request, is cancelled.
func (g *Gateway) heldHere(ctx context.Context, r request) (held []string, err error) {
	undecided, err := g.others.takeovers.anyPending(ctx) // perhaps of the run before this one, which is not recovered yet
	if undecided || err != nil || g.recovering.Load() > 0 {
		return nil, pasarela.Errorf(pasarela.CodeServiceUnavailable, "The node takes connections over.")
	}
	has := make(map[string]bool, len(r.HeldIDs))
	for _, asked := range r.HeldIDs {
		if has[asked.ConnectionID], err = g.holdsForOther(ctx, asked, r.From); err != nil {
			return nil, err
		}
	}
	// In the order in which a connection goes on, so that none is missed.
	g.disconnects.each(func(d *disconnection) { has[d.c.id] = has[d.c.id] || g.answersFor(d.c) })
	for _, asked := range r.HeldIDs {
		past := g.past.get(asked.ConnectionID)
		if has[asked.ConnectionID] || past == journal.Ended || asked.Move != 0 && past > asked.Move {
			held = append(held, asked.ConnectionID)
		}
	}
	return held, nil
}

// holdsForOther says whether this node holds the connection for which another one asks, whose
// move here or from here came to no known end. A move that the other asks about is cancelled
// first if it still can be; else its end is waited for, since both nodes must not come to
// different results.
func (g *Gateway) holdsForOther(ctx context.Context, asked heldID, from uint16) (bool, error) {
	if coming := g.incoming.get(asked.ConnectionID); coming != nil {
		// When neither node knows, the later move counts: the node that began it held the
		// connection then, so an earlier one had come to nothing, or its node had gone on.
		return coming.move() > asked.Move, nil
	}
	c := g.table.get(asked.ConnectionID)
	if c == nil || !g.answersFor(c) {
		return false, nil
	}
	if c.resume == nil {
		return true, nil
	}
	c.resume.mu.Lock()
	m := c.resume.moving
	c.resume.mu.Unlock()
	asks := m != nil && (m.number == asked.Move || asked.Stay && m.to == from)
	if !asks || c.resume.cancelMove(m) {
		return true, nil
	}
	select {
	case <-m.done:
	case <-ctx.Done():
		return false, ctx.Err()
	}
	return g.table.get(asked.ConnectionID) == c && g.answersFor(c), nil
}

// runMoveResolver finds out, again and again, which node holds connections whose move
// here has no known end, and removes forwarding entries of connections that have ended.
func (g *Gateway) runMoveResolver(ctx context.Context) {
	every, sweep := time.NewTicker(resolveEvery), time.NewTicker(sweepEvery)
	defer every.Stop()
	defer sweep.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-g.resolveNow:
			g.resolveIncoming(ctx)
		case <-every.C:
			g.resolveIncoming(ctx)
		case <-sweep.C:
			g.sweepForwards(ctx)
		}
	}
}

func (g *Gateway) wakeResolver() {
	select {
	case g.resolveNow <- struct{}{}:
	default: // it is about to run already
	}
}

// resolveIncoming asks the other nodes which of them hold the unresolved connections.
func (g *Gateway) resolveIncoming(ctx context.Context) {
	var open []*resumable
	g.incoming.each(func(r *resumable) {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.unresolved {
			open = append(open, r)
		}
	})
	for some := range slices.Chunk(open, idsPerRequest) {
		asked := make([]heldID, len(some))
		for i, r := range some {
			asked[i] = heldID{ConnectionID: r.c.id, Move: r.move()}
		}
		held, err := g.askHolders(ctx, asked)
		for _, r := range some {
			other := g.table.get(r.c.id) // of this run's own, which the move would have brought back
			if other != nil && !g.keeps(other) {
				continue // it is about to go
			}
			switch {
			case held[r.c.id], other != nil:
				g.abortMoveIn(r)
			case err == nil && !g.draining.Load():
				g.completeWithoutClient(r)
			}
		}
	}
}

// completeWithoutClient makes this node the holder of a connection whose client has not
// come, and waits for the client.
func (g *Gateway) completeWithoutClient(r *resumable) {
	other := g.sessions.claimKnown(r)
	if !g.completeMoveIn(r, false) {
		if !g.isMovedIn(r.c) { // else its move or a takeover has just completed it
			g.sessions.remove(r)
		}
		return
	}
	if other != nil && other != r { // its client has another connection by now
		r.end(socket.NodeLost.Close())
	}
}

// askHolders asks all other nodes which of these connections they hold. If it returns an
// error, connections that are not in held may be held too.
func (g *Gateway) askHolders(ctx context.Context, asked []heldID) (held map[string]bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, busTimeout)
	defer cancel()
	undecided, err := g.others.takeovers.anyPending(ctx)
	if undecided {
		err = errors.New("the connections of a run that ended are not taken over yet")
	}
	responses, missing := g.others.askAll(ctx, request{Verb: verbHolds, HeldIDs: asked, From: g.options.Node}, func() {})
	held = map[string]bool{}
	for i := range responses {
		for _, id := range responses[i].Held {
			held[id] = true
		}
	}
	if len(missing) > 0 {
		err = errors.Join(err, errors.New("nodes do not answer"))
	}
	return held, err
}

// sweepForwards removes the forwarding entries of connections that no node holds any
// more.
func (g *Gateway) sweepForwards(ctx context.Context) {
	places := map[string]forwardTo{}
	var asked []heldID
	g.forwards.each(func(id string, to forwardTo) {
		places[id] = to
		asked = append(asked, heldID{ConnectionID: id})
	})
	for some := range slices.Chunk(asked, idsPerRequest) {
		held, err := g.askHolders(ctx, some)
		if err != nil {
			return
		}
		for _, one := range some {
			if !held[one.ConnectionID] {
				g.forwards.remove(one.ConnectionID, places[one.ConnectionID])
			}
		}
	}
}
