package backend_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// holding responds at once, except on /hang, where it waits for let.
type holding struct {
	*httptest.Server
	release     chan struct{}
	open, most  atomic.Int64 // requests under way
	hung, asked atomic.Int64
}

func newHolding(t *testing.T) *holding {
	h := &holding{release: make(chan struct{})}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		now := h.open.Add(1)
		defer h.open.Add(-1)
		for most := h.most.Load(); now > most && !h.most.CompareAndSwap(most, now); most = h.most.Load() {
		}
		h.asked.Add(1)
		if r.URL.Path == "/hang" {
			h.hung.Add(1)
			<-h.release
		}
		_, _ = io.WriteString(w, "ok")
	}))
	t.Cleanup(h.Close)
	t.Cleanup(h.let)
	return h
}

// let releases the calls that hang.
func (h *holding) let() {
	select {
	case <-h.release:
	default:
		close(h.release)
	}
}

func of(route string) func(*backend.Call) {
	return func(call *backend.Call) {
		call.Route = backend.Route{APIID: "abcdef1234", Stage: "prod", Key: route}
	}
}

// More calls at once than connections: they wait, and none fails.
func TestABurstWaits(t *testing.T) {
	server := newHolding(t)
	c := newClient(t, backend.Options{MaxConns: 16})
	var failed atomic.Int64
	var all sync.WaitGroup
	const calls = 2000
	for i := range calls {
		all.Go(func() {
			if _, _, err := post(c, server.URL, of(fmt.Sprint(i%3)), func(call *backend.Call) { call.Timeout = 29 * time.Second }); err != nil {
				failed.Add(1)
			}
		})
	}
	all.Wait()
	if n := failed.Load(); n > 0 || server.asked.Load() != calls || server.most.Load() > 16 {
		t.Errorf("%d of %d calls failed; %d arrived, %d at once", n, calls, server.asked.Load(), server.most.Load())
	}
	if s := c.Stats(); s.Waiting != 0 || s.Open > 16 {
		t.Errorf("afterwards: %+v", s)
	}
}

// Routes that hang leave connections to those that do not, of the same host.
func TestRoutesThatHangLeaveConnectionsToOthers(t *testing.T) {
	server := newHolding(t)
	c := newClient(t, backend.Options{MaxConns: 16})
	var all sync.WaitGroup
	for _, route := range []string{"a", "b"} {
		before := server.hung.Load()
		for range 40 {
			all.Go(func() {
				_, _, _ = post(c, server.URL+"/hang", of(route), func(call *backend.Call) { call.Timeout = time.Minute })
			})
		}
		testkit.Eventually(t, "the route to have all that it may", func() bool { return server.hung.Load() > before && c.Stats().Waiting > before })
	}
	testkit.Eventually(t, "12 calls to hang", func() bool { return server.hung.Load() >= 12 })
	for range 50 {
		if _, _, err := post(c, server.URL, of("healthy")); err != nil {
			t.Fatal(err)
		}
	}
	server.let()
	all.Wait()
	if n := server.hung.Load(); n != 80 {
		t.Errorf("%d of 80 calls arrived once the backend answered", n)
	}
}

func TestTheQueueIsBounded(t *testing.T) {
	server := newHolding(t)
	c := newClient(t, backend.Options{MaxConns: 1, MaxWaiting: 3})
	long := func(call *backend.Call) { call.Timeout = time.Minute }
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, _, err := post(c, server.URL+"/hang", long); err != nil {
				t.Error(err)
			}
		})
	}
	testkit.Eventually(t, "three calls to wait", func() bool { return c.Stats().Waiting == 3 })
	if _, _, err := post(c, server.URL+"/hang", long); !errors.Is(err, backend.ErrBusy) || c.Stats().Refused != 1 {
		t.Errorf("one more: %v", err)
	}
	server.let()
	all.Wait()
}

// The time that a call has begins when it begins to wait.
func TestWaitingCountsAgainstTheTimeout(t *testing.T) {
	server := newHolding(t)
	c := newClient(t, backend.Options{MaxConns: 1})
	var all sync.WaitGroup
	all.Go(func() { _, _, _ = post(c, server.URL+"/hang") })
	testkit.Eventually(t, "a call to hang", func() bool { return server.hung.Load() == 1 })
	began := time.Now()
	_, _, err := post(c, server.URL, func(call *backend.Call) { call.Timeout = 50 * time.Millisecond })
	if !errors.Is(err, backend.ErrTimeout) || !errors.Is(err, backend.ErrQueued) || time.Since(began) < 50*time.Millisecond {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
	server.let()
	all.Wait()
	if server.asked.Load() != 1 || c.Stats().Expired != 1 {
		t.Errorf("%d calls were made; %+v", server.asked.Load(), c.Stats())
	}
	if _, _, err := post(c, server.URL); err != nil {
		t.Errorf("the place in the queue was not given up: %v", err)
	}
}

// Stop ends what waits, what is under way and what comes later.
func TestStopEndsCalls(t *testing.T) {
	server := newHolding(t)
	c := newClient(t, backend.Options{MaxConns: 4})
	var stopped atomic.Int64
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if _, _, err := post(c, server.URL+"/hang", func(call *backend.Call) { call.Timeout = time.Hour }); errors.Is(err, backend.ErrStopped) {
				stopped.Add(1)
			}
		})
	}
	testkit.Eventually(t, "calls to hang and to wait", func() bool { return server.hung.Load() == 2 && c.Stats().Waiting == 8 })
	c.Stop()
	all.Wait()
	_, _, err := post(c, server.URL)
	if s := c.Stats(); stopped.Load() != 10 || !errors.Is(err, backend.ErrStopped) || s.Open+s.Waiting != 0 {
		t.Errorf("%d of 10 calls were stopped, the next: %v; %+v", stopped.Load(), err, s)
	}
}

// A connection that could not be made sent nothing, and says so.
func TestUnsentCallsSaySo(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	_, _, err := post(newClient(t, backend.Options{}), server.URL)
	if !errors.Is(err, backend.ErrUnsent) || !errors.Is(err, backend.ErrRefused) {
		t.Error(err)
	}
	if said := language.Spanish.Of(err); said != "se rechazó la conexión: ningún servidor escucha en "+server.Listener.Addr().String() {
		t.Errorf("in Spanish: %s", said)
	}
}
