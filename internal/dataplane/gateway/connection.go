package gateway

import (
	"sync"
	"sync/atomic"
	"unique"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/fnv1a"
)

// connection is what is remembered of a client between its events. There may be
// very many: strings that clients share are kept once, and what few have lies
// behind a pointer.
type connection struct {
	id          string
	stage       *stageConns
	domainName  unique.Handle[string]
	from        client     // at $connect
	connectedAt int64      // milliseconds since 1970
	granted     *granted   // nil when no authorizer, signature or key was asked for
	resume      *resumable // nil where the connection ends with its socket

	socket  atomic.Pointer[socket.Conn] // nil until the 101
	pending atomic.Pointer[pending]     // nil once posts go straight to the socket
}

// granted is what the checks at $connect found out about the client.
type granted struct {
	authorizer []event.Pair
	identity   event.Identity
	caller     *pasarela.Principal
}

// opened is the socket of a connection whose 101 is out, and nil before that. It
// waits for the moment between the two, in which the client is connected already.
func (c *connection) opened() *socket.Conn {
	if p := c.pending.Load(); p != nil && p.opening.Load() {
		<-p.ready // at most switchTimeout
	}
	return c.socket.Load()
}

// fill writes what is remembered into an event.
func (c *connection) fill(e *event.Event) {
	e.APIID, e.Stage = c.stage.stage.APIID, c.stage.stage.Name
	e.ConnectionID, e.ConnectedAt = c.id, c.connectedAt
	e.DomainName = c.domainName.Value()
	if c.granted != nil {
		e.Authorizer, e.Identity = c.granted.authorizer, c.granted.identity
	}
	from := c.client()
	e.Identity.SourceIP, e.Identity.UserAgent = from.sourceIP.Value(), from.userAgent.Value()
}

// client is where the client came from last.
func (c *connection) client() client {
	if c.resume != nil {
		if from := c.resume.from.Load(); from != nil {
			return *from
		}
	}
	return c.from
}

// Bounds of what is held for a connection whose $connect is still running.
const (
	maxHeld      = 32
	maxHeldBytes = 256 << 10
)

// pending holds posts until the 101 is out. They go out first, in order
// (A-GATEWAY-12).
type pending struct {
	ready   chan struct{} // closed once the connection is open, or will never be
	opening atomic.Bool   // the 101 is being written
	owed    atomic.Bool   // $connect was accepted, so there is to be a $disconnect

	mu    sync.Mutex
	held  [][]byte
	bytes int
	over  bool
}

func newPending() *pending { return &pending{ready: make(chan struct{})} }

// hold keeps a post; taken is false when the connection is open by now, full when
// no more fits.
func (p *pending) hold(body []byte) (taken, full bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.over:
		return false, false
	case len(p.held) >= maxHeld || p.bytes+len(body) > maxHeldBytes:
		return false, true
	}
	p.held = append(p.held, append([]byte(nil), body...))
	p.bytes += len(body)
	return true, false
}

// release sends what was held until nothing is left, and lets everybody go on.
func (p *pending) release(send func([]byte)) {
	for {
		p.mu.Lock()
		held := p.held
		p.held, p.bytes = nil, 0
		if len(held) == 0 {
			p.over = true
			p.mu.Unlock()
			close(p.ready)
			return
		}
		p.mu.Unlock()
		for _, body := range held {
			send(body)
		}
	}
}

// tableShards is how many locks the table of connections has.
const tableShards = 64

// table finds the connections of this node by id.
type table struct {
	shards [tableShards]struct {
		mu    sync.RWMutex
		conns map[string]*connection
		keys  map[*connection]*pushKeys // of those that were pushed to by key
		_     [24]byte                  // a cache line each
	}
}

func newTable() *table {
	t := &table{}
	for i := range t.shards {
		t.shards[i].conns = make(map[string]*connection)
	}
	return t
}

// shardOf spreads ids, of which a few bytes count up, over the shards.
func shardOf(id string) int { return int(fnv1a.Sum32(id) % tableShards) }

func (t *table) get(id string) *connection {
	s := &t.shards[shardOf(id)]
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.conns[id]
}

func (t *table) add(c *connection) {
	s := &t.shards[shardOf(c.id)]
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns[c.id] = c
}

// remove says whether the connection was there.
func (t *table) remove(c *connection) bool {
	s := &t.shards[shardOf(c.id)]
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conns[c.id] != c {
		return false
	}
	delete(s.conns, c.id)
	delete(s.keys, c)
	return true
}

// each visits all connections that are there when it looks; visit runs unlocked.
func (t *table) each(visit func(*connection)) {
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.RLock()
		conns := make([]*connection, 0, len(s.conns))
		for _, c := range s.conns {
			conns = append(conns, c)
		}
		s.mu.RUnlock()
		for _, c := range conns {
			visit(c)
		}
	}
}
