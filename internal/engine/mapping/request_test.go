package mapping_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/engine/mapping"
)

func compileRequest(t *testing.T, parameters, templates map[string]string) *mapping.CompiledRequest {
	t.Helper()
	m, err := mapping.CompileRequest(&pasarela.Integration{
		IntegrationType: pasarela.IntegrationHTTP, RequestParameters: parameters, RequestTemplates: templates,
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The table of aws-dataplane §4.2.
func TestRequestParameters(t *testing.T) {
	m := compileRequest(t, map[string]string{
		"integration.request.header.last":        "route.request.querystring.a",
		"integration.request.header.method":      "method.request.querystring.q",
		"integration.request.header.missing":     "route.request.header.Nope",
		"integration.request.header.exact":       "route.request.header.user-agent",
		"integration.request.header.agent":       "route.request.header.User-Agent",
		"integration.request.header.joined":      "route.request.multivalueheader.a",
		"integration.request.header.static":      "'a static text'",
		"integration.request.header.id":          "context.connectionId",
		"integration.request.header.who":         "context.authorizer.principalId",
		"integration.request.header.map":         "context.identity",
		"integration.request.querystring.all":    "route.request.multivaluequerystring.a",
		"integration.request.querystring.stage":  "stageVariables.env",
		"integration.request.path.tenant":        "context.identity.sourceIp",
		"integration.request.querystring.absent": "stageVariables.nope",
	}, nil)
	var out mapping.Request
	var payload mapping.Payload
	if err := m.Apply(&out, connect(), &payload, ""); err != nil {
		t.Fatal(err)
	}
	want := mapping.Request{
		Header: []event.Pair{
			{Name: "agent", Value: "wscat"},
			{Name: "id", Value: "conn="},
			{Name: "joined", Value: "header"},
			{Name: "last", Value: "2"},
			{Name: "method", Value: "x y"},
			{Name: "static", Value: "a static text"},
			{Name: "who", Value: "ana"},
		},
		Querystring: []event.Pair{{Name: "all", Value: "1"}, {Name: "all", Value: "2"}, {Name: "stage", Value: "prod"}},
		Path:        []event.Pair{{Name: "tenant", Value: "203.0.113.7"}},
	}
	if diff := cmp.Diff(want, out, cmp.AllowUnexported(mapping.Overrides{}), cmp.FilterPath(func(p cmp.Path) bool {
		return p.String() == "Overrides" || p.String() == "Body"
	}, cmp.Ignore())); diff != "" {
		t.Error(diff)
	}
}

func TestBodyParameters(t *testing.T) {
	m := compileRequest(t, map[string]string{
		"integration.request.header.room":  "route.request.body.data.room",
		"integration.request.header.list":  "route.request.body.list",
		"integration.request.header.n":     "route.request.body.n",
		"integration.request.header.null":  "route.request.body.nothing",
		"integration.request.header.whole": "route.request.body",
	}, nil)
	tests := []struct {
		body string
		want map[string]string
		err  error
	}{
		{body: `{"data":{"room":"r 1"},"list":[1, 2],"n":7,"nothing":null}`, want: map[string]string{
			"room": "r 1", "list": "[1,2]", "n": "7", "whole": `{"data":{"room":"r 1"},"list":[1, 2],"n":7,"nothing":null}`,
		}},
		{body: "", want: map[string]string{"whole": "{}"}},
		{body: "plain", want: map[string]string{"room": "plain", "list": "plain", "n": "plain", "null": "plain", "whole": "plain"}},
		{body: `{"data":`, err: mapping.ErrInvalidJSON},
	}
	for _, test := range tests {
		var out mapping.Request
		var payload mapping.Payload
		payload.Reset(test.body)
		err := m.Apply(&out, &event.Event{}, &payload, "")
		if !errors.Is(err, test.err) {
			t.Errorf("%s: error %v", test.body, err)
		}
		if test.err != nil {
			continue
		}
		got := map[string]string{}
		for _, p := range out.Header {
			got[p.Name] = p.Value
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.body, diff)
		}
	}
}

func TestApplyTemplates(t *testing.T) {
	templates := map[string]string{
		"$default": "\n  id=$context.connectionId  \n",
		"over": `#set($context.requestOverride.header.x-one = ["1", "2"])#set($context.requestOverride.querystring.stage = "dev")` +
			`#set($context.requestOverride.header.Content-Length = "3")`,
	}
	m := compileRequest(t, map[string]string{
		"integration.request.header.X-One":      "'mapped'",
		"integration.request.querystring.stage": "stageVariables.env",
	}, templates)
	var out mapping.Request
	var payload mapping.Payload
	payload.Reset("the body")
	apply := func(key string) {
		t.Helper()
		if err := m.Apply(&out, connect(), &payload, key); err != nil {
			t.Fatal(err)
		}
	}
	if apply("$default"); string(out.Body) != "id=conn=" {
		t.Errorf("got body %q", out.Body)
	}
	if apply(""); string(out.Body) != "the body" || out.Querystring[0].Value != "prod" {
		t.Errorf("without a template: got %q, %v", out.Body, out.Querystring)
	}
	apply("over")
	if diff := cmp.Diff([]event.Pair{{Name: "x-one", Value: "1,2"}}, out.Header); diff != "" || len(out.Body) != 0 {
		t.Errorf("overrides: body %q, %s", out.Body, diff)
	}
	if diff := cmp.Diff([]event.Pair{{Name: "stage", Value: "dev"}}, out.Querystring); diff != "" {
		t.Error(diff)
	}
}

func TestProxiesTakeNoTemplate(t *testing.T) {
	m, err := mapping.CompileRequest(&pasarela.Integration{
		IntegrationType:  pasarela.IntegrationHTTPProxy,
		RequestTemplates: map[string]string{"$default": "never"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var out mapping.Request
	var payload mapping.Payload
	payload.Reset("as it is")
	if err := m.Apply(&out, connect(), &payload, "$default"); err != nil || string(out.Body) != "as it is" {
		t.Errorf("got %q, error %v", out.Body, err)
	}
}

func TestCompileRequestErrors(t *testing.T) {
	tests := []struct {
		parameters, templates map[string]string
		want                  string
	}{
		{map[string]string{"integration.request.body.x": "'a'"}, nil, `target "integration.request.body.x"`},
		{map[string]string{"integration.request.header.b d": "'a'"}, nil, "target"},
		{map[string]string{"integration.request.header.x": "nowhere.x"}, nil, `unknown source "nowhere.x"`},
		{map[string]string{"integration.request.header.x": "route.request.body.a[?("}, nil, "route.request.body.a[?("},
		{map[string]string{"integration.request.header.x": "context."}, nil, "no valid name"},
		{map[string]string{"integration.request.header.x": "integration.response.header.y"}, nil, "unknown source"},
		{nil, map[string]string{"a": "\n\n #if("}, `template "a": 3:6: unexpected end of the template`},
	}
	for _, test := range tests {
		_, err := mapping.CompileRequest(&pasarela.Integration{RequestParameters: test.parameters, RequestTemplates: test.templates})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v %v: got %v", test.parameters, test.templates, err)
		}
	}
}

func TestResponse(t *testing.T) {
	m, err := mapping.CompileResponse(&pasarela.IntegrationResponse{
		ResponseTemplates: map[string]string{"ok": "$input.path('$.id') for $context.connectionId"},
		ResponseParameters: map[string]string{
			"method.response.header.X-Id":                   "integration.response.body.id",
			"method.response.header.Sec-WebSocket-Protocol": "integration.response.header.x-proto",
			"method.response.header.Server":                 "'me'",
			"method.response.header.Transfer-Encoding":      "'chunked'",
			"method.response.header.X-Missing":              "integration.response.header.nope",
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	var payload mapping.Payload
	payload.Reset(`{"id": 5}`)
	var overrides mapping.Overrides
	out, err := m.Append([]byte("> "), connect(), &payload, "ok", &overrides)
	if string(out) != "> 5 for conn=" || err != nil {
		t.Errorf("got %q, error %v", out, err)
	}
	if out, _ = m.Append(nil, connect(), &payload, "", &overrides); string(out) != `{"id": 5}` {
		t.Errorf("without a template: %q", out)
	}
	headers, err := m.AppendHeader(nil, connect(), &payload, []event.Pair{{Name: "X-Proto", Value: "chat"}})
	want := []event.Pair{{Name: "Sec-WebSocket-Protocol", Value: "chat"}, {Name: "x-amzn-Remapped-Server", Value: "me"}, {Name: "X-Id", Value: "5"}}
	if diff := cmp.Diff(want, headers); diff != "" || err != nil {
		t.Errorf("%s %v", diff, err)
	}
	for target, expression := range map[string]string{"integration.response.header.x": "'a'", "method.response.header.x": "nope"} {
		if _, err := mapping.CompileResponse(&pasarela.IntegrationResponse{ResponseParameters: map[string]string{target: expression}}); err == nil {
			t.Errorf("%s = %s compiles", target, expression)
		}
	}
}
