package gateway_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

const tellsID = `{"id":"$context.requestId"}`

// A $disconnect waits for a busy backend, whatever calls use its connections.
func TestDisconnectsWaitForABusyBackend(t *testing.T) {
	sys := start(t, api(
		route{key: "slow", integration: toHTTP("/slow", "", "$default")},
		route{key: "$disconnect", integration: toHTTP("/bye", "", "$default")},
	), func(s *setup) { s.client.MaxConns = 1 })
	sys.backend.RespondWith(func(a testkit.Request) testkit.Response {
		if a.Path == "/slow" {
			return testkit.Response{Body: "{}", Delay: time.Hour}
		}
		return testkit.Response{Body: "{}"}
	})
	sys.connect("").Send(`{"action":"slow"}`)
	if got := sys.backend.Next(t); got.Path != "/slow" {
		t.Fatal(got)
	}
	const closing = 30
	for range closing {
		_ = sys.connect("").Conn.CloseNow()
	}
	testkit.Eventually(t, "the $disconnects to wait", func() bool { return sys.client.Stats().Waiting == closing })
	sys.backend.Release()
	for range closing {
		if got := sys.backend.Next(t); got.Path != "/bye" {
			t.Errorf("asked %+v", got)
		}
	}
	testkit.Eventually(t, "all to be delivered", func() bool { return sys.gateway.Stats().DisconnectsDone == closing })
}

// A $disconnect that the backend did not take is run again under the same request id;
// one that it took is not, whatever it says (A-GATEWAY-31).
func TestDisconnectsAreRetried(t *testing.T) {
	for _, test := range []struct {
		status int
		want   int64 // attempts
	}{{503, 3}, {429, 3}, {502, 1}, {504, 1}, {500, 1}, {404, 1}, {200, 1}} {
		t.Run(fmt.Sprint(test.status), func(t *testing.T) {
			t.Parallel()
			sys := start(t, api(route{key: "$disconnect", integration: toHTTP("/bye", tellsID, "$default")}))
			var calls atomic.Int64
			sys.backend.RespondWith(func(testkit.Request) testkit.Response {
				if calls.Add(1) < 3 {
					return testkit.Response{Status: test.status, Body: "{}"}
				}
				return testkit.Response{Body: "{}"}
			})
			c := sys.connect("")
			id := sys.only()
			_ = c.Conn.CloseNow()
			testkit.Eventually(t, "the $disconnect to end", func() bool { return sys.gateway.Stats().DisconnectsDone == 1 })
			first := sys.backend.Next(t)
			for range test.want - 1 {
				if again := sys.backend.Next(t); again.Body != first.Body {
					t.Errorf("first %s, then %s", first.Body, again.Body)
				}
			}
			s := sys.gateway.Stats()
			if calls.Load() != test.want || s.DisconnectsRetried != test.want-1 || s.DisconnectsLost != 0 || s.DisconnectsQueued != 0 {
				t.Errorf("%d attempts: %+v", calls.Load(), s)
			}
			if test.want > 1 {
				sys.explain(id, func(e execution.Entry) bool {
					return strings.Contains(execution.Explain([]execution.Entry{e}, false, language.English), "Attempt 3")
				})
			}
		})
	}
}

// A backend that is away is called again; one that breaks off the call is not: it may
// have acted on it.
func TestDisconnectsOutliveARestart(t *testing.T) {
	address := testkit.FreeAddress(t)
	i := toHTTP("", "", "$default")
	i.IntegrationURI = "http://" + address + "/bye"
	sys := start(t, api(route{key: "$disconnect", integration: i}))
	_ = sys.connect("").Conn.CloseNow()
	testkit.Eventually(t, "a first attempt", func() bool { return sys.gateway.Stats().DisconnectsRetried >= 1 })
	var calls atomic.Int64
	server := http.Server{Addr: address, ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if calls.Add(1) == 1 {
			panic(http.ErrAbortHandler) // the connection breaks
		}
	})}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = server.ListenAndServe() }()
	defer func() { _ = server.Close(); <-ended }()
	testkit.Eventually(t, "the $disconnect to be delivered", func() bool { return sys.gateway.Stats().DisconnectsDone == 1 })
	if calls.Load() != 1 {
		t.Errorf("%d calls", calls.Load())
	}
}

// After the last attempt a $disconnect is given up, counted and logged.
func TestDisconnectsAreGivenUp(t *testing.T) {
	sys := start(t, api(route{key: "$disconnect", integration: toHTTP("/bye", "", "$default")}), func(s *setup) {
		s.gateway.DisconnectPatience = 600 * time.Millisecond
	})
	sys.backend.Respond(testkit.Response{Status: 503, Body: "{}"})
	c := sys.connect("")
	id := sys.only()
	_ = c.Conn.CloseNow()
	testkit.Eventually(t, "the $disconnect to be given up", func() bool { return sys.gateway.Stats().DisconnectsLost == 1 })
	if s := sys.gateway.Stats(); s.DisconnectsRetried != 1 || s.DisconnectsQueued != 0 { // after 250 ms; 750 ms would be too late
		t.Errorf("%+v", s)
	}
	_ = sys.gateway.Close(t.Context())
	if log := sys.nodeLog.String(); !strings.Contains(log, "were not delivered") || !strings.Contains(log, id) || !strings.Contains(log, apiID) {
		t.Errorf("the log says %s", log)
	}
}

// A stop ends within its time although no backend responds, and every
// $disconnect is delivered, or counted and logged.
func TestAStopEndsThoughTheBackendHangs(t *testing.T) {
	const clients = 40
	sys := start(t, api(
		route{key: "slow", integration: toHTTP("/slow", "", "$default")},
		route{key: "$disconnect", integration: toHTTP("/bye", "", "$default")},
	), func(s *setup) { s.client.MaxConns = 16 })
	sys.backend.Respond(testkit.Response{Body: "{}", Delay: time.Hour})
	for range clients {
		sys.connect("").Send(`{"action":"slow"}`)
	}
	testkit.Eventually(t, "messages to hang", func() bool { return sys.gateway.Stats().Sockets.InFlight == clients })
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	err := sys.gateway.Drain(ctx, 100*time.Millisecond)
	if err == nil || !strings.Contains(err.Error(), "messages are not answered") || !strings.Contains(err.Error(), "$disconnects are not delivered") {
		t.Errorf("Drain: %v", err)
	}
	closing, stop := context.WithTimeout(t.Context(), testkit.WaitLimit)
	defer stop()
	if err := sys.gateway.Close(closing); err != nil {
		t.Errorf("Close: %v", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("the stop took %v", took)
	}
	s := sys.gateway.Stats()
	if s.DisconnectsDone+s.DisconnectsLost != clients || s.DisconnectsLost == 0 || s.DisconnectsQueued != 0 || s.Open != 0 {
		t.Errorf("%+v", s)
	}
	if log := sys.nodeLog.String(); strings.Count(log, "connections=") == 0 || !strings.Contains(log, fmt.Sprintf("count=%d", s.DisconnectsLost)) {
		t.Errorf("the log says %s", log)
	}
}

// Sockets whose messages hang are closed in time for their $disconnects.
func TestAStopDeliversDisconnectsOfBusyConnections(t *testing.T) {
	t.Parallel() // it mostly waits
	const clients = 40
	sys := start(t, api(
		route{key: "slow", integration: toHTTP("/slow", "", "$default")},
		route{key: "$disconnect", integration: toHTTP("/bye", "", "$default")},
	), func(s *setup) { s.client.MaxConns = 16 })
	sys.backend.RespondWith(func(a testkit.Request) testkit.Response {
		if a.Path == "/slow" {
			return testkit.Response{Body: "{}", Delay: time.Hour}
		}
		return testkit.Response{Body: "{}"}
	})
	for range clients {
		c := sys.connect("")
		c.Send(`{"action":"slow"}`)
		go func() { _, _, _ = c.Conn.Read(t.Context()) }() // reads and returns the close frame
	}
	testkit.Eventually(t, "messages to hang", func() bool { return sys.gateway.Stats().Sockets.InFlight == clients })
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // a fifth is left to the $disconnects, also on a machine that does much else
	defer cancel()
	_ = sys.gateway.Drain(ctx, 100*time.Millisecond)
	if s := sys.gateway.Stats(); s.DisconnectsDone != clients || s.DisconnectsLost != 0 {
		t.Errorf("%+v", s)
	}
}

// A $connect that hangs does not delay a stop: the client is refused and its
// $disconnect runs, since the backend may know the connection.
func TestAHandshakeThatIsTooLate(t *testing.T) {
	sys := start(t, api(
		route{key: "$connect", integration: toHTTP("/hello", "", "$default")},
		route{key: "$disconnect", integration: toHTTP("/bye", "", "$default")},
	))
	sys.backend.RespondWith(func(a testkit.Request) testkit.Response {
		if a.Path == "/hello" {
			return testkit.Response{Body: "{}", Delay: time.Hour}
		}
		return testkit.Response{Body: "{}"}
	})
	status := make(chan int, 1)
	go func() {
		_, response := sys.dial("")
		status <- response.StatusCode
	}()
	sys.backend.Next(t)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_ = sys.gateway.Drain(ctx, 0)
	sys.backend.Release()
	if got := <-status; got != http.StatusServiceUnavailable {
		t.Errorf("status %d", got)
	}
	if got := sys.backend.Next(t); got.Path != "/bye" {
		t.Errorf("asked %+v", got)
	}
}

// A panic closes the connection with 1011, and the node continues.
func TestAPanicEndsOneConnection(t *testing.T) {
	var armed atomic.Bool
	sys := start(t, api(route{key: "x", integration: toHTTP("/", "", "$default")}), func(s *setup) {
		s.gateway.Trace = func(r *execution.Record, _, _ string, _ time.Time) {
			if armed.Load() && r.EventType == "MESSAGE" {
				panic("a fault")
			}
		}
	})
	bystander, c := sys.connect(""), sys.connect("")
	armed.Store(true)
	c.Send(`{"action":"x"}`)
	if code, _ := c.Closed(); code != websocket.StatusInternalError {
		t.Errorf("closed with %d", code)
	}
	armed.Store(false)
	bystander.Send(`{"action":"nothing"}`)
	if got := bystander.Read(); !strings.Contains(got, "Forbidden") {
		t.Errorf("the other connection got %s", got)
	}
	if log := sys.nodeLog.String(); !strings.Contains(log, "a fault") {
		t.Errorf("the log says %s", log)
	}
}
