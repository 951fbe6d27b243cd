package state

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/pasarela-ws/pasarela"
)

func (l *leases) run() pasarela.Run {
	l.mu.Lock()
	defer l.mu.Unlock()
	return pasarela.Run{Node: l.node, ID: l.mine.RunID}
}

// unexpired says whether the lease was renewed so recently that no other node can see it
// as expired.
func (l *leases) unexpired() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lost == nil && !l.replaced && time.Since(l.renewed) < unexpiredFor
}

// runEnded says whether a run is known to have ended: its lease was given back, or taken
// by another run of its node, or not renewed while this node saw its own renewals for a
// whole lease without a gap. So an outage of the store is never taken for the end of all
// other nodes. A node that has started again has the time of a lease to take over its own
// earlier run, since its directory may show more $disconnects as done than the journal in
// the store.
func (l *leases) runEnded(run pasarela.Run) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if run.Node == l.node {
		return run.ID != l.mine.RunID && l.lost == nil && !l.replaced
	}
	own, ok := l.known[l.key()]
	if !ok || time.Since(own.at) > 2*renewEvery || time.Since(l.steady) < leaseLife {
		return false
	}
	s, ok := l.known[leaseKey(run.Node)]
	if ok && s.RunID != run.ID && s.runs() {
		return time.Since(s.since) >= leaseLife
	}
	return !ok || !s.runs()
}

// isLive says whether a run is known to live: it is this one, or has renewed its lease in
// time.
func (l *leases) isLive(run pasarela.Run) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if run.Node == l.node {
		return run.ID == l.mine.RunID
	}
	s, ok := l.known[leaseKey(run.Node)]
	return ok && s.RunID == run.ID && s.runs()
}

// remove removes the lease of a run that has ended, so that it cannot be renewed. ok is
// false when it was renewed.
func (l *leases) remove(ctx context.Context, run pasarela.Run) (ok bool, err error) {
	l.mu.Lock()
	s, there := l.known[leaseKey(run.Node)]
	l.mu.Unlock()
	if !there || s.RunID != run.ID {
		return true, nil
	}
	err = l.bucket.Delete(ctx, leaseKey(run.Node), s.revision)
	switch {
	case errors.Is(err, pasarela.ErrConflict):
		return false, nil
	case errors.Is(err, pasarela.ErrNotFound):
		err = nil
	}
	return err == nil, err
}

// reclaim is called when this run's lease was removed. The run goes on if it makes the
// claim on itself before another run does.
func (l *leases) reclaim(ctx context.Context) {
	mine := l.run()
	by, err := claimRun(ctx, l.bucket, mine, mine)
	switch {
	case err == nil && by == mine:
		err = l.write(ctx, 0)
	case err == nil:
		l.log.Warn("another node took this run over while it could not be seen; its connections are closed and it goes on as another run",
			"node", l.node, "by", by.Node)
		l.mu.Lock()
		l.replaced = true
		l.mu.Unlock()
		select {
		case l.takenOver <- struct{}{}:
		default: // one is waiting to be read already
		}
		return
	}
	if err != nil {
		l.log.Warn("the lease on the node's name could not be written again; trying once more", "node", l.node, "error", err)
	}
}

// beginRun takes the name for another run.
func (l *leases) beginRun(ctx context.Context) error {
	l.mu.Lock()
	if !l.replaced {
		l.replaced = true // the journal detected it first
	}
	l.mine.RunID = pasarela.NewUUID()
	l.mu.Unlock()
	held, revision, err := l.held(ctx)
	if err != nil {
		return err
	}
	if revision != 0 && held.Instance != l.mine.Instance {
		return fmt.Errorf("another node took the name %q (host %s, process %d) while this one could not be seen: stop one of them, or give it another --node-name",
			l.node, held.Host, held.Process)
	}
	if err := l.write(ctx, revision); err != nil {
		return err
	}
	l.mu.Lock()
	l.replaced = false
	l.mu.Unlock()
	return nil
}

// claimRun returns which run may take over run: by, unless another came first.
func claimRun(ctx context.Context, b *bucket, run, by pasarela.Run) (pasarela.Run, error) {
	text, err := json.Marshal(claim{by.Node, by.ID, time.Now().UTC()})
	if err != nil {
		return by, err
	}
	if _, err = b.Put(ctx, claimKey(run), text, 0); !errors.Is(err, pasarela.ErrConflict) {
		return by, err
	}
	entry, err := b.Get(ctx, claimKey(run))
	if err != nil {
		return by, err
	}
	var known claim
	if err := json.Unmarshal(entry.Value, &known); err != nil {
		return by, err
	}
	if known.run() != run || by == run {
		return known.run(), nil
	}
	// The run had claimed itself in order to go on; now it has ended.
	_, err = b.Put(ctx, claimKey(run), text, entry.Revision)
	return by, err
}
