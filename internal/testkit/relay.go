package testkit

import (
	"net"
	"sync"
	"testing"
)

// Relay forwards TCP connections to another address, and breaks them as networks
// do.
type Relay struct {
	listener net.Listener
	to       string
	work     sync.WaitGroup

	mu     sync.Mutex
	pairs  []*relayed
	closed bool
}

// relayed is one forwarded connection.
type relayed struct {
	client, server *net.TCPConn
	mu             sync.Mutex
	silent         bool // bytes of both sides are dropped, and neither side is closed
	broken         bool
}

// Break is how a [Relay] breaks a connection.
type Break int

// Ways to break a connection.
const (
	Reset    Break = iota // both sides get a reset
	HalfOpen              // the client gets a reset, the server nothing
	Silence               // neither side gets anything
	Breaks                // how many there are
)

// NewRelay starts a relay to an address, which ends with the test.
func NewRelay(t testing.TB, to string) *Relay {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &Relay{listener: listener, to: to}
	r.work.Go(r.accept)
	t.Cleanup(r.close)
	return r
}

// Address is where it takes connections.
func (r *Relay) Address() string { return r.listener.Addr().String() }

// Break breaks the newest connection; false when all are broken or there is
// none.
func (r *Relay) Break(how Break) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := len(r.pairs) - 1; i >= 0; i-- {
		if r.pairs[i].breakUp(how) {
			return true
		}
	}
	return false
}

func (p *relayed) breakUp(how Break) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.broken {
		return false
	}
	p.broken, p.silent = true, how != Reset
	if how != Silence {
		reset(p.client)
	}
	if how == Reset {
		reset(p.server)
	}
	return true
}

func reset(conn *net.TCPConn) {
	_ = conn.SetLinger(0) // it may have ended
	_ = conn.Close()
}

func (r *Relay) accept() {
	for {
		from, err := r.listener.Accept()
		if err != nil {
			return // it was closed
		}
		to, err := net.Dial("tcp", r.to)
		if err != nil {
			_ = from.Close()
			continue
		}
		p := &relayed{client: from.(*net.TCPConn), server: to.(*net.TCPConn)}
		r.mu.Lock()
		if r.closed {
			r.mu.Unlock()
			p.end()
			return
		}
		r.pairs = append(r.pairs, p)
		r.mu.Unlock()
		r.work.Go(func() { p.carry(p.server, p.client) })
		r.work.Go(func() { p.carry(p.client, p.server) })
	}
}

// carry copies until one side ends, and then ends the other unless the connection is
// silent.
func (p *relayed) carry(to, from *net.TCPConn) {
	buffer := make([]byte, 16<<10)
	for {
		n, err := from.Read(buffer)
		p.mu.Lock()
		silent := p.silent
		p.broken = p.broken || err != nil
		p.mu.Unlock()
		switch {
		case err != nil && silent:
			return
		case err != nil:
			_ = to.CloseWrite()
			return
		case !silent:
			_, _ = to.Write(buffer[:n]) // the other side may be gone: the next Read says so
		}
	}
}

func (p *relayed) end() {
	_ = p.client.Close()
	_ = p.server.Close()
}

func (r *Relay) close() {
	_ = r.listener.Close()
	r.mu.Lock()
	r.closed = true
	for _, p := range r.pairs {
		p.end()
	}
	r.mu.Unlock()
	r.work.Wait()
}
