package templatetool

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/engine/mapping"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/vtl"
)

// Event is an event to try a template with: the members that a person may want to
// set. The others are filled in.
type Event struct {
	EventType      string // [event.Connect], [event.Message] or [event.Disconnect]
	Body           string
	Querystring    map[string]string
	Header         map[string]string
	StageVariables map[string]string
}

// Fault is what is wrong with a template, and where: line and column count from 1.
type Fault struct {
	Line, Column int
	Severity     string // error or warning
	Message      language.Message
}

// SampleProblem says what is wrong with what a request template renders for a plausible event of a
// route, or an empty message. The message is empty for a template that does not compile, which the
// compiler reports.
func SampleProblem(text, routeKey string) language.Message {
	compiled, err := mapping.CompileTemplate(text)
	if err != nil {
		return language.Message{}
	}
	output, err := renderEvent(context.Background(), compiled, eventOf(routeKey))
	if err != nil {
		return language.PreviewRenderFails.Because(err)
	}
	if len(output) > 0 && !json.Valid(output) {
		return language.PreviewNotJSON.Of(strings.ToValidUTF8(string(output[:min(len(output), 200)]), ""))
	}
	return language.Message{}
}

// eventOf is a typical event of a route.
func eventOf(routeKey string) Event {
	switch routeKey {
	case pasarela.RouteConnect:
		return Event{EventType: event.Connect, Querystring: map[string]string{"reportType": "ventas"}}
	case pasarela.RouteDisconnect:
		return Event{EventType: event.Disconnect}
	}
	action, _ := json.Marshal(routeKey)
	return Event{EventType: event.Message, Body: `{"action":` + string(action) + `,"data":{"id":1,"text":"hello"}}`}
}

// Try renders a template for an event with the engine that serves, until ctx ends. The
// output is empty when the template does not parse or fails.
func Try(ctx context.Context, text string, sample Event) (output string, faults []Fault) {
	compiled, err := mapping.CompileTemplate(text)
	if err != nil {
		return "", []Fault{faultOf(err)}
	}
	rendered, err := renderEvent(ctx, compiled, sample)
	if err != nil {
		return "", []Fault{faultOf(err)}
	}
	problems, err := Problems(text)
	if err != nil {
		return string(rendered), []Fault{faultOf(err)}
	}
	for _, p := range problems {
		faults = append(faults, Fault{Line: p.Line, Column: p.Column, Severity: "warning", Message: p.Message})
	}
	return string(rendered), faults
}

// renderEvent renders a template for a made-up event; ids and times are always the same, so
// that results can be compared.
func renderEvent(ctx context.Context, compiled *mapping.Template, sample Event) ([]byte, error) {
	e := event.Event{
		APIID: "abcdef1234", ConnectionID: "L0SM9cOFvHcCIhw=", DomainName: "abcdef1234.execute-api.us-east-1.amazonaws.com",
		EventType: sample.EventType, RequestID: "L0SNHFjcvHcFc7Q=", RouteKey: "$default", Stage: "prod",
		ConnectedAt: 1705094006344, RequestTimeEpoch: 1705094010012,
		Identity:       event.Identity{SourceIP: "203.0.113.9", UserAgent: "sample"},
		StageVariables: pairsOf(sample.StageVariables),
		Params:         event.Params{Querystring: pairsOf(sample.Querystring), Header: pairsOf(sample.Header)},
	}
	switch sample.EventType {
	case event.Connect:
		e.RouteKey = pasarela.RouteConnect
	case event.Disconnect:
		e.RouteKey, e.DisconnectStatusCode, e.DisconnectReason = pasarela.RouteDisconnect, 1001, "Going away"
	default:
		e.MessageID = "L0SNHdVVvHcCIhw="
	}
	var payload mapping.Payload
	payload.Reset(sample.Body)
	var overrides mapping.Overrides
	return compiled.AppendUntil(ctx.Done(), nil, &e, &payload, &overrides)
}

func pairsOf(values map[string]string) []event.Pair {
	var pairs []event.Pair
	for _, name := range slices.Sorted(maps.Keys(values)) {
		pairs = append(pairs, event.Pair{Name: name, Value: values[name]})
	}
	return pairs
}

// faultOf is the fault of an error, with its place in the template.
func faultOf(err error) Fault {
	at, message := vtl.Position{Line: 1, Column: 1}, language.Reason(err)
	var parse *vtl.ParseError
	var exec *vtl.ExecError
	switch {
	case errors.As(err, &parse):
		at, message = parse.Position, mapping.Reason(parse.Problem)
	case errors.As(err, &exec):
		at, message = exec.Position, mapping.ExecReason(exec)
	}
	return Fault{Line: at.Line, Column: at.Column, Severity: "error", Message: message}
}
