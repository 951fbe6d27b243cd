package acceptance

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// Calls that wait for a backend that is away outlive a server that is killed, and come in
// order when both are back (A-GATEWAY-57).
func TestQueuedCallsOutliveAKilledServer(t *testing.T) {
	t.Parallel()
	const clients = 200
	dir, listen := t.TempDir(), testkit.FreeAddress(t)
	s := serve(t, dir, listen)
	b := testkit.NewBackend(t)
	var away atomic.Bool
	away.Store(true)
	type call struct{ id, route string }
	calls := make(chan call, 4*clients)
	b.RespondWith(func(r testkit.Request) testkit.Response {
		if away.Load() {
			return testkit.Response{Status: http.StatusServiceUnavailable}
		}
		id, route, _ := strings.Cut(r.Body, " ")
		calls <- call{id, route}
		return testkit.Response{}
	})
	socket := s.deployRoutes(t, b.URL, `$context.connectionId $context.routeKey`, map[string]string{"pasarela:async": "true"}, "$connect", "$default", "$disconnect")
	for range clients {
		testkit.Connect(t, socket).Send("hello")
	}
	testkit.Eventually(t, "all calls to be on disk", func() bool {
		response, err := http.Get(s.endpoint + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		return err == nil && strings.Contains(string(text), fmt.Sprintf("pasarela_async_queued_total %d\n", 2*clients))
	})
	time.Sleep(500 * time.Millisecond) // the last batch of the journal, which $disconnects come from, is written after 15 ms
	s.process.Kill()
	away.Store(false)
	serve(t, dir, listen)
	got := map[string]string{}
	for range 3 * clients {
		c := testkit.Receive(t, calls, fmt.Sprintf("a call; there were %d connections", len(got)))
		got[c.id] += c.route + " "
	}
	if len(got) != clients {
		t.Errorf("%d connections", len(got))
	}
	for id, routes := range got {
		if routes != "$connect $default $disconnect " {
			t.Errorf("%s: %s", id, routes)
		}
	}
}

// TestQueuedCallsOutliveKills kills the server six times while clients connect. A client
// that got its 101 has its $connect in the queue (A-GATEWAY-57): each reaches the backend,
// which is away until the last start.
func TestQueuedCallsOutliveKills(t *testing.T) {
	t.Parallel()
	const kills, clients = 6, 8
	dir, listen := t.TempDir(), testkit.FreeAddress(t)
	s := serve(t, dir, listen)
	b := testkit.NewBackend(t)
	var away atomic.Bool
	away.Store(true)
	var mu sync.Mutex
	accepted, called := map[string]bool{}, map[string]bool{}
	b.RespondWith(func(r testkit.Request) testkit.Response {
		if away.Load() {
			return testkit.Response{Status: http.StatusServiceUnavailable}
		}
		mu.Lock()
		defer mu.Unlock()
		called[r.Body] = true
		return testkit.Response{}
	})
	socket := s.deployRoutes(t, b.URL, `$input.params('client')`, map[string]string{"pasarela:async": "true"}, "$connect")
	for round := range kills {
		ctx, killed := context.WithCancel(t.Context())
		var group sync.WaitGroup
		for c := range clients {
			group.Go(func() {
				for i := 0; ctx.Err() == nil; i++ {
					name := fmt.Sprintf("%d-%d-%d", round, c, i)
					conn, _, err := websocket.Dial(ctx, socket+"?client="+name, nil)
					if err != nil {
						continue
					}
					mu.Lock()
					accepted[name] = true
					mu.Unlock()
					_ = conn.CloseNow() // it is about to be killed
				}
			})
		}
		testkit.Eventually(t, "clients to be let in", func() bool {
			mu.Lock()
			defer mu.Unlock()
			return len(accepted) >= (round+1)*clients
		})
		time.Sleep(time.Duration(rand.IntN(150)) * time.Millisecond) // the moment of the kill is what is tested
		s.process.Kill()
		killed()
		group.Wait()
		away.Store(round < kills-1)
		s = serve(t, dir, listen)
	}
	t.Logf("%d clients were let in", len(accepted))
	testkit.EventuallyNil(t, func() error {
		mu.Lock()
		defer mu.Unlock()
		lost := 0
		for name := range accepted {
			if !called[name] {
				lost++
			}
		}
		if lost > 0 {
			return fmt.Errorf("of %d clients that were let in, the $connect of %d has not come", len(accepted), lost)
		}
		return nil
	})
}
