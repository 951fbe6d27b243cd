package gateway

import (
	"context"
	"errors"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/journal"
	"github.com/pasarela-ws/pasarela/internal/dataplane/mailbox"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// askToRetry asks the client to come again.
func (h *connectRun) askToRetry(why *language.Cause, cause error) {
	h.session.fail()
	h.g.refuse(Draining)
	if cause != nil && h.g.unserved.Take(h.g.options.Now()) {
		h.g.options.Log.Warn("a client with a session was asked to come again: it is not known whether another node has its connection",
			"api", h.stage.stage.APIID, "stage", h.stage.stage.Name, "error", cause)
	}
	h.g.writeUnavailable(h.w, h.stage.stage, why, time.Second)
}

// moveHereAndResume checks the client as at $connect, takes its connection from the node that has it,
// and goes on with it.
func (h *connectRun) moveHereAndResume(found *foundSession, domainName string) bool {
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
	r, moveErr := g.moveIn(ctx, h.session, h.stage, found)
	if moveErr != nil {
		h.askToRetry(language.SessionNotMoved, moveErr)
		return true
	}
	return h.openResumed(r)
}

// errTakenOver is why a connection does not come to a run that was taken over meanwhile.
var errTakenOver = errors.New("another node took the connections of this one over")

// moveIn takes a connection from the node that has it. claimed is what stands under its
// session so long; it is over when this returns. The stage has been entered: where the
// connection does not come it is left again.
func (g *Gateway) moveIn(ctx context.Context, claimed *resumable, at *stageConns, from *foundSession) (*resumable, error) {
	given, record, err := g.requestMove(ctx, claimed.key, from)
	if err != nil {
		g.leave(at)
		g.cancelMoveOn(from)
		return nil, err
	}
	record.Move = given.Move
	c := g.connectionOfRecord(&record, at)
	r := g.resumableOfRecord(c, &record, claimed.key)
	r.restoreMoved(&given)
	r.tags, r.keys = record.Tags, given.Keys
	g.incoming.add(r)
	g.sessions.replace(claimed, r)
	claimed.fail()
	if g.mailboxes.Load() > g.options.MailboxBytes {
		g.abortMoveIn(r)
		g.cancelMoveOn(from)
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
			g.resolveLater(r)
			return nil, err
		}
	}
	if g.incoming.get(c.id) != r { // taken over meanwhile: then the journal that was written has not got it
		g.cancelMoveOn(from)
		return nil, errTakenOver
	}
	answer, err := g.askNode(ctx, from.Node, request{
		Verb: verbMoved, APIID: record.APIID, ConnectionID: c.id, From: g.options.Node, Move: given.Move,
	})
	if err == nil && answer.Error != "" {
		err = answer.err()
		if answer.Error == pasarela.CodeGone { // it was given up there
			g.abortMoveIn(r)
			return nil, err
		}
	}
	if err != nil {
		g.resolveLater(r)
		return nil, err
	}
	if !g.completeMoveIn(r) {
		return nil, errTakenOver
	}
	g.noteArrived(c)
	return r, nil
}

// resumableOfRecord makes what a connection has that came from another run, or another node. Its
// session is not claimed, and $connect has not ended.
func (g *Gateway) resumableOfRecord(c *connection, record *journal.Record, key sessionKey) *resumable {
	r := &resumable{
		g: g, c: c, key: key, began: make(chan struct{}), protocol: record.Protocol,
		lastActive: g.options.Now(), left: socket.NodeLost.Close(), move: record.Move,
	}
	c.resume = r
	return r
}

// completeMoveIn has a connection be this node's, and its client away until it has a socket; false
// when this run was taken over meanwhile.
func (g *Gateway) completeMoveIn(r *resumable) bool {
	c := r.c
	here := g.incoming.end(r, func() {
		g.table.add(c)
		c.stage.tags.set(c, r.tags)
		g.table.importPushKeys(c, r.keys)
	})
	if !here {
		return false
	}
	if to, ok := g.forwards.get(c.id); ok { // it has come back
		g.forwards.remove(c.id, to)
	}
	g.movedIn.Add(1)
	r.mu.Lock()
	ended := !r.ended && r.detach(socket.NodeLost.Close())
	r.mu.Unlock()
	close(r.began)
	if ended {
		r.end(r.left)
	}
	return true
}

// abortMoveIn forgets a connection that did not come.
func (g *Gateway) abortMoveIn(r *resumable) {
	if g.incoming.end(r, nil) {
		g.forgetIncoming(r)
		if g.journal != nil {
			g.journal.Withdrawn(r.c.id, r.move)
		}
	}
}

// forgetIncoming forgets a connection that was on its way here and is none of this node's.
func (g *Gateway) forgetIncoming(r *resumable) {
	r.forget()
	g.leave(r.c.stage)
	if g.local != nil {
		g.local.Withdrawn(r.c.id, r.move)
	}
	close(r.began)
}

// forgetAllIncoming is for when this run was taken over, and what is on its way with it.
func (g *Gateway) forgetAllIncoming() {
	g.incoming.each(func(r *resumable) {
		if g.incoming.end(r, nil) {
			g.forgetIncoming(r)
		}
	})
}

// cancelMoveOn tells the node that gave a connection, as soon as can be, that it is not taken.
func (g *Gateway) cancelMoveOn(from *foundSession) {
	g.background.Go(func() {
		// One that is not reached gives the move up by itself.
		_, _ = g.askNode(context.Background(), from.Node, request{
			Verb: verbHolds, From: g.options.Node, HeldIDs: []heldID{{ConnectionID: from.ConnectionID, Stay: true}},
		})
	})
}

// resolveLater has it found out whether a connection has come.
func (g *Gateway) resolveLater(r *resumable) {
	r.mu.Lock()
	r.unresolved = true
	r.mu.Unlock()
	g.wakeResolver()
}

// requestMove asks another node for a connection, and returns what it gives.
func (g *Gateway) requestMove(ctx context.Context, key sessionKey, from *foundSession) (given movedConnection, record journal.Record, err error) {
	asked := request{Verb: verbMove, Session: key[:], ConnectionID: from.ConnectionID, From: g.options.Node}
	for more := true; more; {
		answer, err := g.askNode(ctx, from.Node, asked)
		if err == nil {
			err = answer.err()
		}
		if err == nil && answer.Connection == nil {
			err = errors.New("the node that has the connection gave nothing")
		}
		if err != nil {
			return given, record, err
		}
		page := answer.Connection
		if asked.Move == 0 {
			given = *page
			if record, err = journal.Unpack(page.Record); err != nil {
				return given, record, err
			}
		} else {
			given.Messages = append(given.Messages, page.Messages...)
			given.Last, given.Highest = page.Last, page.Highest
		}
		if more = page.More; more {
			asked.Move, asked.Sequence = page.Move, page.Messages[len(page.Messages)-1].Sequence
		}
	}
	return given, record, nil
}

// restoreMoved puts what another node gave into the mailbox.
func (r *resumable) restoreMoved(given *movedConnection) {
	var kept []mailbox.Message
	for i := range given.Messages {
		if m, ok := messageOf(&given.Messages[i].Message); ok {
			m.Durable = given.Messages[i].Durable
			r.noted = r.noted || m.Durable
			kept = append(kept, m)
		}
	}
	r.box.Restore(kept, given.Last, given.Highest)
	r.g.mailboxes.Add(r.mailboxMemory())
}
