package node

import (
	"context"
	"slices"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/dataplane/journal"
)

const (
	recoverPause = time.Second     // after a recovery that failed, or an attempt to continue as a new run
	recoverEvery = 2 * time.Second // between looks for runs that have ended
)

// recoverLost runs the $disconnects of connections that ended runs were holding: those of
// earlier runs on the data directory once, those of runs of a cluster for as long as the
// node runs.
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

// recoverEnded takes over the connections of runs that have ended. An error leaves the rest to
// the next attempt.
func (n *Node) recoverEnded(ctx context.Context) error {
	if !n.store.HoldsLease() {
		return nil // this node may be the one that has lost the store
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
	return n.recoverLocal(ctx, own)
}

// recoverLocal runs the $disconnects of connections that are in no journal of the
// cluster: earlier runs of this node noted them in the node's directory only.
func (n *Node) recoverLocal(ctx context.Context, own pasarela.Run) error {
	left, err := n.store.Left(ctx)
	if err != nil || len(left.Journals)+len(left.Outdated) == 0 {
		return err
	}
	if len(left.Outdated) > 0 {
		n.options.Log.Warn("journals of earlier runs in the node's directory are too old to tell which $disconnects other nodes have run; none is run by them", "files", left.Outdated)
	}
	var owed journal.Owed
	for _, j := range left.Journals {
		if err := n.readJournal(ctx, n.store.Run(), j, &owed); err != nil {
			return err
		}
	}
	records := slices.DeleteFunc(owed.Records(), func(r journal.Record) bool { return left.Taken[r.ConnectionID] })
	done, err := n.gateway.RecoverUnseen(ctx, records, func(ctx context.Context) error {
		if n.store.Run() != own {
			return gateway.ErrTakenOver
		}
		return n.store.Forget(ctx, left)
	})
	if err == nil && len(records) > 0 {
		n.options.Log.Warn("an earlier run of this node ended with open connections that are noted in its data directory only; their $disconnects are run now",
			"connections", len(records), "disconnecting", done.Disconnecting, "kept", done.Kept, "without_a_stage", done.WithoutStage, "here_already", done.Here)
	}
	return err
}

// readLocal reads all that earlier runs left in the node's directory.
func (n *Node) readLocal(ctx context.Context) (*journal.Owed, error) {
	all, err := n.store.LocalJournals()
	if err != nil {
		return nil, err
	}
	var owed journal.Owed
	for _, j := range all {
		if err := n.readJournal(ctx, n.store.Run(), j, &owed); err != nil {
			return nil, err
		}
	}
	return &owed, nil
}

// readJournal adds a journal to owed, and logs which parts of it cannot be read.
func (n *Node) readJournal(ctx context.Context, of pasarela.Run, j pasarela.Journal, owed *journal.Owed) error {
	return j.Read(ctx, func(data []byte) {
		owed.Add(data, func(l journal.Loss) {
			n.options.Log.Warn("a part of the journal of a lost run cannot be read; connections noted in it get no $disconnect, or a second one",
				"node", of.Node, "run", of.ID, "bytes_from", l.From, "bytes_to", l.To, "why", l.Why)
		})
	})
}

// recoverRuns runs the $disconnects that a lost run left, as these journals have them.
func (n *Node) recoverRuns(ctx context.Context, own, lost pasarela.Run, journals []pasarela.Run) error {
	var owed journal.Owed
	spokeOf := make([][]string, len(journals))
	for i, run := range journals {
		if err := n.readJournal(ctx, run, n.store.Journal(run), &owed); err != nil {
			return err
		}
		spokeOf[i] = owed.Mentioned() // with those of journals that this run had taken over
	}
	n.gateway.Learn(&owed)
	local, err := n.readLocal(ctx)
	if err != nil {
		return err
	}
	// Connections that this node's directory has as ended may still be open in a journal
	// whose last batches NATS did not take.
	records := slices.DeleteFunc(owed.Records(), func(r journal.Record) bool { return local.Closed(r.ConnectionID) })
	done, err := n.gateway.Recover(ctx, records, func(ctx context.Context) error {
		for i, run := range journals {
			if n.store.Run() != own {
				return gateway.ErrTakenOver
			}
			if err := n.store.NoteTaken(ctx, run, spokeOf[i]); err != nil {
				return err
			}
			if err := n.store.Journal(run).Remove(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && len(records) > 0 {
		n.options.Log.Warn("a run ended with open connections; this node runs the $disconnects of those that cannot go on, and keeps those whose clients may come back",
			"node", lost.Node, "run", lost.ID, "connections", len(records),
			"disconnecting", done.Disconnecting, "kept", done.Kept, "without_a_stage", done.WithoutStage, "here_already", done.Here)
	}
	return err
}

// namedWhenTaken returns what the journal of this run named when it was taken over.
func (n *Node) namedWhenTaken(ctx context.Context) (named map[string]bool, done bool, err error) {
	return n.store.NamedWhenTaken(ctx, n.store.Run())
}

// beginRun begins another run of the node, as soon as the store can be reached.
func (n *Node) beginRun(ctx context.Context) (pasarela.Journal, error) {
	for {
		err := n.store.BeginRun(ctx)
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
