package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// What was acknowledged outlives the node, in order; what the client has confirmed is not
// sent again (A-GATEWAY-56).
func TestDurableMessagesOutliveTheNode(t *testing.T) {
	durable := resumable(60, "delivery", "durable")
	j := &memory.Journal{}
	sys := start(t, threeRoutes(), durable, withJournal(j))
	c := sys.connect(session)
	id := sys.only()
	if err := sys.gateway.Tag(t.Context(), apiID, id, []string{"all"}); err != nil {
		t.Fatal(err)
	}
	sys.post(id, "zero")
	reads(t, c, "zero")
	sendPongs(c)
	testkit.Eventually(t, "all to be confirmed", func() bool { return sys.gateway.Stats().MailboxBytes == 0 })
	for round := range 3 { // runs that end, each with what the one before left
		if round == 0 {
			sys.cut(c)
		}
		sys.post(id, fmt.Sprint(round, " one"), fmt.Sprint(round, " two"))
		if round == 0 {
			all, err := sys.gateway.FanOut(t.Context(), apiID, stageName, "all", gateway.Push{Body: []byte("to many")})
			if err != nil || all.Queued != 1 {
				t.Errorf("%+v, %v", all, err)
			}
		}
		records := owedIn(t, j)
		j = &memory.Journal{}
		sys = start(t, threeRoutes(), durable, withJournal(j))
		sys.recover(records)
	}
	c = sys.connect(session)
	reads(t, c, "0 one", "0 two", "to many", "1 one", "1 two", "2 one", "2 two")
	sendPongs(c)
	testkit.Eventually(t, "all to be confirmed", func() bool {
		owed := owedIn(t, j)
		return len(owed) == 1 && len(owed[0].Messages) == 0 && owed[0].Sequence == 8
	})
}

// The keys of pushes are on disk with their messages: a sender that got no answer because
// the node died may repeat the push at the next run (A-GATEWAY-56).
func TestKeysOfDurablePushesOutliveTheNode(t *testing.T) {
	durable := resumable(60, "delivery", "durable")
	j := &memory.Journal{}
	sys := start(t, threeRoutes(), durable, withJournal(j))
	c := sys.connect(session)
	id := sys.only()
	var sent []string
	push := func(key string, replayed bool) {
		t.Helper()
		pushed, err := sys.gateway.Push(t.Context(), apiID, id, gateway.Push{Body: []byte(key), Key: key})
		if err != nil || pushed.Replayed != replayed {
			t.Errorf("%s: %+v, %v", key, pushed, err)
		}
		if !replayed {
			sent = append(sent, key)
		}
	}
	push("confirmed", false)
	reads(t, c, "confirmed")
	sent = nil
	sendPongs(c)
	testkit.Eventually(t, "all to be confirmed", func() bool { return sys.gateway.Stats().MailboxBytes == 0 })
	sys.cut(c)
	for round := range 3 { // runs that end, each with what the one before left
		push(fmt.Sprint("key-", round), false)
		records := owedIn(t, j)
		j = &memory.Journal{}
		sys = start(t, threeRoutes(), durable, withJournal(j))
		sys.recover(records)
		push("confirmed", true)
		for earlier := range round + 1 {
			push(fmt.Sprint("key-", earlier), true)
		}
	}
	reads(t, sys.connect(session), sent...)
}

// A sender gets an error when its message could not be stored, unless the client has
// received it.
func TestADurablePushWaitsForTheDisk(t *testing.T) {
	j := &memory.Journal{}
	sys := start(t, threeRoutes(), resumable(60, "delivery", "durable"), withJournal(j))
	c := sys.connect(session)
	id := sys.only()
	testkit.Eventually(t, "the journal", func() bool { return len(owedIn(t, j)) == 1 })
	j.Fail(errors.New("no room"))
	defer j.Fail(nil)
	sendPongs(c)
	sys.post(id, "read by the client")
	sys.cut(c)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := sys.gateway.Push(ctx, apiID, id, gateway.Push{Body: []byte("x"), Key: "k"}); pasarela.CodeOf(err) != pasarela.CodeServiceUnavailable {
		t.Errorf("with no room on the disk: %v", err)
	}
	j.Fail(nil)
	if replayed, err := sys.pushOnce(t.Context(), id, "k", []byte("x")); err != nil || !replayed {
		t.Errorf("asked again: %t, %v", replayed, err)
	}
	if owed := owedIn(t, j); len(owed) != 1 || len(owed[0].Messages) != 1 || string(owed[0].Messages[0].Body) != "x" {
		t.Errorf("on disk: %+v", owed)
	}
}

// Without a journal nothing can be promised.
func TestDurableNeedsAJournal(t *testing.T) {
	sys := start(t, threeRoutes(), resumable(60, "delivery", "durable"))
	sys.connect(session)
	if err := post(t.Context(), sys.gateway, apiID, sys.only(), []byte("x")); pasarela.CodeOf(err) != pasarela.CodeServiceUnavailable {
		t.Error(err)
	}
}

// A message whose node was taken over before it was on disk is not acknowledged: the node
// that goes on with the connection does not have it (A-GATEWAY-56).
func TestAMessageOfANodeThatWasTakenOverIsNotAcknowledged(t *testing.T) {
	old := &memory.Journal{}
	var sure atomic.Bool
	sure.Store(true)
	sys := start(t, threeRoutes(), resumable(60, "delivery", "durable"), withJournal(old), mayBeTakenOver(sure.Load))
	c := sys.connect(session)
	id := sys.only()
	testkit.Eventually(t, "the journal", func() bool { return len(owedIn(t, old)) == 1 })
	old.Take()
	sure.Store(false)
	if err := post(t.Context(), sys.gateway, apiID, id, []byte("nobody has it")); pasarela.CodeOf(err) != pasarela.CodeServiceUnavailable {
		t.Errorf("a post: %v", err)
	}
	if code, reason := c.Closed(); code != websocket.StatusServiceRestart {
		t.Errorf("closed with %d %s", code, reason)
	}
}

// While another node may have taken a connection over, a durable message goes to the client
// when it is in the journal, and not before: it would come before those that the other node
// accepted earlier.
func TestADurableMessageWaitsWhileTheNodeIsNotSure(t *testing.T) {
	j := &memory.Journal{}
	var sure atomic.Bool
	sure.Store(true)
	sys := start(t, threeRoutes(), resumable(60, "delivery", "durable"), withJournal(j), mayBeTakenOver(sure.Load))
	c := sys.connect(session)
	id := sys.only()
	testkit.Eventually(t, "the journal", func() bool { return len(owedIn(t, j)) == 1 })
	j.Fail(errors.New("away"))
	defer j.Fail(nil)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := post(ctx, sys.gateway, apiID, id, []byte("sent while it is sure")); pasarela.CodeOf(err) != pasarela.CodeServiceUnavailable {
		t.Errorf("a post that is not on disk: %v", err)
	}
	reads(t, c, "sent while it is sure")
	sure.Store(false)
	posted := make(chan error, 1)
	go func() {
		pushed, err := sys.gateway.Push(t.Context(), apiID, id, gateway.Push{Body: []byte("waits for the journal")})
		if pushed.Outcome != gateway.Queued { // it was in the mailbox until then
			err = errors.Join(err, fmt.Errorf("outcome %q", pushed.Outcome))
		}
		posted <- err
	}()
	testkit.Eventually(t, "the message to wait", func() bool { return sys.gateway.Stats().MailboxBytes > 2*128+len64("sent while it is sure") })
	j.Fail(nil)
	if err := <-posted; err != nil {
		t.Error(err)
	}
	reads(t, c, "waits for the journal")
}

func len64(text string) int64 { return int64(len(text)) }
