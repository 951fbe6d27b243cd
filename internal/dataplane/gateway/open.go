package gateway

import (
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/fastpath/replay"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// switchTimeout bounds the writing of the 101.
const switchTimeout = 5 * time.Second

// open sends the 101 and gives the connection to the socket pool. When the client has
// left meanwhile $disconnect runs, as the backend may have noted the id
// (aws-dataplane §1.8, A-GATEWAY-13).
func (h *connectRun) open() bool {
	response, err := h.handshake.Switch(nil, h.protocol(), h.g.options.Now())
	if err != nil {
		fault := execution.Misconfigured("Invalid Sec-WebSocket-Protocol", language.HandshakeSubprotocol.Of())
		writeGatewayError(h.w, h.x, fault)
		h.finish(fault)
		return false
	}
	if h.session != nil {
		response = tellKept(response)
	}
	if fault := h.tag(); fault != nil {
		writeGatewayError(h.w, h.x, fault)
		h.finish(fault)
		return false
	}
	switch g := h.g; {
	case g.refusing.Load():
		return h.tooLate(language.HandshakeStopping, language.StepStopped.Of())
	case h.session != nil && !g.sure():
		// The node may have been taken over while $connect ran, and the client may have
		// another connection by now, on another node.
		return h.tooLate(language.SessionSought, language.SessionSought.Of())
	}
	nc, buffered, err := h.hijack()
	if err != nil {
		fault := execution.Misconfigured("Connection cannot be upgraded", language.HandshakeNotHandedOff.Of(err.Error()))
		writeGatewayError(h.w, h.x, fault)
		h.finish(fault)
		return false
	}
	if !h.adopt(nc, response, buffered) {
		_ = nc.Close()
		h.g.refuse(ClientGone)
		h.x.record.Say(execution.StepNote, language.StepClientLeft.Of())
		h.finish(nil)
		if h.session.startAway() {
			h.established()
			return true
		}
		h.g.queueDisconnect(h.conn, socket.ConnectionLost.Close())
		return false
	}
	h.x.record.Note(execution.StepConnected, "")
	h.finish(nil)
	return true
}

// hijack takes the client's connection from the server in front; buffered is what the
// client has sent already.
func (h *connectRun) hijack() (nc net.Conn, buffered []byte, err error) {
	nc, rw, err := http.NewResponseController(h.w).Hijack()
	if err != nil {
		h.g.options.Log.Error("cannot take over the connection of a handshake", "error", err)
		return nil, nil, err
	}
	nc, unread := replay.Unwrap(nc)
	return nc, append(socket.Buffered(rw), unread...), nil
}

// switchTo writes the 101 and gives the client's connection to the socket pool.
func (h *connectRun) switchTo(nc net.Conn, response, buffered []byte, user any) (*socket.Conn, error) {
	_ = nc.SetDeadline(time.Now().Add(switchTimeout))
	if _, err := nc.Write(response); err != nil {
		return nil, err
	}
	_ = nc.SetDeadline(time.Time{})
	return h.g.pool.Adopt(nc, buffered, user, h.stage.limits)
}

// tooLate refuses a client whose $connect ended when no connections were taken any
// more, and has its $disconnect run.
func (h *connectRun) tooLate(why *language.Cause, note language.Message) bool {
	h.g.refuse(Draining)
	h.g.writeUnavailable(h.w, h.stage.stage, why, time.Second)
	h.x.record.Say(execution.StepNote, note)
	h.finish(nil)
	h.g.owe(h.conn)
	h.g.queueDisconnect(h.conn, socket.Shutdown.Close())
	return false
}

func (h *connectRun) adopt(nc net.Conn, response, buffered []byte) bool {
	if h.g.options.Strict {
		h.conn.pending.Store(newPending()) // nothing is held, but messages and calls wait until the socket is known
		h.g.table.add(h.conn)
	}
	user, l := any(h.conn), (*link)(nil)
	if h.session != nil {
		l = &link{r: h.session}
		h.session.protocol, user = h.protocol(), l
	}
	h.g.owe(h.conn)
	h.conn.pending.Load().opening.Store(true)
	conn, err := h.switchTo(nc, response, buffered, user)
	if err != nil {
		return false
	}
	if l != nil {
		h.session.attach(l, conn)
		close(h.session.began)
	} else {
		h.conn.socket.Store(conn)
	}
	if h.stage.stage.Deployed() == nil { // it went meanwhile, and StageGone did not see this socket
		_ = conn.Close(socket.StageGone.Close()) // ErrClosed: it is closing already
	}
	h.established()
	return true
}

// established sends what was posted during $connect, and lets posts go to the client
// from now on.
func (h *connectRun) established() {
	h.conn.pending.Load().release(func(body []byte) {
		_ = h.conn.socket.Load().Send(socket.Text, body) // ErrClosed: the client left; its post was accepted, as AWS accepts
	})
	h.conn.pending.Store(nil)
}

// finish writes the execution of $connect down.
func (h *connectRun) finish(err *execution.GatewayError) {
	h.g.finish(h.deployed, h.deployed.Connect, h.x, err)
}

// protocol is the sub-protocol of the 101: what the integration answered or, where
// it says nothing, the first of the stage's own that the client offers
// (aws-dataplane §1.6).
func (h *connectRun) protocol() string {
	if chosen := h.x.Reply.HeaderValue("Sec-WebSocket-Protocol"); chosen != "" {
		return chosen
	}
	if len(h.deployed.Settings.Subprotocols) == 0 {
		return ""
	}
	offered, err := socket.OfferedProtocols(h.r.Header)
	if err != nil {
		return ""
	}
	for _, own := range h.deployed.Settings.Subprotocols {
		for _, theirs := range offered {
			if own == theirs {
				return own
			}
		}
	}
	return ""
}

// closed forgets a connection and has its $disconnect run.
func (g *Gateway) closed(c *connection, why socket.Close) {
	if why.Undelivered > 0 {
		g.unsent.add(c, why.Undelivered)
	}
	g.acks.closed(c)
	g.over(c, why)
}

// over takes a connection out of the table and has its $disconnect run. It is at any
// time in the table or among the $disconnects, or in both: a rewrite of the journal
// looks there.
func (g *Gateway) over(c *connection, why socket.Close) {
	if g.handed.has(c) {
		g.table.remove(c)
		g.leave(c.stage)
		g.handed.remove(c)
		g.noteHanded(c, why)
		return
	}
	d := &disconnection{c: c, why: why, began: time.Now()}
	g.disconnects.register(d)
	g.table.remove(c)
	c.stage.tags.remove(c)
	g.leave(c.stage)
	g.disconnects.add(d)
}

// queueDisconnect runs the $disconnect of a connection that never was open.
func (g *Gateway) queueDisconnect(c *connection, why socket.Close) {
	d := &disconnection{c: c, why: why, began: time.Now()}
	g.disconnects.register(d)
	g.disconnects.add(d)
}

// runDisconnect makes one attempt to run the route $disconnect; the client does not
// learn its result (aws-dataplane §1.13). delivered is false when the backend has not taken it.
func (g *Gateway) runDisconnect(d *disconnection) (delivered bool) {
	c, why := d.c, d.why
	deployed := c.stage.stage.Deployed()
	x := g.acquire(g.options.Now())
	defer g.release(x)
	defer g.caught(c, nil, &delivered)
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
	if d.recovered {
		x.record.Say(execution.StepNote, language.StepRecovered.Of())
	}
	if d.attempts > 1 {
		x.record.Say(execution.StepNote, language.StepAttempt.Of(strconv.Itoa(d.attempts)))
	}
	if why.Undelivered > 0 {
		x.record.Say(execution.StepNote, language.StepUnsent.Of(strconv.Itoa(why.Undelivered)))
	}
	err := g.call(deployed, route, x)
	x.record.Note(execution.StepDisconnected, " with integration response status code ["+statusText(x.Reply.Status)+"]"+closeReason)
	g.finish(deployed, route, x, err)
	return !mayRetry(x, err)
}
