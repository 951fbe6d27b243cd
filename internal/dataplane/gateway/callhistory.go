package gateway

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/authorizer"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/sigv4"
)

// pushRoute is the route key of a push in timelines.
const pushRoute = "POST /@connections/{connectionId}"

// notePush adds a delivered push to the history.
func (g *Gateway) notePush(c *connection, length int, replayed bool, outcome Outcome) {
	x := g.acquire(g.options.Now())
	defer g.release(x)
	r := &x.record
	r.EventType, r.APIID, r.ConnectionID, r.Stage, r.RouteKey = event.ConnectionAPI, c.stage.stage.APIID, c.id, c.stage.stage.Name, pushRoute
	r.Status = http.StatusOK
	x.scratch = append(x.scratch[:0], "POST "...)
	x.scratch = appendInt(x.scratch, length)
	x.scratch = append(x.scratch, " bytes: 200"...)
	r.NoteBytes(execution.StepPush, x.scratch)
	if replayed {
		r.NoteMessage(execution.StepNote, language.StepPushReplayed.Of())
	}
	if said := outcomeSteps[outcome]; said != 0 {
		r.NoteMessage(execution.StepNote, said.Of())
	}
	g.history.Add(r)
}

// RefusedCall is a call to @connections that was refused before or by the gateway.
// APIID and Stage are empty where the URL leads to none.
type RefusedCall struct {
	RequestID    string // of the response, by which `explain` finds it
	Method       string
	APIID, Stage string
	ConnectionID string
	Status       int
	Err          error
	// Authenticated says that the caller's signature was verified.
	Authenticated bool
}

// unauthenticatedLimit bounds how many calls without a verified signature enter the
// history of a node. They need no key, and the history has a fixed size, so each of them
// overwrites an entry about a client (A-GATEWAY-34).
var unauthenticatedLimit = throttle.Limit{Rate: 1, Burst: 20}

// Bounds of what the history keeps of such a call, in bytes. Real connection ids have
// [execution.IDLength].
const (
	maxUnauthenticatedID     = 64
	maxUnauthenticatedMethod = 16
)

// NoteRefused adds a refused call to the history, and one for a connection of another API to
// that of both APIs; calls without a verified signature at
// most at the rate of [unauthenticatedLimit], and of their connection id and method only
// the beginning.
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
	var signature *sigv4.Error
	switch {
	case errors.As(c.Err, &signature):
		code, cause = pasarela.ErrorCode(signature.RESTJSON().Code), authorizer.SignatureCause(signature)
	case code == pasarela.CodePayloadTooLarge:
		cause = language.PushTooLarge.Of(strconv.Itoa(MaxPost))
	case onOtherAPI(c.Err) != nil:
		cause = language.PushElsewhere.Of(c.APIID)
	case code == pasarela.CodeGone:
		cause = language.PushGone.Of()
	case known != nil:
		cause = causeOf(known)
	default:
		cause = language.Reason(c.Err)
	}
	about := execution.Record{
		EventType: event.ConnectionAPI, RouteKey: c.Method + " /@connections/{connectionId}",
		RequestID: c.RequestID, ConnectionID: c.ConnectionID, APIID: c.APIID, Stage: c.Stage,
	}
	g.noteRefusal(about, c.Status, code, cause)
	if other := onOtherAPI(c.Err); other != nil && other.apiID != "" {
		// Whose API the connection is on learns of the call too, by the same request ID.
		about.APIID, about.Stage = other.apiID, other.stage
		g.noteRefusal(about, c.Status, code, language.PushMisdirected.Of(c.APIID, other.apiID, other.stage))
	}
}

// Refuse is a refusal whose cause people read in their language; the caller gets it in English.
//
//go:noinline
func Refuse(code pasarela.ErrorCode, why language.Cause, args ...string) *pasarela.Error {
	return RefuseBecause(code, why.Of(args...))
}

// RefuseBecause is [Refuse] with a message that has another below it.
func RefuseBecause(code pasarela.ErrorCode, why language.Message) *pasarela.Error {
	return &pasarela.Error{Code: code, Message: why.Error() + ".", Cause: why}
}

// causeOf is why a call is refused, for the operator: what the refusal says of it, else what the
// caller is told.
func causeOf(refused *pasarela.Error) language.Message {
	if _, said := errors.AsType[language.Message](refused.Cause); said {
		return language.Reason(refused.Cause)
	}
	return language.PushRefusedSaying.Of(refused.Message)
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
