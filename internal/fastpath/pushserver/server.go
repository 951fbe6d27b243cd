package pushserver

import (
	"context"
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

// Server is a handler before another. Make one with [New]; Shutdown must be called.
type Server struct {
	next        http.Handler
	admits      func(*http.Request) bool
	log         *slog.Logger
	returned    *replay.Listener
	ctx         context.Context // of the calls that the lane serves
	cancel      context.CancelFunc
	connections sync.WaitGroup // a goroutine each connection

	stopped atomic.Bool

	mu    sync.Mutex
	conns map[*conn]struct{} // those whose nc is nil are still net/http's
}

// New makes the lane of a server whose requests next serves. The server must also
// serve the connections that come back ([Server.ReturnedConns]). admits tells by the head of
// a call whether memory may be taken for its body; the others are net/http's, which
// reads no body before next wants it.
func New(next http.Handler, admits func(*http.Request) bool, log *slog.Logger) *Server {
	l := &Server{next: next, admits: admits, log: log, returned: replay.New(&net.UnixAddr{Net: "lane", Name: "lane"}), conns: map[*conn]struct{}{}}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	return l
}

// ReturnedConns is the listener of the connections that the lane does not go on with.
func (l *Server) ReturnedConns() net.Listener { return l.returned }

// ServeHTTP serves a request; one that is a call to @connections on a plain
// connection brings its connection into the lane.
func (l *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !eligible(r) || !l.worthReading(r) || !l.takeConn(w, r) {
		l.next.ServeHTTP(w, r)
	}
}

// eligible holds a request that net/http has read against what the lane reads. Over
// TLS net/http must see the tls.Conn itself, so those connections stay with it.
func eligible(r *http.Request) bool {
	return isConnectionsPath(r.URL.Path) && r.TLS == nil && r.ProtoMajor == 1 && r.ProtoMinor == 1 && !r.Close &&
		r.ContentLength >= 0 && r.ContentLength <= maxBody && r.Header.Get("Expect") == "" && r.Header.Get("Upgrade") == ""
}

// worthReading asks about bodies that need more than a connection has anyway.
func (l *Server) worthReading(r *http.Request) bool {
	return r.ContentLength <= firstBuffer || l.admits(r)
}

// takeConn takes the connection of r away from net/http and answers r as the first
// call of the lane; it answers nothing when it says false.
func (l *Server) takeConn(w http.ResponseWriter, r *http.Request) bool {
	c := &conn{server: l, remote: r.RemoteAddr, heads: requesthead.Reader{Bounds: callBounds}}
	if !l.add(c) {
		return false
	}
	if r.ContentLength > 0 {
		data := make([]byte, r.ContentLength)
		n, err := io.ReadFull(r.Body, data)
		c.body.Reset(data[:n])
		r.Body = &c.body
		if err != nil { // its handler will miss the rest, too
			l.remove(c)
			return false
		}
	}
	nc, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		l.remove(c)
		return false
	}
	ahead, _ := rw.Reader.Peek(rw.Reader.Buffered()) // what is buffered can be peeked at
	c.buf = append([]byte(nil), ahead...)
	nc, unread := replay.Unwrap(nc) // it may have been here; each wrapping would stay
	c.buf = append(c.buf, unread...)
	c.end = len(c.buf)
	l.setNetConn(c, nc)
	first := r.WithContext(l.ctx) // net/http ends its own when this handler returns
	go func() {                   // ends with the connection; Shutdown waits for it
		defer l.remove(c)
		c.serve(first)
	}()
	return true
}

// add counts a connection in, unless the lane has stopped.
func (l *Server) add(c *conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped.Load() {
		return false
	}
	l.conns[c] = struct{}{}
	l.connections.Add(1)
	return true
}

// setNetConn lets Shutdown know the connection. If it has come already, the first answer of
// the lane is the last.
func (l *Server) setNetConn(c *conn, nc net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.nc = nc
}

func (l *Server) remove(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, c)
	l.connections.Done()
}

// Shutdown ends the lane: connections that wait for a call are closed at once, those
// with a call under way after its answer, and what is left when ctx ends is cut.
func (l *Server) Shutdown(ctx context.Context) error {
	defer l.cancel()
	l.mu.Lock()
	l.stopped.Store(true) // with the lock: nobody enters any more
	l.mu.Unlock()
	l.each(func(nc net.Conn) { _ = nc.SetReadDeadline(time.Now()) }) // wakes those up that wait
	_ = l.returned.Close()                                           // it cannot fail
	gone := make(chan struct{})
	go func() { l.connections.Wait(); close(gone) }() // ends with the last connection
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
		l.cancel()
		l.each(func(nc net.Conn) { _ = nc.Close() })
		<-gone
		return ctx.Err()
	}
}

func (l *Server) each(act func(nc net.Conn)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.conns {
		if c.nc != nil {
			act(c.nc)
		}
	}
}

// serveRequest runs the handler; false when it panicked, which ends the connection as
// it does in net/http.
func (l *Server) serveRequest(a *responseWriter, r *http.Request) (ok bool) {
	defer func() {
		if ok {
			return
		}
		if cause := recover(); cause != http.ErrAbortHandler {
			l.log.Error("a call panicked", "path", r.URL.Path, "panic", cause, "stack", string(debug.Stack()))
		}
	}()
	l.next.ServeHTTP(a, r)
	return true
}
