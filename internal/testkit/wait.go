package testkit

import (
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"testing"
	"time"
)

// WaitLimit bounds every wait of a test. It is long because tests run in parallel
// on small machines; a wait that succeeds ends earlier.
const WaitLimit = time.Minute

// Pauses between polls of Eventually: from a millisecond on, growing, and pausePerCheck
// times as long as a check takes, so that polling takes little CPU from what it waits for.
const (
	firstPause    = time.Millisecond
	longestPause  = 50 * time.Millisecond
	pausePerCheck = 3
)

// Eventually polls until done says true. After [WaitLimit] the test fails and names
// what it waited for. It is meant for states of other processes and of goroutines
// that offer nothing to wait on.
func Eventually(t testing.TB, what string, done func() bool) {
	t.Helper()
	EventuallyNil(t, func() error {
		if done() {
			return nil
		}
		return waited(what)
	})
}

type waited string

func (w waited) Error() string { return "waited in vain for " + string(w) }

// EventuallyNil polls until check returns nil. After [WaitLimit] the test fails with
// the last error.
func EventuallyNil(t testing.TB, check func() error) {
	t.Helper()
	late := time.After(WaitLimit)
	for pause := firstPause; ; pause = min(pause*3/2, longestPause) {
		began := time.Now()
		err := check()
		if err == nil {
			return
		}
		select {
		case <-time.After(max(pause, pausePerCheck*time.Since(began))):
		case <-late:
			t.Fatal(err)
		case <-t.Context().Done():
			t.Fatal(err)
		}
	}
}

// Receive takes the next value of a channel; the test fails when none comes.
func Receive[T any](t testing.TB, from <-chan T, what string) T {
	t.Helper()
	select {
	case value, open := <-from:
		if !open {
			t.Fatalf("%s: the channel is closed", what)
		}
		return value
	case <-time.After(WaitLimit):
		t.Fatalf("%s: nothing comes", what)
	}
	panic("unreachable")
}

// Hold waits until a channel is closed, in what serves the requests of a test. The end of
// the test ends it too: a test that has failed must not wait for what it holds itself.
func Hold(t testing.TB, until <-chan struct{}) {
	select {
	case <-until:
	case <-t.Context().Done():
	}
}

// Ports below the ranges of ephemeral ports, which begin at 32768 on Linux and 49152
// elsewhere.
const (
	firstPort = 10_000
	lastPort  = 32_767
)

// FreeAddress is an address of the loopback interface that nothing listens on, for
// connections that must fail, or for a program that cannot choose its port by itself.
// The port is outside the ephemeral range, so no other program gets it by chance, and a
// program that is restarted finds it free.
func FreeAddress(t testing.TB) string {
	t.Helper()
	var err error
	for range 100 {
		var l net.Listener
		port := firstPort + rand.IntN(lastPort-firstPort+1)
		if l, err = net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))); err == nil {
			_ = l.Close() // it has served its purpose
			return l.Addr().String()
		}
	}
	t.Fatal(err)
	return ""
}

// MissingClient skips the test because a client is not installed. With
// PASARELA_REQUIRE_CLIENTS set, as on CI, it fails instead.
func MissingClient(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("PASARELA_REQUIRE_CLIENTS") != "" {
		t.Fatalf("MISSING CLIENT: %s", what)
	}
	t.Skipf("MISSING CLIENT: %s", what)
}
