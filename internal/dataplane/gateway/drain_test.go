package gateway_test

import (
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

func TestDrainingRefusesAndCloses(t *testing.T) {
	sys := start(t, api(route{key: "$disconnect", integration: toHTTP("/bye", "", "$default")}))
	c := sys.connect("")
	drained := make(chan error, 1)
	go func() { drained <- sys.gateway.Drain(t.Context(), time.Millisecond) }()
	if code, _ := c.Closed(); code != websocket.StatusServiceRestart {
		t.Errorf("closed with %d", code)
	}
	if err := <-drained; err != nil {
		t.Fatal(err)
	}
	if got := sys.backend.Next(t); got.Path != "/bye" {
		t.Errorf("asked %+v", got)
	}
	if sys.gateway.Ready() {
		t.Error("still ready")
	}
	sys.refuse("", 503)
}

// A handshake under way when the draining begins becomes a connection and is closed
// as all others are, not cut.
func TestDrainingLetsHandshakesEnd(t *testing.T) {
	sys := start(t, api(route{key: "$connect", integration: toHTTP("/", "", "$default")}))
	drained := make(chan error, 1)
	sys.backend.RespondWith(func(testkit.Request) testkit.Response {
		go func() { drained <- sys.gateway.Drain(t.Context(), time.Millisecond) }()
		testkit.Eventually(t, "the draining to begin", func() bool { return !sys.gateway.Ready() })
		return testkit.Response{Body: "{}"}
	})
	if code, _ := sys.connect("").Closed(); code != websocket.StatusServiceRestart {
		t.Errorf("closed with %d", code)
	}
	if err := <-drained; err != nil {
		t.Fatal(err)
	}
}
