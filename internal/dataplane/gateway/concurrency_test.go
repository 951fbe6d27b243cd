package gateway_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

func TestThrottledMessages(t *testing.T) {
	burst, rate := 1, 0.0001
	sys := start(t, api(route{key: "$default", integration: toHTTP("/", "", "$default")}), func(s *setup) {
		s.stage.RouteSettings = map[string]pasarela.RouteSettings{"$default": {ThrottlingBurstLimit: &burst, ThrottlingRateLimit: &rate}}
	})
	c := sys.connect("")
	c.Send("x")
	sys.backend.Next(t)
	c.Send("x")
	if text, _, _ := testkit.ErrorFrame(t, c.Read()); text != "Too Many Requests" {
		t.Error(text)
	}
}

// aws-dataplane §2.7: messages of one connection run side by side, unless the stage
// asks for order.
func TestOrder(t *testing.T) {
	for ordered, want := range map[string]string{"false": "slow last", "true": "in order"} {
		sys := start(t, api(route{key: "$default", twoWay: true, integration: toProxy("/")}), func(s *setup) {
			s.stage.Tags = map[string]string{"pasarela:ordered": ordered}
		})
		sys.backend.RespondWith(func(a testkit.Request) testkit.Response {
			reply := testkit.Response{Body: a.Body}
			if a.Body == "slow" {
				reply.Delay = 200 * time.Millisecond
			}
			return reply
		})
		c := sys.connect("")
		c.Send("slow")
		c.Send("fast")
		got := map[string]string{"slow": "in order", "fast": "slow last"}[c.Read()]
		if got != want {
			t.Errorf("ordered %s: %s", ordered, got)
		}
	}
}

func TestManyConnectionsAtOnce(t *testing.T) {
	sys := start(t, api(
		route{key: "$connect", integration: toHTTP("/", guideTemplate, "$default")},
		route{key: "$default", twoWay: true, integration: toProxy("/")},
	))
	sys.backend.RespondWith(func(a testkit.Request) testkit.Response { return testkit.Response{Body: a.Body} })
	const clients, messages = 20, 20
	done := make(chan error, clients)
	for i := range clients {
		c := sys.connect("")
		go func() {
			for n := range messages {
				text := fmt.Sprint(i, " ", n)
				if err := c.Conn.Write(t.Context(), websocket.MessageText, []byte(text)); err != nil {
					done <- err
					return
				}
				_, got, err := c.Conn.Read(t.Context())
				if err != nil || string(got) != text {
					done <- fmt.Errorf("got %q for %q: %w", got, text, err)
					return
				}
			}
			done <- nil
		}()
	}
	for range clients {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// What one client said must not be seen in the events of another.
func TestMessagesDoNotLeakIntoOtherEvents(t *testing.T) {
	sys := start(t, api(
		route{key: "$connect", integration: toHTTP("/c", "[$input.body]", "$default")},
		route{key: "$default", integration: toHTTP("/m", "", "$default")},
		route{key: "$disconnect", integration: toHTTP("/d", "", "$default")},
	))
	for range 20 {
		c := sys.connect("")
		if got := sys.backend.Next(t); got.Body != "[{}]" {
			t.Fatalf("$connect sent %q", got.Body)
		}
		c.Send("a secret of this client")
		sys.backend.Next(t)
		_ = c.Conn.Close(websocket.StatusNormalClosure, "")
		if got := sys.backend.Next(t); got.Path != "/d" || got.Body != "" {
			t.Fatalf("$disconnect sent %q", got.Body)
		}
	}
}
