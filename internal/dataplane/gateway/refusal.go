package gateway

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/engine/mapping"
)

// Refusal is why a handshake did not become a connection: at once the word in
// logs and the label in metrics.
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

// forbid is AWS's answer to what is not served (aws-dataplane §1.4, first form). It
// tells the client nothing; why is remembered under the request id of the answer.
func (g *Gateway) forbid(w http.ResponseWriter, why string) {
	g.refuse(NotFound)
	id := pasarela.NewUUID()
	var r execution.Record
	r.Begin(g.options.Now())
	r.EventType, r.RequestID = execution.EventConnect, id
	r.Fail(execution.Refused(execution.AccessDenied, http.StatusForbidden, pasarela.CodeForbidden, "Forbidden", why, why))
	g.trail.Keep(&r)
	answer(w, id, http.StatusForbidden, pasarela.CodeForbidden, "Forbidden")
}

// unserved says why a URL leads to no stage that serves.
func unserved(r *http.Request, match stage.Match) string {
	at := match.Stage
	switch {
	case at == nil:
		return fmt.Sprintf("No API and stage answer at %q: a URL is the ApiEndpoint of the API (aws apigatewayv2 get-apis) and /STAGE (aws apigatewayv2 get-stages)", r.Host+r.URL.Path)
	case match.Rest != "" && match.Rest != "/":
		return fmt.Sprintf("%q goes on after stage %s of API %s: nothing may follow the stage in the path", r.Host+r.URL.Path, at.Name, at.APIID)
	case at.Deployed() == nil:
		return fmt.Sprintf("Stage %s of API %s serves no deployment: deploy it (aws apigatewayv2 create-deployment --api-id %s --stage-name %s)", at.Name, at.APIID, at.APIID, at.Name)
	}
	return fmt.Sprintf("disableExecuteApiEndpoint of API %s is true: connect by its custom domain, or set it to false and deploy", at.APIID)
}

// early answers before there is a connection id.
func early(w http.ResponseWriter, status int, code pasarela.ErrorCode, message string) {
	answer(w, pasarela.NewUUID(), status, code, message)
}

func answer(w http.ResponseWriter, requestID string, status int, code pasarela.ErrorCode, message string) {
	h := w.Header()
	h["Content-Type"] = []string{"application/json"}
	h["x-amzn-RequestId"] = []string{requestID}
	h["x-amzn-ErrorType"] = []string{string(code)}
	body := append(execution.AppendQuoted([]byte(`{"message":`), message), '}')
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client is gone: nothing to tell it
}

// late answers once there is a connection id (§1.4, second form); its request id
// leads to the explanation.
func late(w http.ResponseWriter, x *exchange, err *execution.GatewayError) {
	h := w.Header()
	h["Content-Type"] = []string{"application/json; charset=UTF-8"}
	h["x-amz-apigw-id"] = []string{x.Event.RequestID}
	if err.ResponseType == execution.Throttled {
		h["Retry-After"] = []string{"1"}
	}
	x.row = append(x.row[:0], `{"message":`...)
	x.row = err.AppendMessageString(x.row)
	x.row = append(append(x.row, `,"connectionId":"`...), x.Event.ConnectionID...)
	x.row = append(append(append(x.row, `","requestId":"`...), x.Event.RequestID...), `"}`...)
	h["Content-Length"] = []string{strconv.Itoa(len(x.row))}
	w.WriteHeader(err.Status)
	_, _ = w.Write(x.row)
}

// passOn answers with what the integration answered.
func passOn(w http.ResponseWriter, x *exchange) {
	h := w.Header()
	for _, pair := range x.Reply.Header {
		if safe(pair) {
			h.Add(pair.Name, pair.Value)
		}
	}
	h["x-amz-apigw-id"] = []string{x.Event.RequestID}
	h.Set("Content-Length", strconv.Itoa(len(x.Reply.Body)))
	w.WriteHeader(refusalStatus(x.Reply.Status))
	if x.Reply.Status >= 200 && x.Reply.Status != http.StatusNoContent && x.Reply.Status != http.StatusNotModified {
		_, _ = w.Write(x.Reply.Body)
	}
}

// refusalStatus is a status that an answer to a GET can have: a backend's 1xx
// would begin the answer, not end it.
func refusalStatus(status int) int {
	if status < 200 || status > 599 {
		return http.StatusInternalServerError
	}
	return status
}

func safe(pair mapping.Pair) bool {
	for i := range len(pair.Value) {
		if c := pair.Value[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return pair.Name != ""
}

func unavailable(w http.ResponseWriter, message string, after time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(int(after.Seconds())))
	early(w, http.StatusServiceUnavailable, pasarela.CodeServiceUnavailable, message)
}
