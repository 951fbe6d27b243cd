package gateway_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/dataplane/journal"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// recover has this node go on with what a lost run owed.
func (sys *system) recover(records []journal.Record) gateway.Recovered {
	sys.t.Helper()
	done, err := sys.gateway.Recover(sys.t.Context(), records, func(context.Context) error { return nil })
	if err != nil {
		sys.t.Fatal(err)
	}
	return done
}

// Connections that are kept, those that get their $disconnect and those without a stage are
// counted apart.
func TestARecoveryCountsWhatBecomesOfConnections(t *testing.T) {
	j := &memory.Journal{}
	before := start(t, threeRoutes(), resumable(60), withJournal(j))
	before.connect(session)
	for range 2 {
		before.connect("")
	}
	testkit.Eventually(t, "the journal", func() bool { return len(owedIn(t, j)) == 3 })
	sys := start(t, threeRoutes(), resumable(60), withJournal(&memory.Journal{}))
	records := append(owedIn(t, j), journal.Record{ConnectionID: "IAjQTdSFoAMCJgk=", APIID: apiID, Stage: "gone"})
	if got, want := sys.recover(records), (gateway.Recovered{Disconnecting: 2, Kept: 1, WithoutStage: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// A resumable connection outlives its node: the next run has it, with its id, its
// sub-protocol and its principal, and no $disconnect runs (A-GATEWAY-52).
func TestAConnectionOutlivesItsNode(t *testing.T) {
	for name, stop := range map[string]func(*system){
		"killed": func(*system) {},
		"stopped": func(sys *system) {
			ctx, cancel := context.WithTimeout(context.Background(), testkit.WaitLimit)
			defer cancel()
			if err := sys.gateway.Drain(ctx, 0); err != nil {
				sys.t.Error(err)
			}
			if err := sys.gateway.Close(ctx); err != nil {
				sys.t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			j, next := &memory.Journal{}, &memory.Journal{}
			l := startLambda(t, "authorizer")
			d := threeRoutes()
			withAuthorizer(0, "route.request.querystring.token")(&d)
			before := start(t, d, withLambda(l), resumable(60, "subprotocols", "v2"), withJournal(j))
			v2 := func(o *websocket.DialOptions) { o.Subprotocols = []string{"v2"} }
			c := before.connect(session+"&token=good", v2)
			sendPongs(c)
			id := before.only()
			before.backend.Next(t)
			testkit.Eventually(t, "the journal", func() bool { return len(owedIn(t, j)) == 1 })
			stop(before)
			before.backend.Untouched(t)

			sys := start(t, d, withLambda(l), resumable(60), withJournal(next))
			sys.recover(owedIn(t, j))
			if stats := sys.gateway.Stats(); stats.Open != 1 || stats.Away != 1 || stats.DisconnectsQueued != 0 {
				t.Errorf("%+v", stats)
			}
			sys.post(id, "while away")
			sys.refuse(session+"&token=another", 403)
			c = sys.connect(session+"&token=good", v2)
			reads(t, c, "while away")
			if got := c.Conn.Subprotocol(); got != "v2" {
				t.Errorf("sub-protocol %q", got)
			}
			if got := sys.only(); got != id {
				t.Errorf("connection %s, want %s", got, id)
			}
			sys.backend.Untouched(t)
			sys.explain(id, func(e execution.Entry) bool {
				return strings.Contains(execution.Explain([]execution.Entry{e}, false, language.English), "this node goes on with it")
			})
			_ = c.Conn.Close(websocket.StatusNormalClosure, "")
			if asked := sys.backend.Next(t); asked.Path != "/bye" {
				t.Errorf("asked %+v", asked)
			}
			testkit.Eventually(t, "nothing to be owed", func() bool { return len(owedIn(t, next)) == 0 })
		})
	}
}

// Where no client comes back the $disconnect runs after the window, and where the stage has no
// resumable connections any more at once.
func TestRecoveredConnectionsEnd(t *testing.T) {
	for name, tags := range map[string]option{"after the window": resumable(1), "at once": resumable(0)} {
		t.Run(name, func(t *testing.T) {
			j := &memory.Journal{}
			before := start(t, threeRoutes(), resumable(60), withJournal(j))
			before.connect(session)
			testkit.Eventually(t, "the journal", func() bool { return len(owedIn(t, j)) == 1 })
			sys := start(t, threeRoutes(), tags, withJournal(&memory.Journal{}))
			sys.recover(owedIn(t, j))
			if asked := sys.backend.Next(t); asked.Path != "/bye" {
				t.Errorf("asked %+v", asked)
			}
			testkit.Eventually(t, "the end", func() bool { return sys.gateway.Stats().Open == 0 })
		})
	}
}

// A client that has another connection by the time its old one is recovered does not
// resume the old one.
func TestARecoveredConnectionMayComeTooLate(t *testing.T) {
	j := &memory.Journal{}
	before := start(t, threeRoutes(), resumable(60), withJournal(j))
	before.connect(session)
	testkit.Eventually(t, "the journal", func() bool { return len(owedIn(t, j)) == 1 })
	old := owedIn(t, j)
	sys := start(t, threeRoutes(), resumable(60), withJournal(&memory.Journal{}))
	sys.connect(session)
	sys.backend.Next(t)
	sys.recover(old)
	if asked := sys.backend.Next(t); asked.Path != "/bye" || !strings.Contains(asked.Body, old[0].ConnectionID) {
		t.Errorf("asked %+v", asked)
	}
}

// While a node stops, new messages for a client that is away are refused; those that
// waited before are left to the next run with the connection.
func TestAStoppingNodeTakesNothingForThoseWhoAreAway(t *testing.T) {
	j := &memory.Journal{}
	sys := start(t, threeRoutes(), resumable(60), withJournal(j))
	c := sys.connect(session)
	id := sys.only()
	sys.cut(c)
	sys.post(id, "one", "two")
	ctx, cancel := context.WithTimeout(context.Background(), testkit.WaitLimit)
	defer cancel()
	if err := sys.gateway.Drain(ctx, 0); err != nil {
		t.Error(err)
	}
	if err := post(t.Context(), sys.gateway, apiID, id, []byte("x")); pasarela.CodeOf(err) != pasarela.CodeServiceUnavailable {
		t.Errorf("a post: %v", err)
	}
	if lost := sys.gateway.Stats().Outcomes[gateway.Lost]; lost != 0 {
		t.Errorf("%d messages lost", lost)
	}
	next := start(t, threeRoutes(), resumable(60), withJournal(&memory.Journal{}))
	next.recover(owedIn(t, j))
	reads(t, next.connect(session), "one", "two")
}

// Messages that wait in the memory of a node that stops, and cannot be noted, are counted
// and logged.
func TestMessagesThatAStopLosesAreInTheLog(t *testing.T) {
	j := &memory.Journal{}
	sys := start(t, threeRoutes(), resumable(60), withJournal(j))
	c := sys.connect(session)
	id := sys.only()
	sys.cut(c)
	sys.post(id, "lost with the node")
	j.Fail(errors.New("the disk is full"))
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = sys.gateway.Drain(ctx, 0)
	if lost := sys.gateway.Stats().Outcomes[gateway.Lost]; lost != 1 {
		t.Errorf("%d messages lost", lost)
	}
	testkit.Eventually(t, "the log to tell", func() bool {
		return strings.Contains(sys.nodeLog.String(), "messages were accepted for clients and not sent")
	})
	j.Fail(nil)
}

// Posts for a connection of a node that has ended reach the one that has taken it over,
// from any node, that of its number included when it runs again.
func TestPostsFindTheSuccessor(t *testing.T) {
	network, j := memory.NewNetwork(), &memory.Journal{}
	node := func(name string, number uint16, others ...string) option {
		return func(s *setup) {
			s.network, s.node, s.gateway.Node = network, name, number
			s.gateway.OtherNodes = func() []string { return others }
		}
	}
	before := start(t, threeRoutes(), resumable(60), withJournal(j), func(s *setup) { s.gateway.Node = 1 })
	before.connect(session)
	testkit.Eventually(t, "the journal", func() bool { return len(owedIn(t, j)) == 1 })
	id := before.only()
	var pending atomic.Bool
	pending.Store(true)
	two := start(t, threeRoutes(), resumable(60), node("2", 2, "3"), func(s *setup) {
		s.gateway.TakeoverPending = func(_ context.Context, node string) (bool, error) {
			if node != "1" {
				return false, errors.New("asked about " + node)
			}
			return pending.Load(), nil
		}
	})
	three := start(t, threeRoutes(), resumable(60), withJournal(&memory.Journal{}), node("3", 3, "2"))
	if err := post(t.Context(), two.gateway, apiID, id, []byte("x")); pasarela.CodeOf(err) != pasarela.CodeServiceUnavailable {
		t.Errorf("before it is taken over: %v", err)
	}
	pending.Store(false)
	if err := post(t.Context(), two.gateway, apiID, id, []byte("x")); pasarela.CodeOf(err) != pasarela.CodeGone {
		t.Errorf("when nobody will take it over: %v", err)
	}
	three.recover(owedIn(t, j))
	one := start(t, threeRoutes(), resumable(60), withJournal(&memory.Journal{}), node("1", 1, "2", "3")) // the node comes back
	two.post(id, "one")
	one.post(id, "two")
	if d, err := two.gateway.Describe(t.Context(), apiID, id); err != nil || d.ConnectedAt.IsZero() {
		t.Errorf("%+v, %v", d, err)
	}
	reads(t, three.connect(session), "one", "two")
	if err := two.gateway.Disconnect(t.Context(), apiID, id, 0, ""); err != nil {
		t.Error(err)
	}
	if asked := three.backend.Next(t); asked.Path != "/bye" {
		t.Errorf("asked %+v", asked)
	}
}

// What a lost run's journal has of connections that this run holds, or ended, changes
// nothing: their client stays connected, and their $disconnect runs once.
func TestARecoveryLeavesWhatIsHere(t *testing.T) {
	for name, move := range map[string]uint64{"it never left": 0, "a move to the lost run began": 5} {
		t.Run(name, func(t *testing.T) {
			n := cluster(t, 3, resumable(60))
			sys := n.all[0]
			c := sys.connect(session)
			sys.backend.Next(t)
			id := sys.only()
			testkit.Eventually(t, "the journal", func() bool { return len(owedIn(t, n.journals[0])) == 1 })
			left := owedIn(t, n.journals[0])
			left[0].Move = move
			if got := sys.recover(left); got != (gateway.Recovered{Here: 1}) {
				t.Errorf("%+v", got)
			}
			sys.post(id, "still here")
			reads(t, c, "still here")
			_ = c.Conn.Close(websocket.StatusNormalClosure, "")
			if asked := sys.backend.Next(t); asked.Path != "/bye" {
				t.Errorf("asked %+v", asked)
			}
			testkit.Eventually(t, "nothing to be owed", func() bool { return len(owedIn(t, n.journals[0])) == 0 })
			if got := sys.recover(left); got != (gateway.Recovered{Here: 1}) {
				t.Errorf("after its end: %+v", got)
			}
			if open := sys.gateway.Stats().Open; open != 0 {
				t.Errorf("%d are open", open)
			}
			sys.backend.Untouched(t)
		})
	}
}
