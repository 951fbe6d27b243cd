package gateway_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/dataplane/journal"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// whileAsked acts while a handshake at the second node waits for the answer to such a request to
// another node, which is lost or answered afterwards. The client must be told to come again.
func (n *nodes) whileAsked(verb string, lost bool, act func()) {
	asked, release := make(chan struct{}, 10), make(chan struct{})
	hold := func(_ string, data []byte) (before, after bool) {
		if !isVerb(data, verb) {
			return false, false
		}
		asked <- struct{}{}
		testkit.Hold(n.T, release)
		return lost, false
	}
	n.drop.Store(&hold)
	refused := make(chan struct{})
	go func() {
		defer close(refused)
		n.all[1].refuse(session, 503)
	}()
	<-asked
	act()
	close(release)
	<-refused
	n.drop.Store(nil)
}

// A client that looks for its connection on a node which is just taking it over is told to
// come again, and the connection does not end because of it (A-GATEWAY-52).
func TestASearchGivesWayToARecoveredConnection(t *testing.T) {
	n := cluster(t, 3, resumable(60))
	n.all[0].connect(session)
	n.all[0].backend.Next(t)
	id := n.all[0].only()
	testkit.Eventually(t, "the journal", func() bool { return len(owedIn(t, n.journals[0])) == 1 })
	left := owedIn(t, n.journals[0])
	if err := n.all[0].gateway.Close(t.Context()); err != nil {
		t.Error(err)
	}
	n.whileAsked("SESSION", false, func() { n.all[1].recover(left) })
	n.all[2].connectSoon(session)
	if got := n.all[2].only(); got != id {
		t.Errorf("connection %s, want %s", got, id)
	}
	for _, sys := range n.all[1:] {
		sys.backend.Untouched(t)
	}
}

// A node takes over the run from which a client's handshake there is just moving the connection:
// the connection does not end because of it, whether the run that is lost answers or not
// (A-GATEWAY-52).
func TestAFetchGivesWayToTheConnectionItself(t *testing.T) {
	for name, answered := range map[string]bool{"the lost run does not answer": false, "it answers later": true} {
		t.Run(name, func(t *testing.T) {
			n := cluster(t, 3, resumable(60), mayBeTakenOver(func() bool { return true }))
			n.all[0].connect(session)
			n.all[0].backend.Next(t)
			id := n.all[0].only()
			testkit.Eventually(t, "the journal", func() bool { return len(owedIn(t, n.journals[0])) == 1 })
			n.whileAsked("MOVE", !answered, func() {
				left := owedIn(t, n.journals[0])
				n.journals[0].Take()
				n.all[1].recover(left)
			})
			n.all[0].gateway.CheckJournal()
			testkit.Eventually(t, "the old run to have nothing", func() bool { return n.all[0].gateway.Stats().Open == 0 })
			n.all[2].connectSoon(session)
			if got := n.all[2].only(); got != id {
				t.Errorf("connection %s, want %s", got, id)
			}
			for _, sys := range n.all {
				sys.backend.Untouched(t)
			}
		})
	}
}

// The old node of a move is taken over when its note of the move is in the journal and it was
// not told so: its successor does not have the connection, and the new node learns by asking
// that it has it (A-GATEWAY-59).
func TestAMoveWhoseNoteWasNotAnswered(t *testing.T) {
	n := cluster(t, 3, resumable(60, "delivery", "durable"), mayBeTakenOver(func() bool { return true }))
	id := n.awayFrom0("one")
	n.undecided.Store(true)
	n.journals[0].TakeAfterNext()
	n.all[1].refuse(session, 503)
	left := owedIn(t, n.journals[0])
	if len(left) != 0 {
		t.Errorf("%+v", left)
	}
	n.all[2].recover(left)
	n.undecided.Store(false)
	c := n.all[1].connectSoon(session)
	reads(t, c, "one")
	if got := n.all[1].only(); got != id {
		t.Errorf("connection %s, want %s", got, id)
	}
	for _, sys := range n.all {
		sys.backend.Untouched(t)
	}
}

// What was written and not answered when this run was taken over is what the other run found
// in the journal: it has these connections, and this one has the rest.
func TestConnectionsOfAWriteThatWasNotAnswered(t *testing.T) {
	for name, found := range map[string]bool{"it was made": true, "it was not": false} {
		t.Run(name, func(t *testing.T) {
			j, next := &memory.Journal{}, &memory.Journal{}
			var through atomic.Bool
			sys := start(t, threeRoutes(), func(s *setup) {
				s.gateway.Journal = j
				s.gateway.HoldsLease = func() bool { return true }
				s.gateway.BeginRun = func(context.Context) (pasarela.Journal, error) { return next, nil }
				s.gateway.NamedWhenTaken = func(context.Context) (map[string]bool, bool, error) {
					if !through.Load() {
						return nil, false, nil
					}
					named := map[string]bool{}
					for _, r := range owedIn(t, j) {
						named[r.ConnectionID] = found
					}
					return named, true, nil
				}
			})
			j.TakeAfterNext()
			c := sys.connect("")
			sys.backend.Next(t)
			testkit.Eventually(t, "the write", func() bool { return len(owedIn(t, j)) == 1 })
			through.Store(true)
			if found {
				if code, reason := c.Closed(); code != websocket.StatusServiceRestart {
					t.Errorf("closed with %d %s", code, reason)
				}
			} else {
				testkit.Eventually(t, "the new journal", func() bool { return len(owedIn(t, next)) == 1 })
				_ = c.Conn.Close(websocket.StatusNormalClosure, "")
				if asked := sys.backend.Next(t); asked.Path != "/bye" {
					t.Errorf("asked %+v", asked)
				}
			}
			testkit.Eventually(t, "nothing to be owed", func() bool { return len(owedIn(t, next)) == 0 && sys.gateway.Stats().Open == 0 })
			sys.backend.Untouched(t)
		})
	}
}

// resumed connects a client whose connection is on another node, and waits until it has its
// socket.
func (sys *system) resumed() *testkit.Client {
	sys.t.Helper()
	c := sys.connectSoon(session)
	testkit.Eventually(sys.t, "the connection to go on", func() bool { return sys.gateway.Stats().Resumed == 1 })
	return c
}

// A lost run whose move here was complete held its connection: its successor keeps it without
// asking anybody (A-GATEWAY-59).
func TestACompleteMoveNeedsNoQuestion(t *testing.T) {
	n := cluster(t, 3, resumable(60, "delivery", "durable"))
	c := n.all[0].connect(session)
	id := n.all[0].only()
	n.all[0].cut(c)
	n.all[1].cut(n.all[1].resumed())
	n.all[0].post(id, "waits")
	testkit.Eventually(t, "the move to be noted", func() bool {
		owed := owedIn(t, n.journals[1])
		return len(owed) == 1 && owed[0].Held
	})
	left := owedIn(t, n.journals[1])
	if err := n.all[1].gateway.Close(t.Context()); err != nil {
		t.Error(err)
	}
	silent := func(_ string, data []byte) (before, after bool) { return isVerb(data, "HOLDS"), false }
	n.drop.Store(&silent)
	n.all[2].recover(left)
	reads(t, n.all[2].connect(session), "waits")
}

// The node that a connection was moving to dies before the move is complete, and then its old
// node, which had gone on with it: what that accepted meanwhile is there, in whatever order
// both are taken over.
func TestARecordOfAnEarlierTimeLosesNothing(t *testing.T) {
	for name, test := range map[string]struct {
		order  []int
		killed bool // before the old node had noted that the move is out of date
	}{
		"the new node first":                  {order: []int{1, 0}},
		"the old node first":                  {order: []int{0, 1}},
		"the new node first, and it is older": {order: []int{1, 0}, killed: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // it mostly waits for the next look at who has what
			n := cluster(t, 3, resumable(60, "delivery", "durable"))
			id := n.awayFrom0("one")
			n.moveTo1Unheard()
			incoming := owedIn(t, n.journals[1]) // as a kill leaves it
			n.drop.Store(nil)
			testkit.Eventually(t, "the move to end", func() bool { return n.all[1].gateway.Stats().Open == 0 })
			n.all[0].post(id, "two")
			held := owedIn(t, n.journals[0])
			if test.killed {
				held[0].Move, held[0].Held = 0, false
			}
			n.undecided.Store(true)
			for _, i := range []int{0, 1} {
				if err := n.all[i].gateway.Close(t.Context()); err != nil {
					t.Error(err)
				}
			}
			for _, i := range test.order {
				n.all[2].recover([][]journal.Record{held, incoming}[i])
			}
			n.undecided.Store(false)
			c := n.all[2].connectSoon(session)
			reads(t, c, "one", "two")
			n.all[2].backend.Untouched(t)
		})
	}
}

// A move that ends in two ways at once, by what the other nodes say and by a takeover of its
// old node, is complete once: the client finds its connection, and gets no other.
func TestAMoveIsCompleteOnce(t *testing.T) {
	n := cluster(t, 3, resumable(60, "delivery", "durable"))
	id := n.awayFrom0("one")
	n.moveTo1Unheard()
	incoming, held := owedIn(t, n.journals[1]), owedIn(t, n.journals[0])
	held[0].Move, held[0].Held = 0, false // as before the move
	n.undecided.Store(true)
	for _, i := range []int{0, 1} {
		if err := n.all[i].gateway.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	n.drop.Store(nil)
	node := n.all[2]
	node.recover(incoming)
	_, err := node.gateway.Recover(t.Context(), held, func(context.Context) error {
		n.undecided.Store(false)
		testkit.Eventually(t, "the connection to be here", func() bool {
			live := slices.Collect(node.gateway.Connections("", ""))
			return len(live) == 1 && live[0].ConnectionID == id
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	reads(t, node.connect(session), "one")
	if open := node.gateway.Stats().Open; open != 1 {
		t.Errorf("%d connections", open)
	}
}

// A connection goes from node to node though their clocks disagree: no record of an earlier
// move counts for one of a later (A-GATEWAY-59).
func TestMovesCountWhateverTheClocksSay(t *testing.T) {
	var behind atomic.Int64
	n := cluster(t, 3, resumable(60), func(s *setup) {
		own := time.Duration(behind.Add(1)) * time.Minute // each node is a minute behind the one before
		s.gateway.Now = func() time.Time { return time.Now().Add(-own) }
	})
	c := n.all[0].connect(session)
	id := n.all[0].only()
	last := uint64(0)
	for _, node := range []int{1, 2, 0, 1} {
		before := slices.IndexFunc(n.all, func(sys *system) bool { return sys.gateway.Stats().Open == 1 })
		n.all[before].cut(c)
		was := n.all[node].gateway.Stats().Resumed
		c = n.all[node].connectSoon(session)
		testkit.Eventually(t, "the connection to go on", func() bool { return n.all[node].gateway.Stats().Resumed > was })
		n.has(node, id)
		if got := owedIn(t, n.journals[node])[0].Move; got <= last {
			t.Errorf("move %d after %d", got, last)
		} else {
			last = got
		}
	}
}

// A move that is cancelled is out of date wherever it was noted.
func TestACancelledMoveIsOutOfDate(t *testing.T) {
	n := cluster(t, 2, resumable(60))
	c := n.all[0].connect(session)
	n.all[0].cut(c)
	drop := func(_ string, data []byte) (before, after bool) { return isVerb(data, "MOVED"), false }
	n.drop.Store(&drop)
	n.all[1].refuse(session, 503)
	n.drop.Store(nil)
	testkit.Eventually(t, "the old node to go on", func() bool {
		owed := owedIn(t, n.journals[0])
		return len(owed) == 1 && owed[0].Move > 0 && owed[0].Held
	})
	n.all[0].resumed()
}

// A connection that ended on a run which was lost itself has no second $disconnect because of
// an older record: its successor knows of the end, also when it is lost, too.
func TestTheEndOfAConnectionOutlivesItsNode(t *testing.T) {
	n := cluster(t, 3, resumable(60))
	c := n.all[0].connect(session)
	n.all[0].backend.Next(t)
	testkit.Eventually(t, "the journal", func() bool { return len(owedIn(t, n.journals[0])) == 1 })
	older := owedIn(t, n.journals[0])
	older[0].Move = 5 // as a node that it was moving to would have noted it
	_ = c.Conn.Close(websocket.StatusNormalClosure, "")
	if asked := n.all[0].backend.Next(t); asked.Path != "/bye" {
		t.Errorf("asked %+v", asked)
	}
	testkit.Eventually(t, "nothing to be owed", func() bool { return len(owedIn(t, n.journals[0])) == 0 })
	for i := range 2 { // each goes on after the one before
		var owed journal.Owed
		if err := n.all[i].gateway.Close(t.Context()); err != nil {
			t.Error(err)
		}
		_ = n.journals[i].Read(t.Context(), func(data []byte) { owed.Add(data, func(l journal.Loss) { t.Error(l) }) })
		n.all[i+1].gateway.Learn(&owed)
		if got := n.all[i+1].recover(owed.Records()); got != (gateway.Recovered{}) {
			t.Errorf("%+v", got)
		}
		if got := n.all[i+1].recover(older); got != (gateway.Recovered{Here: 1}) {
			t.Errorf("%+v", got)
		}
	}
	n.all[2].backend.Untouched(t)
}

// A push through the node to which a connection had moved, and which was taken over since,
// reaches its successor.
func TestPostsFindTheSuccessorOfAMove(t *testing.T) {
	n := cluster(t, 3, resumable(60), mayBeTakenOver(func() bool { return true }))
	c := n.all[0].connect(session)
	id := n.all[0].only()
	n.all[0].cut(c)
	n.all[1].resumed()
	n.has(1, id)
	left := owedIn(t, n.journals[1])
	n.journals[1].Take()
	n.all[1].gateway.CheckJournal()
	testkit.Eventually(t, "the connection to be given up", func() bool { return n.all[1].gateway.Stats().Open == 0 })
	n.all[2].recover(left)
	n.all[0].post(id, "to its successor")
	n.all[1].post(id, "from where it was")
	reads(t, n.all[2].connectSoon(session), "to its successor", "from where it was")
	for _, sys := range n.all[1:] {
		sys.backend.Untouched(t)
	}
}
