package gateway

import (
	"context"
	"errors"
	"time"
	"unique"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/journal"
	"github.com/pasarela-ws/pasarela/internal/dataplane/mailbox"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// askToRetry refuses a handshake with 503 and Retry-After.
func (h *connectRun) askToRetry(why language.Cause, cause error) {
	h.session.fail()
	h.g.countRefusal(Draining)
	requestID := h.g.writeUnavailable(h.w, h.stage.stage, why, time.Second)
	if cause != nil {
		h.g.options.Log.Warn("a client with a session was told to retry: it is not known whether another node has its connection",
			"api", h.stage.stage.APIID, "stage", h.stage.stage.Name, "requestId", requestID, "error", cause)
	}
}

// moveHereAndResume checks the client as at $connect, moves its connection here from the
// node that holds it, and resumes it.
func (h *connectRun) moveHereAndResume(found *foundSession, domainName string) bool {
	g := h.g
	if !g.sessions.beginFetch(h.session, found.ConnectionID) {
		h.askToRetry(language.SessionBusy, nil)
		return true
	}
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
	if h.hasLeft() { // during the checks, which may have called an authorizer
		return true
	}
	if !g.countConnection(h.w, h.stage, h.deployed) {
		h.session.fail()
		return true
	}
	// The move goes on to its end even if the client gives up meanwhile: what was begun
	// with the other node must not stay undecided.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(h.r.Context()), moveTimeout)
	defer cancel()
	r, moveErr := g.moveIn(ctx, h.session, h.stage, found)
	if moveErr != nil {
		h.askToRetry(language.SessionNotMoved, moveErr)
		return true
	}
	return h.openResumed(r)
}

// errRunTakenOver is the error of what was to be done for connections of a run that another
// has taken over; [ErrTakenOver] is the answer to a run that is recovering another's.
var errRunTakenOver = errors.New("another node took the connections of this one over")

// moveIn moves a connection here from the node that holds it. claimed is the entry of its
// session until then; it has failed when moveIn returns. The caller has counted the
// connection ([Gateway.countConnection]); if the move fails, moveIn uncounts it.
func (g *Gateway) moveIn(ctx context.Context, claimed *resumable, at *stageConns, from *foundSession) (*resumable, error) {
	given, record, err := g.requestMove(ctx, claimed.key, from)
	if err != nil {
		g.uncountConnection(at)
		g.cancelMoveOn(from)
		return nil, err
	}
	record.Move = given.Move
	c := g.connectionOfRecord(&record, at)
	r := g.resumableOfRecord(c, &record, claimed.key)
	r.restoreMoved(&given)
	came := &brought{tags: record.Tags}
	for _, key := range given.Keys {
		came.keys = append(came.keys, string(key))
	}
	r.beginMoveIn(given.Move, came)
	g.incoming.add(r)
	g.sessions.replace(claimed, r)
	claimed.fail()
	if other := g.table.get(c.id); other != nil && g.keeps(other) {
		g.abortMoveIn(r) // taken over meanwhile
		g.cancelMoveOn(from)
		return nil, errRunTakenOver
	}
	if g.mailboxes.Load() > g.options.MailboxBytes {
		g.abortMoveIn(r)
		g.cancelMoveOn(from)
		return nil, errors.New("too much waits on this node for clients that are away or read slowly")
	}
	if g.noteIncoming(r) && g.journal != nil {
		if err := g.journal.Flush(ctx); err != nil {
			g.resolveLater(r)
			return nil, err
		}
	}
	if g.isMovedIn(c) {
		return r, nil
	}
	if g.incoming.get(c.id) != r { // taken over meanwhile: the journal that was written does not have it, or is the next run's
		g.cancelMoveOn(from)
		return nil, errRunTakenOver
	}
	if err := g.commitMoveIn(ctx, r, from.Node, given.Move); err != nil {
		return nil, err
	}
	return r, nil
}

// commitMoveIn tells the node that has given the connection away that it is in this node's
// journal: from then on this node holds it. Where the answer is unknown the move is
// resolved later, by asking again.
func (g *Gateway) commitMoveIn(ctx context.Context, r *resumable, from uint16, move uint64) error {
	answer, err := g.others.askNode(ctx, from, request{
		Verb: verbMoved, APIID: r.c.stage.stage.APIID, ConnectionID: r.c.id, From: g.options.Node, Move: move,
	})
	if err == nil && answer.Error != "" {
		err = answer.err()
		if answer.Error == pasarela.CodeGone { // it was cancelled there
			g.abortMoveIn(r)
			return err
		}
	}
	if err != nil {
		g.resolveLater(r)
		return err
	}
	if !g.completeMoveIn(r, true) && !g.isMovedIn(r.c) {
		return errRunTakenOver
	}
	g.noteArrived(r.c)
	return nil
}

// noteIncoming notes in the journal that a connection moves here, unless it does no more: the
// journal of a run that began meanwhile must not have it, since nobody would withdraw it there.
func (g *Gateway) noteIncoming(r *resumable) bool {
	return g.incoming.ifThere(r, func() { g.noteReceived(r.c) })
}

// isMovedIn says whether the move of a connection here is complete already, since this node
// took over the run that it comes from.
func (g *Gateway) isMovedIn(c *connection) bool { return g.table.get(c.id) == c && g.answersFor(c) }

// resumableOfRecord makes the resumable part of a connection that came from another run
// or node. Its session is not claimed, and began is not closed.
func (g *Gateway) resumableOfRecord(c *connection, record *journal.Record, key sessionKey) *resumable {
	r := newResumable(g, key)
	r.c, r.protocol = c, unique.Make(record.Protocol)
	if record.Move != 0 {
		r.moves.Store(movesOf(record.Move))
	}
	r.absence = &absence{lastActive: g.options.Now(), closedBy: socket.NodeLost.Close()}
	c.resume = r
	return r
}

// completeMoveIn makes this node the holder of a connection, whose client is away until
// it has a socket; false when this run was taken over meanwhile. agreed says that the old node
// has ended the move: else the run that had the connection may be suspended, and go on.
func (g *Gateway) completeMoveIn(r *resumable, agreed bool) bool {
	c := r.c
	here := g.incoming.remove(r, func() {
		came := r.brings()
		if came != nil {
			c.stage.tags.set(c, came.tags)
			r.moves.Load().brought.Store(nil) // from now on its tags may be replaced
		}
		switch {
		case !agreed:
			of := r.moves.Load()
			of.move.Store(g.aboveLostRun(of.move.Load()))
		case g.journal != nil:
			g.journal.Held(c.id, r.move())
		}
		g.table.add(c)
		if came != nil {
			g.table.importPushKeys(c, came.keys)
		}
		if !agreed {
			g.noteStays(r)
		}
	})
	if !here {
		return false
	}
	if to, ok := g.forwards.get(c.id); ok { // it has moved away and back
		g.forwards.remove(c.id, to)
	}
	g.movedIn.Add(1)
	r.mu.Lock()
	ended := !r.ended && r.detach(socket.NodeLost.Close())
	r.mu.Unlock()
	r.endConnect()
	if ended {
		r.end(socket.NodeLost.Close())
	}
	return true
}

// abortMoveIn removes a connection whose move here failed.
func (g *Gateway) abortMoveIn(r *resumable) {
	if g.incoming.remove(r, nil) {
		g.forgetIncoming(r)
		if g.journal != nil {
			g.journal.Withdrawn(r.c.id, r.move())
		}
	}
}

// forgetIncoming removes a connection that was moving here and is held by another node.
func (g *Gateway) forgetIncoming(r *resumable) {
	r.forget()
	g.uncountConnection(r.c.stage)
	if g.local != nil {
		g.local.Withdrawn(r.c.id, r.move())
	}
	r.endConnect()
}

// forgetAllIncoming removes all connections that are moving here, when this run was taken
// over.
func (g *Gateway) forgetAllIncoming() {
	g.incoming.each(func(r *resumable) {
		if g.incoming.remove(r, nil) {
			g.forgetIncoming(r)
		}
	})
}

// cancelMoveOn asks the other node, in the background, to cancel its move of the
// connection.
func (g *Gateway) cancelMoveOn(from *foundSession) {
	g.background.Go(func() {
		// A node that does not get the request cancels the move by its timeout.
		_, _ = g.others.askNode(context.Background(), from.Node, request{
			Verb: verbHolds, From: g.options.Node, HeldIDs: []heldID{{ConnectionID: from.ConnectionID, Stay: true}},
		})
	})
}

// resolveLater leaves it to runMoveResolver to find out which node holds a connection.
func (g *Gateway) resolveLater(r *resumable) {
	r.mu.Lock()
	r.unresolved = true
	r.mu.Unlock()
	g.wakeResolver()
}

// requestMove requests a connection and its messages from another node, page by page.
func (g *Gateway) requestMove(ctx context.Context, key sessionKey, from *foundSession) (given movedConnection, record journal.Record, err error) {
	asked := request{Verb: verbMove, Session: key[:], ConnectionID: from.ConnectionID, From: g.options.Node}
	for more := true; more; {
		answer, err := g.others.askNode(ctx, from.Node, asked)
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

// restoreMoved puts the messages from another node into the mailbox.
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
