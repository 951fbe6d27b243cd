package accept_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/fastpath/accept"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// byBoth serves handshakes by a Listener and by net/http's server, each at its address.
func byBoth(t *testing.T, handshakes http.HandlerFunc) map[string]string {
	plain := httptest.NewServer(handshakes)
	t.Cleanup(plain.Close)
	return map[string]string{"accept": serve(t, handshakes), "net/http": plain.Listener.Addr().String()}
}

// A handler that waits learns that its client has gone as it does from net/http's server.
func TestAHandlerLearnsThatItsClientHasGone(t *testing.T) {
	waiting, waited := make(chan struct{}), make(chan error)
	handler := func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancelCause(r.Context()) // as callers derive theirs
		defer cancel(nil)
		if err := r.Context().Err(); err != nil {
			t.Error("at its beginning:", err)
		}
		waiting <- struct{}{}
		<-ctx.Done()
		waited <- r.Context().Err()
	}
	for by, address := range byBoth(t, handler) {
		for name, leave := range map[string]func(*net.TCPConn) error{
			"closed":      (*net.TCPConn).Close,
			"half closed": (*net.TCPConn).CloseWrite,
			"reset": func(nc *net.TCPConn) error {
				return errors.Join(nc.SetLinger(0), nc.Close())
			},
		} {
			nc := dial(t, address).(*net.TCPConn)
			if _, err := io.WriteString(nc, plainHandshake); err != nil {
				t.Fatal(err)
			}
			testkit.Receive(t, waiting, "the handshake")
			if err := leave(nc); err != nil {
				t.Fatal(err)
			}
			if err := testkit.Receive(t, waited, by+": the end of a client that "+name); !errors.Is(err, context.Canceled) {
				t.Errorf("%s, %s: %v", by, name, err)
			}
		}
	}
}

// The context ends with its handler, and a connection that was hijacked is not its own any
// more: what its client sends is all there, and its end cancels nothing.
func TestAHijackedConnectionIsNotWatched(t *testing.T) {
	contexts := make(chan context.Context)
	handler := func(w http.ResponseWriter, r *http.Request) {
		early := r.Context().Done() // from here on it is watched
		nc, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(nc, "HTTP/1.1 101 Switching Protocols\r\n\r\n")
		contexts <- r.Context()
		<-contexts // the client has closed
		select {
		case <-early:
			t.Error("the end of a hijacked connection cancelled the request")
		default:
		}
		_ = nc.Close()
		contexts <- nil
	}
	for by, address := range byBoth(t, handler) {
		nc := dial(t, address)
		if _, err := io.WriteString(nc, plainHandshake); err != nil {
			t.Fatal(err)
		}
		ctx := testkit.Receive(t, contexts, "the request's context")
		_ = nc.Close()
		contexts <- nil
		<-contexts
		select {
		case <-ctx.Done():
		case <-time.After(testkit.WaitLimit):
			t.Error(by, "does not end the context with its handler")
		}
	}
}

// A handler that never asked gets an ended context after its end, and no goroutine is left
// of one that asked (Wait returns).
func TestAContextThatIsAskedForLate(t *testing.T) {
	contexts := make(chan context.Context, 1)
	e, err := accept.Listen("127.0.0.1:0", nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	e.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { contexts <- r.Context() }))
	nc := dial(t, e.Addr().String())
	if _, err := io.WriteString(nc, plainHandshake); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(nc); err != nil {
		t.Fatal(err)
	}
	ctx := testkit.Receive(t, contexts, "the request's context")
	if <-ctx.Done(); !errors.Is(ctx.Err(), context.Canceled) {
		t.Error(ctx.Err())
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	e.Wait()
}
