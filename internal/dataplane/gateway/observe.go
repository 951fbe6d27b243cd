package gateway

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// Explain returns what is remembered of a connection or of one request, oldest
// first: what this node knows, which refuses calls for connections of others, and
// what the node of the id knows. Nothing remembered is no error.
func (g *Gateway) Explain(ctx context.Context, id string) ([]execution.Entry, error) {
	found := g.history.Find(id)
	node, ok := execution.NodeOfConnection(id)
	if !ok || node == g.options.Node || g.options.Bus == nil {
		return found, nil
	}
	answer, err := g.askNode(ctx, node, request{Verb: verbExplain, ConnectionID: id})
	var refused *pasarela.Error
	if errors.As(err, &refused) && refused.Code == pasarela.CodeGone { // no such node: what it knew went with it
		return found, nil
	}
	found = append(found, answer.Entries...)
	slices.SortStableFunc(found, func(a, b execution.Entry) int { return a.At.Compare(b.At) })
	return found, err
}

// Forgot is when the oldest execution began that this node remembers; false when it
// remembers all since it started.
func (g *Gateway) Forgot() (oldest time.Time, forgot bool) { return g.history.Forgot() }

// Recent returns the last n executions on this node that match, newest first.
func (g *Gateway) Recent(n int, match func(*execution.Entry) bool) []execution.Entry {
	return g.history.Recent(n, match)
}

// Live is an open connection, for lists.
type Live struct {
	ConnectionID string
	APIID        string
	Stage        string
	Description
}

// Connections lists open connections of this node, at most limit, those after the
// id given; the order is that of ids within the node's table.
func (g *Gateway) Connections(apiID, stageName string, limit int) []Live {
	var list []Live
	g.table.each(func(c *connection) {
		conn := c.socket.Load()
		if len(list) >= limit || conn == nil || apiID != "" && c.stage.stage.APIID != apiID || stageName != "" && c.stage.stage.Name != stageName {
			return
		}
		list = append(list, Live{c.id, c.stage.stage.APIID, c.stage.stage.Name, Description{
			ConnectedAt: time.UnixMilli(c.connectedAt).UTC(), LastActiveAt: conn.LastActiveAt().UTC(),
			SourceIP: c.sourceIP.Value(), UserAgent: c.userAgent.Value(),
		}})
	})
	return list
}

// Stats is what the gateway has done, for metrics.
type Stats struct {
	Open    int64 // connections, those still at $connect included
	Sockets socket.Stats
	Refused map[Refusal]int64
	Causes  map[language.ID]int64 // of failed executions and refusals, those that occurred
	// $disconnects that wait, run or pause now; that the backend took, or that no
	// route was for; attempts beyond the first; and that were given up.
	DisconnectsQueued, DisconnectsDone, DisconnectsRetried, DisconnectsLost int64
	// DisconnectsRecovered were taken on for a run that ended without its own.
	DisconnectsRecovered int64
}

// Stats returns the gateway's counters.
func (g *Gateway) Stats() Stats {
	s := Stats{
		Open: g.open.Load(), Sockets: g.pool.Stats(), Refused: make(map[Refusal]int64, refusals), Causes: g.causes.All(),
		DisconnectsQueued: g.disconnects.queued.Load(), DisconnectsDone: g.disconnects.done.Load(),
		DisconnectsRetried: g.disconnects.retried.Load(), DisconnectsLost: g.lost.all.Load(),
		DisconnectsRecovered: g.disconnects.restored.Load(),
	}
	for why := range refusals {
		s.Refused[why] = g.refused[why].Load()
	}
	return s
}

// OpenOn is how many connections of a stage this node has.
func (g *Gateway) OpenOn(s *stage.Stage) int64 {
	if found, ok := g.stages.Load(s); ok {
		return found.(*stageConns).open.Load()
	}
	return 0
}

func appendInt(dst []byte, n int) []byte { return strconv.AppendInt(dst, int64(n), 10) }
