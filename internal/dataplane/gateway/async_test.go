package gateway_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/state"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// queued makes the stage call its integrations from a queue on disk.
func queued(t *testing.T, tags ...string) option {
	t.Helper()
	store, err := state.Open(t.Context(), state.Options{Dir: t.TempDir(), Node: "0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	return func(s *setup) {
		s.gateway.Queue = store.WorkQueue()
		s.stage.Tags = map[string]string{"pasarela:async": "true"}
		for i := 0; i < len(tags); i += 2 {
			s.stage.Tags["pasarela:"+tags[i]] = tags[i+1]
		}
	}
}

// asyncAPI has paths that name the event and the connection.
func asyncAPI() pasarela.Definition {
	return api(route{key: "$connect", integration: toHTTP("/connect", `$context.connectionId`, "$default")},
		route{key: "$disconnect", integration: toHTTP("/disconnect", `$context.connectionId`, "$default")},
		route{key: "$default", integration: toHTTP("/message", `$context.connectionId $input.body`, "$default")},
		route{key: "ask", twoWay: true, integration: toHTTP("/ask", "", "$default")})
}

// asyncBackend is a backend that is away at first, and then notes what comes in which order.
type asyncBackend struct {
	away     atomic.Bool
	now, max atomic.Int64
	mu       sync.Mutex
	calls    map[string][]string // by connection
	count    int
}

func (b *asyncBackend) answer(r testkit.Request) testkit.Response {
	if b.away.Load() {
		return testkit.Response{Status: http.StatusServiceUnavailable}
	}
	n := b.now.Add(1)
	defer b.now.Add(-1)
	for most := b.max.Load(); n > most && !b.max.CompareAndSwap(most, n); most = b.max.Load() {
	}
	id, rest := r.Body[:16], r.Body[16:]
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls[id] = append(b.calls[id], r.Path+rest)
	b.count++
	return testkit.Response{Body: "{}"}
}

func (b *asyncBackend) calledTimes() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.count
}

// The backend is away while many connect, speak and leave: all calls arrive when it is back,
// in the order of each connection, and never more at a time than the stage allows. With
// PASARELA_ASYNC_CLIENTS=5000 it is away for a minute.
func TestABackendMayBeAwayWhileClientsConnect(t *testing.T) {
	clients, cap, away := 200, 4, time.Duration(0)
	if text := os.Getenv("PASARELA_ASYNC_CLIENTS"); text != "" {
		var err error
		if clients, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
		cap, away = 16, time.Minute
	}
	began := time.Now()
	b := &asyncBackend{calls: map[string][]string{}}
	b.away.Store(true)
	sys := start(t, asyncAPI(), queued(t, "asyncCalls", fmt.Sprint(cap)))
	sys.backend.RespondWith(b.answer)
	var connecting sync.WaitGroup
	for range 10 {
		connecting.Go(func() {
			for range clients / 10 {
				c := sys.connect("")
				c.Send("one")
				c.Send("two")
				_ = c.Conn.Close(websocket.StatusNormalClosure, "")
			}
		})
	}
	connecting.Wait()
	testkit.Eventually(t, "all to be queued", func() bool { return sys.gateway.Stats().AsyncQueued == int64(4*clients) })
	if waited := time.Since(began); away > waited {
		<-time.After(away - waited)
	}
	b.away.Store(false)
	back := time.Now()
	for end := back.Add(testkit.WaitLimit + away); b.calledTimes() < 4*clients && time.Now().Before(end); {
		<-time.After(10 * time.Millisecond)
	}
	t.Logf("%d clients, away for %v, %d calls within %v once it was back, at most %d at a time", clients, back.Sub(began), b.calledTimes(), time.Since(back), b.max.Load())
	if len(b.calls) != clients || int(b.max.Load()) > cap {
		t.Errorf("%d connections, %d calls at a time", len(b.calls), b.max.Load())
	}
	for id, calls := range b.calls {
		if got, want := fmt.Sprint(calls), "[/connect /message one /message two /disconnect]"; got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
	if left := sys.gateway.Stats().AsyncDead; left != 0 {
		t.Errorf("%d dead letters", left)
	}
}

// What a two-way route returns is sent to the client when it is there.
func TestAnswersOfQueuedCallsAreSent(t *testing.T) {
	sys := start(t, asyncAPI(), queued(t))
	sys.backend.RespondWith(func(r testkit.Request) testkit.Response { return testkit.Response{Body: "answer to " + r.Body} })
	c := sys.connect("")
	c.Send(`{"action":"ask","n":1}`)
	c.Send(`{"action":"ask","n":2}`)
	for n := 1; n <= 2; n++ {
		if got, want := c.Read(), fmt.Sprintf(`answer to {"action":"ask","n":%d}`, n); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// A $connect that the backend refuses after the 101 closes the connection.
func TestARefusalAfterThe101ClosesTheConnection(t *testing.T) {
	sys := start(t, asyncAPI(), queued(t))
	sys.backend.RespondWith(func(r testkit.Request) testkit.Response {
		if r.Path == "/connect" {
			return testkit.Response{Status: http.StatusForbidden}
		}
		return testkit.Response{}
	})
	c := sys.connect("")
	if code, reason := c.Closed(); code != websocket.StatusPolicyViolation || reason != "Refused by the backend: 403" {
		t.Errorf("%d %q", code, reason)
	}
}

// Calls that fail become dead letters with their reason, and go through when they are
// replayed.
func TestDeadLettersAreReplayed(t *testing.T) {
	sys := start(t, asyncAPI(), queued(t))
	fails := atomic.Bool{}
	fails.Store(true)
	sys.backend.RespondWith(func(r testkit.Request) testkit.Response {
		if r.Path == "/message" && fails.Load() {
			return testkit.Response{Status: http.StatusNotFound}
		}
		return testkit.Response{}
	})
	c := sys.connect("")
	c.Send("first")
	c.Send("second")
	var letters []gateway.DeadLetter
	testkit.Eventually(t, "two dead letters", func() bool {
		var err error
		letters, err = sys.gateway.AsyncCalls().DeadLetters(t.Context(), apiID, stageName, 0, 10)
		return err == nil && len(letters) == 2
	})
	first := letters[0]
	if first.RouteKey != "$default" || first.ConnectionID != sys.only() || first.Reason.In(language.Spanish) != "el backend respondió 404" || first.Message != "first" || first.RequestID == "" || first.QueuedAt.IsZero() {
		t.Errorf("%+v", first)
	}
	if found := sys.gateway.Find(first.RequestID); len(found) != 2 || !found[1].Failed() || !strings.Contains(execution.FirstLine(found, false, language.English), "became a dead letter: the backend answered 404") {
		t.Errorf("it is explained by %+v", found)
	}
	for _, wrong := range []string{"test", "none"} {
		if err := sys.gateway.AsyncCalls().Replay(t.Context(), apiID, wrong, first.Number); err == nil {
			t.Errorf("replayed through stage %q", wrong)
		}
	}
	for r := ""; r != "/message"; r = sys.backend.Next(t).Path {
	}
	sys.backend.Next(t)
	fails.Store(false)
	if err := sys.gateway.AsyncCalls().Replay(t.Context(), apiID, stageName, first.Number); err != nil {
		t.Fatal(err)
	}
	if r := sys.backend.Next(t); r.Path != "/message" || r.Body != first.ConnectionID+" first" {
		t.Errorf("%+v", r)
	}
	if err := sys.gateway.AsyncCalls().DiscardDeadLetter(t.Context(), apiID, stageName, letters[1].Number); err != nil {
		t.Error(err)
	}
	if err := sys.gateway.AsyncCalls().DiscardDeadLetter(t.Context(), apiID, stageName, letters[1].Number); err == nil {
		t.Error("discarded twice")
	}
	if left, err := sys.gateway.AsyncCalls().DeadLetters(t.Context(), apiID, stageName, 0, 10); err != nil || len(left) != 0 {
		t.Error(left, err)
	}
}

// A backend that has responded is not asked the same again because no integration response
// fits: what it accepted is done, what it refused is a dead letter.
func TestAResponseThatIsNotMappedIsAResponse(t *testing.T) {
	for _, c := range []struct {
		status      int
		route, hear string // what the client hears; "" for nothing
		dead        string
	}{
		{201, "oneWay", "", ""},
		{201, "twoWay", `"message": "Internal server error"`, ""},
		{404, "oneWay", "", "the backend answered 404"},
		{404, "twoWay", `"message": "Internal server error"`, "the backend answered 404"},
	} {
		t.Run(fmt.Sprint(c.status, c.route), func(t *testing.T) {
			sys := start(t, api(route{key: "oneWay", integration: toHTTP("/", "", "200")}, route{key: "twoWay", twoWay: true, integration: toHTTP("/", "", "200")},
				route{key: "next", twoWay: true, integration: toHTTP("/next", "", "200")}), queued(t))
			var calls atomic.Int64
			sys.backend.RespondWith(func(r testkit.Request) testkit.Response {
				if r.Path == "/next" {
					return testkit.Response{Status: http.StatusOK, Body: "next"}
				}
				calls.Add(1)
				return testkit.Response{Status: c.status}
			})
			client := sys.connect("")
			client.Send(`{"action":"` + c.route + `"}`)
			client.Send(`{"action":"next"}`)
			if c.hear != "" {
				if got := client.Read(); !strings.Contains(got, c.hear) {
					t.Errorf("heard %s", got)
				}
			}
			if got := client.Read(); got != "next" || calls.Load() != 1 {
				t.Errorf("then heard %q, after %d calls", got, calls.Load())
			}
			letters, err := sys.gateway.AsyncCalls().DeadLetters(t.Context(), apiID, stageName, 0, 10)
			var reason string
			for _, letter := range letters {
				reason += letter.Reason.Error()
			}
			if err != nil || reason != c.dead {
				t.Errorf("dead letters %q, %v", reason, err)
			}
		})
	}
}

// The same of $connect: its client is told by the close.
func TestAConnectThatIsNotMapped(t *testing.T) {
	for status, want := range map[int]string{
		201: "1011 The response of the backend could not be mapped",
		404: "1008 Refused by the backend: 404",
	} {
		sys := start(t, api(route{key: "$connect", integration: toHTTP("/", "", "200")}), queued(t))
		sys.backend.Respond(testkit.Response{Status: status})
		code, reason := sys.connect("").Closed()
		if got := fmt.Sprintf("%d %s", code, reason); got != want {
			t.Errorf("%d: %s, want %s", status, got, want)
		}
	}
}

// A call that the backend does not take before the deadline is given up, and the client of
// a $connect is closed.
func TestQueuedCallsHaveADeadline(t *testing.T) {
	sys := start(t, asyncAPI(), queued(t, "asyncSeconds", "1"))
	sys.backend.Respond(testkit.Response{Status: http.StatusServiceUnavailable})
	c := sys.connect("")
	if code, _ := c.Closed(); code != websocket.StatusInternalError {
		t.Error(code)
	}
	testkit.Eventually(t, "a dead letter", func() bool {
		letters, err := sys.gateway.AsyncCalls().DeadLetters(t.Context(), apiID, stageName, 0, 10)
		return err == nil && len(letters) > 0 && letters[0].Reason.Error() == "the backend did not take it within 1 s (pasarela:asyncSeconds). Its last attempt: the backend answered 503" &&
			letters[0].Reason.In(language.Spanish) == "el backend no la aceptó en 1 s (pasarela:asyncSeconds). Su último intento: el backend respondió 503"
	})
	last := sys.gateway.Recent(1, (*execution.Entry).Failed)
	if len(last) != 1 || !strings.Contains(execution.FirstLine(last, false, language.English), "became a dead letter: the backend did not take it within 1 s") {
		t.Errorf("it is explained by %+v", last)
	}
}

// The latency of a backend is measured wherever it has responded, also where its response is not
// mapped, and not where its call is only put into the queue.
func TestLatencyIsOfBackendsThatResponded(t *testing.T) {
	definition := api(route{key: "$default", integration: toHTTP("/message", "", "200")})
	for name, set := range map[string]func(*setup){"at once": func(*setup) {}, "from the queue": queued(t)} {
		sys := start(t, definition, set)
		sys.backend.RespondWith(func(testkit.Request) testkit.Response { return testkit.Response{Status: http.StatusNotFound} })
		sys.connect("").Send("one")
		at, _ := sys.watcher.Directory.Stage(apiID, stageName)
		measured := func() (calls int64) {
			for n := range at.Counters.Buckets {
				calls += at.Counters.Buckets[n].Load()
			}
			return calls
		}
		testkit.Eventually(t, name+": one call whose latency is counted, as an error of the integration", func() bool {
			return at.Counters.IntegrationError.Load() == 1 && measured() == 1
		})
	}
}

// A client gets an error when its call cannot be stored; under --strict there is no
// queue.
func TestWithoutAQueue(t *testing.T) {
	sys := start(t, asyncAPI(), queued(t), func(s *setup) { s.gateway.Queue = full{} })
	sys.refuse("", http.StatusServiceUnavailable)
	strict := start(t, asyncAPI(), queued(t), func(s *setup) { s.gateway.Strict = true })
	strict.backend.Respond(testkit.Response{Status: http.StatusForbidden})
	strict.refuse("", http.StatusForbidden)
}

// full is a queue that accepts nothing.
type full struct{ pasarela.WorkQueue }

func (full) Add(context.Context, string, string, []byte) error { return pasarela.ErrFull }

func (full) Partitions(context.Context) (map[string]uint64, error) { return nil, nil }

func (full) Work(ctx context.Context, _ string, _ func(context.Context, []byte) pasarela.TaskEnd) {
	<-ctx.Done()
}
