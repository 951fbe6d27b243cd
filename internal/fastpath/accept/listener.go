package accept

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"sync"

	"github.com/pasarela-ws/pasarela/internal/fastpath/replay"
	"github.com/pasarela-ws/pasarela/internal/workerpool"
)

// Listener is a listener for net/http that gives handshakes to a handler of their
// own. Serve must be called before anything is accepted.
type Listener struct {
	listener   *net.TCPListener
	log        *slog.Logger
	handshakes http.Handler
	workers    *workerpool.Pool[acceptedConn]
	forwarded  *replay.Listener // to net/http
	once       sync.Once
	accepting  sync.WaitGroup
}

// Listen opens a TCP address as [net.Listen] does.
func Listen(address string, log *slog.Logger) (*Listener, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	e := &Listener{listener: listener.(*net.TCPListener), log: log, forwarded: replay.New(listener.Addr())}
	e.workers = workerpool.New(e.serveHandshake)
	if err := prepare(e.listener); err != nil {
		_ = listener.Close()
		return nil, fmt.Errorf("entrance: %s: %w", address, err)
	}
	return e, nil
}

// Serve begins to take connections. handshakes gets the requests of WebSocket
// clients; of its ResponseWriter it may use Hijack as of net/http's, with a nil
// *bufio.ReadWriter: the client has said nothing more yet. It must not panic, and
// answers that it does not hijack end the connection.
func (e *Listener) Serve(handshakes http.Handler) {
	e.handshakes = handshakes
	e.accepting.Go(e.acceptLoop)
}

// Accept waits for a connection that does not begin with a handshake. It implements
// [net.Listener].
func (e *Listener) Accept() (net.Conn, error) { return e.forwarded.Accept() }

// Addr implements [net.Listener].
func (e *Listener) Addr() net.Addr { return e.forwarded.Addr() }

// Close takes no more connections. It implements [net.Listener].
func (e *Listener) Close() (err error) {
	e.once.Do(func() {
		err = errors.Join(e.forwarded.Close(), e.listener.Close())
	})
	return err
}

// Wait returns, after Close, when every handshake has been answered.
func (e *Listener) Wait() {
	e.accepting.Wait()
	e.workers.Close()
}

// serve runs the handler as net/http's server does: a handler that panics ends its
// own connection only.
func (e *Listener) serve(w http.ResponseWriter, r *http.Request) (ok bool) {
	defer func() {
		if failure := recover(); failure != nil {
			e.log.Error("a handshake panicked", "from", r.RemoteAddr, "error", failure, "stack", string(debug.Stack()))
			ok = false
		}
	}()
	e.handshakes.ServeHTTP(w, r)
	return true
}
