package gateway

import (
	"context"
	"sync"
	"time"
)

// A connection may move while a message for many is on its way to the nodes: the new node
// may have been asked before the connection came, and the old one after it had left. So the
// old one forwards such messages for a while (A-GATEWAY-59). Each has a key, as [Push.Key],
// by which a connection that gets it from both nodes takes it once.
const (
	departedFor = 20 * time.Second // longer than a call for many and a move take together
	maxDeparted = 10_000           // connections; beyond it the oldest are forgotten
)

// departures are the tagged connections of a stage that moved to other nodes within
// departedFor.
type departures struct {
	mu  sync.Mutex
	all []departure // oldest first
}

type departure struct {
	connectionID string
	tags         []string
	at           time.Time
}

// add remembers a connection that leaves.
func (d *departures) add(connectionID string, tags []string, now time.Time) {
	if len(tags) == 0 {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.forget(now)
	if len(d.all) == maxDeparted {
		d.all = d.all[1:]
	}
	d.all = append(d.all, departure{connectionID, tags, now})
}

// with are the ids of those that had a tag when they left.
func (d *departures) with(tag string, now time.Time) (ids []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.forget(now)
	for i := range d.all {
		for _, had := range d.all[i].tags {
			if had == tag {
				ids = append(ids, d.all[i].connectionID)
			}
		}
	}
	return ids
}

// forget forgets those that left long ago. d.mu is held.
func (d *departures) forget(now time.Time) {
	n := 0
	for n < len(d.all) && now.Sub(d.all[n].at) > departedFor {
		n++
	}
	if d.all = d.all[n:]; len(d.all) == 0 {
		d.all = nil
	}
}

// movedInRecently says whether the node that the connection came from may still forward
// messages for many to it.
func (r *resumable) movedInRecently(now time.Time) bool {
	m := r.moves.Load()
	return m != nil && m.cameAt != 0 && now.UnixMilli()-m.cameAt < departedFor.Milliseconds()
}

// pushByKey pushes a message for many to one connection that is moving or moved
// recently, on whatever node it is. counted is false where another node gave it the
// message before.
func (g *Gateway) pushByKey(ctx context.Context, apiID, connectionID string, p Push) (outcome Outcome, counted bool) {
	node, err := nodeOf(connectionID)
	if err != nil {
		return Gone, true
	}
	pushed, err := g.pushToHolder(ctx, node, apiID, connectionID, p)
	if err != nil {
		return outcomeOf(err), true
	}
	return pushed.Outcome, !pushed.Replayed
}
