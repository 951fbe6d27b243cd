package templatetool_test

import (
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/templatetool"
)

func TestTryRendersOrSaysWhere(t *testing.T) {
	message := templatetool.Event{EventType: event.Message, Body: `{"a":"b"}`, StageVariables: map[string]string{"v": "1"}}
	for name, c := range map[string]struct {
		text   string
		event  templatetool.Event
		output string
		line   int // of the first fault; 0 for none
	}{
		"a body and a variable": {`$input.path('$.a')$stageVariables.v`, message, "b1", 0},
		"a connect":             {"$context.eventType $context.routeKey", templatetool.Event{EventType: event.Connect}, "CONNECT $connect", 0},
		"a disconnect":          {"$context.disconnectStatusCode", templatetool.Event{EventType: event.Disconnect}, "1001", 0},
		"no template":           {"one\n#if(true", message, "", 2},
	} {
		t.Run(name, func(t *testing.T) {
			output, faults := templatetool.Try(t.Context(), c.text, c.event)
			if output != c.output || (len(faults) > 0) != (c.line > 0) || c.line > 0 && (faults[0].Line != c.line || faults[0].Severity != "error") {
				t.Errorf("got %q, %+v", output, faults)
			}
		})
	}
}

func TestSampleProblems(t *testing.T) {
	for name, c := range map[string]struct{ text, route, want string }{
		"JSON":            {`{"a":$input.json('$')}`, "order", ""},
		"no JSON":         {`{"a":`, "order", "not JSON"},
		"no template":     {"#if(", "order", ""},
		"a connect":       {`{"a":"$input.params('reportType')"}`, pasarela.RouteConnect, ""},
		"nothing":         {"", pasarela.RouteDisconnect, ""},
		"a route's quote": {`{"a":$input.json('$.action')}`, `or"der`, ""},
	} {
		if got := templatetool.SampleProblem(c.text, c.route).In(language.English); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
