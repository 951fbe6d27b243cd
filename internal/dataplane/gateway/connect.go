package gateway

import (
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unique"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/traceparent"
)

// ServeHTTP serves handshakes, in the order of checks of aws-dataplane §1.2. It returns
// when the client has its 101 and its socket is in the pool, or when it was refused, with
// the bodies of aws-dataplane §1.4. A URL of more than [maxURL] bytes is refused with 414.
// A handshake that names a session resumes that session's connection, on whatever node it
// is (A-GATEWAY-50).
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	match, found := g.options.Directory.Lookup(r.Host, r.URL.Path)
	if !found || match.Rest != "" && match.Rest != "/" {
		g.refuseNotServed(w, r)
		return
	}
	deployed := match.Stage.Deployed()
	if deployed == nil {
		g.refuseNotServed(w, r)
		return
	}
	handshake, refusal := socket.CheckHandshake(r)
	if refusal != nil {
		g.countRefusal(NoUpgrade)
		for name, values := range refusal.Header {
			w.Header()[name] = values
		}
		g.writeRefusal(w, match.Stage, refusal.Status, pasarela.CodeBadRequest, refusal.Why.Error(), language.HandshakeClient.Because(refusal.Why))
		return
	}
	if len(r.RequestURI) > maxURL {
		g.countRefusal(TooLong)
		why := language.HandshakeURLTooLong.Of(strconv.Itoa(maxURL))
		g.writeRefusal(w, match.Stage, http.StatusRequestURITooLong, pasarela.CodeBadRequest, why.Error(), why)
		return
	}
	g.handshakes.begin()
	defer g.handshakes.end()
	h := &connectRun{g: g, w: w, r: r, stage: g.stageConnsOf(match.Stage), deployed: deployed, handshake: handshake}
	session, given, fault := g.sessionOf(r, match.Stage, deployed)
	if fault != nil {
		g.countRefusal(Execution)
		g.writeRefusal(w, match.Stage, fault.Status, fault.Code, fault.Message, fault.Cause)
		return
	}
	if given && h.resumeOrClaim(session, match.DomainName) {
		return
	}
	if !g.countConnection(w, h.stage, deployed) {
		h.session.fail()
		return
	}
	if !h.serve(match.DomainName) {
		g.uncountConnection(h.stage)
	}
}

// resumeOrClaim resumes the connection of the session, on whatever node it is, or claims
// the session for a new connection and returns false.
func (h *connectRun) resumeOrClaim(key sessionKey, domainName string) bool {
	alone := h.g.options.Bus == nil && h.g.options.TakeoverPending == nil
	h.session = newResumable(h.g, key)
	h.session.searching = !alone
	for {
		other := h.g.sessions.claim(h.session)
		if other == nil {
			return !alone && h.resumeFromOtherNode(domainName)
		}
		if other.unseen.Load() && !h.confirm(other) || h.resume(other, domainName) {
			return true
		}
	}
}

// maxURL is AWS's quota for the path and query of a handshake, in bytes
// (aws-dataplane §11, A-GATEWAY-23).
const maxURL = 4096

// countConnection counts a new connection of the node and its stage, or refuses it and
// returns false.
func (g *Gateway) countConnection(w http.ResponseWriter, at *stageConns, d *stage.Deployed) bool {
	switch {
	case g.draining.Load():
		g.countRefusal(Draining)
		g.writeUnavailable(w, at.stage, language.HandshakeStopping, time.Second)
		return false
	case g.openCount.Add(1) > int64(g.options.MaxConnections):
		g.openCount.Add(-1)
		g.countRefusal(Full)
		g.writeUnavailable(w, at.stage, language.HandshakeNodeFull, 5*time.Second)
		return false
	}
	open, most := at.openCount.Add(1), d.Settings.MaxConnections
	if most > 0 {
		at.cap.Asked.Add(1)
	}
	if most > 0 && open > at.cap.Share(int64(most), g.nodes.Load()) {
		g.uncountConnection(at)
		g.countRefusal(StageFull)
		w.Header().Set("Retry-After", "5")
		g.writeRefusal(w, at.stage, http.StatusTooManyRequests, pasarela.CodeTooManyRequests, "Too Many Requests",
			language.HandshakeStageFull.Of(strconv.Itoa(most)))
		return false
	}
	return true
}

func (g *Gateway) uncountConnection(at *stageConns) {
	at.openCount.Add(-1)
	g.openCount.Add(-1)
}

func (g *Gateway) countRefusal(why Refusal) { g.refused[why].Add(1) }

// connectRun is the processing of one handshake.
type connectRun struct {
	g         *Gateway
	w         http.ResponseWriter
	r         *http.Request
	stage     *stageConns
	deployed  *stage.Deployed
	handshake socket.Handshake
	session   *resumable // of a new connection that outlives its socket, else nil
	conn      *connection
	x         *eventRun
}

// serve runs $connect and says whether the client is connected.
func (h *connectRun) serve(domainName string) bool {
	g := h.g
	now := g.options.Now()
	h.x = g.acquire(now)
	defer g.release(h.x)
	h.begin(now, domainName, nil)
	if h.session != nil {
		h.session.c, h.conn.resume = h.conn, h.session
	}
	if !g.options.Strict {
		h.conn.heldPosts.Store(newHeldPosts())
		g.table.add(h.conn)
	}
	err := h.admit(now)
	accepted := err == nil && h.x.Reply.Status/100 == 2
	if accepted {
		accepted = h.upgrade()
	} else {
		h.refuseClient(err)
		h.finish(err)
	}
	if !accepted {
		h.discard()
	}
	return accepted
}

// begin makes the connection, with an id of its own or that of the one that is resumed,
// and fills the event.
func (h *connectRun) begin(now time.Time, domainName string, resumed *connection) {
	g, x := h.g, h.x
	address, _, err := net.SplitHostPort(h.r.RemoteAddr)
	if err != nil {
		address = h.r.RemoteAddr
	}
	h.conn = &connection{
		stage: h.stage, connectedAt: now.UnixMilli(), domainName: unique.Make(domainName),
		firstIdentity: identity{sourceIP: unique.Make(address), userAgent: unique.Make(h.r.UserAgent())},
	}
	if resumed != nil {
		h.conn.id, h.conn.connectedAt = resumed.id, resumed.connectedAt
	} else {
		h.conn.id = g.ids.Connection(now)
	}
	h.conn.fill(&x.Event)
	x.Event.EventType, x.Event.RouteKey = event.Connect, pasarela.RouteConnect
	x.Event.StageVariables = h.deployed.Variables
	x.Event.Params = paramsOf(h.r, h.deployed.HeaderNames, address, now.Unix(), g.clientEndpoint(h.r))
	if h.session != nil {
		x.Event.Params.Querystring = withoutSession(x.Event.Params.Querystring)
	}
	x.TwoWay = true // $connect waits for the answer, though no frame is sent
	if parent := h.r.Header.Get("Traceparent"); traceparent.Valid(parent) {
		g.trace(x, traceparent.Child(parent), parent)
	}
	x.record.ConnectionID = h.conn.id
}

// admit runs the checks and the integration of $connect. Without a $connect route the
// list of origins and the rate of new connections decide alone.
func (h *connectRun) admit(now time.Time) *execution.GatewayError {
	x, route := h.x, h.deployed.Connect
	h.stage.stage.Counters.ConnectCount.Add(1)
	h.stage.stage.Counters.MessageCount.Add(1)
	x.record.Note(execution.StepUsagePlan, h.stage.stage.APIID+"/"+h.stage.stage.Name)
	if err := h.origin(); err != nil {
		return err
	}
	if err := h.newConnection(now); err != nil {
		return err
	}
	x.Reply.Status = http.StatusOK
	if route == nil {
		return nil
	}
	if route.Counters != nil {
		route.Counters.ConnectCount.Add(1)
	}
	x.record.Traced, x.record.Data = route.Trace && route.Level != pasarela.LoggingOff, route.Trace
	if err := h.check(route, now); err != nil {
		return err
	}
	if route.Integration == nil {
		return nil
	}
	return h.g.call(h.deployed, route, x)
}

// newConnection checks the account's rate of new connections.
func (h *connectRun) newConnection(now time.Time) *execution.GatewayError {
	if h.g.newConnectionRate.Take(now) {
		return nil
	}
	return execution.TooManyRequests(language.ThrottleConnections.Of())
}

// origin checks the stage's list of allowed origins, if it has one.
func (h *connectRun) origin() *execution.GatewayError {
	allowed := h.deployed.Settings.AllowedOrigins
	if len(allowed) == 0 {
		return nil
	}
	origin := h.r.Header.Get("Origin")
	for _, pattern := range allowed {
		if originMatches(pattern, origin) {
			return nil
		}
	}
	return execution.Refused(execution.AccessDenied, http.StatusForbidden, pasarela.CodeForbidden, "Forbidden",
		"Unauthorized request: origin "+origin, language.OriginRefused.Of(quoted(origin), strings.Join(allowed, " ")))
}

// originMatches compares scheme, host and port; "*." stands for any subdomain.
func originMatches(pattern, origin string) bool {
	if scheme, host, ok := strings.Cut(pattern, "://*."); ok {
		rest, same := strings.CutPrefix(strings.ToLower(origin), strings.ToLower(scheme)+"://")
		return same && strings.HasSuffix(rest, "."+strings.ToLower(host)) && !strings.ContainsAny(rest, "/@")
	}
	return strings.EqualFold(pattern, origin)
}

func quoted(text string) string { return string(execution.AppendQuoted(nil, text)) }

// refuseClient responds with the error, or with the integration's response if there is
// none.
func (h *connectRun) refuseClient(err *execution.GatewayError) {
	h.g.countRefusal(Execution)
	if err != nil {
		writeGatewayError(h.w, h.x, err)
		h.x.record.Note(execution.StepRefused, statusText(err.Status))
		return
	}
	h.x.record.NoteMessage(execution.StepRefused, language.StepRefusedStatus.Of(statusText(h.x.Reply.Status)))
	writeIntegrationResponse(h.w, h.x)
	h.refusedByBackend()
}

// refusedByBackend records, for `explain`, that the integration's response refused the
// client.
func (h *connectRun) refusedByBackend() {
	why := language.ConnectRefused.Of(statusText(h.x.Reply.Status))
	if said := h.x.BackendExcerpt(); said != "" {
		why = language.ConnectRefusedSaid.Of(said, statusText(h.x.Reply.Status))
	}
	h.x.record.Err = &execution.GatewayError{ResponseType: execution.Default4XX, Status: h.x.Reply.Status, Cause: why}
	h.g.causes.Add(h.x.record.Err.Cause)
}

// discard removes a connection whose handshake failed.
func (h *connectRun) discard() {
	h.g.table.remove(h.conn)
	h.stage.tags.remove(h.conn)
	h.session.fail()
	if p := h.conn.heldPosts.Load(); p != nil {
		p.release(func([]byte) {})
	}
}
