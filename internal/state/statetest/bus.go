package statetest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// Bus runs the suite; open joins nodes of these names and gives their ends.
func Bus(t *testing.T, open func(t *testing.T, here, there string) (pasarela.Bus, pasarela.Bus)) {
	for name, test := range map[string]func(t *testing.T, here, there pasarela.Bus){
		"a request reaches its node and comes back": carries,
		"without handler there is no answer":        gone,
		"a stopped handler answers no more":         stopped,
		"the limit holds":                           limited,
		"the asker's deadline ends the wait":        impatient,
		"stop waits for calls under way":            stopWaits,
	} {
		t.Run(name, func(t *testing.T) {
			here, there := open(t, "here.1", "there")
			test(t, here, there)
		})
	}
}

func carries(t *testing.T, here, there pasarela.Bus) {
	response := func(name string) func(context.Context, []byte) []byte {
		return func(_ context.Context, data []byte) []byte { return append([]byte(name+" "), data...) }
	}
	handle(t, here, "push", 4, response("here"))
	handle(t, there, "push", 4, response("there"))
	handle(t, there, "close", 4, response("close"))
	large := strings.Repeat("x", 200<<10)
	for _, c := range []struct{ node, subject, data, want string }{
		{"there", "push", "1", "there 1"},
		{"here.1", "push", "\x00\xff", "here \x00\xff"},
		{"there", "close", "", "close "},
		{"there", "push", large, "there " + large},
	} {
		got, err := here.Request(bounded(t), c.node, c.subject, []byte(c.data))
		if err != nil || string(got) != c.want {
			t.Errorf("%s %s: %d bytes, %v", c.node, c.subject, len(got), err)
		}
	}
}

func gone(t *testing.T, here, there pasarela.Bus) {
	handle(t, there, "push", 1, func(context.Context, []byte) []byte { return nil })
	for _, at := range [][2]string{{"nobody", "push"}, {"there", "other"}} {
		if _, err := here.Request(bounded(t), at[0], at[1], nil); !timedOut(err) {
			t.Errorf("%v: %v", at, err)
		}
	}
}

func stopped(t *testing.T, here, there pasarela.Bus) {
	stop, err := there.Handle("push", 1, func(context.Context, []byte) []byte { return []byte("ok") })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := here.Request(bounded(t), "there", "push", nil); err != nil {
		t.Fatal(err)
	}
	stop()
	if _, err := here.Request(bounded(t), "there", "push", nil); !timedOut(err) {
		t.Errorf("got %v", err)
	}
}

// timedOut: no handler serves the subject, and whether the node lives is known to
// some implementations only.
func timedOut(err error) bool {
	return errors.Is(err, pasarela.ErrNodeGone) || errors.Is(err, pasarela.ErrUnavailable)
}

func limited(t *testing.T, here, there pasarela.Bus) {
	const limit, requests = 3, 24
	var now, most atomic.Int32
	full := make(chan struct{}, requests)
	release := make(chan struct{})
	handle(t, there, "push", limit, func(context.Context, []byte) []byte {
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		full <- struct{}{}
		<-release
		now.Add(-1)
		return nil
	})
	var group sync.WaitGroup
	for range requests {
		group.Go(func() {
			if _, err := here.Request(bounded(t), "there", "push", nil); err != nil {
				t.Error(err)
			}
		})
	}
	for range limit {
		<-full
	}
	close(release)
	group.Wait()
	if got := most.Load(); got > limit {
		t.Errorf("%d calls at a time, the limit is %d", got, limit)
	}
}

func impatient(t *testing.T, here, there pasarela.Bus) {
	cancelled, asked := make(chan struct{}, 1), make(chan struct{})
	handle(t, there, "push", 1, func(ctx context.Context, _ []byte) []byte {
		<-ctx.Done() // by its own clock, which may be earlier than the asker's
		cancelled <- struct{}{}
		<-asked
		return nil
	})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := here.Request(ctx, "there", "push", nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the asker: %v", err)
	}
	close(asked)
	select {
	case <-cancelled:
	case <-time.After(waitLimit):
		t.Error("the handler's context did not end with the request")
	}
}

func stopWaits(t *testing.T, here, there pasarela.Bus) {
	entered := make(chan struct{})
	var left atomic.Bool
	stop, err := there.Handle("push", 1, func(ctx context.Context, _ []byte) []byte {
		close(entered)
		<-ctx.Done()
		left.Store(true)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() { _, _ = here.Request(ctx, "there", "push", nil) })
	<-entered
	stop()
	if !left.Load() {
		t.Error("stop came back while the handler ran")
	}
	cancel()
	group.Wait()
}

func handle(t *testing.T, b pasarela.Bus, subject string, limit int, f func(context.Context, []byte) []byte) {
	t.Helper()
	stop, err := b.Handle(subject, limit, f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
}

func bounded(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), waitLimit)
	t.Cleanup(cancel)
	return ctx
}
