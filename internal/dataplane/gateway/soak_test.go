package gateway_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// soakFor is how long the mixed load lasts; PASARELA_SOAK=30m lengthens it.
func soakFor(t *testing.T) time.Duration {
	text := os.Getenv("PASARELA_SOAK")
	if text == "" {
		return 2 * time.Second
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatalf("PASARELA_SOAK: %v", err)
	}
	return d
}

// TestMixedLoad: clients that connect, send, get pushes, read slowly or disappear,
// with backends that hang, close connections, and respond with garbage or too much.
// Afterwards everything is as it was before: connects equal disconnects, nothing is
// left open or running.
func TestMixedLoad(t *testing.T) {
	slow := func(i *pasarela.Integration) *pasarela.Integration { i.TimeoutInMillis = 200; return i }
	garbage := testkit.NewRawServer(t, "\x00\xffnonsense\r\n\r\n")
	sys := start(t, api(
		route{key: "$connect", integration: slow(toHTTP("/connect", guideTemplate, `/2\d\d/`))},
		route{key: "$disconnect", integration: toHTTP("/disconnect", "", "$default")},
		route{key: "echo", twoWay: true, integration: slow(toProxy("/echo"))},
		route{key: "hang", twoWay: true, integration: slow(toHTTP("/hang", "", "$default"))},
		route{key: "large", integration: slow(toHTTP("/large", "", "$default"))},
		route{key: "garbage", integration: slow(toHTTP(garbage, "", "$default"))},
	), func(s *setup) {
		s.gateway.Account, s.gateway.NewConnections = throttle.Limit{Rate: 1e9, Burst: 1e6}, throttle.Limit{Rate: 1e9, Burst: 1e6}
	})
	var disconnected atomic.Int64
	sys.backend.RespondWith(func(a testkit.Request) testkit.Response {
		<-sys.backend.Requests
		switch a.Path {
		case "/connect":
			if rand.IntN(10) == 0 {
				return testkit.Response{Status: 500}
			}
			return testkit.Response{Status: 201, Body: "{}"}
		case "/disconnect":
			disconnected.Add(1)
		case "/hang":
			return testkit.Response{Delay: time.Second}
		case "/large":
			return testkit.Response{Body: strings.Repeat("x", 11<<20)}
		}
		return testkit.Response{Body: a.Body}
	})
	before := runtime.NumGoroutine()
	ctx, cancel := context.WithTimeout(t.Context(), soakFor(t))
	defer cancel()
	var all sync.WaitGroup
	for n := range 16 {
		all.Go(func() {
			for ctx.Err() == nil {
				sys.oneClient(ctx, n)
			}
		})
	}
	all.Go(func() {
		for ctx.Err() == nil {
			for live := range sys.gateway.Connections("", "") {
				_ = post(ctx, sys.gateway, apiID, live.ConnectionID, []byte(strings.Repeat("p", rand.IntN(1000)))) // gone or slow: both may be
			}
			pause(ctx, time.Millisecond)
		}
	})
	all.Wait()
	testkit.Eventually(t, "every connection to end", func() bool { return sys.gateway.Stats().Open == 0 })
	stats := sys.gateway.Stats()
	connected := stats.Sockets.Opened + stats.Refused[gateway.ClientGone] // those that left before their 101 have a $disconnect too
	testkit.Eventually(t, "every $disconnect", func() bool { return disconnected.Load() >= connected })
	if d := disconnected.Load(); connected != d || d == 0 {
		t.Errorf("%d connects, %d disconnects", connected, d)
	}
	http.DefaultClient.CloseIdleConnections()
	testkit.Eventually(t, "goroutines to end", func() bool {
		sys.client.Close()                            // each kept connection has goroutines at the backend's end
		return runtime.NumGoroutine() <= before+16+64 // the socket pool keeps some for messages to come
	})
	t.Logf("%d connections", connected)
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// oneClient runs one client of that kind from its handshake to its end.
func (sys *system) oneClient(ctx context.Context, kind int) {
	conn, _, err := websocket.Dial(ctx, sys.url("?reportType=x"), nil)
	if err != nil {
		return // refused, or the time is over
	}
	defer func() { _ = conn.CloseNow() }()
	conn.SetReadLimit(1 << 20)
	say := func(text string) { _ = conn.Write(ctx, websocket.MessageText, []byte(text)) }
	switch kind % 8 {
	case 0, 1, 2:
		for n := range 20 {
			say(fmt.Sprintf(`{"action":"echo","n":%d}`, n))
			if _, _, err := conn.Read(ctx); err != nil {
				return
			}
		}
		_ = conn.Close(4000, "done")
	case 3:
		say(`{"action":"hang"}`) // and leaves while the backend hangs
	case 4:
		say(`{"action":"large"}`)
		_, _, _ = conn.Read(ctx)
	case 5:
		say(`{"action":"garbage"}`)
		_, _, _ = conn.Read(ctx)
	case 6:
		pause(ctx, 50*time.Millisecond) // reads nothing of what is pushed
	case 7:
		say(strings.Repeat("x", 40_000)) // too long
		_, _, _ = conn.Read(ctx)
	}
}
