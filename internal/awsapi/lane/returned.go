package lane

import (
	"net"
	"sync"
)

// replayed is a connection of which something was read already: that comes first.
type replayed struct {
	net.Conn
	ahead []byte
}

func (r *replayed) Read(p []byte) (int, error) {
	if len(r.ahead) == 0 {
		return r.Conn.Read(p)
	}
	n := copy(p, r.ahead)
	if r.ahead = r.ahead[n:]; len(r.ahead) == 0 {
		r.ahead = nil
	}
	return n, nil
}

// returned is the listener through which connections go back to net/http.
type returned struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newReturned() *returned {
	return &returned{conns: make(chan net.Conn), done: make(chan struct{})}
}

// take hands a connection over; false when nobody will serve it.
func (r *returned) take(nc net.Conn) bool {
	select {
	case r.conns <- nc:
		return true
	case <-r.done:
		return false
	}
}

func (r *returned) stop() { r.once.Do(func() { close(r.done) }) }

// Accept implements [net.Listener].
func (r *returned) Accept() (net.Conn, error) {
	select {
	case nc := <-r.conns:
		return nc, nil
	case <-r.done:
		return nil, net.ErrClosed
	}
}

// Close implements [net.Listener].
func (r *returned) Close() error { r.stop(); return nil }

// Addr implements [net.Listener]; connections that come back came in elsewhere.
func (r *returned) Addr() net.Addr { return lane{} }

// lane is the address of no network.
type lane struct{}

func (lane) Network() string { return "lane" }
func (lane) String() string  { return "lane" }
