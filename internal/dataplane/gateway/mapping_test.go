package gateway_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// Conformance 16: parameters of the request, and what is missing is left out.
func TestParametersOfTheRequest(t *testing.T) {
	i := toHTTP("/{tenant}/rooms/{unmapped}?v=2", "", "$default")
	i.RequestParameters = map[string]string{
		"integration.request.header.connectionId": "context.connectionId", "integration.request.querystring.room": "route.request.body.data.room",
		"integration.request.path.tenant": "stageVariables.tenant", "integration.request.header.X-Source": "'websocket'",
		"integration.request.header.X-None": "route.request.body.nothing", "integration.request.header.Content-Type": "'text/plain'",
	}
	sys := start(t, api(route{key: "$default", integration: i}), func(s *setup) { s.stage.StageVariables = map[string]string{"tenant": "ac/me"} })
	sys.connect("").Send(`{"data":{"room":"r 1"}}`)
	got := sys.backend.Next(t)
	query, _ := url.ParseQuery(got.Query)
	if got.Path != "/ac/me/rooms/{unmapped}" || query.Get("v") != "2" || query.Get("room") != "r 1" {
		t.Errorf("path %s, query %s", got.Path, got.Query)
	}
	for name, want := range map[string]string{"Connectionid": sys.only(), "X-Source": "websocket", "X-None": "", "Content-Type": "text/plain"} {
		if got.Header.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, got.Header.Get(name), want)
		}
	}
}

func TestParametersOfTheHandshake(t *testing.T) {
	i := toHTTP("/", "", "$default")
	i.RequestParameters = map[string]string{
		"integration.request.header.One": "route.request.header.X-Own-Name", "integration.request.querystring.two": "route.request.querystring.q",
		"integration.request.querystring.all": "route.request.multivaluequerystring.q",
	}
	sys := start(t, api(route{key: "$connect", integration: i}))
	sys.connect("?q=a&q=b", testkit.Header("x-own-name", "v"))
	got := sys.backend.Next(t)
	query, _ := url.ParseQuery(got.Query)
	if got.Header.Get("One") != "v" || query.Get("two") != "b" || strings.Join(query["all"], " ") != "a b" {
		t.Errorf("header %q, query %s", got.Header.Get("One"), got.Query)
	}
}

// Conformance 20.
func TestOverrides(t *testing.T) {
	i := toHTTP("/{p}", `#set($context.requestOverride.header.X-Over = "h")#set($context.requestOverride.querystring.q = "v")#set($context.requestOverride.path.p = "seg")body`, "$default")
	i.Responses[0].ResponseTemplates = map[string]string{"application/json": `#set($context.responseOverride.status = 418)#set($context.responseOverride.header.X-Teapot = "yes")short and stout`}
	sys := start(t, api(route{key: "$connect", integration: i}))
	body, h := sys.refuse("", 418)
	if body != "short and stout" || h.Get("X-Teapot") != "yes" {
		t.Errorf("%q %v", body, h)
	}
	got := sys.backend.Next(t)
	if got.Path != "/seg" || got.Query != "q=v" || got.Header.Get("X-Over") != "h" || got.Body != "body" {
		t.Errorf("the backend got %+v", got)
	}
	sys.deploy(func(d *pasarela.APIDocument) {
		d.Integrations[0].Responses[0].ResponseTemplates = map[string]string{"application/json": `#set($context.responseOverride.status = 204)`}
	})
	sys.backend.Respond(testkit.Response{Status: 500})
	sys.connect("")
}

// aws-dataplane §13.4.
func TestIntegrationResponses(t *testing.T) {
	i := toHTTP("/", "")
	for key, template := range map[string]string{`/2\d\d/`: `{"ok":true,"data":$input.json('$')}`, `/4\d\d/`: `{"ok":false,"error":"$input.path('$.error')"}`, "$default": `{"ok":false,"error":"backend"}`} {
		i.Responses = append(i.Responses, pasarela.IntegrationResponse{IntegrationResponseKey: key, ResponseTemplates: map[string]string{"application/json": template}})
	}
	sys := start(t, api(route{key: "$default", twoWay: true, integration: i}))
	c := sys.connect("")
	for _, test := range []struct {
		backend testkit.Response
		want    string
	}{
		{testkit.Response{Body: `{"total":7}`}, `{"ok":true,"data":{"total":7}}`},
		{testkit.Response{Status: 422, Body: `{"error":"bad id"}`}, `{"ok":false,"error":"bad id"}`},
		{testkit.Response{Status: 503, Body: `<html>`}, `{"ok":false,"error":"backend"}`},
	} {
		sys.backend.Respond(test.backend)
		c.Send("x")
		if got := c.Read(); got != test.want {
			t.Errorf("%d: %s, want %s", test.backend.Status, got, test.want)
		}
	}
}

// aws-dataplane §13.5.
func TestTemplatesByContent(t *testing.T) {
	i := toHTTP("/", "", "$default")
	i.TemplateSelectionExpr = "${request.body.kind}"
	i.RequestTemplates = map[string]string{"a": "A:$input.path('$.v')", "b": "B:$input.path('$.v')", "$default": "?"}
	sys := start(t, api(route{key: "$default", integration: i}))
	c := sys.connect("")
	for message, want := range map[string]string{`{"kind":"a","v":1}`: "A:1", `{"kind":"b","v":2}`: "B:2", `{"kind":"z","v":1}`: "?", `{"v":1}`: "?", "no JSON": "?"} {
		c.Send(message)
		if got := sys.backend.Next(t).Body; got != want {
			t.Errorf("%s: %q, want %q", message, got, want)
		}
	}
}

func TestATemplateThatDoesNotParseIsNotServed(t *testing.T) {
	sys := start(t, api(route{key: "$connect", integration: toHTTP("/", "#if(", "$default")}))
	sys.refuse("", 403)
	at, _ := sys.watcher.Directory.Stage(apiID, stageName)
	if problem := at.Problem().Error(); !strings.Contains(problem, "requestTemplates") || !strings.Contains(problem, "int0") {
		t.Errorf("problem %q", problem)
	}
}

func TestATemplateThatFails(t *testing.T) {
	sys := start(t, api(route{key: "$default", integration: toHTTP("/", "$util.base64Decode('%%%')", "$default")}))
	c := sys.connect("")
	c.Send("x")
	text, id, _ := testkit.ErrorFrame(t, c.Read())
	if text != "Internal server error" {
		t.Error(text)
	}
	if e := sys.explain(id, func(e execution.Entry) bool { return e.Failed() }); !strings.Contains(e.Cause().Error(), "requestTemplates") {
		t.Errorf("cause %q", e.Cause().Error())
	}
}

// A cause quotes what a template rendered, which is mostly the client's, and what a
// backend or function answered under data trace only (A-LOG-4).
func TestACauseQuotesDataUnderDataTraceOnly(t *testing.T) {
	const card = "4111111111111111"
	mock := &pasarela.Integration{
		IntegrationType: "MOCK", RequestTemplates: map[string]string{"application/json": `{"card":$input.json('$.card')}`},
	}
	unexpected := toHTTP("/", "")
	function := func(uri string) *pasarela.Integration {
		return &pasarela.Integration{IntegrationType: "AWS_PROXY", IntegrationMethod: "POST", IntegrationURI: uri}
	}
	for name, c := range map[string]struct {
		integration *pasarela.Integration
		response    testkit.Response
		says        string // whatever data trace says
	}{
		"rendered":            {mock, testkit.Response{}, "it rendered: "},
		"404":                 {unexpected, testkit.Response{Status: 404, Body: "no card " + card}, "status 404"},
		"unexpected":          {unexpected, testkit.Response{Body: `{"card":"` + card + `"}`}, "status 200"},
		"function that fails": {function("{backend}/f"), testkit.Response{Status: 502, Body: "no card " + card}, "status 502"},
		"function's result":   {function("{backend}/f"), testkit.Response{Body: `{"card":"` + card + `"}`}, "it returned: "},
	} {
		for _, traced := range []bool{false, true} {
			sys := start(t, api(route{key: "$default", twoWay: true, integration: c.integration}))
			sys.backend.Respond(c.response)
			sys.deploy(func(d *pasarela.APIDocument) {
				d.Stages[0].DefaultRouteSettings = pasarela.RouteSettings{DataTraceEnabled: &traced}
				d.Integrations[0].IntegrationURI = strings.Replace(d.Integrations[0].IntegrationURI, "{backend}", sys.backend.URL, 1)
			})
			conn := sys.connect("")
			conn.Send(`{"card":"` + card + `"}`)
			_, id, _ := testkit.ErrorFrame(t, conn.Read())
			entry := sys.explain(id, func(e execution.Entry) bool { return e.Failed() })
			text := execution.Explain([]execution.Entry{entry}, false, language.English)
			if strings.Contains(text, card) != traced || !strings.Contains(entry.Cause().Error(), c.says) {
				t.Errorf("%s, traced %v: %s", name, traced, text)
			}
			if !traced && !strings.Contains(entry.Cause().Error(), "dataTraceEnabled is off") {
				t.Errorf("%s: the cause does not say that data trace is off: %s", name, entry.Cause())
			}
		}
	}
}
