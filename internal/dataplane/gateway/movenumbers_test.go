package gateway_test

import (
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// A run that was suspended gives a connection away after another has taken it over, and the node
// that asked for it notes that this came to nothing. The next move to that node, from the run
// that has the connection now, has another number: its note is not taken for the one that came
// to nothing, and the connection is there when the node is lost too (A-GATEWAY-59).
func TestASuspendedRunGivesNoNumberThatIsGivenAgain(t *testing.T) {
	now := time.Now()
	n := cluster(t, 3, resumable(60, "delivery", "durable"), mayBeTakenOver(func() bool { return true }), func(s *setup) {
		s.gateway.Now = func() time.Time { return now } // all take their numbers from the same time
	})
	id := n.awayFrom0("one")
	n.moveTo1Unheard()
	left := owedIn(t, n.journals[0])
	n.journals[0].Take()
	n.all[0].gateway.CheckJournal()
	testkit.Eventually(t, "the old node to give it up", func() bool { return n.all[0].gateway.Stats().Open == 0 })
	n.all[2].recover(left)
	n.drop.Store(nil)
	testkit.Eventually(t, "the first move to come to nothing", func() bool { return n.all[1].gateway.Stats().Open == 0 })
	reads(t, n.all[1].connectSoon(session), "one")
	testkit.Eventually(t, "the second to be noted", func() bool {
		owed := owedIn(t, n.journals[1])
		return len(owed) == 1 && owed[0].ConnectionID == id && owed[0].Held
	})
}

// Where the end of a move is learned by asking, the run that the connection comes from may be
// suspended and give numbers later: those of the run that has it now are above all of them.
func TestAMoveThatNobodyAnsweredForIsAboveItsOldRun(t *testing.T) {
	n := cluster(t, 2, resumable(60, "delivery", "durable"))
	c := n.all[0].connect(session)
	n.all[0].cut(c)
	testkit.Eventually(t, "the journal", func() bool { return len(owedIn(t, n.journals[0])) == 1 })
	coming := owedIn(t, n.journals[0])
	if err := n.all[0].gateway.Close(t.Context()); err != nil {
		t.Error(err)
	}
	coming[0].Move, coming[0].Tags, coming[0].Keys = uint64(time.Now().UnixMilli()), []string{"user:42"}, []string{strings.Repeat("k", 32)}
	n.all[1].recover(coming)
	testkit.Eventually(t, "the note of its end", func() bool {
		owed := owedIn(t, n.journals[1])
		return len(owed) == 1 && owed[0].Held && owed[0].Move > coming[0].Move+uint64(time.Hour/time.Millisecond) &&
			len(owed[0].Tags) == 1 && len(owed[0].Keys) == 1
	})
}
