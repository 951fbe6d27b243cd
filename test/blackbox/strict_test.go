package blackbox

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela/internal/awsapi/connections"
	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/pasarelatest"
)

// everyExtension are the tags of a stage by which its clients and backends meet what AWS has
// not.
var everyExtension = map[string]string{
	"pasarela:resumeSeconds": "60", "pasarela:delivery": "durable", "pasarela:connectionTags": "true", "pasarela:async": "true",
}

const secretOfASession = "secret-of-a-session-of-a-client"

// What AWS answers where there is nothing: below a stage (aws-dataplane §8.3), and to a signed
// call that is no operation (A-WIRE-3).
const (
	noSuchPath      = `403 Forbidden ForbiddenException {"message":"Forbidden"}`
	noSuchOperation = "Unable to determine service/operation name to be authorized"
)

// deployEverything deploys a stage with every extension; the backend is told of $connect and
// $disconnect, each time with the connection's id and the session's secret.
func deployEverything(t *testing.T, options pasarelatest.Options) (*pasarelatest.Gateway, *pasarelatest.Stage, *testkit.Backend) {
	t.Helper()
	b, all := testkit.NewBackend(t), routes{}
	g := pasarelatest.StartWith(t, options) // it stops before the backend does
	for _, key := range []string{"$connect", "$disconnect"} {
		template := `{"connection": "$context.connectionId", "event": "$context.eventType", "secret": "$input.params('pasarela-session')"}`
		all[key] = pasarelatest.Route{Integration: pasarelatest.HTTP(b.URL, template), Responses: pasarelatest.Keys("$default")}
	}
	return g, g.Deploy(pasarelatest.API{Routes: all, Stage: apigatewayv2.CreateStageInput{Tags: everyExtension}}), b
}

// answer is what a caller sees of a call: status, error type and body.
func answer(t *testing.T, r *http.Request) (seen string, response *http.Response) {
	t.Helper()
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response.Status + " " + response.Header.Get("X-Amzn-Errortype") + " " + testkit.Body(response), response
}

// callOf is a call of @connections about a connection, or about those with a tag.
func callOf(op connections.Operation, id string) (target, body string) {
	target, body = strings.Replace(op.Path, "{connectionId}", id, 1), "text"
	if target == op.Path {
		target += "?tag=a"
	}
	if op.Method == http.MethodPut {
		body = `{"tags":["a"]}`
	}
	return target, body
}

// TestStrictlyNoCallsOfExtensions: with --strict every call of @connections that AWS has not is
// answered as one to a path where nothing is, though the stage asks for it; without, each works.
func TestStrictlyNoCallsOfExtensions(t *testing.T) {
	t.Parallel()
	for _, strict := range []bool{true, false} {
		g, s, b := deployEverything(t, pasarelatest.Options{Strict: strict})
		for _, op := range connections.Operations() {
			testkit.Connect(t, s.URL)
			target, body := callOf(op, connected(t, b))
			got, response := answer(t, signedFor(t, g, "execute-api", op.Method, s.Endpoint+target, body))
			if absent := strict && op.Extension; absent && got != noSuchPath || !absent && response.StatusCode >= http.StatusMultipleChoices {
				t.Errorf("strict %v: %s %s: %s", strict, op.Method, op.Path, got)
			}
		}
	}
}

// connected is the id of the connection that the backend was told of next.
func connected(t *testing.T, b *testkit.Backend) string {
	t.Helper()
	for {
		if told := b.Next(t).Body; member(t, told, "event") == "CONNECT" {
			return member(t, told, "connection")
		}
	}
}

// TestStrictlyNoHeadersOfExtensions: with --strict the headers of a post that AWS does not know
// have no effect, whatever they say, and no answer has one.
func TestStrictlyNoHeadersOfExtensions(t *testing.T) {
	t.Parallel()
	for _, strict := range []bool{true, false} {
		g, s, b := deployEverything(t, pasarelatest.Options{Strict: strict})
		client := testkit.Connect(t, s.URL)
		target := s.Endpoint + "/@connections/" + connected(t, b)
		for _, header := range connections.PushHeaders() {
			request := signedFor(t, g, "execute-api", http.MethodPost, target, header)
			request.Header.Set(header, "no value of it")
			got, _ := answer(t, request)
			if ignored := strings.HasPrefix(got, "200 "); ignored != strict {
				t.Errorf("strict %v: %s: %s", strict, header, got)
			}
			if text := ""; strict {
				if text = client.Read(); text != header {
					t.Errorf("the client got %q", text)
				}
			}
		}
		for i := range 2 {
			request := signedFor(t, g, "execute-api", http.MethodPost, target, "again")
			request.Header.Set("Idempotency-Key", "k")
			request.Header.Set("Pasarela-Wait", "sent")
			_, response := answer(t, request)
			replayed, outcome := response.Header.Get("Idempotent-Replayed"), response.Header.Get("Pasarela-Outcome")
			if own := replayed != "" || outcome != ""; own == strict {
				t.Errorf("strict %v: post %d: %v", strict, i, response.Header)
			}
			if text := ""; i == 0 || strict {
				if text = client.Read(); text != "again" {
					t.Errorf("the client got %q", text)
				}
			}
		}
	}
}

// TestStrictlyACallClosesAsOnAWS: with --strict a DELETE cannot choose code and reason (A-GATEWAY-14).
func TestStrictlyACallClosesAsOnAWS(t *testing.T) {
	t.Parallel()
	g, s, b := deployEverything(t, pasarelatest.Options{Strict: true})
	client := testkit.Connect(t, s.URL)
	target := s.Endpoint + "/@connections/" + connected(t, b) + "?code=4001&reason=why"
	if got, _ := answer(t, signedFor(t, g, "execute-api", http.MethodDelete, target, "")); !strings.HasPrefix(got, "204 ") {
		t.Error(got)
	}
	if code, reason := client.Closed(); code != websocket.StatusNormalClosure || reason != "Connection Closed Normally" {
		t.Errorf("closed with %d %q", code, reason)
	}
}

// TestStrictlyConnectionsEndWithTheirSockets: with --strict a session is a parameter as any
// other, and what the integration of $connect answers is no tag; the client waits for it, and
// is refused with it.
func TestStrictlyConnectionsEndWithTheirSockets(t *testing.T) {
	t.Parallel()
	_, s, b := deployEverything(t, pasarelatest.Options{Strict: true})
	b.Respond(testkit.Response{Header: map[string]string{"pasarela-tags": "a tag has no spaces"}})
	ids := map[string]bool{}
	for range 2 {
		c := testkit.Connect(t, s.URL+"?pasarela-session="+secretOfASession)
		told := b.Next(t).Body
		if kept := c.Response.Header.Get("pasarela-session"); kept != "" || member(t, told, "secret") != secretOfASession {
			t.Errorf("session %q, and the backend was told %s", kept, told)
		}
		ids[member(t, told, "connection")] = true
		_ = c.Conn.CloseNow()
		if told = b.Next(t).Body; member(t, told, "event") != "DISCONNECT" || !ids[member(t, told, "connection")] {
			t.Errorf("the socket has ended, and the backend was told %s", told)
		}
	}
	if len(ids) != 2 {
		t.Errorf("two sockets have the connections %v", ids)
	}
	if status := testkit.Status(t, s.URL+"?pasarela-session=short"); status != http.StatusSwitchingProtocols {
		t.Errorf("a parameter that is no secret: %d", status)
	}
	b.Respond(testkit.Response{Status: http.StatusForbidden})
	testkit.Refused(t, s.URL, http.StatusForbidden)
}

// ofOperators are the calls of docs/extension.md that a strict gateway serves: by them people
// look into it and bring its definitions along, and clients and backends meet nothing of them.
// A new call belongs here or is absent.
var ofOperators = strings.Fields(`Apply CheckPermissions CheckPolicy Explain Export ExportSecrets FollowLogs GetActivity GetConnections GetFailures GetLogs GetMetrics
	GetMetricsHistory GetNodes GetPreview GetProfile GetSamples GetTimelines ListConnections Plan RenderTemplate SignIn`)

var label = regexp.MustCompile(`\{\w+\}`)

// TestStrictlyOnlyCallsOfOperators: of the calls of the extension those about asynchronous
// routes, which a strict gateway has not, are answered as a call that is no operation.
func TestStrictlyOnlyCallsOfOperators(t *testing.T) {
	t.Parallel()
	for _, strict := range []bool{true, false} {
		g := pasarelatest.StartWith(t, pasarelatest.Options{Strict: strict})
		for _, op := range extension.Operations(extension.Services{}) {
			if op.Name == "GetProfile" || op.Name == "FollowLogs" { // they answer for seconds
				continue
			}
			got, _ := answer(t, signedFor(t, g, extension.SigningName, op.Method, g.Endpoint()+label.ReplaceAllString(op.Path, "1"), ""))
			if served := !strings.Contains(got, noSuchOperation); served != (!strict || slices.Contains(ofOperators, op.Name)) {
				t.Errorf("strict %v: %s: %s", strict, op.Name, got)
			}
		}
	}
}
