package gateway

import (
	"iter"
	"time"
)

// OpenConnection is an open connection, for lists.
type OpenConnection struct {
	ConnectionID string
	APIID        string
	Stage        string
	Description
	Resumable bool      // it outlives its socket
	Away      bool      // its client has no socket now
	AwayUntil time.Time // by then it may come back; zero: it is not away
	Waiting   int       // messages that its client has not confirmed
	Tags      []string
}

// Connections are the open connections of a stage on this node; of all stages where both
// names are empty. They come in no order. Connections that open or close while it runs may
// be left out or not; those still at $connect are left out.
func (g *Gateway) Connections(apiID, stageName string) iter.Seq[OpenConnection] {
	return func(yield func(OpenConnection) bool) {
		wanted := true
		g.table.each(func(c *connection) {
			if !wanted || apiID != "" && c.stage.stage.APIID != apiID || stageName != "" && c.stage.stage.Name != stageName {
				return
			}
			if listed, open := c.listed(); open {
				wanted = yield(listed)
			}
		})
	}
}

// listed is what lists say of the connection; false where it is not open.
func (c *connection) listed() (OpenConnection, bool) {
	// Before the socket is asked for: a client that has its 101 is open.
	from, lastActive, open := c.identity(), time.UnixMilli(c.connectedAt), c.isOpening()
	if conn := c.socket.Load(); conn != nil {
		lastActive, open = conn.LastActiveAt(), true
	} else if c.resume != nil {
		if away, ok := c.resume.lastActiveWhileAway(); ok {
			lastActive, open = away, true
		}
	}
	listed := OpenConnection{ConnectionID: c.id, APIID: c.stage.stage.APIID, Stage: c.stage.stage.Name, Description: Description{
		ConnectedAt: time.UnixMilli(c.connectedAt).UTC(), LastActiveAt: lastActive.UTC(),
		SourceIP: from.sourceIP.Value(), UserAgent: from.userAgent.Value(),
	}}
	if c.stage.tags.used.Load() {
		listed.Tags = c.stage.tags.tags(c)
	}
	if c.resume != nil {
		listed.Resumable = true
		listed.AwayUntil, listed.Waiting = c.resume.state()
		listed.Away = !listed.AwayUntil.IsZero()
	}
	return listed, open
}

// IsOpen says whether this node has a connection of that id whose client has its 101, or one that
// waits for its client to come back.
func (g *Gateway) IsOpen(id string) bool {
	c := g.table.get(id)
	return c != nil && (c.isOpening() || c.socket.Load() != nil || c.resume != nil)
}
