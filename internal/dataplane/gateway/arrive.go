package gateway

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/journal"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// foundSession is a connection that another node has, and who may go on with it.
type foundSession struct {
	Node         uint16 `json:"node"`
	ConnectionID string `json:"connectionId"`
	ConnectedAt  int64  `json:"connectedAt"`
	Principal    string `json:"principal"`
}

// arrivals are the connections that are on their way to this node: they are in its journal,
// and it is not sure that they are its own.
type arrivals struct {
	mu    sync.Mutex
	byID  map[string]*resumable
	byKey map[sessionKey]*resumable
}

func (a *arrivals) add(r *resumable) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.byID == nil {
		a.byID, a.byKey = map[string]*resumable{}, map[sessionKey]*resumable{}
	}
	a.byID[r.c.id], a.byKey[r.key] = r, r
}

// remove ends the arrival of r, after enter where that is given; false when it had been
// ended before.
func (a *arrivals) remove(r *resumable, enter func()) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.byID[r.c.id] != r {
		return false
	}
	if enter != nil {
		enter()
	}
	delete(a.byID, r.c.id)
	if a.byKey[r.key] == r {
		delete(a.byKey, r.key)
	}
	return true
}

func (a *arrivals) get(connectionID string) *resumable {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.byID[connectionID]
}

func (a *arrivals) hasSession(key sessionKey) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.byKey[key] != nil
}

// each visits a copy.
func (a *arrivals) each(visit func(*resumable)) {
	a.mu.Lock()
	all := make([]*resumable, 0, len(a.byID))
	for _, r := range a.byID {
		all = append(all, r)
	}
	a.mu.Unlock()
	for _, r := range all {
		visit(r)
	}
}

// sought looks on the other nodes for the connection of a session that this one does not
// know, and goes on with it. It says false, and nothing was answered, when there is none.
func (h *connectRun) sought(domainName string) bool {
	g := h.g
	found, err := g.findSession(h.r.Context(), h.session.key)
	switch {
	case err != nil:
		h.unavailable(language.SessionSought, err)
		return true
	case found != nil:
		return h.fetch(found, domainName)
	case !g.sessions.decided(h.session): // another node was let go first meanwhile
		h.unavailable(language.SessionBusy, nil)
		return true
	}
	return false
}

// unavailable asks the client to come again.
func (h *connectRun) unavailable(why *language.Cause, cause error) {
	h.session.fail()
	h.g.refuse(Draining)
	if cause != nil && h.g.unserved.Take(h.g.options.Now()) {
		h.g.options.Log.Warn("a client with a session was asked to come again: it is not known whether another node has its connection",
			"api", h.stage.stage.APIID, "stage", h.stage.stage.Name, "error", cause)
	}
	h.g.writeUnavailable(h.w, h.stage.stage, why, time.Second)
}

// fetch checks the client as at $connect, takes its connection from the node that has it,
// and goes on with it.
func (h *connectRun) fetch(found *foundSession, domainName string) bool {
	g := h.g
	now := g.options.Now()
	h.x = g.acquire(now)
	defer g.release(h.x)
	h.begin(now, domainName, &connection{id: found.ConnectionID, connectedAt: found.ConnectedAt})
	err := h.admitAgain(now)
	if err == nil {
		err = samePrincipal(found.Principal, h.conn.granted.principal())
	}
	if err != nil {
		h.session.fail()
		h.refuseClient(err)
		h.finish(err)
		return true
	}
	if !g.enter(h.w, h.stage, h.deployed) {
		h.session.fail()
		return true
	}
	// The client may give up meanwhile; the move goes on to its end.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(h.r.Context()), moveTimeout)
	defer cancel()
	r, moveErr := g.fetch(ctx, h.session, h.stage, found)
	if moveErr != nil {
		h.unavailable(language.SessionNotMoved, moveErr)
		return true
	}
	return h.goOn(r)
}

// errTakenOver is why a connection does not come to a run that was taken over meanwhile.
var errTakenOver = errors.New("another node took the connections of this one over")

// fetch takes a connection from the node that has it. claimed is what stands under its
// session so long; it is over when this returns. The stage has been entered: where the
// connection does not come it is left again.
func (g *Gateway) fetch(ctx context.Context, claimed *resumable, at *stageConns, from *foundSession) (*resumable, error) {
	given, record, err := g.take(ctx, claimed.key, from)
	if err != nil {
		g.leave(at)
		g.letStay(from)
		return nil, err
	}
	record.Move = given.Move
	c := g.connectionOfRecord(&record, at)
	r := g.resumableOf(c, &record, claimed.key)
	r.restoreHanded(&given)
	r.tags, r.keys = record.Tags, given.Keys
	g.arrivals.add(r)
	g.sessions.replace(claimed, r)
	claimed.fail()
	if g.mailboxes.Load() > g.options.MailboxBytes {
		g.withdraw(r)
		g.letStay(from)
		return nil, errors.New("too much waits on this node for clients that are away or read slowly")
	}
	if g.journal != nil {
		noted := c.record()
		g.journal.Opened(&noted)
		if g.local != nil {
			noted.Messages = nil
			g.local.Opened(&noted)
		}
		if err := g.journal.Flush(ctx); err != nil {
			g.unsettled(r)
			return nil, err
		}
	}
	if g.arrivals.get(c.id) != r { // taken over meanwhile: then the journal that was written has not got it
		g.letStay(from)
		return nil, errTakenOver
	}
	answer, err := g.askNode(ctx, from.Node, request{
		Verb: verbMoved, APIID: record.APIID, ConnectionID: c.id, From: g.options.Node, Move: given.Move,
	})
	if err == nil && answer.Error != "" {
		err = answer.err()
		if answer.Error == pasarela.CodeGone { // it was given up there
			g.withdraw(r)
			return nil, err
		}
	}
	if err != nil {
		g.unsettled(r)
		return nil, err
	}
	if !g.arrived(r) {
		return nil, errTakenOver
	}
	g.noteArrived(c)
	return r, nil
}

// resumableOf makes what a connection has that came from another run, or another node. Its
// session is not claimed, and $connect has not ended.
func (g *Gateway) resumableOf(c *connection, record *journal.Record, key sessionKey) *resumable {
	r := &resumable{
		g: g, c: c, key: key, began: make(chan struct{}), protocol: record.Protocol,
		lastActive: g.options.Now(), left: socket.NodeLost.Close(), move: record.Move,
	}
	c.resume = r
	return r
}

// arrived has a connection be this node's, and its client away until it has a socket; false
// when this run was taken over meanwhile.
func (g *Gateway) arrived(r *resumable) bool {
	c := r.c
	here := g.arrivals.remove(r, func() {
		g.table.add(c)
		c.stage.tags.set(c, r.tags)
		g.table.giveKeys(c, r.keys)
	})
	if !here {
		return false
	}
	if to, ok := g.moved.of(c.id); ok { // it has come back
		g.moved.forget(c.id, to)
	}
	g.movedIn.Add(1)
	r.mu.Lock()
	ended := !r.over && r.detach(socket.NodeLost.Close())
	r.mu.Unlock()
	close(r.began)
	if ended {
		r.end(r.left)
	}
	return true
}

// withdraw forgets a connection that did not come.
func (g *Gateway) withdraw(r *resumable) {
	if g.arrivals.remove(r, nil) {
		g.drop(r)
		if g.journal != nil {
			g.journal.Withdrawn(r.c.id, r.move)
		}
	}
}

// drop forgets a connection that was on its way here and is none of this node's.
func (g *Gateway) drop(r *resumable) {
	r.forget()
	g.leave(r.c.stage)
	if g.local != nil {
		g.local.Withdrawn(r.c.id, r.move)
	}
	close(r.began)
}

// dropArrivals is for when this run was taken over, and what is on its way with it.
func (g *Gateway) dropArrivals() {
	g.arrivals.each(func(r *resumable) {
		if g.arrivals.remove(r, nil) {
			g.drop(r)
		}
	})
}

// letStay tells the node that gave a connection, as soon as can be, that it is not taken.
func (g *Gateway) letStay(from *foundSession) {
	g.background.Go(func() {
		// One that is not reached gives the move up by itself.
		_, _ = g.askNode(context.Background(), from.Node, request{
			Verb: verbHolds, From: g.options.Node, HeldIDs: []heldID{{ConnectionID: from.ConnectionID, Stay: true}},
		})
	})
}

// unsettled has it found out whether a connection has come.
func (g *Gateway) unsettled(r *resumable) {
	r.mu.Lock()
	r.unsettled = true
	r.mu.Unlock()
	g.wakeSettling()
}

// sessionHere says what this node knows of a session. An error that is not gone says that
// the connection may come to be here.
func (g *Gateway) sessionHere(ctx context.Context, r request) (*foundSession, error) {
	if len(r.Session) != len(sessionKey{}) {
		return nil, gone()
	}
	key := sessionKey(r.Session)
	found, busy := g.sessions.asked(key, r.From)
	if found == nil && !busy {
		busy = g.arrivals.hasSession(key) || g.recovering.Load() > 0
		if undecided, err := g.runsUndecided(ctx); undecided || err != nil { // perhaps of the run before this one
			busy = true
		}
	}
	switch {
	case busy:
		return nil, pasarela.Errorf(pasarela.CodeServiceUnavailable, "The session is being worked on.")
	case found == nil:
		return nil, gone()
	}
	select {
	case <-found.began:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	found.mu.Lock()
	over, went := found.over, found.went
	found.mu.Unlock()
	switch {
	case went:
		return nil, pasarela.Errorf(pasarela.CodeServiceUnavailable, "The connection has just gone to another node.")
	case over:
		return nil, gone()
	}
	return &foundSession{Node: g.options.Node, ConnectionID: found.c.id, ConnectedAt: found.c.connectedAt, Principal: found.c.granted.principal()}, nil
}

// findSession asks all other nodes for the connection of a session; nil: there is none.
// An error says that there may be one.
func (g *Gateway) findSession(ctx context.Context, key sessionKey) (*foundSession, error) {
	if g.arrivals.hasSession(key) || g.recovering.Load() > 0 {
		return nil, errors.New("this node is taking connections over")
	}
	// Before the nodes are asked: one may take a run over meanwhile.
	if undecided, err := g.runsUndecided(ctx); err != nil || undecided {
		return nil, errors.Join(errors.New("the connections of a run that ended are not taken over yet"), err)
	}
	responses, missing := g.askOthers(ctx, request{Verb: verbSession, Session: key[:], From: g.options.Node}, func() {})
	var newest *foundSession // a node that was frozen may know of an older one
	for i := range responses {
		if found := responses[i].Found; found != nil && (newest == nil || found.ConnectedAt > newest.ConnectedAt) {
			newest = found
		}
	}
	if newest != nil {
		return newest, nil
	}
	if len(missing) > 0 {
		return nil, errors.New("nodes do not answer: " + strings.Join(missing, ", "))
	}
	return nil, nil
}
