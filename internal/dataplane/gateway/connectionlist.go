package gateway

import (
	"time"
)

// OpenConnection is an open connection, for lists.
type OpenConnection struct {
	ConnectionID string
	APIID        string
	Stage        string
	Description
	Resumable bool // it outlives its socket
	Away      bool // its client has no socket now
	Waiting   int  // messages that its client has not confirmed
	Tags      []string
}

// Connections lists open connections of this node, at most limit, those after the
// id given; the order is that of ids within the node's table.
func (g *Gateway) Connections(apiID, stageName string, limit int) []OpenConnection {
	var list []OpenConnection
	g.table.each(func(c *connection) {
		from, lastActive, open := c.client(), time.Time{}, false
		if conn := c.socket.Load(); conn != nil {
			lastActive, open = conn.LastActiveAt(), true
		} else if c.resume != nil {
			lastActive, open = c.resume.awaySince()
		}
		if len(list) >= limit || !open || apiID != "" && c.stage.stage.APIID != apiID || stageName != "" && c.stage.stage.Name != stageName {
			return
		}
		live := OpenConnection{ConnectionID: c.id, APIID: c.stage.stage.APIID, Stage: c.stage.stage.Name, Description: Description{
			ConnectedAt: time.UnixMilli(c.connectedAt).UTC(), LastActiveAt: lastActive.UTC(),
			SourceIP: from.sourceIP.Value(), UserAgent: from.userAgent.Value(),
		}}
		if c.stage.tags.used.Load() {
			live.Tags = c.stage.tags.tags(c)
		}
		if c.resume != nil {
			live.Resumable = true
			live.Away, live.Waiting = c.resume.state()
		}
		list = append(list, live)
	})
	return list
}

// IsOpen says whether this node has a connection of that id with a socket, or one that
// waits for its client to come back.
func (g *Gateway) IsOpen(id string) bool {
	c := g.table.get(id)
	return c != nil && (c.socket.Load() != nil || c.resume != nil)
}
