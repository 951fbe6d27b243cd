package gateway_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// A route whose calls hang does not use up the connections of other routes to
// its host: neither those of messages nor those of $connect or $disconnect.
func TestARouteThatHangsLeavesOthersAlone(t *testing.T) {
	sys := start(t, api(
		route{key: "$connect", integration: toHTTP("/hello", "", "$default")},
		route{key: "slow", integration: toHTTP("/slow", "", "$default")},
		route{key: "fast", integration: toHTTP("/fast", "", "$default"), twoWay: true},
		route{key: "$disconnect", integration: toHTTP("/bye", "", "$default")},
	), func(s *setup) { s.client.MaxConns = 8 })
	sys.backend.RespondWith(func(a testkit.Request) testkit.Response {
		if a.Path == "/slow" {
			return testkit.Response{Body: "{}", Delay: time.Hour}
		}
		return testkit.Response{Body: `"` + a.Path + `"`}
	})
	slow := sys.connect("")
	for range 20 {
		slow.Send(`{"action":"slow"}`)
	}
	testkit.Eventually(t, "the slow calls to wait", func() bool { return sys.client.Stats().Waiting == 16 })
	for range 3 {
		c := sys.connect("")
		c.Send(`{"action":"fast"}`)
		if got := c.Read(); got != `"/fast"` {
			t.Errorf("the fast route answered %s", got)
		}
		_ = c.Conn.CloseNow()
	}
	byes := 0
	for byes < 3 {
		if sys.backend.Next(t).Path == "/bye" {
			byes++
		}
	}
}

// Beyond the bound of the queue: 503, and the explanation names the cause.
func TestAFullQueueRefusesWithItsCause(t *testing.T) {
	sys := start(t, api(route{key: "$connect", integration: toHTTP("/", "", "$default")}), func(s *setup) {
		s.client.MaxConns, s.client.MaxWaiting = 1, 1
	})
	sys.backend.Respond(testkit.Response{Body: "{}", Delay: time.Hour})
	var all sync.WaitGroup
	defer all.Wait()
	defer sys.backend.Release()
	for range 2 {
		all.Go(func() { _, _ = sys.dial("") })
	}
	testkit.Eventually(t, "one to wait", func() bool { return sys.client.Stats().Waiting == 1 })
	body, header := sys.refuse("", http.StatusServiceUnavailable)
	if !strings.Contains(body, "Service Unavailable") {
		t.Errorf("refused with %s", body)
	}
	e := sys.explain(header.Get("x-amz-apigw-id"), func(e execution.Entry) bool { return true })
	if text := execution.Explain([]execution.Entry{e}, false, language.English); !strings.Contains(text, "too many calls to this host are waiting") {
		t.Errorf("the explanation is %s", text)
	}
}
