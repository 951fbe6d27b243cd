package gateway_test

import (
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

const guideTemplate = `{"connectionId": "$context.connectionId", "type": "$input.params('reportType')"}`

// Conformance 1: the stage's path, with and without a slash at its end, and nothing else.
func TestWhereAStageIsServed(t *testing.T) {
	sys := start(t, api())
	base := "ws" + strings.TrimPrefix(sys.server.URL, "http")
	for _, test := range []struct {
		name, url, host string
		status          int
	}{
		{"by path", base + "/" + apiID + "/prod", "", 101},
		{"trailing slash", base + "/" + apiID + "/prod/", "", 101},
		{"with a query", base + "/" + apiID + "/prod?a=b", "", 101},
		{"by host", base + "/prod", apiID + ".execute-api.us-east-1.example.test", 101},
		{"by host with a port", base + "/prod/", apiID + ".execute-api.us-east-1.example.test:4566", 101},
		{"by host in capitals", base + "/prod", strings.ToUpper(apiID) + ".Execute-API.us-east-1.Example.Test", 101},
		{"localhost always resolves", base + "/prod", apiID + ".execute-api.us-east-1.localhost", 101},
		{"extra path", base + "/" + apiID + "/prod/x", "", 403},
		{"unknown stage", base + "/" + apiID + "/test", "", 403},
		{"no stage", base + "/" + apiID, "", 403},
		{"unknown API", base + "/zzzzzzzzzz/prod", "", 403},
		{"unknown API by host", base + "/prod", "zzzzzzzzzz.execute-api.us-east-1.example.test", 403},
		{"another region", base + "/prod", apiID + ".execute-api.eu-west-1.example.test", 403},
		{"another suffix", base + "/prod", apiID + ".execute-api.us-east-1.evil.test", 403},
	} {
		t.Run(test.name, func(t *testing.T) {
			client, response := testkit.Dial(t, test.url, testkit.Host(test.host))
			if client != nil {
				_ = client.Conn.CloseNow()
			}
			if response.StatusCode != test.status {
				t.Fatal(response)
			}
			if test.status == 403 {
				body, _ := io.ReadAll(response.Body)
				if string(body) != `{"message":"Forbidden"}` || response.Header.Get("X-Amzn-Errortype") != "ForbiddenException" || response.Header.Get("X-Amzn-Requestid") == "" {
					t.Errorf("%s %v", body, response.Header)
				}
			}
		})
	}
	sys.backend.Untouched(t)
}

// aws-dataplane §11: 4096 characters, and not one more (A-GATEWAY-23).
func TestURLsAreBounded(t *testing.T) {
	sys := start(t, api())
	path := "/" + apiID + "/prod?q="
	for length, want := range map[int]int{4096: 101, 4097: 414} {
		url := "ws" + strings.TrimPrefix(sys.server.URL, "http") + path + strings.Repeat("x", length-len(path))
		if status := testkit.Status(t, url); status != want {
			t.Errorf("%d characters: %d", length, status)
		}
	}
}

func TestAPlainRequestIsToldToUpgrade(t *testing.T) {
	sys := start(t, api())
	for path, want := range map[string]int{"/" + apiID + "/prod": 426, "/" + apiID + "/prod/": 426, "/" + apiID + "/prod/x": 403, "/": 403} {
		response, err := http.Get(sys.server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("GET %s: %d, want %d", path, response.StatusCode, want)
		}
		if want == 426 && response.Header.Get("Upgrade") != "websocket" {
			t.Errorf("GET %s: Upgrade %q", path, response.Header.Get("Upgrade"))
		}
	}
}

func TestAStageWithoutDeploymentIsForbidden(t *testing.T) {
	sys := start(t, api())
	sys.edit(func(d *pasarela.APIDocument) { d.Stages[0].DeploymentID = "" })
	testkit.Eventually(t, "the stage to be empty", func() bool {
		at, ok := sys.watcher.Directory.Stage(apiID, stageName)
		return ok && at.Deployed() == nil
	})
	_, h := sys.refuse("", 403)
	sys.because(h, "create-deployment --api-id "+apiID+" --stage-name prod")
}

// As on AWS the client gets only Forbidden; the cause is found by the request
// id.
func TestARefusalBeforeTheStageIsExplained(t *testing.T) {
	sys := start(t, api())
	for path, why := range map[string]string{
		"/" + apiID + "/prod":       "a client that speaks WebSocket is needed",
		"/" + apiID + "/prod/extra": "nothing may follow the stage",
		"/" + apiID + "/produ":      `has no stage "produ": it has prod`,
		"/" + apiID + "/PROD":       `has no stage "PROD", upper and lower case count: it is prod`,
		"/" + apiID:                 "no stage: append /STAGE; it has prod",
		"/zzzzzzzzzz/prod":          `there is no API "zzzzzzzzzz"`,
		"/":                         "names no API and no stage",
	} {
		response, err := http.Get(sys.server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		sys.because(response.Header, why)
	}
	causes := sys.gateway.Stats().Causes
	for id, want := range map[language.ID]int64{
		"handshake.client": 1, "unserved.rest": 1, "unserved.no_stage": 1, "unserved.stage_case": 1,
		"unserved.no_stage_named": 1, "unserved.no_api": 1, "unserved.nothing_named": 1,
	} {
		if causes[id] != want {
			t.Errorf("%s was counted %d times", id, causes[id])
		}
	}
}

// because expects why in the explanation of a refusal.
func (sys *system) because(h http.Header, why string) {
	sys.t.Helper()
	entries := sys.gateway.Find(cmp.Or(h.Get("X-Amzn-Requestid"), h.Get("X-Amz-Apigw-Id")))
	if len(entries) != 1 || !strings.Contains(entries[0].Cause().Error(), why) {
		sys.t.Errorf("%+v; want %q", entries, why)
	}
}

// Conformance 2.
func TestConnectWithoutIntegrationIsAccepted(t *testing.T) {
	start(t, api()).connect("")
	start(t, api(route{key: "$connect"})).connect("")
}

// Conformance 3, and aws-dataplane §13.1: the guide.
func TestConnectAsksItsBackendFirst(t *testing.T) {
	sys := start(t, api(route{key: "$connect", integration: toHTTP("/api/reports/create", guideTemplate, "201")}))
	sys.backend.Respond(testkit.Response{Status: 201, Body: `{"jobId":"j1"}`})
	c := sys.connect("?reportType=ventas")
	got := sys.backend.Next(t)
	var sent struct{ ConnectionID, Type string }
	if err := json.Unmarshal([]byte(got.Body), &sent); err != nil {
		t.Fatal(err)
	}
	if want := `{"connectionId": "` + sys.only() + `", "type": "ventas"}`; got.Body != want || got.Method != "POST" || got.Path != "/api/reports/create" {
		t.Errorf("the backend got %+v, want body %s", got, want)
	}
	if len(sent.ConnectionID) != execution.IDLength || !strings.HasSuffix(sent.ConnectionID, "=") {
		t.Errorf("connection id %q", sent.ConnectionID)
	}
	if c.Response.Header.Get("Sec-Websocket-Protocol") != "" {
		t.Error("a sub-protocol that nobody chose")
	}
}

func TestConnectOutcomes(t *testing.T) {
	for _, test := range []struct {
		name    string
		keys    []string
		backend int
		status  int
	}{
		{"exact key", []string{"201"}, 201, 101},
		{"pattern", []string{`/2\d\d/`}, 204, 101},
		{"default", []string{"$default"}, 200, 101},
		{"mapped 4xx refuses with that status", []string{`/4\d\d/`}, 404, 404},
		{"default of a 400", []string{"$default"}, 400, 400},
		{"unmapped status", []string{"201"}, 200, 500},
		{"unmapped 404", []string{"201"}, 404, 500},
		{"no integration responses", nil, 200, 500},
	} {
		t.Run(test.name, func(t *testing.T) {
			sys := start(t, api(route{key: "$connect", integration: toHTTP("/", guideTemplate, test.keys...)}))
			sys.backend.Respond(testkit.Response{Status: test.backend, Body: "{}"})
			if test.status == 101 {
				sys.connect("")
				return
			}
			body, h := sys.refuse("", test.status)
			if test.status == 500 {
				id := h.Get("X-Amz-Apigw-Id")
				if !strings.HasPrefix(body, `{"message":"Internal server error","connectionId":"`) || !strings.HasSuffix(body, `","requestId":"`+id+`"}`) {
					t.Errorf("body %s, request %s", body, id)
				}
				e := sys.explain(id, func(e execution.Entry) bool { return e.Failed() })
				if !strings.Contains(e.Cause().Error(), "integrationResponseKey") || !strings.Contains(e.Cause().Error(), "keys:") {
					t.Errorf("cause %q", e.Cause().Error())
				}
			}
			if open := sys.gateway.Stats().Open; open != 0 {
				t.Errorf("%d connections are counted after a refusal", open)
			}
		})
	}
}

// Conformance 4.
func TestAProxysRefusalIsPassedOn(t *testing.T) {
	sys := start(t, api(route{key: "$connect", integration: toProxy("/")}))
	sys.backend.Respond(testkit.Response{Status: 403, Body: "go away", Header: map[string]string{"X-Why": "because"}})
	body, h := sys.refuse("", 403)
	if body != "go away" || h.Get("X-Why") != "because" {
		t.Errorf("%q %v", body, h)
	}
	e := sys.explain(h.Get("X-Amz-Apigw-Id"), func(e execution.Entry) bool { return e.Failed() })
	if cause := e.Cause().Error(); !strings.HasPrefix(cause, "The backend said: (not kept: dataTraceEnabled is off) (the integration of $connect answered 403") {
		t.Error(cause)
	}
	sys.backend.Respond(testkit.Response{})
	sys.connect("")
}

// The first line of an explanation quotes the backend's refusal where data trace is on.
func TestARefusalsCauseQuotesTheBackend(t *testing.T) {
	yes := true
	sys := start(t, api(route{key: "$connect", integration: toHTTP("/", "", `/4\d\d/`)}), func(s *setup) {
		s.stage.DefaultRouteSettings = pasarela.RouteSettings{DataTraceEnabled: &yes}
	})
	sys.backend.Respond(testkit.Response{Status: 400, Body: "{\n  \"error\": \"year is missing\"\n}"})
	_, h := sys.refuse("", 400)
	e := sys.explain(h.Get("X-Amz-Apigw-Id"), func(e execution.Entry) bool { return e.Failed() })
	if cause := e.Cause().Error(); !strings.HasPrefix(cause, `The backend said: { "error": "year is missing" } (the integration of $connect answered 400`) {
		t.Error(cause)
	}
}

// Conformance 5, for HTTP.
func TestABackendThatDoesNotAnswer(t *testing.T) {
	slow := toHTTP("/", "", "$default")
	slow.TimeoutInMillis = 50
	sys := start(t, api(route{key: "$connect", integration: slow}))
	sys.backend.Respond(testkit.Response{Delay: testkit.WaitLimit})
	body, h := sys.refuse("", 504)
	if !strings.Contains(body, `"message":"Endpoint request timed out"`) {
		t.Error(body)
	}
	e := sys.explain(h.Get("X-Amz-Apigw-Id"), func(e execution.Entry) bool { return e.Failed() })
	if !strings.Contains(e.Cause().Error(), "timeoutInMillis") {
		t.Errorf("cause %q", e.Cause().Error())
	}
}

func TestABackendThatIsDown(t *testing.T) {
	for name, uri := range map[string]string{"nobody listens": "http://" + testkit.FreeAddress(t) + "/", "no such host": "http://no-such-host.invalid/", "no URL": "ftp://x/"} {
		t.Run(name, func(t *testing.T) {
			sys := start(t, api(route{key: "$connect", integration: toHTTP(uri, "", "$default")}))
			_, h := sys.refuse("", 500)
			e := sys.explain(h.Get("X-Amz-Apigw-Id"), func(e execution.Entry) bool { return e.Failed() })
			if !strings.Contains(e.Cause().Error(), "integrationUri") {
				t.Errorf("cause %q", e.Cause().Error())
			}
		})
	}
}
