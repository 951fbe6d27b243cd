package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// The template selection of AWS's own samples, each with its documented result (aws-dataplane §4.4,
// aws-dataplane §4.8, aws-dataplane §5.2). The backend gets body; "" means that it gets nothing.
func TestTemplateSelectionOfSamples(t *testing.T) {
	const message = `{"kind":"a","x":1}`
	for name, c := range map[string]struct {
		kind        string // of the integration; HTTP when empty
		expression  string
		templates   map[string]string
		passthrough string
		responses   []string
		body, reply string // reply "error": an error frame
	}{
		"escaped $default, that template":      {expression: `\$default`, templates: map[string]string{"$default": "T"}, responses: []string{"$default"}, body: "T", reply: "ok"},
		"bare $default, that template":         {expression: `$default`, templates: map[string]string{"$default": "T"}, responses: []string{"$default"}, body: "T", reply: "ok"},
		"escaped $default, escaped key":        {expression: `\$default`, templates: map[string]string{`\$default`: "T"}, responses: []string{"$default"}, body: "T", reply: "ok"},
		"escaped $default, application/json":   {expression: `\$default`, templates: map[string]string{"application/json": "T"}, responses: []string{"$default"}, body: message, reply: "ok"},
		"the same, never passed through":       {expression: `\$default`, templates: map[string]string{"application/json": "T"}, passthrough: "NEVER", responses: []string{"$default"}, reply: "Unsupported Media Type"},
		"the same, passed without templates":   {expression: `\$default`, templates: map[string]string{"application/json": "T"}, passthrough: "WHEN_NO_TEMPLATES", responses: []string{"$default"}, reply: "Unsupported Media Type"},
		"no templates, passed without any":     {passthrough: "WHEN_NO_TEMPLATES", responses: []string{"$default"}, body: message, reply: "ok"},
		"no $ is a text, that template":        {expression: "request.body.kind", templates: map[string]string{"request.body.kind": "T", "a": "U"}, responses: []string{"$default"}, body: "T", reply: "ok"},
		"no $ is a text, $default":             {expression: "request.body.kind", templates: map[string]string{"$default": "T", "a": "U"}, responses: []string{"$default"}, body: "T", reply: "ok"},
		"no $ is a text, nothing":              {expression: "request.body.kind", templates: map[string]string{"a": "U"}, responses: []string{"$default"}, body: message, reply: "ok"},
		"by the message":                       {expression: "${request.body.kind}", templates: map[string]string{"a": "A", "b": "B"}, responses: []string{"$default"}, body: "A", reply: "ok"},
		"by the message, not set there":        {expression: "$request.body.none", templates: map[string]string{"a": "A", "$default": "D"}, responses: []string{"$default"}, body: "D", reply: "ok"},
		"no expression, application/json":      {templates: map[string]string{"application/json": "J", "$default": "D", "a": "A"}, responses: []string{"$default"}, body: "J", reply: "ok"},
		"no expression, $default":              {templates: map[string]string{"$default": "D", "a": "A"}, responses: []string{"$default"}, body: "D", reply: "ok"},
		"no expression, neither":               {templates: map[string]string{"a": "A"}, responses: []string{"$default"}, body: message, reply: "ok"},
		"a template and no response at all":    {templates: map[string]string{"application/json": "J"}, body: "J", reply: "Internal server error"},
		"a response for another status":        {templates: map[string]string{"application/json": "J"}, responses: []string{"201"}, body: "J", reply: "Internal server error"},
		"a bare status":                        {templates: map[string]string{"application/json": "J"}, responses: []string{"200"}, body: "J", reply: "ok"},
		"MOCK by a static key":                 {kind: "MOCK", expression: "200", templates: map[string]string{"200": `{"statusCode":200}`}, responses: []string{"200"}, reply: "mocked"},
		"MOCK by a static key that is not":     {kind: "MOCK", expression: "200", templates: map[string]string{"$default": `{"statusCode":200}`, "201": `{"statusCode":201}`}, responses: []string{"200"}, reply: "mocked"},
		"MOCK without a template":              {kind: "MOCK", responses: []string{"200"}, reply: "mocked"},
		"MOCK, a template and no response":     {kind: "MOCK", templates: map[string]string{"$default": `{"statusCode":200}`}, reply: "Internal server error"},
		"MOCK, no status in what is passed on": {kind: "MOCK", expression: "200", templates: map[string]string{"a": `{"statusCode":200}`}, responses: []string{"200"}, reply: "Internal server error"},
	} {
		t.Run(name, func(t *testing.T) {
			i := toHTTP("/", "", c.responses...)
			if c.kind != "" {
				i.IntegrationType, i.IntegrationURI, i.IntegrationMethod = c.kind, "", ""
				for n := range i.Responses {
					i.Responses[n].ResponseTemplates = map[string]string{"$default": "mocked"}
				}
			}
			i.TemplateSelectionExpr, i.RequestTemplates, i.PassthroughBehavior = c.expression, c.templates, c.passthrough
			sys := start(t, api(route{key: "$default", twoWay: true, integration: i}))
			sys.backend.Respond(testkit.Response{Body: "ok"})
			client := sys.connect("")
			client.Send(message)
			reply := client.Read()
			if strings.HasPrefix(reply, `{"message": "`) {
				reply, _, _ = testkit.ErrorFrame(t, reply)
			}
			if reply != c.reply {
				t.Errorf("the client got %q, want %q", reply, c.reply)
			}
			if c.body == "" {
				sys.backend.Untouched(t)
			} else if got := sys.backend.Next(t).Body; got != c.body {
				t.Errorf("the backend got %q, want %q", got, c.body)
			}
		})
	}
}

// A one-way route calls the backend too, and the client gets nothing for a response
// without an integration response.
func TestAOneWayRouteWithoutResponses(t *testing.T) {
	sys := start(t, api(
		route{key: "$default", integration: toHTTP("/", "T")},
		route{key: "ping", twoWay: true, integration: toMock(`{"statusCode":200}`, "pong")},
	))
	c := sys.connect("")
	c.Send("x")
	if got := sys.backend.Next(t).Body; got != "T" {
		t.Errorf("the backend got %q", got)
	}
	c.Send(`{"action":"ping"}`)
	if got := c.Read(); got != "pong" {
		t.Errorf("got %q", got)
	}
}

// A cause names the field to change.
func TestCausesNameWhatToChange(t *testing.T) {
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	failing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }))
	t.Cleanup(failing.Close)
	for uri, c := range map[string]struct {
		status int
		says   []string
	}{
		"https" + strings.TrimPrefix(plain.URL, "http") + "/": {504, []string{"does not speak TLS", "Write http://"}},
		"http://no-such-host.invalid/":                        {500, []string{"the host name no-such-host.invalid", "is not known"}},
		plain.URL + "/slip":                                   {500, []string{"status 404", "It was asked POST " + plain.URL + "/slip and said: (not kept: dataTraceEnabled is off)", "look at integrationUri", `/4\d\d/`}},
		failing.URL + "/fails": {500, []string{
			"The backend answered status 500. It was asked POST " + failing.URL + "/fails. Its own log says why. ",
			`(keys: 200): one with integrationResponseKey /5\d\d/ or $default changes only what the client is told`,
		}},
	} {
		sys := start(t, api(route{key: "$connect", integration: toHTTP(uri, "", "200")}))
		body, h := sys.refuse("", c.status)
		e := sys.explain(h.Get("X-Amz-Apigw-Id"), failedExecution)
		for _, text := range c.says {
			if !strings.Contains(e.Cause().Error(), text) {
				t.Errorf("%s: %q does not say %q (%s)", uri, e.Cause().Error(), text, body)
			}
		}
	}
}

// A member that comes twice is checked and rendered by its last value, and passes as
// it came where the message does (A-INTEGRATION-7).
func TestMembersThatComeTwice(t *testing.T) {
	const message = `{"kind":"first","kind":"last"}`
	sys := start(t, api(
		route{key: "last", integration: toHTTP("/json", "$input.json('$')", "$default")},
		route{key: "$default", integration: toHTTP("/none", "", "$default")},
	))
	sys.deploy(func(d *pasarela.APIDocument) { d.API.RouteSelectionExpression = "$request.body.kind" })
	c := sys.connect("")
	c.Send(message)
	if got := sys.backend.Next(t); got.Path != "/json" || got.Body != `{"kind":"last"}` {
		t.Errorf("got %+v", got)
	}
	sys.deploy(func(d *pasarela.APIDocument) {
		d.Integrations[0].RequestTemplates = map[string]string{"application/json": "$input.body"}
	})
	sys.connect("").Send(message)
	if got := sys.backend.Next(t); got.Body != message {
		t.Errorf("got %q", got.Body)
	}
}
