package gateway

// This file is inside the package because what it tests is between two steps that nothing
// outside can come between.

import (
	"log/slog"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/journal"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

// A connection of a run that was taken over is not noted in the journal of the next run,
// neither by a move here that was just being noted nor by a move from here that is just
// cancelled (A-GATEWAY-59).
func TestTheNextRunsJournalHasNothingOfATakenOverConnection(t *testing.T) {
	for name, test := range map[string]struct {
		note func(g *Gateway, r *resumable)
		take func(g *Gateway, r *resumable)
	}{
		"a move here": {
			func(g *Gateway, r *resumable) { g.noteIncoming(r) },
			func(g *Gateway, _ *resumable) { g.forgetAllIncoming() },
		},
		"a cancelled move from here": {
			func(_ *Gateway, r *resumable) {
				m, err := r.beginMove(request{ConnectionID: r.c.id, From: 2})
				if err != nil || !r.cancelMove(m) {
					t.Error("no move was cancelled", err)
				}
			},
			func(g *Gateway, r *resumable) { g.takenOverConns.add(r.c) },
		},
	} {
		for _, taken := range []bool{false, true} {
			written := &memory.Journal{}
			g := &Gateway{}
			g.journal = journal.New(journal.Options{Journal: written, Live: func(func(*journal.Record)) {}, Log: slog.New(slog.DiscardHandler)})
			g.options.Now = time.Now
			record := journal.Record{ConnectionID: "IAjQTdSFoAMCJgg="}
			r := g.resumableOfRecord(g.connectionOfRecord(&record, &stageConns{stage: &stage.Stage{}}), &record, sessionKey{})
			g.incoming.add(r)
			if taken {
				test.take(g, r)
			}
			test.note(g, r)
			if err := g.journal.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			if noted := written.Batches() > 0; noted == taken {
				t.Errorf("%s, taken over %v: noted %v", name, taken, noted)
			}
			if err := g.journal.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}
}

// Of two connections of a session that other nodes have, the client uses the one that all could
// see, whatever the clocks say, else the newer one.
func TestWhichOfTwoConnectionsAClientUses(t *testing.T) {
	for _, test := range []struct {
		name        string
		used, other foundSession
	}{
		{"the newer", foundSession{ConnectedAt: 2}, foundSession{ConnectedAt: 1}},
		{"the one that was seen", foundSession{ConnectedAt: 1}, foundSession{ConnectedAt: 2, Unseen: true}},
		{"the newer that was not seen", foundSession{ConnectedAt: 2, Unseen: true}, foundSession{ConnectedAt: 1, Unseen: true}},
	} {
		if test.used.isBefore(&test.other) || !test.other.isBefore(&test.used) {
			t.Error(test.name)
		}
	}
}
