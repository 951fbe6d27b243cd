package gateway_test

import (
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// Conformance 30 and 31.
func TestDisconnectTellsWhy(t *testing.T) {
	i := toHTTP("/bye", "", "$default")
	sys := start(t, api(route{key: "$disconnect", integration: i}))
	for _, test := range []struct {
		name   string
		close  func(*testkit.Client)
		reason string
		who    string
	}{
		{"code and reason", func(c *testkit.Client) { _ = c.Conn.Close(4001, "bye") }, "[4001: bye]", "the client closed it (4001: bye)"},
		{"no status", func(c *testkit.Client) { _ = c.Conn.Close(websocket.StatusNoStatusRcvd, "") }, "[1005: Client-side close frame status not set]", "the client closed it (1005"},
		{"cut off", func(c *testkit.Client) { _ = c.Conn.CloseNow() }, "[1006: Connection closed abnormally]", "the client's network connection broke off without a close (1006"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := sys.connect("")
			id := sys.only()
			test.close(c)
			if got := sys.backend.Next(t); got.Path != "/bye" {
				t.Errorf("asked %+v", got)
			}
			e := sys.explain(id, func(e execution.Entry) bool { return e.EventType == "DISCONNECT" })
			if text := execution.Explain([]execution.Entry{e}, false, language.English); !strings.Contains(text, test.reason) || !strings.Contains(text, test.who) {
				t.Errorf("%s lacks %s or %s", text, test.reason, test.who)
			}
		})
	}
}

func TestIdleConnectionsAreClosed(t *testing.T) {
	sys := start(t, api(), func(s *setup) { s.stage.Tags = map[string]string{"pasarela:idleTimeoutSeconds": "1"} })
	c := sys.connect("")
	began := time.Now()
	if code, reason := c.Closed(); code != websocket.StatusGoingAway || reason != "Going away" {
		t.Errorf("closed with %d %q", code, reason)
	}
	if took := time.Since(began); took < 900*time.Millisecond || took > 4*time.Second {
		t.Errorf("after %v", took)
	}
}
