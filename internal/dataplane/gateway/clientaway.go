package gateway

import (
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/journal"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
)

// What happens to a resumable connection whose client has no socket, and how it ends.

// startAway marks the client of a new resumable connection away when it left before the 101;
// false for a nil r and while the node stops.
func (r *resumable) startAway() bool {
	if r == nil || r.g.draining.Load() {
		return false
	}
	defer r.endConnect()
	r.mu.Lock()
	r.absence = &absence{lastActive: r.g.options.Now()}
	why := socket.ConnectionLost.Close()
	ended := r.detach(why)
	r.mu.Unlock()
	if ended {
		r.end(why)
	}
	return true
}

// fail forgets a session whose $connect was refused, and says whether this call did. It does
// nothing for a nil r.
func (r *resumable) fail() bool {
	if r == nil || !r.forget() {
		return false
	}
	r.endConnect()
	return true
}

// currentMove is the move of the connection to another node, nil when it stays.
func (r *resumable) currentMove() *move {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.moving
}

// errIfMoved is an error for a connection that is moving to another node or has moved; nil
// for one that is here, and for a nil r.
func (r *resumable) errIfMoved() error {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.moving != nil:
		return r.moving.moving()
	case r.movedAway:
		return r.g.notHere(r.c.id)
	}
	return nil
}

// isTakenOver says whether another node has taken the connection over; false for a nil r.
func (r *resumable) isTakenOver() bool { return r != nil && r.takenOver.Load() }

func (r *resumable) hasEnded() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ended
}

// socketClosed is called when one of the connection's sockets has ended.
func (r *resumable) socketClosed(l *link, why socket.Close) {
	r.mu.Lock()
	l.closedBy = &why
	current := r.link == l
	ended := current && r.detach(why)
	waiting := r.box.Len()
	r.mu.Unlock()
	switch {
	case ended:
		r.end(why)
	case current:
		r.g.noteAway(r.c, why, waiting)
	}
}

// detach leaves the connection without a socket until its window ends; ended says that
// the connection ends instead. r.mu is held.
func (r *resumable) detach(why socket.Close) (ended bool) {
	if r.absence == nil {
		r.absence = &absence{}
	}
	if r.link != nil {
		r.absence.lastActive = r.link.conn.LastActiveAt()
	}
	r.link, r.marked, r.absence.closedBy = nil, 0, why
	r.c.socket.Store(nil)
	r.notify(func(*waiter) bool { return true }, Queued)
	window := time.Duration(0)
	if d := r.c.stage.stage.Deployed(); d != nil {
		window = d.Settings.ResumeWindow
	}
	if r.g.leavesToNextRun() && window > 0 && (mayResumeAfter(why) || why.Cause == socket.Shutdown) {
		return false
	}
	if window <= 0 || !mayResumeAfter(why) || r.g.draining.Load() {
		return true
	}
	r.g.away.Add(1)
	r.absence.until = time.Now().Add(window)
	r.absence.window = time.AfterFunc(window, r.windowEnded)
	return false
}

// lastActiveWhileAway is when the client's last socket was active, if the client is away and may come back; away is
// false for a nil r.
func (r *resumable) lastActiveWhileAway() (lastActive time.Time, away bool) {
	if r == nil {
		return time.Time{}, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.absence == nil {
		return time.Time{}, false
	}
	return r.absence.lastActive, r.isAway()
}

// state is until when the client, if it is away, may come back, else the zero time; and how many
// messages it has not confirmed.
func (r *resumable) state() (awayUntil time.Time, waiting int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.isAway() {
		awayUntil = r.absence.until.UTC()
	}
	return awayUntil, r.box.Len()
}

// windowEnded ends the connection if its client has not come back.
func (r *resumable) windowEnded() {
	r.mu.Lock()
	over := r.isAway() && r.link == nil && r.moving == nil && !time.Now().Before(r.absence.until)
	var why socket.Close
	if over {
		why = r.absence.closedBy
	}
	r.mu.Unlock()
	if over {
		r.end(why)
	}
}

// endAway ends the connection if its client is away; it says whether it did.
func (r *resumable) endAway(why socket.Close) bool {
	r.mu.Lock()
	away := r.isAway()
	if away && why.Cause == socket.CauseNone {
		why = r.absence.closedBy
	}
	r.mu.Unlock()
	return away && r.end(why)
}

// end queues the connection's $disconnect, once; it says whether this call did.
func (r *resumable) end(why socket.Close) bool {
	if !r.forgetAs(&why) {
		return false
	}
	g := r.g
	r.mu.Lock()
	why.Undelivered = r.undelivered()
	r.mu.Unlock()
	if why.Undelivered > 0 {
		g.undeliveredMessages.add(r.c, why.Undelivered)
		g.outcomes.add(Lost, int64(why.Undelivered))
	}
	g.endConnection(r.c, why)
	return true
}

// isOver notes how the connection ended. r.mu is held.
func (r *resumable) isOver(why socket.Close) {
	if r.absence == nil {
		r.absence = &absence{}
	}
	r.absence.closedBy, r.absence.over = why, true
}

// recordEnd adds to a journal record that the connection has ended, if it has. The next run, or
// the node that takes this run over, then runs its $disconnect. Taken for the record of an open
// connection it would wait for its client, and a client that has another connection by now
// might be given this one (A-GATEWAY-52).
func (r *resumable) recordEnd(to *journal.Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.absence != nil && r.absence.over {
		to.EndCode, to.EndReason = r.absence.closedBy.Code, r.absence.closedBy.Reason
	}
}

// undelivered is how many messages end with the connection. After a takeover those in the
// journal are not counted: the other node has them. r.mu is held.
func (r *resumable) undelivered() (n int) {
	if !r.g.takenOverConns.has(r.c) {
		return r.box.Len()
	}
	messages, _ := r.box.Messages()
	for i := range messages {
		if !messages[i].Durable {
			n++
		}
	}
	return n
}

// forget ends the session, so that no handshake finds it; false when it was ended before.
func (r *resumable) forget() bool { return r.forgetAs(nil) }

// forgetAs is forget for a connection that ends here as why says, unless why is nil.
func (r *resumable) forgetAs(why *socket.Close) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended || r.moving != nil && r.moving.committed {
		return false
	}
	r.ended = true
	if why != nil {
		r.isOver(*why)
	}
	r.endMove()
	r.stopWindow()
	r.g.mailboxes.Add(-r.mailboxMemory())
	r.notify(func(*waiter) bool { return true }, Gone)
	r.g.sessions.remove(r)
	return true
}
