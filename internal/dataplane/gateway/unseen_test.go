package gateway_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// A connection that other nodes did not know of for a time is given to its client only when none
// of them has another one of the session by now: the client goes on with that, and this one ends
// (A-GATEWAY-52).
func TestAClientKeepsTheConnectionThatItGotMeanwhile(t *testing.T) {
	for name, another := range map[string]bool{"it has another": true, "it has none": false} {
		t.Run("recovered from its node's directory, "+name, func(t *testing.T) {
			n := cluster(t, 3, resumable(60))
			n.all[0].connect(session)
			id := n.all[0].only()
			testkit.Eventually(t, "the journal", func() bool { return len(owedIn(t, n.journals[0])) == 1 })
			left := owedIn(t, n.journals[0])
			if err := n.all[0].gateway.Close(t.Context()); err != nil {
				t.Error(err)
			}
			if another {
				c := n.all[1].connect(session)
				id = n.all[1].only()
				n.all[1].cut(c)
			}
			if _, err := n.all[2].gateway.RecoverUnseen(t.Context(), left, func(context.Context) error { return nil }); err != nil {
				t.Fatal(err)
			}
			n.all[2].goesOnWith(id, another)
		})
		t.Run("kept by a run that was taken over, "+name, func(t *testing.T) {
			network, j := memory.NewNetwork(), &memory.Journal{}
			var cutOff atomic.Bool
			node := func(number, other string, options ...option) *system {
				return start(t, threeRoutes(), append(options, resumable(60), func(s *setup) {
					s.network, s.node, s.gateway.Node = network, number, uint16(number[0]-'0')
					s.gateway.OtherNodes = func() []string {
						if cutOff.Load() {
							return nil
						}
						return []string{other}
					}
				})...)
			}
			sys := node("1", "2", withJournal(j), mayBeTakenOver(func() bool { return true }))
			there := node("2", "1", withJournal(&memory.Journal{}))
			j.Fail(errors.New("away"))
			c := sys.connect(session)
			sys.backend.Next(t)
			id := sys.only()
			sys.cut(c)
			cutOff.Store(true)
			if another {
				c = there.connect(session)
				id = there.only()
				there.cut(c)
			}
			j.Take()
			sys.gateway.CheckJournal()
			testkit.Eventually(t, "the takeover to be found out", func() bool { return strings.Contains(sys.nodeLog.String(), "another node took over") })
			cutOff.Store(false)
			sys.goesOnWith(id, another)
		})
	}
}

// goesOnWith has a client come back and checks which connection it has; ends says that the node's
// own has ended.
func (sys *system) goesOnWith(id string, ends bool) {
	sys.t.Helper()
	sys.connectSoon(session)
	testkit.Eventually(sys.t, "the connection to go on", func() bool { return sys.gateway.Stats().Resumed == 1 })
	if got := sys.only(); got != id {
		sys.t.Errorf("connection %s, want %s", got, id)
	}
	if ends {
		if asked := sys.backend.Next(sys.t); asked.Path != "/bye" {
			sys.t.Errorf("asked %+v", asked)
		}
	}
	sys.backend.Untouched(sys.t)
}

// A node that ends while all are asked for a session may have had it, and one that was asked
// before that may have taken it over: the client is told to come again (A-GATEWAY-59).
func TestANodeThatEndsWhileItIsAskedDecidesNothing(t *testing.T) {
	network := memory.NewNetwork()
	var ended atomic.Bool
	sys := start(t, threeRoutes(), resumable(60), withJournal(&memory.Journal{}), func(s *setup) {
		s.network, s.node, s.gateway.Node = network, "1", 1
		s.gateway.OtherNodes = func() []string {
			if ended.Load() {
				return nil
			}
			return []string{"2"}
		}
		s.wrap = func(b pasarela.Bus) pasarela.Bus { return &ending{b, &ended} }
	})
	sys.refuse(session, 503)
	sys.backend.Untouched(t)
	sys.connect(session)
}

// ending says of every node that is asked that it has ended.
type ending struct {
	pasarela.Bus
	ended *atomic.Bool
}

func (b *ending) Request(context.Context, string, string, []byte) ([]byte, error) {
	b.ended.Store(true)
	return nil, pasarela.ErrNodeGone
}
