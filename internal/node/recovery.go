package node

import (
	"context"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/dataplane/journal"
)

const (
	recoverPause = time.Second     // after a recovery that failed, or an attempt to begin anew
	recoverEvery = 2 * time.Second // between looks for runs that have ended
)

// recoverLost runs the $disconnects of connections that runs which have ended were
// holding: of earlier ones on the data directory once, of those of a cluster for as long
// as the node runs.
func (n *Node) recoverLost(ctx context.Context) {
	failed := false
	for {
		err := n.recoverEnded(ctx)
		pause := recoverPause
		switch {
		case ctx.Err() != nil, err == nil && n.options.NATSURL == "":
			return
		case err == nil:
			pause, failed = recoverEvery, false
		case !failed:
			failed = true
			n.options.Log.Error("connections of a run that was lost cannot be recovered for now; trying again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-n.store.TakenOver():
			n.gateway.CheckJournal()
		case <-time.After(pause):
		}
	}
}

func (n *Node) recoverEnded(ctx context.Context) error {
	if !n.store.Sure() {
		return nil // this node may be the one that is lost
	}
	ended, err := n.store.EndedRuns(ctx)
	if err != nil {
		return err
	}
	own := n.store.Run()
	for _, run := range ended {
		journals, err := n.store.TakeOver(ctx, run)
		if err == nil && len(journals) > 0 {
			err = n.recoverRuns(ctx, own, run, journals)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// recoverRuns runs what a lost run left, which stands in these journals.
func (n *Node) recoverRuns(ctx context.Context, own, lost pasarela.Run, journals []pasarela.Run) error {
	var owed journal.Owed
	for _, run := range journals {
		err := n.store.Journal(run).Read(ctx, func(data []byte) {
			owed.Add(data, func(l journal.Loss) {
				n.options.Log.Warn("a part of the journal of a lost run cannot be read; connections noted in it get no $disconnect, or a second one",
					"node", run.Node, "run", run.Boot, "bytes_from", l.From, "bytes_to", l.To, "why", l.Why)
			})
		})
		if err != nil {
			return err
		}
	}
	records := owed.Records()
	done, err := n.gateway.Recover(ctx, records, func(ctx context.Context) error {
		for _, run := range journals {
			if n.store.Run() != own {
				return gateway.ErrTakenOver
			}
			if err := n.store.Journal(run).Remove(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && len(records) > 0 {
		n.options.Log.Warn("a run ended with open connections; this node runs the $disconnects of those that cannot go on, and keeps those whose clients may come back",
			"node", lost.Node, "run", lost.Boot, "connections", len(records),
			"disconnecting", done.Disconnecting, "kept", done.Kept, "without_a_stage", done.WithoutStage)
	}
	return err
}

// beginAnew begins another run of the node, as soon as the store can be reached.
func (n *Node) beginAnew(ctx context.Context) (pasarela.Journal, error) {
	for {
		err := n.store.BeginAnew(ctx)
		if err == nil {
			return n.store.Journal(n.store.Run()), nil
		}
		n.options.Log.Warn("no new run of the node can begin yet; trying again", "error", err)
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(recoverPause):
		}
	}
}
