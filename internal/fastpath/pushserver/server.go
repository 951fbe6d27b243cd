package pushserver

import (
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pasarela-ws/pasarela/internal/fastpath/replay"
	"github.com/pasarela-ws/pasarela/internal/fastpath/requesthead"
)

// Server is a handler that passes requests on to another. Make one with [New];
// Shutdown must be called.
type Server struct {
	next        http.Handler
	admits      func(*http.Request) bool
	log         *slog.Logger
	returned    *replay.Listener
	ctx         context.Context // of the calls that are served here
	cancel      context.CancelFunc
	connections sync.WaitGroup // one goroutine for each connection

	largeBodies atomic.Int64 // bytes that calls may still claim for their bodies

	stopped atomic.Bool

	mu    sync.Mutex
	conns map[*conn]struct{} // while nc is nil, net/http still has the connection
}

// New makes a Server before next. The http.Server that it is a handler of must also serve
// the connections that come back ([Server.ReturnedConns]). admits says by the head of a
// call whether memory may be taken for a body longer than 4 KiB; other calls go back to
// net/http, which reads no body before next reads it.
func New(next http.Handler, admits func(*http.Request) bool, log *slog.Logger) *Server {
	s := &Server{next: next, admits: admits, log: log, returned: replay.New(&net.UnixAddr{Net: "pushserver", Name: "pushserver"}), conns: map[*conn]struct{}{}}
	s.largeBodies.Store(maxLargeBodies)
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// ReturnedConns is the listener of the connections that go back to net/http. Shutdown
// closes it.
func (s *Server) ReturnedConns() net.Listener { return s.returned }

// ServeHTTP serves a request; one that is a call to @connections takes its connection
// over.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !eligible(r) || !s.takeConn(w, r) {
		s.next.ServeHTTP(w, r)
	}
}

// eligible says whether a request that net/http has read is one that is served here.
func eligible(r *http.Request) bool {
	return isConnectionsPath(r.URL.Path) && r.ProtoMajor == 1 && r.ProtoMinor == 1 && !r.Close &&
		r.ContentLength >= 0 && r.ContentLength <= maxBody && r.Header.Get("Expect") == "" && r.Header.Get("Upgrade") == ""
}

// reserve takes memory for the body of r if that is larger than the connection's buffer.
// When none is left, net/http serves the call; the handler there has its own bound on
// bodies, and ends slow ones.
func (s *Server) reserve(r *http.Request) (bytes int64, ok bool) {
	if r.ContentLength <= firstBuffer {
		return 0, true
	}
	if !s.admits(r) {
		return 0, false
	}
	if s.largeBodies.Add(-r.ContentLength) < 0 {
		s.largeBodies.Add(r.ContentLength)
		return 0, false
	}
	return r.ContentLength, true
}

// takeConn takes the connection of r away from net/http and handles r as the first
// call served here; it writes nothing when it returns false.
func (s *Server) takeConn(w http.ResponseWriter, r *http.Request) bool {
	c := &conn{server: s, remote: r.RemoteAddr, tls: r.TLS, heads: requesthead.Reader{Bounds: callBounds}}
	if !s.add(c) {
		return false
	}
	var ok bool
	if c.reserved, ok = s.reserve(r); !ok {
		s.remove(c)
		return false
	}
	if r.ContentLength > 0 {
		data := make([]byte, r.ContentLength)
		n, err := io.ReadFull(r.Body, data)
		c.body.Reset(data[:n])
		r.Body = &c.body
		if err != nil { // the handler cannot read the rest either
			s.remove(c)
			return false
		}
	}
	nc, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		s.remove(c)
		return false
	}
	ahead, _ := rw.Reader.Peek(rw.Reader.Buffered()) // what is buffered can be peeked at
	c.buf = append([]byte(nil), ahead...)
	nc, unread := replay.Unwrap(nc) // it may have been returned before, and wrappings must not nest
	c.buf = append(c.buf, unread...)
	c.end = len(c.buf)
	s.setNetConn(c, nc)
	first := r.WithContext(s.ctx) // net/http ends its own when this handler returns
	go func() {                   // ends with the connection; Shutdown waits for it
		defer s.remove(c)
		c.serve(first)
	}()
	return true
}

// add registers a connection; false when Shutdown has begun.
func (s *Server) add(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped.Load() {
		return false
	}
	s.conns[c] = struct{}{}
	s.connections.Add(1)
	return true
}

// setNetConn gives Shutdown access to the connection. If Shutdown has begun, the first
// response of this Server is the last.
func (s *Server) setNetConn(c *conn, nc net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.nc = nc
}

func (s *Server) remove(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.release()
	delete(s.conns, c)
	s.connections.Done()
}

// Shutdown ends the Server: connections that wait for a call are closed at once, those
// with a call under way after its answer, and what is left when ctx ends is cut.
func (s *Server) Shutdown(ctx context.Context) error {
	defer s.cancel()
	s.mu.Lock()
	s.stopped.Store(true) // under the lock: add accepts no connection from now on
	s.mu.Unlock()
	s.each(func(nc net.Conn) { _ = nc.SetReadDeadline(time.Now()) }) // wakes the readers that wait
	_ = s.returned.Close()                                           // it cannot fail
	gone := make(chan struct{})
	go func() { s.connections.Wait(); close(gone) }() // ends with the last connection
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
		s.cancel()
		s.each(cut)
		<-gone
		return ctx.Err()
	}
}

// cut closes a connection without a TLS close_notify, whose write could block on
// the client.
func cut(nc net.Conn) {
	if secured, ok := nc.(*tls.Conn); ok {
		nc = secured.NetConn()
	}
	_ = nc.Close() // nothing could act on the error
}

func (s *Server) each(act func(nc net.Conn)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		if c.nc != nil {
			act(c.nc)
		}
	}
}

// serveRequest runs the handler; false when it panicked, which ends the connection as
// it does in net/http.
func (s *Server) serveRequest(w *responseWriter, r *http.Request) (ok bool) {
	defer func() {
		if ok {
			return
		}
		if cause := recover(); cause != http.ErrAbortHandler {
			s.log.Error("a call panicked", "path", r.URL.Path, "panic", cause, "stack", string(debug.Stack()))
		}
	}()
	s.next.ServeHTTP(w, r)
	return true
}
