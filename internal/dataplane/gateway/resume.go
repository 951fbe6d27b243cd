package gateway

import (
	"net"
	"net/http"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// resume continues the connection that a handshake's session names: the route's checks
// run again, its integration does not (A-GATEWAY-50). It returns false, without a
// response to the client, when the connection has ended meanwhile.
func (h *connectRun) resume(r *resumable, domainName string) bool {
	g := h.g
	if g.draining.Load() {
		g.countRefusal(Draining)
		g.writeUnavailable(h.w, h.stage.stage, language.HandshakeStopping, time.Second)
		return true
	}
	if !h.await(r) {
		if h.hasLeft() {
			return true
		}
		g.countRefusal(Draining)
		g.writeUnavailable(h.w, h.stage.stage, language.SessionBusy, time.Second)
		return true
	}
	if m := r.currentMove(); m != nil { // afterwards another node may hold it
		<-m.done
	}
	if r.hasEnded() {
		return false
	}
	now := g.options.Now()
	h.x = g.acquire(now)
	defer g.release(h.x)
	h.begin(now, domainName, r.c)
	err := h.admitAgain(now)
	if err == nil {
		err = samePrincipal(r.c.granted.principal(), h.conn.granted.principal())
	}
	if err != nil {
		h.refuseClient(err)
		h.finish(err)
		return true
	}
	return h.openResumed(r)
}

// await waits until $connect of the session has ended; false after a timeout, or when the
// client has left.
func (h *connectRun) await(r *resumable) bool {
	timer := time.NewTimer(pasarela.MaxIntegrationTime)
	defer timer.Stop()
	select {
	case <-r.connected():
		return true
	case <-h.r.Context().Done():
	case <-timer.C:
	}
	return false
}

// hasLeft says whether the client has closed its side of the connection, and counts and
// responds to it then: one that closed only what it sends reads why.
func (h *connectRun) hasLeft() bool {
	if h.r.Context().Err() == nil {
		return false
	}
	h.session.fail()
	h.g.countRefusal(ClientGone)
	h.g.writeUnavailable(h.w, h.stage.stage, language.SessionGivenUp, time.Second)
	return true
}

// admitAgain runs the checks of $connect for a client that resumes.
func (h *connectRun) admitAgain(now time.Time) *execution.GatewayError {
	if err := h.origin(); err != nil {
		return err
	}
	if err := h.newConnection(now); err != nil {
		return err
	}
	route := h.deployed.Connect
	if route == nil {
		return nil
	}
	h.x.record.Traced, h.x.record.Data = route.Trace && route.Level != pasarela.LoggingOff, route.Trace
	return h.check(route, now)
}

// samePrincipal refuses a client that is not the one that opened the connection. What was
// granted at $connect stays in force.
func samePrincipal(was, is string) *execution.GatewayError {
	if was == is {
		return nil
	}
	return execution.Refused(execution.AccessDenied, http.StatusForbidden, pasarela.CodeForbidden, "Forbidden",
		"Session of another principal", language.SessionPrincipal.Of(quoted(was), quoted(is)))
}

// principal identifies the client by the results of all checks; "" for a nil g.
func (g *granted) principal() string {
	if g == nil {
		return ""
	}
	name := ""
	if g.caller != nil {
		name = g.caller.ARN
	}
	for _, pair := range g.authorizer {
		if pair.Name == "principalId" {
			name += " " + pair.Value
		}
	}
	if g.identity.APIKeyID != "" {
		name += " API key " + g.identity.APIKeyID
	}
	return name
}

// openResumed sends the 101 and attaches the new socket to the connection.
func (h *connectRun) openResumed(r *resumable) bool {
	g := h.g
	response, err := h.handshake.Response(nil, r.protocol.Value(), g.options.Now())
	response = appendSessionHeader(response)
	var nc net.Conn
	var buffered []byte
	if err == nil {
		nc, buffered, err = h.hijack()
	}
	if err != nil {
		fault := execution.Internal(language.HandshakeNotHandedOff.Of(err.Error()))
		writeGatewayError(h.w, h.x, fault)
		h.finish(fault)
		return true
	}
	from := h.conn.firstIdentity // a copy: the connection of this handshake is not kept
	r.newestIdentity.Store(&from)
	l := &link{r: r}
	conn, err := h.write101AndAdopt(nc, response, buffered, l)
	if err != nil {
		_ = nc.Close()
		g.countRefusal(ClientGone) // the connection goes on waiting
		return true
	}
	resumption, ok := r.attach(l, conn)
	if !ok { // it has ended meanwhile, or is moving to another node; the client will retry
		_ = conn.Close(socket.IdleTimeout.Close()) // ErrClosed: it is closing already
		return true
	}
	g.resumed.Add(1)
	g.noteResumed(r.c, resumption)
	return true
}
