package socket

import (
	"context"
	"errors"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pasarela-ws/pasarela/internal/workerpool"
)

// Handler receives what happens on the connections of a [Pool].
type Handler interface {
	// OnMessage gets one whole message, op Text or Binary. payload is the
	// handler's until it returns, then the pool's again. Every call has a
	// goroutine of its own and may block; messages of one connection run at the
	// same time, in no order, up to Limits.InFlight (aws-dataplane §2.7).
	OnMessage(c *Conn, op Opcode, payload []byte)
	// OnClose is called exactly once for every adopted connection, when it has ended;
	// Send has returned ErrClosed since the end began. Messages in flight may still be
	// running. It runs on a goroutine that reads for many connections and must not block:
	// longer work belongs on another goroutine.
	OnClose(c *Conn, why Close)
}

// Options of a Pool. Only Handler must be given.
type Options struct {
	Handler Handler
	// Readers is how many goroutines read the connections in epoll; zero means
	// GOMAXPROCS, at most 16.
	Readers int
	// Workers is the number of goroutines that serve connections that were paused or have
	// much to read over TLS; zero means GOMAXPROCS.
	Workers int
	// InFlight is how many OnMessage calls of all connections together may run; those
	// that share their [LiveLimits] may run more only while they run fewer than are
	// free, so alone at most half. Beyond it connections wait unread. Zero means 8192.
	InFlight int
	// NoTLSShrink leaves the unexported state of each tls.Conn alone. A TLS connection then
	// keeps its net.Conn, a goroutine and crypto/tls's buffers, some 30 KB while idle.
	NoTLSShrink bool
	// NoIOUring has SendTogether make a system call for each connection.
	NoIOUring bool
	// Tick is the resolution of time limits; zero means a second.
	Tick time.Duration
}

// ErrPoolClosed is what Adopt returns after Drain or Close. For the client: 503.
var ErrPoolClosed = errors.New("socket: no connections are taken any more, the node is stopping")

// Pool holds the open connections of a node.
type Pool struct {
	handler  Handler
	pongs    PongHandler // the handler, if it wants to know of pongs
	start    time.Time
	wheel    wheel
	inFlight inFlightLimiter
	buffers  buffers
	epoll    *epollSet
	senders  senders
	messages *workerpool.Pool[messageJob] // runs OnMessage calls; not bounded by Options.Workers
	counts   [shards]counters
	running  sync.WaitGroup // OnMessage calls and goroutines of connections
	loops    sync.WaitGroup // the clock and the readers
	stop     chan struct{}

	mu     sync.Mutex
	closed bool
	open   atomic.Int64
	empty  chan struct{} // gets one when open falls to 0
}

// NewPool makes a Pool and starts its clock. Close must be called.
func NewPool(o Options) (*Pool, error) {
	if o.Handler == nil {
		return nil, errors.New("socket: Options.Handler is missing")
	}
	or := func(v, otherwise int) int {
		if v > 0 {
			return v
		}
		return otherwise
	}
	p := &Pool{handler: o.Handler, start: time.Now(), stop: make(chan struct{}), empty: make(chan struct{}, 1)}
	p.pongs, _ = o.Handler.(PongHandler)
	p.messages = workerpool.New(messageJob.run)
	procs := runtime.GOMAXPROCS(0)
	p.inFlight.limit = int64(or(o.InFlight, 8192))
	p.wheel.tick = time.Duration(or(int(o.Tick), int(time.Second)))
	p.epoll = newEpollSet(p, or(o.Readers, min(procs, 16)), or(o.Workers, procs), !o.NoTLSShrink)
	p.senders.open(o.NoIOUring)
	p.loops.Go(p.clock)
	return p, nil
}

// now is the time since the pool's start; it does not jump with the wall clock.
func (p *Pool) now() time.Duration { return time.Since(p.start) }

func (p *Pool) clock() {
	t := time.NewTicker(p.wheel.tick)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			p.wheel.advance(p.now(), (*Conn).checkTimers)
		case <-p.stop:
			return
		}
	}
}

// Adopt takes over nc after the 101 was written to it. buffered is what the
// client sent behind its handshake and has been read already ([Buffered]);
// user is the caller's own and comes back from [Conn.User]; live bounds the
// connection, nil means AWS's limits. OnMessage may be called before Adopt returns.
//
// On success nc must not be used any more. On error, such as [ErrPoolClosed], it
// is still the caller's to close, and no method of the Handler is called.
//
// A *net.TCPConn, a *net.UnixConn and a *tls.Conn directly above one of them wait
// without a goroutine on Linux; a net.Conn wrapped in anything else costs one.
func (p *Pool) Adopt(nc net.Conn, buffered []byte, user any, live *LiveLimits) (*Conn, error) {
	if live == nil {
		live = NewLiveLimits(DefaultLimits())
	}
	now := p.now()
	c := &Conn{pool: p, user: user, limits: live, nc: nc, fd: -1, openedAt: now}
	c.lastReceived.Store(int64(now))
	c.lastActive.Store(int64(now))
	if !p.add() {
		return nil, ErrPoolClosed
	}
	if err := p.chooseTransport(c, nc); err != nil {
		p.remove()
		return nil, err
	}
	c.count().opened.Add(1)
	c.reading = true // before the wheel, which reads it
	p.wheel.place(c, c.nextDeadline(live.current.Load(), now))
	c.transport.begin(c, buffered)
	return c, nil
}

// chooseTransport finds the transport that keeps the connection most cheaply.
func (p *Pool) chooseTransport(c *Conn, nc net.Conn) error {
	if err := p.epoll.register(c, nc); err != nil || c.transport != nil {
		return err
	}
	if err := nc.SetDeadline(time.Time{}); err != nil { // net/http may have left one
		return err
	}
	c.transport = newGoroutineTransport()
	return nil
}

// add counts a new connection, unless the pool has been closed.
func (p *Pool) add() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.open.Add(1)
	return true
}

// remove counts an ended connection.
func (p *Pool) remove() {
	if p.open.Add(-1) == 0 {
		select {
		case p.empty <- struct{}{}:
		default:
		}
	}
}

// CloseAll closes the connections that are there as Drain does, and still takes others.
func (p *Pool) CloseAll(ctx context.Context, spread time.Duration) error {
	begun, conns := p.now(), p.openConns()
	for i, c := range conns {
		at := begun + spread*time.Duration(i)/time.Duration(len(conns))
		if err := p.await(ctx, at-p.now()); err != nil {
			return err
		}
		c.closeWhenIdle()
	}
	return nil
}

// Drain takes no more connections and closes those that are there with
// [Shutdown], spread evenly over the given time so that clients do not all come
// back at once. A connection whose messages are in flight, or whose client has not
// been given all that was accepted for it, gets no new ones and closes when that is
// done. It returns nil when all are gone and their messages done, or ctx's error with
// some still there; Evict and Close are for those.
func (p *Pool) Drain(ctx context.Context, spread time.Duration) error {
	p.stopAdopting()
	for begun := p.now(); ; {
		if err := p.CloseAll(ctx, max(0, begun+spread-p.now())); err != nil {
			return err
		}
		if p.open.Load() == 0 {
			break
		}
		// Connections that the wheel was looking at are found in the next round.
		if err := p.await(ctx, p.wheel.tick); err != nil {
			return err
		}
	}
	done := make(chan struct{})
	p.loops.Go(func() { p.running.Wait(); close(done) })
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Evict closes the connections that Drain has left with [Shutdown], whatever is in
// flight or waits for them, and returns when all are gone, or with ctx's error.
func (p *Pool) Evict(ctx context.Context) error {
	p.stopAdopting()
	for p.open.Load() > 0 {
		for _, c := range p.openConns() {
			_ = c.Close(Shutdown.Close()) // ErrClosed: it is closing already
		}
		if err := p.await(ctx, p.wheel.tick); err != nil {
			return err
		}
	}
	return nil
}

// await waits, at most until ctx ends or no connection is left.
func (p *Pool) await(ctx context.Context, d time.Duration) error {
	if d <= 0 || p.open.Load() == 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-p.empty:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *Pool) stopAdopting() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
}

func (p *Pool) openConns() []*Conn {
	conns := make([]*Conn, 0, p.open.Load())
	p.wheel.each(func(c *Conn) { conns = append(conns, c) })
	return conns
}

// Cut ends every connection that is left, with [Shutdown] and no close frame, and
// returns when OnClose was called for all of them.
func (p *Pool) Cut() {
	p.stopAdopting()
	for p.open.Load() > 0 {
		for _, c := range p.openConns() {
			c.mu.Lock()
			c.abort(Shutdown.Close())
			c.mu.Unlock()
		}
		_ = p.await(context.Background(), p.wheel.tick) // the next round finds the rest
	}
}

// Close is Cut, and waits until the last OnMessage has returned: the caller ends what
// OnMessage waits for first. It may be called more than once.
func (p *Pool) Close() {
	p.Cut()
	p.running.Wait()
	p.mu.Lock()
	select {
	case <-p.stop:
	default:
		close(p.stop)
		p.epoll.close()
		p.senders.close()
	}
	p.mu.Unlock()
	p.messages.Close()
	p.loops.Wait()
	p.epoll.wait()
}
