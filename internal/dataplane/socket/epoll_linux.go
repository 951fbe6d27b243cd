package socket

import (
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/pasarela-ws/pasarela/internal/workerpool"
)

// epollSet is the epoll instances of a pool. They begin with the first connection that
// can be registered.
type epollSet struct {
	pool      *Pool
	readers   int
	tlsShrink tlsShrink
	// executor does the work that would hold up a loop: bytes left by a pause,
	// connections that have much to read, and ending connections. A connection is in its
	// queue at most once.
	executor *workerpool.Bounded[*Conn]

	once  sync.Once
	err   error
	loops []*loop
	next  atomic.Uint32
	byFD  table
}

func newEpollSet(p *Pool, readers, workers int, shrinkTLS bool) *epollSet {
	s := &epollSet{pool: p, readers: readers}
	if shrinkTLS {
		s.tlsShrink = newTLSShrink()
	}
	s.executor = workerpool.NewBounded(workers, runPending)
	return s
}

func (s *epollSet) open() {
	for range s.readers {
		l, err := newLoop(s)
		if err != nil {
			s.err = err
			s.close()
			return
		}
		s.loops = append(s.loops, l)
		s.pool.loops.Go(l.run)
	}
}

// close ends the loops, which Pool.loops waits for. No connection is open.
func (s *epollSet) close() {
	for _, l := range s.loops {
		l.close()
	}
}

// wait returns when the executor has nothing to do. The loops have ended.
func (s *epollSet) wait() { s.executor.Close() }

// register takes nc over if it can be watched; else it leaves c.transport nil.
func (s *epollSet) register(c *Conn, nc net.Conn) error {
	secured, isTLS := nc.(*tls.Conn)
	under := nc
	if isTLS {
		under = secured.NetConn()
	}
	own, isOwn := nc.(*Descriptor)
	raw, ok := descriptor(under)
	ok = ok || isOwn
	if !ok || isTLS && !s.tlsShrink.supported {
		return nil
	}
	if s.once.Do(s.open); s.err != nil {
		return s.err
	}
	l := s.loops[int(s.next.Add(1))%len(s.loops)]
	switch {
	case isOwn:
		return l.registerDescriptor(c, own)
	case isTLS:
		return l.registerTLS(c, raw)
	}
	return l.registerPlain(c, raw)
}

// descriptor returns the descriptor of a stream socket that is a net.Conn of the
// standard library itself, or stands under one that has nothing more to say.
func descriptor(nc net.Conn) (syscall.RawConn, bool) {
	if wrapped, ok := nc.(interface{ NetConn() net.Conn }); ok {
		nc = wrapped.NetConn()
	}
	switch nc := nc.(type) {
	case *net.TCPConn:
		raw, err := nc.SyscallConn()
		return raw, err == nil
	case *net.UnixConn:
		raw, err := nc.SyscallConn()
		return raw, err == nil && nc.LocalAddr().Network() == "unix"
	}
	return nil, false
}

// runPending is one job of the executor.
func runPending(c *Conn) {
	switch t := c.transport.(type) {
	case tlsTransport:
		t.runPending(c)
	case plainTransport:
		t.runPending(c)
	}
}

// addDescriptor enters c under its descriptor. From then on a loop may see it.
func (s *epollSet) addDescriptor(c *Conn, fd int) error {
	c.fd, c.shard = int32(fd), uint8(fd%shards)
	if !s.byFD.set(fd, c) {
		return errors.New("socket: descriptor number is beyond the table")
	}
	return nil
}

// table finds a connection by its descriptor without a lock.
type table [4096]atomic.Pointer[tablePage]

type tablePage [1024]atomic.Pointer[Conn]

func (t *table) set(fd int, c *Conn) bool {
	if fd < 0 || fd/len(tablePage{}) >= len(t) {
		return false
	}
	page := &t[fd/len(tablePage{})]
	if page.Load() == nil {
		page.CompareAndSwap(nil, &tablePage{})
	}
	page.Load()[fd%len(tablePage{})].Store(c)
	return true
}

func (t *table) get(fd int32) *Conn {
	page := t[int(fd)/len(tablePage{})].Load()
	if page == nil {
		return nil
	}
	return page[int(fd)%len(tablePage{})].Load()
}
