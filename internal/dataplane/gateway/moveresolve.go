package gateway

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// heldID is a connection of which a node asks who has it, and the move by which it would
// have come to that node.
type heldID struct {
	ConnectionID string `json:"id"`
	Move         uint64 `json:"move,omitempty"`
	Stay         bool   `json:"stay,omitempty"` // the node that asks takes it by no move
}

const (
	resolveEvery  = time.Second // while it is not known whose some connections are
	sweepEvery    = time.Minute // between looks whether connections that have moved are still there
	idsPerRequest = 1000        // connections of one question
)

// heldHere says which of these connections this node has. One that is on its way to the
// asking node by that move stays.
func (g *Gateway) heldHere(ctx context.Context, r request) (held []string, err error) {
	if g.recovering.Load() > 0 {
		return nil, pasarela.Errorf(pasarela.CodeServiceUnavailable, "The node takes connections over.")
	}
	for _, asked := range r.HeldIDs {
		has, err := g.holdsForOther(ctx, asked, r.From)
		if err != nil {
			return nil, err
		}
		if has {
			held = append(held, asked.ConnectionID)
		}
	}
	return held, nil
}

func (g *Gateway) holdsForOther(ctx context.Context, asked heldID, from uint16) (bool, error) {
	if coming := g.incoming.get(asked.ConnectionID); coming != nil {
		// Of two that are not sure the one of the earlier move has it: the later one was
		// not brought to its end, or there would be no record of the earlier any more.
		return coming.move < asked.Move, nil
	}
	c := g.table.get(asked.ConnectionID)
	if c == nil {
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
	return g.table.get(asked.ConnectionID) == c, nil
}

// runMoveResolver finds out from time to time whose the connections are that may have come to this
// node, and forgets those that have gone from it and ended.
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
	default: // it is awake
	}
}

// resolveIncoming asks the others who has the connections that are not settled.
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
			asked[i] = heldID{ConnectionID: r.c.id, Move: r.move}
		}
		held, err := g.askHolders(ctx, asked)
		for _, r := range some {
			switch {
			case held[r.c.id]:
				g.abortMoveIn(r)
			case err == nil && !g.draining.Load():
				g.completeWithoutClient(r)
			}
		}
	}
}

// completeWithoutClient has a connection that has come without its client wait for it.
func (g *Gateway) completeWithoutClient(r *resumable) {
	other := g.sessions.claim(r)
	if !g.completeMoveIn(r) {
		g.sessions.remove(r)
		return
	}
	if other != nil && other != r { // its client has another connection by now
		r.end(r.left)
	}
}

// askHolders asks all other nodes which of these connections they have. An error says that
// others than those may be had.
func (g *Gateway) askHolders(ctx context.Context, asked []heldID) (held map[string]bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, busTimeout)
	defer cancel()
	undecided, err := g.takeoverPending(ctx)
	if undecided {
		err = errors.New("the connections of a run that ended are not taken over yet")
	}
	responses, missing := g.askOthers(ctx, request{Verb: verbHolds, HeldIDs: asked, From: g.options.Node}, func() {})
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

// sweepForwards forgets where connections have gone that no node has any more.
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
