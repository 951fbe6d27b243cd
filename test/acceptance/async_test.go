package acceptance

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

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
