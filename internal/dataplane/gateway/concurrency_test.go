package gateway_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela"
)

func TestThrottledMessages(t *testing.T) {
	burst, rate := 1, 0.0001
	y := start(t, api(route{key: "$default", integration: toHTTP("/", "", "$default")}), func(s *setup) {
		s.stage.RouteSettings = map[string]pasarela.RouteSettings{"$default": {ThrottlingBurstLimit: &burst, ThrottlingRateLimit: &rate}}
	})
	c := y.connect("")
	c.send("x")
	y.backend.next(t)
	c.send("x")
	if text, _, _ := errorFrame(t, c.read()); text != "Too Many Requests" {
		t.Error(text)
	}
}

// aws-dataplane §2.7: messages of one connection run side by side, unless the stage
// asks for order.
func TestOrder(t *testing.T) {
	for ordered, want := range map[string]string{"false": "slow last", "true": "in order"} {
		y := start(t, api(route{key: "$default", twoWay: true, integration: toProxy("/")}), func(s *setup) {
			s.stage.Tags = map[string]string{"pasarela:ordered": ordered}
		})
		y.backend.does(func(a asked) reply {
			reply := reply{status: http.StatusOK, body: a.Body}
			if a.Body == "slow" {
				reply.delay = 200 * time.Millisecond
			}
			return reply
		})
		c := y.connect("")
		c.send("slow")
		c.send("fast")
		got := map[string]string{"slow": "in order", "fast": "slow last"}[c.read()]
		if got != want {
			t.Errorf("ordered %s: %s", ordered, got)
		}
	}
}

func TestManyConnectionsAtOnce(t *testing.T) {
	y := start(t, api(
		route{key: "$connect", integration: toHTTP("/", guideTemplate, "$default")},
		route{key: "$default", twoWay: true, integration: toProxy("/")},
	))
	y.backend.does(func(a asked) reply { return reply{status: 200, body: a.Body} })
	const clients, messages = 20, 20
	done := make(chan error, clients)
	for i := range clients {
		c := y.connect("")
		go func() {
			for n := range messages {
				text := fmt.Sprint(i, " ", n)
				if err := c.conn.Write(t.Context(), websocket.MessageText, []byte(text)); err != nil {
					done <- err
					return
				}
				_, got, err := c.conn.Read(t.Context())
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
	y := start(t, api(
		route{key: "$connect", integration: toHTTP("/c", "[$input.body]", "$default")},
		route{key: "$default", integration: toHTTP("/m", "", "$default")},
		route{key: "$disconnect", integration: toHTTP("/d", "", "$default")},
	))
	for range 20 {
		c := y.connect("")
		if got := y.backend.next(t); got.Body != "[{}]" {
			t.Fatalf("$connect sent %q", got.Body)
		}
		c.send("a secret of this client")
		y.backend.next(t)
		_ = c.conn.Close(websocket.StatusNormalClosure, "")
		if got := y.backend.next(t); got.Path != "/d" || got.Body != "" {
			t.Fatalf("$disconnect sent %q", got.Body)
		}
	}
}
