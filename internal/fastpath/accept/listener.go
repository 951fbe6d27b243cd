package accept

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
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
	proxies    func(netip.Addr) bool
	once       sync.Once
	accepting  sync.WaitGroup
}

// Listen opens a TCP address as [net.Listen] does. proxies says of an address whether its
// connections begin with the PROXY protocol's header; nil: none do.
func Listen(address string, proxies func(netip.Addr) bool, log *slog.Logger) (*Listener, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	l := &Listener{listener: listener.(*net.TCPListener), log: log, proxies: proxies, forwarded: replay.New(listener.Addr())}
	l.workers = workerpool.New(l.serveHandshake)
	if err := prepare(l.listener); err != nil {
		_ = listener.Close()
		return nil, fmt.Errorf("accept: %s: %w", address, err)
	}
	return l, nil
}

// Serve begins to accept connections. handshakes gets the requests of WebSocket
// clients; of its ResponseWriter it may use Hijack as of net/http's, with a nil
// *bufio.ReadWriter: the client has sent nothing more yet. A panic ends its connection
// only, and a response that does not hijack ends the connection.
func (l *Listener) Serve(handshakes http.Handler) {
	l.handshakes = handshakes
	l.accepting.Go(l.acceptLoop)
}

// Accept waits for a connection that does not begin with a handshake. It implements
// [net.Listener].
func (l *Listener) Accept() (net.Conn, error) { return l.forwarded.Accept() }

// Addr implements [net.Listener].
func (l *Listener) Addr() net.Addr { return l.forwarded.Addr() }

// Close stops accepting connections. It implements [net.Listener].
func (l *Listener) Close() (err error) {
	l.once.Do(func() {
		err = errors.Join(l.forwarded.Close(), l.listener.Close())
	})
	return err
}

// Wait returns, after Close, when every handshake has been answered.
func (l *Listener) Wait() {
	l.accepting.Wait()
	l.workers.Close()
}

// serve runs the handler as net/http's server does: a handler that panics ends its
// own connection only.
func (l *Listener) serve(w http.ResponseWriter, r *http.Request) (ok bool) {
	defer func() {
		if failure := recover(); failure != nil {
			l.log.Error("a handshake panicked", "from", r.RemoteAddr, "error", failure, "stack", string(debug.Stack()))
			ok = false
		}
	}()
	l.handshakes.ServeHTTP(w, r)
	return true
}
