package gateway

import (
	"net/http"
	"strconv"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// socketClosed ends a connection whose socket has ended.
func (g *Gateway) socketClosed(c *connection, why socket.Close) {
	if why.Undelivered > 0 {
		g.undeliveredMessages.add(c, why.Undelivered)
	}
	g.acks.closed(c)
	g.noteRefusedFrame(c, why.Cause)
	g.endConnection(c, why)
}

// endConnection removes a connection from the table and queues its $disconnect. At any
// time the connection is in the table, among the $disconnects, or in both, because a
// rewrite of the journal collects it from there.
func (g *Gateway) endConnection(c *connection, why socket.Close) {
	if g.takenOverConns.has(c) {
		g.table.remove(c)
		g.uncountConnection(c.stage)
		g.takenOverConns.remove(c)
		g.noteTakenOver(c, why)
		return
	}
	d := &disconnection{c: c, why: why, retriesFrom: time.Now()}
	g.disconnects.register(d)
	g.noteEnd(c)
	g.table.remove(c)
	c.stage.tags.remove(c)
	g.uncountConnection(c.stage)
	g.disconnects.add(d)
}

// queueDisconnect queues the $disconnect of a connection that was never open.
func (g *Gateway) queueDisconnect(c *connection, why socket.Close) {
	d := &disconnection{c: c, why: why, retriesFrom: time.Now()}
	g.disconnects.register(d)
	g.disconnects.add(d)
}

// endings are the texts for how connections end; what is not here the gateway closed for what
// its reason says.
var endings = [socket.Causes]language.Cause{
	socket.ClientClosed: language.EndedByClient, socket.ConnectionLost: language.EndedLost, socket.PongMissing: language.EndedNoPong,
	socket.SlowReader: language.EndedSlowReader, socket.IdleTimeout: language.EndedIdle, socket.LifeExceeded: language.EndedOld,
	socket.Deleted: language.EndedDeleted, socket.StageGone: language.EndedStageGone, socket.Shutdown: language.EndedShutdown,
	socket.NodeLost: language.EndedNodeLost,
}

// endOfConnection says who ended a connection, and how.
func endOfConnection(why socket.Close) language.Message {
	said := endings[why.Cause]
	if said == 0 {
		said = language.EndedByGateway
	}
	text := statusText(int(why.Code))
	if why.Reason != "" {
		text += ": " + why.Reason
	}
	return said.Of(text)
}

// runDisconnect makes one attempt to run the route $disconnect; the client does not
// learn its result (aws-dataplane §1.13). delivered is false when the backend has not taken it.
func (g *Gateway) runDisconnect(d *disconnection) (delivered bool) {
	c, why := d.c, d.why
	deployed := c.stage.stage.Deployed()
	x := g.acquire(g.options.Now())
	defer g.release(x)
	defer g.recoverPanic(c, nil, &delivered)
	id := execution.DisconnectRequest(c.id) // the backend recognizes a repeated call by it, whichever node repeats it
	x.Event.RequestID, x.record.RequestID = id, id
	c.fill(&x.Event)
	e := &x.Event
	e.EventType, e.RouteKey = event.Disconnect, pasarela.RouteDisconnect
	e.DisconnectStatusCode, e.DisconnectReason = int(why.Code), why.Reason
	e.Params.Header = []event.Pair{{Name: "Host", Value: e.DomainName}, {Name: "x-api-key"}, {Name: "X-Forwarded-For"}, {Name: "x-restapi"}}
	if c.granted != nil {
		x.Caller = c.granted.caller
	}
	closeReason := ". Close reason: [" + statusText(int(why.Code)) + ": " + why.Reason + "]"
	if deployed == nil || deployed.Disconnect == nil {
		x.record.Note(execution.StepRoute, pasarela.RouteDisconnect)
		x.record.NoteMessage(execution.StepEnded, endOfConnection(why))
		x.record.Note(execution.StepDisconnected, closeReason)
		x.Reply.Status = http.StatusOK
		g.finish(deployed, nil, x, nil)
		return true
	}
	route := deployed.Disconnect
	e.StageVariables = deployed.Variables
	if d.attempts == 1 {
		c.stage.stage.Counters.MessageCount.Add(1)
	}
	x.record.Traced, x.record.Data = route.Trace && route.Level != pasarela.LoggingOff, route.Trace
	x.record.Note(execution.StepRoute, route.Key)
	x.record.NoteMessage(execution.StepEnded, endOfConnection(why))
	if d.recovered {
		x.record.NoteMessage(execution.StepNote, language.StepRecovered.Of())
	}
	if d.attempts > 1 {
		x.record.NoteMessage(execution.StepNote, language.StepAttempt.Of(strconv.Itoa(d.attempts)))
	}
	if why.Undelivered > 0 {
		x.record.NoteMessage(execution.StepNote, language.StepUnsent.Of(strconv.Itoa(why.Undelivered)))
	}
	err := g.call(deployed, route, x)
	x.record.Note(execution.StepDisconnected, " with integration response status code ["+statusText(x.Reply.Status)+"]"+closeReason)
	g.finish(deployed, route, x, err)
	return !mayRetry(x, err)
}
