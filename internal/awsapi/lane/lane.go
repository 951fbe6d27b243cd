package lane

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

	"github.com/pasarela-ws/pasarela/internal/dataplane/handover"
	"github.com/pasarela-ws/pasarela/internal/engine/requesthead"
)

// Lane is a handler before another. Make one with [New]; Stop must be called.
type Lane struct {
	next   http.Handler
	admits func(*http.Request) bool
	log    *slog.Logger
	back   *handover.Listener
	ctx    context.Context // of the calls that the lane serves
	cancel context.CancelFunc
	work   sync.WaitGroup // a goroutine each connection

	stopped atomic.Bool

	mu    sync.Mutex
	conns map[*conn]struct{} // those whose nc is nil are still net/http's
}

// New makes the lane of a server whose requests next serves. The server must also
// serve the connections that come back ([Lane.Returned]). admits tells by the head of
// a call whether memory may be taken for its body; the others are net/http's, which
// reads no body before next wants it.
func New(next http.Handler, admits func(*http.Request) bool, log *slog.Logger) *Lane {
	l := &Lane{next: next, admits: admits, log: log, back: handover.New(&net.UnixAddr{Net: "lane", Name: "lane"}), conns: map[*conn]struct{}{}}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	return l
}

// Returned is the listener of the connections that the lane does not go on with.
func (l *Lane) Returned() net.Listener { return l.back }

// ServeHTTP serves a request; one that is a call to @connections on a plain
// connection brings its connection into the lane.
func (l *Lane) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !suits(r) || !l.worthReading(r) || !l.takeOver(w, r) {
		l.next.ServeHTTP(w, r)
	}
}

// suits holds a request that net/http has read against what the lane reads. Over
// TLS net/http must see the tls.Conn itself, so those connections stay with it.
func suits(r *http.Request) bool {
	return isCall(r.URL.Path) && r.TLS == nil && r.ProtoMajor == 1 && r.ProtoMinor == 1 && !r.Close &&
		r.ContentLength >= 0 && r.ContentLength <= maxBody && r.Header.Get("Expect") == "" && r.Header.Get("Upgrade") == ""
}

// worthReading asks about bodies that need more than a connection has anyway.
func (l *Lane) worthReading(r *http.Request) bool {
	return r.ContentLength <= firstBuffer || l.admits(r)
}

// takeOver takes the connection of r away from net/http and answers r as the first
// call of the lane; it answers nothing when it says false.
func (l *Lane) takeOver(w http.ResponseWriter, r *http.Request) bool {
	c := &conn{lane: l, remote: r.RemoteAddr, heads: requesthead.Reader{Bounds: calls}}
	if !l.enter(c) {
		return false
	}
	if r.ContentLength > 0 {
		data := make([]byte, r.ContentLength)
		n, err := io.ReadFull(r.Body, data)
		c.body.Reset(data[:n])
		r.Body = &c.body
		if err != nil { // its handler will miss the rest, too
			l.leave(c)
			return false
		}
	}
	nc, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		l.leave(c)
		return false
	}
	ahead, _ := rw.Reader.Peek(rw.Reader.Buffered()) // what is buffered can be peeked at
	c.buf = append([]byte(nil), ahead...)
	nc, unread := handover.Apart(nc) // it may have been here; each wrapping would stay
	c.buf = append(c.buf, unread...)
	c.end = len(c.buf)
	l.hold(c, nc)
	first := r.WithContext(l.ctx) // net/http ends its own when this handler returns
	go func() {                   // ends with the connection; Stop waits for it
		defer l.leave(c)
		c.serve(first)
	}()
	return true
}

// enter counts a connection in, unless the lane has stopped.
func (l *Lane) enter(c *conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped.Load() {
		return false
	}
	l.conns[c] = struct{}{}
	l.work.Add(1)
	return true
}

// hold lets Stop know the connection. If it has come already, the first answer of
// the lane is the last.
func (l *Lane) hold(c *conn, nc net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.nc = nc
}

func (l *Lane) leave(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, c)
	l.work.Done()
}

// Stop ends the lane: connections that wait for a call are closed at once, those
// with a call under way after its answer, and what is left when ctx ends is cut.
func (l *Lane) Stop(ctx context.Context) error {
	defer l.cancel()
	l.mu.Lock()
	l.stopped.Store(true) // with the lock: nobody enters any more
	l.mu.Unlock()
	l.each(func(nc net.Conn) { _ = nc.SetReadDeadline(time.Now()) }) // wakes those up that wait
	_ = l.back.Close()                                               // it cannot fail
	gone := make(chan struct{})
	go func() { l.work.Wait(); close(gone) }() // ends with the last connection
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

func (l *Lane) each(act func(nc net.Conn)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.conns {
		if c.nc != nil {
			act(c.nc)
		}
	}
}

// answered runs the handler; false when it panicked, which ends the connection as
// it does in net/http.
func (l *Lane) answered(a *answer, r *http.Request) (ok bool) {
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
