package gateway_test

import (
	"context"
	"testing"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// A node takes over the run from which a connection is just moving to it: it has the connection
// from then on, whatever the old node says that was only suspended (A-GATEWAY-59).
func TestAMoveMeetsTheTakeoverOfItsOldNode(t *testing.T) {
	for name, found := range map[string]bool{"the old node has found out": true, "it has not": false} {
		t.Run(name, func(t *testing.T) {
			n := cluster(t, 3, resumable(60, "delivery", "durable"), mayBeTakenOver(func() bool { return true }))
			id := n.awayFrom0("one")
			asked, release := make(chan struct{}), make(chan struct{})
			hold := func(_ string, data []byte) (before, after bool) {
				if isVerb(data, "MOVED") {
					close(asked)
					testkit.Hold(t, release)
					return !found, false // its end is asked for then
				}
				return false, false
			}
			n.drop.Store(&hold)
			answered := make(chan struct{})
			go func() {
				defer close(answered)
				if c, _ := n.all[1].dial(session); c != nil {
					_ = c.Conn.CloseNow()
				}
			}()
			<-asked
			left := owedIn(t, n.journals[0])
			n.journals[0].Take()
			if found {
				n.all[0].gateway.CheckJournal()
				testkit.Eventually(t, "the connection to be given up", func() bool { return n.all[0].gateway.Stats().Open == 0 })
			}
			n.all[1].recover(left)
			close(release)
			<-answered
			n.drop.Store(nil)
			n.all[0].gateway.CheckJournal()
			n.all[1].post(id, "two")
			testkit.Eventually(t, "the old node to have nothing", func() bool { return n.all[0].gateway.Stats().Open == 0 })
			c := n.all[2].connectSoon(session)
			reads(t, c, "one", "two")
			if got := n.all[2].only(); got != id {
				t.Errorf("connection %s, want %s", got, id)
			}
			for _, sys := range n.all {
				sys.backend.Untouched(t)
			}
		})
	}
}

// The old node of a move is killed behind its note of the move, and its next run is asked for
// the end of it: that run does not know, and the new node learns by asking all that it has the
// connection.
func TestAMoveWhoseOldNodeStartsAgain(t *testing.T) {
	network := memory.NewNetwork()
	var all []*system
	meet := make(chan func(), 1)
	node := func(number string, others ...string) *system {
		sys := start(t, threeRoutes(), resumable(60, "delivery", "durable"), withJournal(&memory.Journal{}), func(s *setup) {
			s.network, s.node, s.gateway.Node = network, number, uint16(number[0]-'0')
			s.gateway.OtherNodes = func() []string { return others }
			s.gateway.TakeoverPending = func(context.Context, string) (bool, error) { return false, nil }
			s.wrap = func(b pasarela.Bus) pasarela.Bus { return &askedAgain{b, meet} }
		})
		all = append(all, sys)
		return sys
	}
	old, next := node("1", "2"), node("2", "1")
	c := old.connect(session)
	old.backend.Next(t)
	id := old.only()
	old.cut(c)
	old.post(id, "one")
	meet <- func() { // behind the first MOVED
		if err := old.gateway.Close(t.Context()); err != nil {
			t.Error(err)
		}
		node("1", "2")
	}
	next.refuse(session, 503)
	c = next.connectSoon(session)
	reads(t, c, "one")
	if got := next.only(); got != id {
		t.Errorf("connection %s, want %s", got, id)
	}
	for _, sys := range all {
		sys.backend.Untouched(t)
	}
}

// askedAgain sends a MOVED twice, and does what it was given in between.
type askedAgain struct {
	pasarela.Bus
	between chan func()
}

func (b *askedAgain) Request(ctx context.Context, node, subject string, data []byte) ([]byte, error) {
	if isVerb(data, "MOVED") {
		select {
		case between := <-b.between:
			if _, err := b.Bus.Request(ctx, node, subject, data); err != nil {
				return nil, err
			}
			between()
		default:
		}
	}
	return b.Bus.Request(ctx, node, subject, data)
}

// Two nodes have a record of a move of one connection, and neither knows its end: the later
// move counts, and the other node gives its record up (A-GATEWAY-59).
func TestOfTwoOpenMovesTheLaterCounts(t *testing.T) {
	n := cluster(t, 3, resumable(60, "delivery", "durable"))
	c := n.all[0].connect(session)
	n.all[0].backend.Next(t)
	id := n.all[0].only()
	n.all[0].cut(c)
	testkit.Eventually(t, "the journal", func() bool { return len(owedIn(t, n.journals[0])) == 1 })
	earlier, later := owedIn(t, n.journals[0]), owedIn(t, n.journals[0])
	if err := n.all[0].gateway.Close(t.Context()); err != nil {
		t.Error(err)
	}
	earlier[0].Move, later[0].Move = 5, 7
	n.undecided.Store(true)
	n.all[1].recover(earlier)
	n.all[2].recover(later)
	n.undecided.Store(false)
	testkit.Eventually(t, "the later move to count", func() bool {
		return n.all[1].gateway.Stats().Open == 0 && n.all[2].gateway.Stats().Moved == 1
	})
	if got := n.all[2].only(); got != id {
		t.Errorf("connection %s, want %s", got, id)
	}
	for _, sys := range n.all {
		sys.backend.Untouched(t)
	}
}

// The copy of the journal in the node's directory has nothing any more of a connection that
// another run took over: the next run on the directory would end it (A-GATEWAY-52).
func TestTheCopyForgetsWhatWasTakenOver(t *testing.T) {
	j, local := &memory.Journal{}, &memory.Journal{}
	sys := start(t, threeRoutes(), resumable(60), withJournal(j), func(s *setup) {
		s.gateway.LocalJournal = local
		s.gateway.HoldsLease = func() bool { return true }
		s.gateway.BeginRun = func(context.Context) (pasarela.Journal, error) { return &memory.Journal{}, nil }
	})
	c := sys.connect(session)
	testkit.Eventually(t, "both journals", func() bool { return len(owedIn(t, j)) == 1 && len(owedIn(t, local)) == 1 })
	j.Take()
	sys.gateway.CheckJournal()
	if code, reason := c.Closed(); code != websocket.StatusServiceRestart {
		t.Errorf("closed with %d %s", code, reason)
	}
	testkit.Eventually(t, "an empty copy", func() bool { return len(owedIn(t, local)) == 0 })
	if sys.gateway.Stats().DisconnectsQueued != 0 {
		t.Error("a $disconnect of another's connection is queued")
	}
}
