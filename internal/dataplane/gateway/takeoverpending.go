package gateway

import (
	"context"
	"slices"
	"sync"
	"time"
)

// noTakeoverFor is how long the result that no takeover is pending is reused, while the
// set of live nodes stays the same.
const noTakeoverFor = 200 * time.Millisecond

// takeoverChecks shares checks whether a takeover is pending, so that many handshakes at a time
// do not wait for one another's while the store is slow.
type takeoverChecks struct {
	isPending func(ctx context.Context, node string) (bool, error) // Options.TakeoverPending
	live      func() []string                                      // Options.OtherNodes

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

// anyPending says whether an ended run of any node has not been taken over yet. A check
// that is under way is waited for: one that says yes or fails is taken as it is, since its
// caller then waits or refuses; after another the caller looks again.
func (c *takeoverChecks) anyPending(ctx context.Context) (bool, error) {
	if c.isPending == nil {
		return false, nil
	}
	for {
		nodes := sortedNames(c.live)
		c.mu.Lock()
		if c.fresh(nodes) {
			c.mu.Unlock()
			return false, nil
		}
		other := c.running
		if other == nil {
			check := &takeoverCheck{done: make(chan struct{})}
			c.running = check
			c.mu.Unlock()
			return c.check(ctx, check, nodes)
		}
		c.mu.Unlock()
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

// check makes a check; it goes on for the others when ctx ends.
func (c *takeoverChecks) check(ctx context.Context, check *takeoverCheck, nodes []string) (pending bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), busTimeout)
	defer cancel()
	began := time.Now()
	check.pending, check.err = c.isPending(ctx, "")
	c.mu.Lock()
	defer c.mu.Unlock()
	if check.err == nil && !check.pending {
		c.none, c.nodes = began, nodes
	}
	c.running = nil
	close(check.done)
	return check.pending, check.err
}
