package gateway

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// Handshakes that wait to learn whether a takeover is pending, while the store does not answer,
// all learn it by one check: one behind the other each would wait for all before it.
func TestTakeoversAreLookedForTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		away := errors.New("the store does not answer")
		checks := 0
		c := takeoverChecks{isPending: func(ctx context.Context, _ string) (bool, error) {
			checks++
			<-ctx.Done()
			return false, away
		}}
		began := time.Now()
		gone, leave := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for n := range 10 {
			ctx := t.Context()
			if n == 0 {
				ctx = gone
			}
			all.Go(func() {
				if _, err := c.anyPending(ctx); !errors.Is(err, away) {
					t.Errorf("%d: %v", n, err)
				}
			})
			synctest.Wait()
		}
		leave()
		all.Wait()
		if took := time.Since(began); took != busTimeout || checks != 1 {
			t.Errorf("%d checks, %s", checks, took)
		}
	})
}

// A node that was just taken over does not say that it has no connection of a session: the node
// that asks may have asked the one that has it now before it had it.
func TestANodeThatWasJustTakenOverSaysNothingOfSessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &Gateway{}
		now := time.Now()
		g.takenOverAt.Store(&now)
		ask := func() pasarela.ErrorCode {
			_, err := g.sessionHere(t.Context(), request{Session: make([]byte, len(sessionKey{}))})
			return pasarela.CodeOf(err)
		}
		if got := ask(); got != pasarela.CodeServiceUnavailable {
			t.Errorf("just taken over: %s", got)
		}
		time.Sleep(busTimeout)
		if got := ask(); got != pasarela.CodeGone {
			t.Errorf("later: %s", got)
		}
	})
}
