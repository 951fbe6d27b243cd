package gateway_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// Connections that another node took over are closed with 1012 and have no $disconnect
// here; one that the other does not know of stays, and has its own (A-GATEWAY-36).
func TestConnectionsThatWereTakenOverAreClosed(t *testing.T) {
	old, next := &memory.Journal{}, &memory.Journal{}
	sys := start(t, api(route{key: "$disconnect", integration: toHTTP("/bye", "$context.connectionId", "$default")}), withJournal(old), func(s *setup) {
		s.gateway.HoldsLease = func() bool { return true }
		s.gateway.BeginRun = func(context.Context) (pasarela.Journal, error) { return next, nil }
	})
	taken := sys.connect("")
	testkit.Eventually(t, "the journal", func() bool { return len(owedIn(t, old)) == 1 })
	known := owedIn(t, old)[0].ConnectionID
	old.Take()
	own := sys.connect("") // its note is refused
	if code, _ := taken.Closed(); code != websocket.StatusServiceRestart {
		t.Errorf("closed with %d", code)
	}
	testkit.Eventually(t, "the new journal", func() bool { return len(owedIn(t, next)) == 1 })
	if got := owedIn(t, next)[0].ConnectionID; got == known {
		t.Error("the new journal has what is another's")
	}
	sys.explain(known, func(e execution.Entry) bool {
		return strings.Contains(execution.Explain([]execution.Entry{e}, false, language.English), "Another node took the connection over")
	})
	_ = own.Conn.Close(websocket.StatusNormalClosure, "")
	if got := sys.backend.Next(t); got.Body == known {
		t.Error("the connection that is another's had a $disconnect")
	}
	testkit.Eventually(t, "nothing to be owed", func() bool { return len(owedIn(t, next)) == 0 })
	sys.backend.Untouched(t)
}

// A run finds out that it was taken over when it is told to check its journal.
func TestCheckJournalFindsOut(t *testing.T) {
	j := &memory.Journal{}
	began := make(chan struct{})
	sys := start(t, api(), withJournal(j), func(s *setup) {
		s.gateway.BeginRun = func(context.Context) (pasarela.Journal, error) { close(began); return &memory.Journal{}, nil }
	})
	j.Take()
	sys.gateway.CheckJournal()
	<-began
}

// While a node cannot be sure that it was not taken over, $disconnects wait; then they
// run, or are dropped when it was.
func TestDisconnectsWaitUntilTheNodeIsSure(t *testing.T) {
	for _, taken := range []bool{false, true} {
		j := &memory.Journal{}
		var sure atomic.Bool
		sys := start(t, api(route{key: "$disconnect", integration: toHTTP("/bye", "", "$default")}), withJournal(j), mayBeTakenOver(sure.Load))
		c := sys.connect("")
		testkit.Eventually(t, "the journal", func() bool { return len(owedIn(t, j)) == 1 })
		_ = c.Conn.CloseNow()
		testkit.Eventually(t, "the $disconnect to wait", func() bool { return sys.gateway.Stats().DisconnectsQueued == 1 })
		if taken {
			j.Take()
			sys.gateway.CheckJournal()
		}
		sure.Store(true)
		if !taken {
			if got := sys.backend.Next(t); got.Path != "/bye" {
				t.Errorf("asked %+v", got)
			}
		}
		testkit.Eventually(t, "none to wait", func() bool { return sys.gateway.Stats().DisconnectsQueued == 0 })
		sys.backend.Untouched(t)
	}
}

// A recovery by a node that is itself taken over meanwhile runs nothing.
func TestARecoveryOfANodeThatIsTakenOverRunsNothing(t *testing.T) {
	j, next, began := &memory.Journal{}, &memory.Journal{}, make(chan struct{})
	sys := start(t, api(route{key: "$disconnect", integration: toHTTP("/bye", "", "$default")}), withJournal(j), func(s *setup) {
		s.gateway.BeginRun = func(context.Context) (pasarela.Journal, error) { close(began); return next, nil }
	})
	sys.connect("")
	testkit.Eventually(t, "the journal", func() bool { return len(owedIn(t, j)) == 1 })
	records := owedIn(t, j)
	records[0].ConnectionID = "IAjQTdSFoAMCJgg="
	_, err := sys.gateway.Recover(t.Context(), records, func(context.Context) error {
		j.Take()
		sys.gateway.CheckJournal()
		<-began
		return gateway.ErrTakenOver
	})
	if err == nil {
		t.Error("no error")
	}
	if n := sys.gateway.Stats().DisconnectsQueued; n != 0 {
		t.Errorf("%d $disconnects", n)
	}
	sys.backend.Untouched(t)
	if got := owedIn(t, next); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

// What a node began to recover before it found out that it was taken over itself does not
// stay in the journal of its new run: its own successor would run all of it again.
func TestANewRunsJournalHasNothingOfAnotherNodes(t *testing.T) {
	j, next, left := &memory.Journal{}, &memory.Journal{}, &memory.Journal{}
	lost := start(t, threeRoutes(), resumable(60), withJournal(left))
	lost.connect("")
	lost.connect(session)
	testkit.Eventually(t, "the journal", func() bool { return len(owedIn(t, left)) == 2 })
	sys := start(t, threeRoutes(), resumable(60), withJournal(j), func(s *setup) {
		s.gateway.BeginRun = func(context.Context) (pasarela.Journal, error) { return next, nil }
	})
	j.Take()
	_, err := sys.gateway.Recover(t.Context(), owedIn(t, left), func(context.Context) error { return gateway.ErrTakenOver })
	if !errors.Is(err, gateway.ErrTakenOver) {
		t.Errorf("error %v", err)
	}
	testkit.Eventually(t, "nothing to be owed", func() bool { return len(owedIn(t, next)) == 0 })
	sys.backend.Untouched(t)
}

// The messages of a connection that another node took over are not lost where they stand in
// the journal: that node has them. Others are.
func TestMessagesOfConnectionsThatWereTakenOverAreNotLost(t *testing.T) {
	for _, test := range []struct {
		delivery string
		lost     int64
	}{{"durable", 0}, {"memory", 2}} {
		j := &memory.Journal{}
		var tags []string
		if test.delivery == "durable" {
			tags = []string{"delivery", test.delivery}
		}
		sys := start(t, threeRoutes(), resumable(60, tags...), withJournal(j), mayBeTakenOver(func() bool { return true }))
		c := sys.connect(session)
		id := sys.only()
		sys.cut(c)
		sys.post(id, "one", "two")
		testkit.Eventually(t, "the journal", func() bool { return len(owedIn(t, j)) == 1 })
		j.Take()
		sys.gateway.CheckJournal()
		testkit.Eventually(t, "the connection to be given up", func() bool { return sys.gateway.Stats().Away == 0 })
		if err := sys.gateway.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if got := sys.gateway.Stats().Outcomes[gateway.Lost]; got != test.lost {
			t.Errorf("%s: %d are counted as lost, want %d", test.delivery, got, test.lost)
		}
	}
}
