package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// heldRewrite is a journal whose rewrite waits behind its first batch.
type heldRewrite struct {
	*memory.Journal
	hold                 atomic.Bool
	began, release, done chan struct{}
}

func (j *heldRewrite) Rewrite(ctx context.Context, batches iter.Seq[[]byte]) error {
	held := false
	err := j.Journal.Rewrite(ctx, func(yield func([]byte) bool) {
		batches(func(batch []byte) bool {
			more := yield(batch)
			if j.hold.CompareAndSwap(true, false) {
				held = true
				close(j.began)
				<-j.release
			}
			return more
		})
	})
	if held {
		close(j.done)
	}
	return err
}

// A connection whose move here is completed while the journal is being rewritten is in the
// new one: it goes from those that come to those that are held, and is read in that order.
func TestARewriteMeetsTheEndOfAMove(t *testing.T) {
	j := &heldRewrite{began: make(chan struct{}), release: make(chan struct{}), done: make(chan struct{})}
	var at atomic.Int32
	n := cluster(t, 2, resumable(60, "delivery", "durable", "mailboxBytes", "1048576"), func(s *setup) {
		s.wrapJournal = func(own pasarela.Journal) pasarela.Journal {
			if at.Add(1) != 2 {
				return own
			}
			j.Journal = own.(*memory.Journal)
			return j
		}
	})
	// The second node holds a connection with more messages than a batch of the journal.
	other := "?pasarela-session=secret-of-another-client"
	large := n.all[1].connect(other)
	n.all[1].cut(large)
	id := n.all[1].only()
	for range 3 {
		n.all[1].post(id, strings.Repeat("x", 100_000))
	}
	const moving = 8 // wherever in the table they are
	name := func(i int) string { return fmt.Sprint("?pasarela-session=secret-of-a-moving-client-", i) }
	for i := range moving {
		n.all[0].cut(n.all[0].connect(name(i)))
	}
	// The move is committed, and the new node does not learn it.
	unanswered := func(_ string, data []byte) (before, after bool) {
		return isVerb(data, "HOLDS"), isVerb(data, "MOVED")
	}
	n.drop.Store(&unanswered)
	for i := range moving {
		n.all[1].refuse(name(i), 503)
	}
	j.hold.Store(true)
	rewritten := make(chan error, 1)
	go func() { // a recovery that comes to nothing has the journal rewritten
		_, err := n.all[1].gateway.Recover(t.Context(), nil, func(context.Context) error { return gateway.ErrTakenOver })
		rewritten <- err
	}()
	<-j.began
	if err := <-rewritten; !errors.Is(err, gateway.ErrTakenOver) {
		t.Error(err)
	}
	n.drop.Store(nil)
	testkit.Eventually(t, "the moves to be complete", func() bool { return n.all[1].gateway.Stats().Moved == moving })
	close(j.release)
	<-j.done
	if owed := owedIn(t, j.Journal); len(owed) != moving+1 {
		t.Errorf("%d connections in the journal", len(owed))
	}
}

// A node that was taken over does not say that it holds what it is about to close, and not
// that it runs a $disconnect which is another's: the successor would drop the connection.
func TestANodeThatWasTakenOverHoldsNothing(t *testing.T) {
	var sure atomic.Bool
	sure.Store(true)
	found, release := make(chan struct{}), make(chan struct{})
	n := cluster(t, 3, resumable(60), func(s *setup) {
		s.gateway.HoldsLease = sure.Load
		s.gateway.BeginRun = func(context.Context) (pasarela.Journal, error) {
			close(found)
			testkit.Hold(t, release) // until then its $disconnect waits
			return &memory.Journal{}, nil
		}
	})
	c := n.all[0].connect(session)
	n.all[0].backend.Next(t)
	testkit.Eventually(t, "the journal", func() bool { return len(owedIn(t, n.journals[0])) == 1 })
	left := owedIn(t, n.journals[0])
	left[0].Move = 5 // it had come by a move whose end is not known
	sure.Store(false)
	_ = c.Conn.Close(websocket.StatusNormalClosure, "")
	testkit.Eventually(t, "the $disconnect to wait", func() bool { return n.all[0].gateway.Stats().DisconnectsQueued == 1 })
	n.journals[0].Take()
	n.all[0].gateway.CheckJournal()
	<-found
	n.all[2].recover(left)
	testkit.Eventually(t, "the successor to hold it", func() bool { return n.all[2].gateway.Stats().Moved == 1 })
	close(release)
	n.all[0].backend.Untouched(t)
}
