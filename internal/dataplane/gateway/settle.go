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
	settleEvery = time.Second // while it is not known whose some connections are
	sweepEvery  = time.Minute // between looks whether connections that have moved are still there
	heldAtOnce  = 1000        // connections of one question
)

// heldHere says which of these connections this node has. One that is on its way to the
// asking node by that move stays.
func (g *Gateway) heldHere(ctx context.Context, r request) (held []string, err error) {
	if g.recovering.Load() > 0 {
		return nil, pasarela.Errorf(pasarela.CodeServiceUnavailable, "The node takes connections over.")
	}
	for _, asked := range r.HeldIDs {
		has, err := g.holds(ctx, asked, r.From)
		if err != nil {
			return nil, err
		}
		if has {
			held = append(held, asked.ConnectionID)
		}
	}
	return held, nil
}

func (g *Gateway) holds(ctx context.Context, asked heldID, from uint16) (bool, error) {
	if coming := g.arrivals.get(asked.ConnectionID); coming != nil {
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
	if !asks || c.resume.stay(m) {
		return true, nil
	}
	select {
	case <-m.done:
	case <-ctx.Done():
		return false, ctx.Err()
	}
	return g.table.get(asked.ConnectionID) == c, nil
}

// settle finds out from time to time whose the connections are that may have come to this
// node, and forgets those that have gone from it and ended.
func (g *Gateway) settle(ctx context.Context) {
	every, sweep := time.NewTicker(settleEvery), time.NewTicker(sweepEvery)
	defer every.Stop()
	defer sweep.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-g.settling:
			g.settleArrivals(ctx)
		case <-every.C:
			g.settleArrivals(ctx)
		case <-sweep.C:
			g.sweepMoved(ctx)
		}
	}
}

func (g *Gateway) wakeSettling() {
	select {
	case g.settling <- struct{}{}:
	default: // it is awake
	}
}

// settleArrivals asks the others who has the connections that are not settled.
func (g *Gateway) settleArrivals(ctx context.Context) {
	var open []*resumable
	g.arrivals.each(func(r *resumable) {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.unsettled {
			open = append(open, r)
		}
	})
	for some := range slices.Chunk(open, heldAtOnce) {
		asked := make([]heldID, len(some))
		for i, r := range some {
			asked[i] = heldID{ConnectionID: r.c.id, Move: r.move}
		}
		held, err := g.whoHolds(ctx, asked)
		for _, r := range some {
			switch {
			case held[r.c.id]:
				g.withdraw(r)
			case err == nil && !g.draining.Load():
				g.comesBack(r)
			}
		}
	}
}

// comesBack has a connection that has come without its client wait for it.
func (g *Gateway) comesBack(r *resumable) {
	other := g.sessions.claim(r)
	if !g.arrived(r) {
		g.sessions.remove(r)
		return
	}
	if other != nil && other != r { // its client has another connection by now
		r.end(r.left)
	}
}

// whoHolds asks all other nodes which of these connections they have. An error says that
// others than those may be had.
func (g *Gateway) whoHolds(ctx context.Context, asked []heldID) (held map[string]bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, busTimeout)
	defer cancel()
	undecided, err := g.runsUndecided(ctx)
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

// sweepMoved forgets where connections have gone that no node has any more.
func (g *Gateway) sweepMoved(ctx context.Context) {
	places := map[string]movedTo{}
	var asked []heldID
	g.moved.each(func(id string, to movedTo) {
		places[id] = to
		asked = append(asked, heldID{ConnectionID: id})
	})
	for some := range slices.Chunk(asked, heldAtOnce) {
		held, err := g.whoHolds(ctx, some)
		if err != nil {
			return
		}
		for _, one := range some {
			if !held[one.ConnectionID] {
				g.moved.forget(one.ConnectionID, places[one.ConnectionID])
			}
		}
	}
}

// decidedFor is how long it is taken for known that no run is left to be taken over, while
// the same nodes live.
const decidedFor = 200 * time.Millisecond

// runsUndecided says whether a run of any node has ended and its connections are not taken
// over yet. Handshakes that come together look once.
func (g *Gateway) runsUndecided(ctx context.Context) (bool, error) {
	if g.options.Undecided == nil {
		return false, nil
	}
	var nodes []string
	if g.options.OtherNodes != nil {
		nodes = g.options.OtherNodes()
		slices.Sort(nodes)
	}
	g.decided.mu.Lock()
	defer g.decided.mu.Unlock()
	if time.Since(g.decided.at) < decidedFor && slices.Equal(g.decided.nodes, nodes) {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(ctx, busTimeout)
	defer cancel()
	began := time.Now()
	undecided, err := g.options.Undecided(ctx, "")
	if err == nil && !undecided {
		g.decided.at, g.decided.nodes = began, nodes
	}
	return undecided, err
}
