package entrance

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"sync"

	"github.com/pasarela-ws/pasarela/internal/dataplane/hands"
)

// Entrance is a listener for net/http that gives handshakes to a handler of their
// own. Serve must be called before anything is accepted.
type Entrance struct {
	listener   *net.TCPListener
	log        *slog.Logger
	handshakes http.Handler
	hands      *hands.Hands[arrival]
	passed     chan net.Conn // to net/http
	closed     chan struct{}
	once       sync.Once
	accepting  sync.WaitGroup
}

// Listen opens a TCP address as [net.Listen] does.
func Listen(address string, log *slog.Logger) (*Entrance, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	e := &Entrance{listener: listener.(*net.TCPListener), log: log, passed: make(chan net.Conn), closed: make(chan struct{})}
	e.hands = hands.New(e.receive)
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
func (e *Entrance) Serve(handshakes http.Handler) {
	e.handshakes = handshakes
	e.accepting.Go(e.accept)
}

// Accept waits for a connection that does not begin with a handshake. It implements
// [net.Listener].
func (e *Entrance) Accept() (net.Conn, error) {
	select {
	case nc := <-e.passed:
		return nc, nil
	case <-e.closed:
		return nil, net.ErrClosed
	}
}

// Addr implements [net.Listener].
func (e *Entrance) Addr() net.Addr { return e.listener.Addr() }

// Close takes no more connections. It implements [net.Listener].
func (e *Entrance) Close() (err error) {
	e.once.Do(func() {
		close(e.closed)
		err = e.listener.Close()
	})
	return err
}

// Wait returns, after Close, when every handshake has been answered.
func (e *Entrance) Wait() {
	e.accepting.Wait()
	e.hands.End()
}

// pass gives a connection to net/http.
func (e *Entrance) pass(nc net.Conn) {
	select {
	case e.passed <- nc:
	case <-e.closed:
		_ = nc.Close()
	}
}

// serve runs the handler as net/http's server does: a handler that panics ends its
// own connection only.
func (e *Entrance) serve(w http.ResponseWriter, r *http.Request) (ok bool) {
	defer func() {
		if failure := recover(); failure != nil {
			e.log.Error("a handshake panicked", "from", r.RemoteAddr, "error", failure, "stack", string(debug.Stack()))
			ok = false
		}
	}()
	e.handshakes.ServeHTTP(w, r)
	return true
}

// replayed is a connection of which something has been read already, which is read
// again.
type replayed struct {
	*net.TCPConn
	head []byte
}

func (r *replayed) Read(p []byte) (int, error) {
	if len(r.head) == 0 {
		return r.TCPConn.Read(p)
	}
	n := copy(p, r.head)
	if r.head = r.head[n:]; len(r.head) == 0 {
		r.head = nil
	}
	return n, nil
}

// NetConn is the connection itself once all has been read again.
func (r *replayed) NetConn() net.Conn {
	if len(r.head) > 0 {
		return r
	}
	return r.TCPConn
}
