package gateway_test

import (
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// What a backend answers, or that it does not, is an IntegrationError, with an integration
// response for it and without; only a proxied 5xx is an ExecutionError too (aws-dataplane §10.6).
func TestFailuresOfTheBackendAreIntegrationErrors(t *testing.T) {
	for name, c := range map[string]struct {
		integration            *pasarela.Integration
		status                 int
		integrations, executed int64
	}{
		"500 without a response": {toHTTP("/m", "", "200"), 500, 1, 0},
		"500 with a response":    {toHTTP("/m", "", "$default"), 500, 1, 0},
		"404 without a response": {toHTTP("/m", "", "200"), 404, 1, 0},
		"201 without a response": {toHTTP("/m", "", "200"), 201, 0, 1},
		"500 proxied":            {toProxy("/m"), 500, 1, 1},
		"down":                   {toHTTP("/m", "", "$default"), 0, 1, 0},
	} {
		sys := start(t, api(route{key: "$default", integration: c.integration}))
		sys.backend.Respond(testkit.Response{Status: c.status})
		if c.status == 0 {
			sys.backend.Close()
		}
		sys.connect("").Send("hello")
		at, _ := sys.watcher.Directory.Stage(apiID, stageName)
		testkit.Eventually(t, name, func() bool {
			return at.Counters.IntegrationError.Load()+at.Counters.ExecutionError.Load() >= c.integrations+c.executed
		})
		if integrations, executed := at.Counters.IntegrationError.Load(), at.Counters.ExecutionError.Load(); integrations != c.integrations || executed != c.executed {
			t.Errorf("%s: IntegrationError %d, ExecutionError %d", name, integrations, executed)
		}
	}
}

// Conformance 32.
func TestLogs(t *testing.T) {
	trace := true
	sys := start(t, api(
		route{key: "$connect", integration: toHTTP("/c", guideTemplate, "201")},
		route{key: "$default", twoWay: true, integration: toHTTP("/m", "", `/2\d\d/`)},
	), func(s *setup) {
		s.stage.AccessLogSettings = &pasarela.AccessLogSettings{DestinationARN: "arn:aws:logs:us-east-1:123456789012:log-group:x", Format: `$context.requestId $context.routeKey $context.status $context.httpMethod`}
		s.stage.DefaultRouteSettings = pasarela.RouteSettings{LoggingLevel: pasarela.LoggingInfo, DataTraceEnabled: &trace, DetailedMetricsEnabled: &trace}
	})
	sys.backend.Respond(testkit.Response{Status: 201, Body: `{"jobId":"j1"}`})
	c := sys.connect("?reportType=ventas")
	id := sys.only()
	rows := func(n int) { // an event is written down after the client has its answer
		testkit.Eventually(t, "rows", func() bool { return strings.Count(sys.access.String(), "\n") == n })
	}
	rows(1)
	c.Send("hello")
	c.Read()
	rows(2)
	sys.backend.Respond(testkit.Response{Status: 500})
	c.Send("again")
	_, _, failed := testkit.ErrorFrame(t, c.Read())
	rows(3)
	written := strings.Split(sys.access.String(), "\n")
	for i, want := range []string{" $connect 201 -", " $default 201 -", failed + " $default 500 -"} {
		if !strings.HasSuffix(written[i], want) {
			t.Errorf("row %d is %q, want %q", i, written[i], want)
		}
	}
	text := sys.log.String()
	rest := text
	for _, line := range []string{
		"Extended Request Id: ", "Verifying Usage Plan for request: ", "API Key  authorized because route '$connect' does not require API Key.",
		"Starting execution for request: ", "WebSocket Request Route: [$connect]", "is connecting to WebSocket API [" + apiID + "].",
		"Endpoint request URI: " + sys.backend.URL + "/c", "Endpoint request headers: {", `Endpoint request body after transformations: {"connectionId": "` + id,
		"Sending request to ", "Received response. Status: 201, Integration latency: ", "Endpoint response headers: {",
		`Endpoint response body before transformations: {"jobId":"j1"}`, "Client [Connection Id: " + id + "] connected to API [" + apiID + "] successfully.",
		"WebSocket Request Route: [$default]", "received message from client [Connection Id: " + id + "]. Message: [hello]",
		"Message from client [Connection Id: " + id + "] sent to API [" + apiID + "] with response status code [201].",
		"(" + failed + ") Execution failed due to configuration error: No match for output mapping and no default output mapping configured. Endpoint Response Status Code: 500",
	} {
		_, after, found := strings.Cut(rest, line)
		if !found {
			t.Fatalf("line %q is missing, or not in order, in\n%s", line, text)
		}
		rest = after
	}
	at, _ := sys.watcher.Directory.Stage(apiID, stageName)
	if at.Counters.ConnectCount.Load() != 1 || at.Counters.MessageCount.Load() != 3 || at.Counters.IntegrationError.Load() != 1 {
		t.Errorf("connects %d, messages %d, integration errors %d", at.Counters.ConnectCount.Load(), at.Counters.MessageCount.Load(), at.Counters.IntegrationError.Load())
	}
	detailed := 0
	at.RouteCounters(func(key string, c *execution.Counters) { detailed += int(c.MessageCount.Load()) })
	if detailed != 2 {
		t.Errorf("%d messages on routes", detailed)
	}
}

func TestNoLinesWhenLoggingIsOff(t *testing.T) {
	sys := start(t, api(route{key: "$default", integration: toHTTP("/", "")}))
	c := sys.connect("")
	c.Send("x")
	sys.backend.Next(t)
	sys.explain(sys.only(), func(e execution.Entry) bool { return e.Failed() })
	if sys.log.String() != "" || sys.access.String() != "" {
		t.Errorf("%s%s", sys.log, sys.access)
	}
}
