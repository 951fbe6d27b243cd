package gateway

import (
	"errors"
	"net/http"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// pushRoute is what timelines call a push.
const pushRoute = "POST /@connections/{connectionId}"

// notePush remembers a push that a connection was given.
func (g *Gateway) notePush(c *connection, length int, replayed bool, outcome Outcome) {
	x := g.acquire(g.options.Now())
	defer g.release(x)
	r := &x.record
	r.EventType, r.APIID, r.ConnectionID, r.Stage, r.RouteKey = event.ConnectionAPI, c.stage.stage.APIID, c.id, c.stage.stage.Name, pushRoute
	r.Status = http.StatusOK
	x.row = append(x.row[:0], "POST "...)
	x.row = appendInt(x.row, length)
	x.row = append(x.row, " bytes: 200"...)
	if replayed {
		x.row = append(x.row, ", not sent: a push of this idempotency key was delivered before"...)
	}
	r.NoteBytes(execution.StepPush, x.row)
	if said := outcomeSteps[outcome]; said != nil {
		r.Say(execution.StepNote, said.Of())
	}
	g.history.Add(r)
}

// noteMisdirected remembers, with the API that has the connection, that a call for it
// came to another.
func (g *Gateway) noteMisdirected(c *connection, calledAPI string) {
	at := c.stage.stage
	g.noteRefusal(execution.Record{
		EventType: event.ConnectionAPI, RouteKey: "/@connections/{connectionId}", RequestID: g.ids.Request(g.options.Now()),
		ConnectionID: c.id, APIID: at.APIID, Stage: at.Name,
	}, http.StatusGone, pasarela.CodeGone, language.PushMisdirected.Of(calledAPI, at.APIID, at.Name))
}

// RefusedCall is a call to @connections that was refused before or by the gateway.
// APIID and Stage are empty where the URL leads to none.
type RefusedCall struct {
	RequestID    string // of the answer, so that it can be explained
	Method       string
	APIID, Stage string
	ConnectionID string
	Status       int
	Err          error
	// Authenticated says that the caller's signature was verified.
	Authenticated bool
}

// unauthenticatedLimit bounds how many calls without a verified signature are remembered on a
// node. They need no key, and the history has a fixed size: each of their notes takes
// the room of one about a client (A-GATEWAY-34).
var unauthenticatedLimit = throttle.Limit{Rate: 1, Burst: 20}

// Bounds of what such a call says of itself, in bytes. The ids that connections are
// given have [execution.IDLength].
const (
	maxUnauthenticatedID     = 64
	maxUnauthenticatedMethod = 16
)

// NoteRefused remembers a refused call for explanations; of calls without a verified
// signature [unprovedCalls].
func (g *Gateway) NoteRefused(c RefusedCall) {
	if !c.Authenticated {
		if !g.unauthenticatedCalls.Take(g.options.Now()) {
			return
		}
		c.ConnectionID = c.ConnectionID[:min(len(c.ConnectionID), maxUnauthenticatedID)]
		c.Method = c.Method[:min(len(c.Method), maxUnauthenticatedMethod)]
	}
	code, cause := pasarela.CodeForbidden, language.Message{}
	var known *pasarela.Error
	if errors.As(c.Err, &known) {
		code = known.Code
	}
	switch {
	case errors.Is(c.Err, errOtherAPI):
		cause = language.PushElsewhere.Of(c.APIID)
	case code == pasarela.CodeGone:
		cause = language.PushGone.Of()
	case known != nil && known.Cause != nil:
		cause = language.Reason(known.Cause)
	case known != nil:
		cause = language.Verbatim.Of(known.Message)
	default:
		cause = language.Reason(c.Err)
	}
	g.noteRefusal(execution.Record{
		EventType: event.ConnectionAPI, RouteKey: c.Method + " /@connections/{connectionId}",
		RequestID: c.RequestID, ConnectionID: c.ConnectionID, APIID: c.APIID, Stage: c.Stage,
	}, c.Status, code, cause)
}

func (g *Gateway) noteRefusal(about execution.Record, status int, code pasarela.ErrorCode, cause language.Message) {
	var r execution.Record
	r.Begin(g.options.Now())
	r.EventType, r.RouteKey, r.RequestID, r.ConnectionID, r.APIID, r.Stage = about.EventType, about.RouteKey, about.RequestID, about.ConnectionID, about.APIID, about.Stage
	kind := execution.AccessDenied
	if status != http.StatusForbidden {
		kind = execution.Default4XX
	}
	r.Fail(execution.Refused(kind, status, code, string(code), "", cause))
	r.Note(execution.StepPush, about.RouteKey+": "+statusText(status)+" "+string(code))
	g.causes.Add(cause)
	g.history.Add(&r)
}
