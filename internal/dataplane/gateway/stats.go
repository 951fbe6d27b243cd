package gateway

import (
	"strconv"

	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// Stats are the gateway's counters, for metrics.
type Stats struct {
	Open    int64 // connections, those still at $connect included
	Sockets socket.Stats
	Refused map[Refusal]int64
	Causes  map[language.ID]int64 // of failed executions and refusals, those that occurred
	// $disconnects that wait, run or pause now; that the backend accepted, or that had no
	// route; attempts beyond the first; and that were given up.
	DisconnectsQueued, DisconnectsDone, DisconnectsRetried, DisconnectsLost int64
	// DisconnectsRecovered were taken over from ended runs.
	DisconnectsRecovered int64

	Away         int64 // connections whose client may come back
	Resumed      int64 // sockets that resumed a connection
	Moved        int64 // connections that came from other nodes with their clients
	MailboxBytes int64 // of messages that are not confirmed, with 128 for each
	Outcomes     [Outcomes]int64

	// Calls from the queue: put into it and given up by this node, and those that wait in
	// it for all nodes.
	AsyncQueued, AsyncDead, AsyncWaiting int64
}

// Stats returns the gateway's counters since its start. They are read one by one, without
// a lock, so they may belong to moments that lie apart a little.
func (g *Gateway) Stats() Stats {
	s := Stats{
		Open: g.openCount.Load(), Sockets: g.pool.Stats(), Refused: make(map[Refusal]int64, refusals), Causes: g.causes.All(),
		DisconnectsQueued: g.disconnects.queued.Load(), DisconnectsDone: g.disconnects.done.Load(),
		DisconnectsRetried: g.disconnects.retried.Load(), DisconnectsLost: g.undeliveredDisconnects.all.Load(),
		DisconnectsRecovered: g.disconnects.restored.Load(),
	}
	s.Moved = g.movedIn.Load()
	s.Away, s.Resumed, s.MailboxBytes = g.away.Load(), g.resumed.Load(), g.mailboxes.Load()
	s.AsyncQueued, s.AsyncDead, s.AsyncWaiting = g.async.queued.Load(), g.async.deadLetters.Load(), g.async.waiting.Load()
	for o := range Outcomes {
		s.Outcomes[o] = g.outcomes[o].Load()
	}
	for why := range refusals {
		s.Refused[why] = g.refused[why].Load()
	}
	return s
}

// OpenConnections calls visit for each stage with connections on this node, with their
// number; connections still at $connect count.
func (g *Gateway) OpenConnections(visit func(apiID, stageName string, open int64)) {
	g.stages.Range(func(_, found any) bool {
		at := found.(*stageConns)
		if open := at.openCount.Load(); open > 0 {
			visit(at.stage.APIID, at.stage.Name, open)
		}
		return true
	})
}

// OpenOn is how many connections of a stage this node has.
func (g *Gateway) OpenOn(s *stage.Stage) int64 {
	if found, ok := g.stages.Load(s); ok {
		return found.(*stageConns).openCount.Load()
	}
	return 0
}

func appendInt(dst []byte, n int) []byte { return strconv.AppendInt(dst, int64(n), 10) }
