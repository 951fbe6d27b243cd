package gateway

import (
	"net/http"
	"strconv"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// Refusal is why a handshake was refused: the word in logs, and the label in metrics.
type Refusal uint8

// Refusals before a stage's own checks, and Execution for all of those.
const (
	NotFound   Refusal = iota // no such API, stage or path, or nothing deployed
	NoUpgrade                 // not a WebSocket handshake
	TooLong                   // the URL is longer than maxURL
	Draining                  // the node is stopping
	Full                      // the node has MaxConnections
	StageFull                 // the stage has its maxConnections
	Execution                 // a check of the route or its integration said no
	ClientGone                // the client left before the 101

	refusals
)

// String returns the word for logs and metric labels.
func (r Refusal) String() string {
	return [refusals]string{"not_found", "no_upgrade", "too_long", "draining", "full", "stage_full", "execution", "client_gone"}[r]
}

// refuseNotServed is AWS's response for URLs that no stage serves (aws-dataplane §1.4,
// first form). It tells the client nothing; the history has the reason, by the request id
// of the response.
func (g *Gateway) refuseNotServed(w http.ResponseWriter, r *http.Request) {
	g.countRefusal(NotFound)
	why := g.options.Directory.WhyUnserved(r.Host, r.URL.Path)
	id := pasarela.NewUUID()
	now := g.options.Now()
	if g.unserved.Take(now) {
		g.options.Log.Info("a handshake was refused with 403", "why", why.Why, "requestId", id)
	}
	var record execution.Record
	record.Begin(now)
	record.EventType, record.RequestID, record.APIID = event.Connect, id, why.APIID
	record.Fail(execution.Refused(execution.AccessDenied, http.StatusForbidden, pasarela.CodeForbidden, "Forbidden", "", why.Why))
	record.NoteMessage(execution.StepFailure, why.Why)
	g.causes.Add(why.Why)
	g.history.Add(&record)
	writeError(w, id, http.StatusForbidden, pasarela.CodeForbidden, "Forbidden")
}

// writeRefusal responds before there is a connection id; the history has the reason, by
// the request id of the response, which it returns. at is nil if no stage serves the URL.
func (g *Gateway) writeRefusal(w http.ResponseWriter, at *stage.Stage, status int, code pasarela.ErrorCode, message string, why language.Message) (requestID string) {
	id := pasarela.NewUUID()
	var r execution.Record
	r.Begin(g.options.Now())
	r.EventType, r.RequestID, r.RouteKey = event.Connect, id, pasarela.RouteConnect
	if at != nil {
		r.APIID, r.Stage = at.APIID, at.Name
	}
	r.Fail(execution.Refused(execution.Default4XX, status, code, message, "", why))
	r.NoteMessage(execution.StepFailure, why)
	g.causes.Add(why)
	g.history.Add(&r)
	writeError(w, id, status, code, message)
	return id
}

func writeError(w http.ResponseWriter, requestID string, status int, code pasarela.ErrorCode, message string) {
	h := w.Header()
	h["Content-Type"] = []string{"application/json"}
	h["x-amzn-RequestId"] = []string{requestID}
	h["x-amzn-ErrorType"] = []string{string(code)}
	body := append(execution.AppendQuoted([]byte(`{"message":`), message), '}')
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	_, _ = w.Write(body) // it fails only when the client has gone
}

// writeGatewayError responds once there is a connection id (aws-dataplane §1.4, second form); its request id
// leads to the explanation.
func writeGatewayError(w http.ResponseWriter, x *eventRun, err *execution.GatewayError) {
	h := w.Header()
	h["Content-Type"] = []string{"application/json; charset=UTF-8"}
	h["x-amz-apigw-id"] = []string{x.Event.RequestID}
	if err.ResponseType == execution.Throttled {
		h["Retry-After"] = []string{"1"}
	}
	x.scratch = append(x.scratch[:0], `{"message":`...)
	x.scratch = err.AppendMessageString(x.scratch)
	x.scratch = append(append(x.scratch, `,"connectionId":"`...), x.Event.ConnectionID...)
	x.scratch = append(append(append(x.scratch, `","requestId":"`...), x.Event.RequestID...), `"}`...)
	h["Content-Length"] = []string{strconv.Itoa(len(x.scratch))}
	w.WriteHeader(err.Status)
	_, _ = w.Write(x.scratch)
}

// writeIntegrationResponse responds with the integration's response.
func writeIntegrationResponse(w http.ResponseWriter, x *eventRun) {
	h := w.Header()
	for _, pair := range x.Reply.Header {
		if validHeader(pair) {
			h.Add(pair.Name, pair.Value)
		}
	}
	h["x-amz-apigw-id"] = []string{x.Event.RequestID}
	h.Set("Content-Length", strconv.Itoa(len(x.Reply.Body)))
	w.WriteHeader(clientStatus(x.Reply.Status))
	if x.Reply.Status >= 200 && x.Reply.Status != http.StatusNoContent && x.Reply.Status != http.StatusNotModified {
		_, _ = w.Write(x.Reply.Body)
	}
}

// clientStatus replaces a backend's 1xx status, which cannot end an HTTP response.
func clientStatus(status int) int {
	if status < 200 || status > 599 {
		return http.StatusInternalServerError
	}
	return status
}

func validHeader(pair event.Pair) bool {
	for i := range len(pair.Value) {
		if c := pair.Value[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return pair.Name != ""
}

func (g *Gateway) writeUnavailable(w http.ResponseWriter, at *stage.Stage, why language.Cause, after time.Duration) (requestID string) {
	w.Header().Set("Retry-After", strconv.Itoa(int(after.Seconds())))
	return g.writeRefusal(w, at, http.StatusServiceUnavailable, pasarela.CodeServiceUnavailable, why.Of().Error(), why.Of())
}
