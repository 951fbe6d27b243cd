package gateway

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// noTakeoverFor is how long the result that no takeover is pending is reused, while the
// set of live nodes stays the same.
const noTakeoverFor = 200 * time.Millisecond

// takeoverChecks shares checks whether a takeover is pending, so that many handshakes at a time
// do not wait for one another's while the store is slow.
type takeoverChecks struct {
	mu      sync.Mutex
	none    time.Time // when the newest check began that found none
	nodes   []string  // that lived then
	running *takeoverCheck
}

// takeoverCheck is one check.
type takeoverCheck struct {
	done    chan struct{} // closed when the others are set
	pending bool
	err     error
}

// fresh says whether a check found recently, with these nodes living, that none is pending.
// c.mu is held.
func (c *takeoverChecks) fresh(nodes []string) bool {
	return time.Since(c.none) < noTakeoverFor && slices.Equal(c.nodes, nodes)
}

// takeoverPending says whether an ended run of any node has not been taken over yet. A check
// that is under way is waited for: one that says yes or fails is taken as it is, since its
// caller then waits or refuses; after another the caller looks again.
func (g *Gateway) takeoverPending(ctx context.Context) (bool, error) {
	if g.options.TakeoverPending == nil {
		return false, nil
	}
	for {
		var nodes []string
		if g.options.OtherNodes != nil {
			nodes = g.options.OtherNodes()
			slices.Sort(nodes)
		}
		g.takeovers.mu.Lock()
		if g.takeovers.fresh(nodes) {
			g.takeovers.mu.Unlock()
			return false, nil
		}
		other := g.takeovers.running
		if other == nil {
			check := &takeoverCheck{done: make(chan struct{})}
			g.takeovers.running = check
			g.takeovers.mu.Unlock()
			return g.checkTakeovers(ctx, check, nodes)
		}
		g.takeovers.mu.Unlock()
		select {
		case <-other.done:
		case <-ctx.Done():
			return false, ctx.Err()
		}
		if other.pending || other.err != nil {
			return other.pending, other.err
		}
	}
}

// checkTakeovers makes a check; it goes on for the others when ctx ends.
func (g *Gateway) checkTakeovers(ctx context.Context, check *takeoverCheck, nodes []string) (pending bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), busTimeout)
	defer cancel()
	began := time.Now()
	check.pending, check.err = g.options.TakeoverPending(ctx, "")
	g.takeovers.mu.Lock()
	defer g.takeovers.mu.Unlock()
	if check.err == nil && !check.pending {
		g.takeovers.none, g.takeovers.nodes = began, nodes
	}
	g.takeovers.running = nil
	close(check.done)
	return check.pending, check.err
}

// takeoverPendingOf says whether a node that has ended may have connections that are
// still to be taken over; true also if that cannot be determined.
func (g *Gateway) takeoverPendingOf(ctx context.Context, node uint16) bool {
	if g.options.TakeoverPending == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, busTimeout)
	defer cancel()
	name, err := g.nodeName(ctx, node)
	if errors.Is(err, pasarela.ErrNodeGone) {
		return false // no node ever had the number
	}
	undecided := false
	if err == nil {
		undecided, err = g.options.TakeoverPending(ctx, name)
	}
	return undecided || err != nil
}
