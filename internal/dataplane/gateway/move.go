package gateway

import (
	"context"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/journal"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
)

// A client that comes back to another node than the one that has its connection takes it
// along (A-GATEWAY-59). The node that has it decides:
//
//  1. The new node asks all for the session, and checks the client as at $connect.
//  2. It asks the old one for the connection (verbMove), which from then on takes no
//     message for it: posts wait.
//  3. It notes the connection in its own journal, and then tells the old one (verbMoved).
//  4. The old one notes in its journal that the connection has moved. With that it has: a run
//     whose journal was taken over cannot note it. It passes posts on from then on.
//
// Where the new node does not learn the end of 4, it asks who has the connection (verbHolds)
// until that is known. The old one gives up when 4 does not begin in time.
const (
	moveTimeout = 8 * time.Second // of a move, from 2 to the begin of 4
	pageBytes   = 256 << 10       // of messages in one answer
)

// move is the move of a connection to another node.
type move struct {
	to        uint16
	number    uint64
	committed bool          // the move is being noted in the journal and cannot be cancelled; guarded by resumable.mu
	timer     *time.Timer   // cancels the move
	done      chan struct{} // closed when the connection is gone from here, or stays
}

// errMoving is the cause of an error of a call that may be repeated when the move has
// ended.
type errMoving struct{ move *move }

// Error is for logs; callers match the type and wait for the move.
func (errMoving) Error() string { return "the connection is moving to another node" }

// moving is the error of a call that does not wait for the end of a move.
func (m *move) moving() error {
	return &pasarela.Error{Code: pasarela.CodeServiceUnavailable, Message: "The connection is moving to another node. Try again.", Cause: errMoving{m}}
}

// movedConnection is a connection as one node sends it to another.
type movedConnection struct {
	Move     uint64         `json:"move"`
	Record   []byte         `json:"record"` // see journal.Pack
	Messages []movedMessage `json:"messages,omitempty"`
	More     bool           `json:"more,omitempty"` // messages
	Last     uint64         `json:"last"`           // number of the newest message
	Highest  uint64         `json:"highest"`        // of those that any socket was given
	Keys     [][]byte       `json:"keys,omitempty"` // of pushes that it was given, hashed
}

type movedMessage struct {
	journal.Message
	Durable bool `json:"durable,omitempty"`
}

// beginMoveHere serves the request of another node for a connection of this one: it
// returns the first page of its messages, or those after a number.
func (g *Gateway) beginMoveHere(ctx context.Context, r request) (*movedConnection, error) {
	if len(r.Session) != len(sessionKey{}) {
		return nil, gone()
	}
	found := g.sessions.get(sessionKey(r.Session))
	if found == nil {
		return nil, gone()
	}
	select {
	case <-found.connected():
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	m, err := found.beginMove(r)
	if err != nil {
		return nil, err
	}
	record := found.c.record()
	given := &movedConnection{Move: m.number, Record: journal.Pack(&record)}
	if r.Move == 0 {
		for _, key := range g.table.exportPushKeys(found.c) {
			given.Keys = append(given.Keys, []byte(key))
		}
	}
	found.page(given, r.Sequence)
	return given, nil
}

// beginMove begins a move, or continues the one that the request names.
func (r *resumable) beginMove(asked request) (*move, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := r.moving
	switch {
	case r.ended || r.c.id != asked.ConnectionID:
		return nil, gone()
	case m != nil && (m.committed || m.to != asked.From || m.number != asked.Move):
		return nil, m.moving()
	case m != nil:
		return m, nil
	case asked.Move != 0:
		return nil, gone() // it was cancelled
	}
	if r.moves.Load() == nil {
		r.moves.Store(&moves{})
	}
	of := r.moves.Load()
	// Numbers of a connection only grow, on all nodes and whatever their clocks say, and are
	// never reused, also not by the next run.
	of.last = max(of.last+1, of.move.Load()+1, uint64(r.g.options.Now().UnixMilli()))
	m = &move{to: asked.From, number: of.last, done: make(chan struct{})}
	m.timer = time.AfterFunc(moveTimeout, func() { r.cancelMove(m) })
	r.moving = m
	if r.isAway() {
		r.absence.window.Stop()
	}
	return m, nil
}

// page adds the messages after a number, as many as one response takes.
func (r *resumable) page(to *movedConnection, after uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	messages, last := r.box.Messages()
	to.Last, to.Highest = last, r.box.Highest()
	bytes := 0
	for i := range messages {
		m := &messages[i]
		switch {
		case m.Sequence <= after:
			continue
		case bytes > pageBytes || len(to.Messages) == maxNamed:
			to.More = true
			return
		}
		bytes += m.Size
		to.Messages = append(to.Messages, movedMessage{noteOf(m), m.Durable})
	}
}

// cancelMove cancels a move unless it is committed; it says whether it did. The connection
// goes on under a number above that of the move, so that what the other node has noted of it
// is out of date.
func (r *resumable) cancelMove(m *move) bool {
	if !r.cancelMoveOnly(m) {
		return false
	}
	r.g.noteStays(r)
	return true
}

// noteStays notes in the journal that a move from here is out of date, unless another run has
// the connection: the journal of a run that began meanwhile must not have it, since it would
// never be closed there.
func (g *Gateway) noteStays(r *resumable) {
	g.owing.RLock() // a takeover finds it noted, or this finds that it is taken over
	defer g.owing.RUnlock()
	if g.journal != nil && !r.takenOver.Load() {
		record := r.c.record()
		g.journal.Changed(&record)
	}
}

func (r *resumable) cancelMoveOnly(m *move) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.moving != m || m.committed {
		return false
	}
	of := r.moves.Load()
	of.last++
	of.move.Store(of.last)
	r.endMove()
	if r.isAway() {
		r.absence.window.Reset(max(time.Until(r.absence.until), 0))
	}
	r.pump(r.g.options.Now())
	return true
}

// endMove wakes those that wait for the end of the move. r.mu is held.
func (r *resumable) endMove() {
	if m := r.moving; m != nil {
		r.moving = nil
		m.timer.Stop()
		close(m.done)
	}
}

// moveCommitted says whether the other node may already hold the connection.
func (r *resumable) moveCommitted() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.moving != nil && r.moving.committed
}

// endMoveHere ends the move of a connection of this node: when it returns nil, the other
// node holds it.
func (g *Gateway) endMoveHere(ctx context.Context, r request) error {
	if to, ok := g.forwards.get(r.ConnectionID); ok && to == (forwardTo{r.From, r.Move}) {
		return nil // a repeated request
	}
	c := g.find(r.APIID, r.ConnectionID)
	if c == nil || c.resume == nil {
		// This run may have begun after the one that was asked for the connection, or was taken
		// over since: whether the move is noted is not known here, and the new node has to ask.
		return pasarela.Errorf(pasarela.CodeServiceUnavailable, "The node does not have the connection, and does not know its move.")
	}
	c.resume.mu.Lock()
	m := c.resume.moving
	if m == nil || m.to != r.From || m.number != r.Move {
		c.resume.mu.Unlock()
		return gone()
	}
	first := !m.committed
	m.committed = true
	c.resume.mu.Unlock()
	if first {
		g.noteMovedOut(c, m)
	}
	select {
	case <-m.done:
	case <-ctx.Done():
		return m.moving()
	}
	if to, ok := g.forwards.get(r.ConnectionID); ok && to == (forwardTo{r.From, r.Move}) {
		return nil
	}
	// This run was taken over meanwhile, perhaps after the note was written: the new node
	// has to ask.
	return pasarela.Errorf(pasarela.CodeServiceUnavailable, "The node that had the connection was taken over while it moved.")
}

// noteMovedOut notes in the journal that a connection has moved, and removes it once that
// is written.
func (g *Gateway) noteMovedOut(c *connection, m *move) {
	if g.journal == nil {
		g.completeMoveOut(c, m)
		return
	}
	g.journal.Moved(c.id, m.number)
	g.journal.AfterWrite(func() { g.background.Go(func() { g.completeMoveOut(c, m) }) })
}

// completeMoveOut removes a connection that another node now holds.
func (g *Gateway) completeMoveOut(c *connection, m *move) {
	r := c.resume
	if g.takenOverConns.has(c) { // the run was taken over before the note was written, and the connection with it
		r.mu.Lock()
		r.endMove()
		r.mu.Unlock()
		r.end(socket.Shutdown.Close())
		return
	}
	g.forwards.add(c.id, forwardTo{m.to, m.number})
	g.past.note(c.id, m.number)
	r.mu.Lock()
	before := r.link
	r.link, r.ended, r.movedAway = nil, true, true
	r.stopWindow()
	c.socket.Store(nil)
	g.mailboxes.Add(-r.mailboxMemory())
	r.notify(func(*waiter) bool { return true }, Queued)
	g.sessions.remove(r)
	r.mu.Unlock()
	g.table.remove(c)
	if g.local != nil {
		g.local.Moved(c.id, m.number)
	}
	c.stage.departures.add(c.id, c.stage.tags.tags(c), g.options.Now())
	c.stage.tags.remove(c)
	g.uncountConnection(c.stage)
	if before != nil {
		_ = before.conn.Close(socket.Replaced.Close()) // ErrClosed: it is closing already
	}
	g.noteLeft(c)
	r.mu.Lock()
	r.endMove()
	r.mu.Unlock()
}
