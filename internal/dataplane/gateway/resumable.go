package gateway

import (
	"sync"
	"sync/atomic"
	"time"
	"unique"

	"github.com/pasarela-ws/pasarela/internal/dataplane/mailbox"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
)

// resumable is what a connection has that outlives its sockets (A-GATEWAY-50). What goes
// to its client goes through a mailbox, from which it is deleted when the client's pong
// has confirmed it; after a resume the rest is sent again.
//
// At most one ping is under way: it has the number of the newest message before it, and
// its pong confirms all up to there.
type resumable struct {
	g          *Gateway
	c          *connection
	key        sessionKey
	connecting atomic.Pointer[chan struct{}] // closed when $connect has ended; nil: it has

	protocol       unique.Handle[string]    // that was agreed on at $connect
	newestIdentity atomic.Pointer[identity] // of the newest socket's handshake; nil: it is the first

	mu      sync.Mutex
	box     mailbox.Box
	link    *link    // nil: the client is away
	absence *absence // nil while the client has a socket
	marked  uint64   // mark of the ping that is under way; 0: none is
	waiters *waiter  // the newest first; nil: nobody waits

	moving *move                 // to another node; nil: it stays
	moves  atomic.Pointer[moves] // nil: it was opened here, and no other node asked for it

	ended      bool // the connection has ended, or is held by another node
	noted      bool // the journal has messages of the box
	movedAway  bool // it ended here because it moved
	unresolved bool // it may still be held by the node that it comes from

	waitsForJournal bool // see pumpWhenWritten

	// Guarded by the lock of sessions. searching: a handshake is looking for the
	// connection on other nodes, or moves it here; yielded: another node that looks for the
	// same session goes first. next has a key that begins with the same bytes.
	searching, yielded bool
	next               *resumable

	takenOver atomic.Bool // another node has taken it over; it is being closed here
	unseen    atomic.Bool // other nodes did not know of it for a time: its client may have another connection there
}

// absence is what a connection has whose client has no socket: most have one, and keep no
// memory for this.
type absence struct {
	window     *time.Timer  // nil: the client is not waited for
	until      time.Time    // when the window ends
	closedBy   socket.Close // how the last socket ended, or the connection
	over       bool         // the connection has ended, and its $disconnect is owed
	lastActive time.Time
}

// moves is what a connection has that came from another node, or that one asked for.
type moves struct {
	move    atomic.Uint64           // number of the move by which it came, or above one that was cancelled; 0: it was opened here
	cameAt  int64                   // in milliseconds since 1970; 0: it was opened here, or came in an earlier run
	brought atomic.Pointer[brought] // nil once it has come
	last    uint64                  // number of the newest move from here that was begun; guarded by resumable.mu
}

// brought is what a connection that moves here brings besides its mailbox.
type brought struct {
	tags []string
	keys []string // of pushes
}

// movesOf is what a connection has that came by a move of that number.
func movesOf(number uint64) *moves {
	m := &moves{}
	m.move.Store(number)
	return m
}

// beginMoveIn notes that the connection moves here now.
func (r *resumable) beginMoveIn(number uint64, with *brought) {
	m := movesOf(number)
	m.cameAt = r.g.options.Now().UnixMilli()
	m.brought.Store(with)
	r.moves.Store(m)
}

// move is the number of the move by which the connection came, or above one that was
// cancelled; 0: it was opened here.
func (r *resumable) move() uint64 {
	if m := r.moves.Load(); m != nil {
		return m.move.Load()
	}
	return 0
}

// brings is what the connection brings while it moves here, else nil.
func (r *resumable) brings() *brought {
	if m := r.moves.Load(); m != nil {
		return m.brought.Load()
	}
	return nil
}

// noProtocol is the sub-protocol of a connection until its $connect has ended, and of most.
var noProtocol = unique.Make("")

// newResumable makes what a connection has whose $connect runs.
func newResumable(g *Gateway, key sessionKey) *resumable {
	connecting := make(chan struct{})
	r := &resumable{g: g, key: key, protocol: noProtocol}
	r.connecting.Store(&connecting)
	return r
}

// connected is closed when $connect has ended.
func (r *resumable) connected() <-chan struct{} {
	if c := r.connecting.Load(); c != nil {
		return *c
	}
	return alreadyConnected
}

// alreadyConnected is closed.
var alreadyConnected = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// endConnect lets those go on that wait for the end of $connect.
func (r *resumable) endConnect() {
	if c := r.connecting.Swap(nil); c != nil {
		close(*c)
	}
}

// isAway says whether the client is away and may come back. r.mu is held.
func (r *resumable) isAway() bool { return r.absence != nil && r.absence.window != nil }

// stopWindow has the client not be waited for any more. r.mu is held.
func (r *resumable) stopWindow() {
	if r.isAway() {
		r.absence.window.Stop()
		r.absence.window = nil
		r.g.away.Add(-1)
	}
}

// identity is the address and user agent of a client, as AWS's Identity of GetConnection.
type identity struct{ sourceIP, userAgent unique.Handle[string] }

// link is one socket of a resumable connection.
type link struct {
	r        *resumable
	conn     *socket.Conn  // set when the link is attached
	closedBy *socket.Close // how the socket ended; nil: it has not; guarded by r.mu
}

// resumption is what a new socket found in the mailbox.
type resumption struct {
	again    int  // messages that were sent again, as they were not confirmed
	waited   int  // messages that had not been sent
	replaced bool // another socket was open
}

// waiter waits for the outcome of one message.
type waiter struct {
	of       *resumable
	sequence uint64
	outcome  chan Outcome // with room for one
	next     *waiter      // of the same connection
}

// connectionOf is the connection of a socket; l is nil where it ends with its socket.
func connectionOf(conn *socket.Conn) (c *connection, l *link) {
	if l, ok := conn.User().(*link); ok {
		return l.r.c, l
	}
	return conn.User().(*connection), nil
}

// mayResumeAfter says whether a connection outlives the close of its socket. It does not when
// the client closed it (other than with 1001, which browsers send when a page is left or
// reloaded), when a call closed it, or when the client broke rules and would do so again.
func mayResumeAfter(why socket.Close) bool {
	switch why.Cause {
	case socket.ConnectionLost, socket.NodeLost, socket.PongMissing, socket.SlowReader, socket.IdleTimeout, socket.LifeExceeded, socket.InternalError:
		return true
	case socket.ClientClosed:
		return why.Code == 1001
	}
	return false
}

// attach makes a socket that of the connection. Unconfirmed messages are sent again,
// before newer ones.
func (r *resumable) attach(l *link, conn *socket.Conn) (found resumption, ok bool) {
	now := r.g.options.Now()
	r.mu.Lock()
	if r.ended || r.moving != nil {
		r.mu.Unlock()
		return found, false
	}
	before := r.link
	r.stopWindow()
	r.absence = nil
	l.conn, r.link, r.marked = conn, l, 0
	r.c.socket.Store(conn)
	r.box.Rewind() // expire keeps what the present socket was sent, and this one was sent nothing
	r.expire(now)
	found.again = r.box.Rewind()
	found.waited, found.replaced = r.box.Len()-found.again, before != nil
	r.pump(now)
	why := l.closedBy
	ended := why != nil && r.detach(*why)
	r.mu.Unlock()
	if before != nil {
		_ = before.conn.Close(socket.Replaced.Close()) // ErrClosed: it is closing already
	}
	if ended {
		r.end(*why)
	}
	return found, true
}
