package gateway_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/dataplane/journal"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// endings is threeRoutes, whose $disconnect says with which code.
func endings() pasarela.Definition {
	return api(route{key: "$connect", integration: toHTTP("/hello", "", "$default")},
		route{key: "$disconnect", integration: toHTTP("/bye", `$context.connectionId $context.disconnectStatusCode`, "$default")})
}

// ended waits until the journal says of its one connection that it has ended.
func ended(t *testing.T, j *memory.Journal) (records []journal.Record) {
	t.Helper()
	testkit.Eventually(t, "the end in the journal", func() bool {
		records = owedIn(t, j)
		return len(records) == 1 && records[0].EndCode != 0
	})
	return records
}

// A connection with a session that had ended when its node was lost gets its $disconnect, with
// its own code, and waits for no client: what was posted for it would be accepted in vain, and
// a client that has another connection by now might get this one again (A-GATEWAY-52).
func TestAConnectionThatHadEndedWaitsForNoClient(t *testing.T) {
	unsure := mayBeTakenOver(func() bool { return false })
	for name, test := range map[string]struct {
		end  func(t *testing.T, sys *system, sure *atomic.Bool)
		code int
	}{
		"its client closed it": {func(_ *testing.T, sys *system, sure *atomic.Bool) {
			c := sys.connect(session)
			sure.Store(false)
			_ = c.Conn.Close(4321, "bye")
		}, 4321},
		"its client was refused behind $connect": {func(_ *testing.T, sys *system, sure *atomic.Bool) {
			sure.Store(false)
			sys.refuse(session, 503)
		}, int(websocket.StatusServiceRestart)},
	} {
		t.Run(name, func(t *testing.T) {
			lost, second, third := &memory.Journal{}, &memory.Journal{}, &memory.Journal{}
			var sure atomic.Bool
			sure.Store(true)
			before := start(t, endings(), resumable(60, "delivery", "durable"), withJournal(lost), mayBeTakenOver(sure.Load))
			test.end(t, before, &sure)
			left := ended(t, lost)
			// The node that goes on is lost too before it has run it.
			between := start(t, endings(), resumable(60, "delivery", "durable"), withJournal(second), unsure)
			if got, want := between.recover(left), (gateway.Recovered{Disconnecting: 1}); got != want {
				t.Errorf("%+v, want %+v", got, want)
			}
			sys := start(t, endings(), resumable(60, "delivery", "durable"), withJournal(third))
			if got, want := sys.recover(ended(t, second)), (gateway.Recovered{Disconnecting: 1}); got != want {
				t.Errorf("%+v, want %+v", got, want)
			}
			if asked, want := sys.backend.Next(t), fmt.Sprint(left[0].ConnectionID, " ", test.code); asked.Path != "/bye" || asked.Body != want {
				t.Errorf("asked %+v, want %s", asked, want)
			}
			sys.connect(session)
			if got := sys.only(); got == left[0].ConnectionID {
				t.Error("a client got a connection that had ended")
			}
		})
	}
}

// A connection that was to come here ended on its old node, which was lost behind that: the
// move comes to nothing, and nobody waits for the client.
func TestAConnectionThatEndedDoesNotCome(t *testing.T) {
	n := cluster(t, 2, resumable(60, "delivery", "durable"))
	id := n.awayFrom0("one")
	n.moveTo1Unheard()
	left := owedIn(t, n.journals[0])
	left[0].EndCode, left[0].EndReason = 1000, ""
	if got, want := n.all[1].recover(left), (gateway.Recovered{Disconnecting: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if asked := n.all[1].backend.Next(t); asked.Path != "/bye" || asked.Body != fmt.Sprintf(`{"id":"%s"}`, id) {
		t.Errorf("asked %+v", asked)
	}
	testkit.Eventually(t, "nothing to be left", func() bool {
		return n.all[1].gateway.Stats().Open == 0 && len(owedIn(t, n.journals[1])) == 0
	})
	n.all[1].backend.Untouched(t)
}

// A node that has started again and has not recovered what its last run held does not say that it
// holds none of it, whatever the others have seen: the node that a connection was moving to
// would keep it, and so would this one (A-GATEWAY-59).
func TestANodeThatHasNotRecoveredDoesNotSayWhatItHolds(t *testing.T) {
	network, j := memory.NewNetwork(), &memory.Journal{}
	var recovered atomic.Bool
	var asked atomic.Int64
	node := func(number, other string, j *memory.Journal, undecided func() bool) *system {
		return start(t, threeRoutes(), resumable(60, "delivery", "durable"), withJournal(j), func(s *setup) {
			s.network, s.node, s.gateway.Node = network, number, uint16(number[0]-'0')
			s.gateway.OtherNodes = func() []string { return []string{other} }
			s.gateway.TakeoverPending = func(context.Context, string) (bool, error) { return undecided(), nil }
			s.wrap = func(b pasarela.Bus) pasarela.Bus { return &counting{b, &asked, "HOLDS"} }
		})
	}
	sees := func() bool { return false }
	old := node("1", "2", j, sees)
	next := node("2", "1", &memory.Journal{}, sees)
	c := old.connect(session)
	id := old.only()
	old.cut(c)
	old.post(id, "one")
	left := owedIn(t, j)
	if err := old.gateway.Close(t.Context()); err != nil {
		t.Error(err)
	}
	coming := left[0]
	coming.Move = 7 // as the new node has it that asked for the connection, and was lost too
	again := node("1", "2", &memory.Journal{}, func() bool { return !recovered.Load() })
	next.recover([]journal.Record{coming})
	before := asked.Load()
	testkit.Eventually(t, "the holder to be asked for, twice", func() bool { return asked.Load() >= before+2 })
	if got := next.gateway.Stats().Moved; got != 0 {
		t.Error("the new node has the connection though the old one has not said whether it has")
	}
	again.recover(left)
	recovered.Store(true)
	testkit.Eventually(t, "the new node to give it up", func() bool { return next.gateway.Stats().Open == 0 })
	reads(t, again.connectSoon(session), "one")
	if got := again.only(); got != id {
		t.Errorf("connection %s, want %s", got, id)
	}
}

// counting counts the requests of a verb.
type counting struct {
	pasarela.Bus
	n    *atomic.Int64
	verb string
}

func (b *counting) Request(ctx context.Context, node, subject string, data []byte) ([]byte, error) {
	if isVerb(data, b.verb) {
		defer b.n.Add(1)
	}
	return b.Bus.Request(ctx, node, subject, data)
}
