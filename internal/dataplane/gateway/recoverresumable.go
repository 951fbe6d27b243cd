package gateway

import (
	"context"
	"math"
	"slices"

	"github.com/pasarela-ws/pasarela/internal/dataplane/journal"
	"github.com/pasarela-ws/pasarela/internal/dataplane/mailbox"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// leavesToNextRun says whether resumable connections are left to the next run: this run
// is stopping, and its journal has them (A-GATEWAY-52).
func (g *Gateway) leavesToNextRun() bool { return g.draining.Load() && g.journal != nil }

// recoverResumable makes a recovered connection wait for its client, if its stage still
// has resumable connections. Posts to it are accepted from now on.
func (g *Gateway) recoverResumable(c *connection, r *journal.Record) bool {
	d := c.stage.stage.Deployed()
	if len(r.Session) != len(sessionKey{}) || d == nil || d.Settings.ResumeWindow <= 0 || g.options.Strict {
		return false
	}
	g.resumableOfRecord(c, r, sessionKey([]byte(r.Session))).endConnect()
	c.resume.restore(r)
	c.resume.moves.Store(movesOf(g.aboveLostRun(r.Move)))
	g.openCount.Add(1)
	c.stage.openCount.Add(1)
	g.table.add(c)
	c.stage.tags.set(c, r.Tags)
	g.table.importPushKeys(c, r.Keys)
	return true
}

// takeoverStep is more than the clocks of two nodes differ, and more moves than a run makes of one
// connection, in milliseconds: two years.
const takeoverStep = 1 << 36

// aboveLostRun is the number of the last move of a connection whose run was lost, or whose move
// has no known end: above all that the lost run may give, which goes on for a moment when it was
// only suspended. What other nodes have noted of its moves is out of date with that.
func (g *Gateway) aboveLostRun(move uint64) uint64 {
	return max(move, uint64(g.options.Now().UnixMilli())) + takeoverStep
}

// endOfRecord is the end that the $disconnect of a recovered connection is given: its own where
// it had ended when its run was lost, else that of the run.
func (g *Gateway) endOfRecord(c *connection, r *journal.Record) socket.Close {
	if r.EndCode == 0 || len(r.Session) != len(sessionKey{}) {
		return socket.NodeLost.Close()
	}
	why := socket.Close{Code: r.EndCode, Reason: r.EndReason}
	ended := g.resumableOfRecord(c, r, sessionKey([]byte(r.Session)))
	ended.ended = true // nobody else has it yet
	ended.isOver(why)
	ended.endConnect()
	return why
}

// alreadyHere returns which records are out of date (here): this run has the connection already,
// or knows that it ended or went on by a later move. A record of a connection that
// this run has is of a move that was not committed, or of one whose end the lost run could
// not note. Where a connection is just moving here from the lost run, that run still held it
// when it wrote the record: it may have accepted messages since the move began. arrived are
// these connections. With the journal of the lost run nobody else can have them any more.
func (g *Gateway) alreadyHere(records []journal.Record) (here map[string]bool, arrived []*resumable) {
	here = map[string]bool{}
	for i := range records { // in the order in which a connection goes on, so that none is missed
		id := records[i].ConnectionID
		if r := g.incoming.get(id); r != nil && records[i].EndCode != 0 {
			g.abortMoveIn(r) // it ended where it was to come from
		} else if r != nil && r.move() >= records[i].Move {
			here[id] = true
			r.addNewer(&records[i])
			g.noteReceived(r.c) // before the other journal is removed
			if record := &records[i]; r.move() > record.Move && (record.Move == 0 || record.Held) {
				arrived = append(arrived, r)
			}
		} else if r != nil {
			g.abortMoveIn(r) // the lost run had it by a later move
		} else if c := g.table.get(id); c != nil {
			here[id] = g.keeps(c)
		}
	}
	g.disconnects.each(func(d *disconnection) { here[d.c.id] = here[d.c.id] || g.answersFor(d.c) })
	for i := range records {
		id := records[i].ConnectionID
		here[id] = here[id] || g.past.get(id) > records[i].Move
	}
	return here, arrived
}

// addNewer adds the messages to an incoming connection that the run which it comes from
// accepted after the move had begun.
func (r *resumable) addNewer(from *journal.Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	messages, last := r.box.Messages()
	kept := slices.Clone(messages)
	for i := range from.Messages {
		if m, ok := messageOf(&from.Messages[i]); ok && m.Sequence > last {
			m.Durable = true
			kept, r.noted = append(kept, m), true
		}
	}
	before := r.mailboxMemory()
	r.box = mailbox.Box{}
	r.box.Restore(kept, max(last, from.Sequence), math.MaxUint64)
	r.g.mailboxes.Add(r.mailboxMemory() - before)
}

// answersFor says whether this run runs the connection's $disconnect: no other has taken
// it over.
func (g *Gateway) answersFor(c *connection) bool { return !g.takenOverConns.has(c) }

// keeps says whether a connection in this run's table stays there: no other node has taken it
// over, and it has not moved to one.
func (g *Gateway) keeps(c *connection) bool {
	return g.answersFor(c) && (c.resume == nil || !c.resume.moveCommitted())
}

// recoverIncoming makes a recovered connection whose holder must be resolved first an
// incoming one: its last move may not have been committed (A-GATEWAY-59).
func (g *Gateway) recoverIncoming(c *connection, r *journal.Record) bool {
	if r.Move == 0 || r.Held || g.past.get(r.ConnectionID) == r.Move || g.options.Bus == nil || len(r.Session) != len(sessionKey{}) || g.options.Strict {
		return false
	}
	g.resumableOfRecord(c, r, sessionKey([]byte(r.Session)))
	c.resume.restore(r)
	c.resume.beginMoveIn(r.Move, &brought{tags: r.Tags, keys: r.Keys})
	g.openCount.Add(1)
	c.stage.openCount.Add(1)
	g.incoming.add(c.resume)
	return true
}

// forgetRecovered removes a recovered connection that another node has recovered.
func (r *resumable) forgetRecovered() {
	if !r.forget() {
		return
	}
	r.g.table.remove(r.c)
	r.c.stage.tags.remove(r.c)
	r.g.uncountConnection(r.c.stage)
	r.g.takenOverConns.remove(r.c)
}

// waitForClient starts the resume window of a recovered connection. If the client has
// another connection by now, this one ends.
func (r *resumable) waitForClient() {
	if r.g.sessions.claimKnown(r) != nil {
		r.end(socket.NodeLost.Close())
		return
	}
	r.mu.Lock()
	ended := !r.ended && r.detach(socket.NodeLost.Close())
	waiting := r.box.Len()
	r.mu.Unlock()
	if ended {
		r.end(socket.NodeLost.Close())
		return
	}
	r.g.noteBetween(r.c, socketMoved, language.StepGoneOnWith.Of())
	r.g.noteAway(r.c, socket.NodeLost.Close(), waiting)
}

// leaveForNext writes the messages that are in memory only to the journal, for the
// connections that are left to the next run, and counts those that it cannot write as
// lost.
func (g *Gateway) leaveForNext(ctx context.Context) {
	left := map[*connection]int{}
	g.table.each(func(c *connection) {
		if c.resume == nil {
			return
		}
		if n := c.resume.leaveForNext(); n > 0 {
			left[c] = n
		}
	})
	if len(left) == 0 || g.journal.Sync(ctx) == nil {
		return
	}
	for c, n := range left {
		g.undeliveredMessages.add(c, n)
		g.outcomes.add(Lost, int64(n))
	}
}

// leaveForNext writes the messages that were in memory only, and returns how many.
func (r *resumable) leaveForNext() (noted int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopWindow()
	if r.ended || r.moving != nil && r.moving.committed {
		return 0
	}
	messages, _ := r.box.Messages()
	for i := range messages {
		if m := &messages[i]; !m.Durable {
			m.Durable = true
			r.note(m, "")
			noted++
		}
	}
	return noted
}
