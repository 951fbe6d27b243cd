package blackbox

import (
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"
	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/pasarelatest"
)

const rowFormat = `row $context.requestId $context.eventType $context.routeKey $context.status $context.connectionId $context.authorizer.principalId $context.error.message`

func Test32WhatIsSeen(t *testing.T) {
	g, b := pasarelatest.Start(t), testkit.NewBackend(t)
	b.Respond(testkit.Response{Body: "from the backend"})
	logging := func(level types.LoggingLevel) apigatewayv2.CreateStageInput {
		return apigatewayv2.CreateStageInput{
			DefaultRouteSettings: &types.RouteSettings{LoggingLevel: level, DataTraceEnabled: aws.Bool(level != types.LoggingLevelOff), DetailedMetricsEnabled: aws.Bool(true)},
		}
	}
	api := pasarelatest.API{Stage: logging(types.LoggingLevelInfo), Routes: routes{
		"$connect": {Integration: pasarelatest.HTTPProxy(b.URL)}, "say": {Integration: pasarelatest.HTTPProxy(b.URL + "/say"), TwoWay: true}, "id": known,
	}}
	api.Stage.AccessLogSettings = &types.AccessLogSettings{
		Format:         aws.String(rowFormat),
		DestinationArn: aws.String("arn:aws:logs:us-east-1:" + g.AccountID() + ":log-group:rows"),
	}
	s := g.Deploy(api)
	c, id := knownClient(t, s)
	if got := c.Ask(`{"action":"say"}`); got != "from the backend" {
		t.Errorf("the backend's answer: %s", got)
	}
	refused := fails(t, c, `{"action":"nope"}`, "Forbidden")
	if err := c.Conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Fatal(err)
	}

	logs := g.WaitForLog(" CONNECT $connect 200 "+id+" - -", " MESSAGE say 200 "+id+" - -", "row "+refused+" MESSAGE - 403 "+id+" - Forbidden", "disconnected from API")
	connect := requestOf(t, logs, "CONNECT")
	inOrder(t, logs, connect, "Verifying Usage Plan for request", "API Key  authorized because route '$connect' does not require API Key",
		"WebSocket Request Route: [$connect]", "is connecting to WebSocket API ["+s.APIID+"]", "Endpoint request URI: "+b.URL, "Endpoint request headers:",
		"Sending request to "+b.URL, "Received response. Status: 200, Integration latency: ", "Endpoint response headers:", "Endpoint response body before transformations: from the backend",
		"connected to API ["+s.APIID+"] successfully")

	metrics := g.Metrics()
	for name, least := range map[string]string{"connect": `route="\$connect"`, "message": `route="say"`, "client_error": `api="` + s.APIID + `"`} {
		if !regexp.MustCompile(`(?i)pasarela_` + name + `[a-z_]*\{[^}]*` + least + `[^}]*\} [1-9]`).MatchString(metrics) {
			t.Errorf("no count of %s with %s:\n%s", name, least, grep(metrics, "pasarela_"+name))
		}
	}

	quiet := g.Deploy(pasarelatest.API{Stage: logging(types.LoggingLevelOff), Routes: api.Routes})
	knownClient(t, quiet)
	knownClient(t, s) // its lines come after those that the quiet stage must not write
	if logs := g.WaitForLog(s.APIID + "] successfully"); strings.Contains(logs, quiet.APIID) {
		t.Errorf("a stage with level OFF logs:\n%s", grep(logs, quiet.APIID))
	}
}

// requestOf finds the request id in the access-log row of an event.
func requestOf(t *testing.T, logs, event string) string {
	t.Helper()
	found := regexp.MustCompile(`row (\S+) ` + event + ` `).FindStringSubmatch(logs)
	if found == nil {
		t.Fatalf("no row of %s:\n%s", event, logs)
	}
	return found[1]
}

// inOrder expects the texts in this order among the lines of one request.
func inOrder(t *testing.T, logs, requestID string, texts ...string) {
	t.Helper()
	lines := grep(logs, "("+requestID+")")
	rest := lines
	for _, text := range texts {
		_, after, found := strings.Cut(rest, text)
		if !found {
			t.Errorf("%q is missing or out of order in\n%s", text, lines)
			return
		}
		rest = after
	}
}

func grep(text, part string) string {
	var found strings.Builder
	for line := range strings.Lines(text) {
		if strings.Contains(line, part) {
			found.WriteString(line)
		}
	}
	return found.String()
}
