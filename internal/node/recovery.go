package node

import (
	"context"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/journal"
)

// recoverPause is the time between attempts to recover what another run was holding.
const recoverPause = time.Second

// recoverLost runs the $disconnects of connections that earlier runs on the data
// directory were holding when they were killed.
func (n *Node) recoverLost(ctx context.Context) {
	if n.options.NATSURL != "" {
		return
	}
	for {
		ended, err := n.store.EndedRuns(ctx)
		if err == nil && len(ended) > 0 {
			err = n.recoverRuns(ctx, ended)
		}
		if err == nil || ctx.Err() != nil {
			return
		}
		n.options.Log.Error("connections of a run that was lost cannot be recovered; trying again", "error", err, "in", recoverPause)
		select {
		case <-ctx.Done():
			return
		case <-time.After(recoverPause):
		}
	}
}

// recoverRuns has this node run the $disconnects that these runs left.
func (n *Node) recoverRuns(ctx context.Context, runs []pasarela.Run) error {
	var owed journal.Owed
	for _, run := range runs {
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
	queued, err := n.gateway.Recover(ctx, records, func(ctx context.Context) error {
		for _, run := range runs {
			if err := n.store.Journal(run).Remove(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(records) > 0 {
		n.options.Log.Warn("a run was lost with open connections; their $disconnects run now",
			"node", runs[0].Node, "connections", len(records), "without_a_stage", len(records)-queued)
	}
	return nil
}
