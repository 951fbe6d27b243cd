package selection_test

import (
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
	"github.com/pasarela-ws/pasarela/internal/engine/selection"
)

func routes(keys ...string) (routes []pasarela.Route) {
	for _, key := range keys {
		routes = append(routes, pasarela.Route{RouteKey: key})
	}
	return routes
}

// aws-dataplane §2.3, the second table.
func TestRouter(t *testing.T) {
	all := []string{"$connect", "$disconnect", "$default", "join", "echo", "x", "[a, b]", "", "1.5", "action"}
	for _, c := range []struct{ message, expression, want string }{
		{`{"action":"join"}`, `$request.body.action`, "join"},
		{`{"action":"JOIN"}`, `$request.body.action`, "$default"},
		{`hello`, `$request.body.action`, "$default"},
		{`hello`, `action`, "$default"},
		{`{}`, `action`, "action"},
		{`"join"`, `$request.body.action`, ""},
		{`123`, `$request.body.action`, ""},
		{`{"action":"nope"}`, `$request.body.action`, "$default"},
		{`{"action":"$connect"}`, `$request.body.action`, "$default"},
		{`{"action":"$disconnect"}`, `$request.body.action`, "$default"},
		{`{"action":"$default"}`, `$request.body.action`, "$default"},
		{`{"service":{"do":"echo"}}`, `$request.body.service.do`, "echo"},
		{`{"a":[{"b":"x"}]}`, `$request.body.a[0].b`, "x"},
		{`{"action":["a","b"]}`, `$request.body.action`, "[a, b]"},
		{`  {"action":"join"}  `, `$request.body.action`, "join"},
		{`{"action":"join"} x`, `$request.body.action`, "$default"},
		{`{action:"join"}`, `$request.body.action`, "$default"},
		{`{"action":1.50}`, `$request.body.action`, "1.5"},
		{`{"action":"join","action":"echo"}`, `$request.body.action`, "echo"},
		{`{"action":"\u006aoin"}`, `$request.body.action`, "join"},
	} {
		r, err := selection.NewRouter(c.expression, routes(all...))
		if err != nil {
			t.Fatal(err)
		}
		i, key := r.Select(parse(t, c.message))
		if i < 0 || all[i] != c.want {
			t.Errorf("%s with %s: route %d, key %q, want %q", c.message, c.expression, i, key, c.want)
		}
	}
}

func TestRouterWithoutDefault(t *testing.T) {
	r, err := selection.NewRouter("$request.body.action", routes("$connect", "join"))
	if err != nil {
		t.Fatal(err)
	}
	for message, want := range map[string]int{`{"action":"join"}`: 1, `{"action":"$connect"}`: -1, `no`: -1, `{}`: -1} {
		if i, key := r.Select(parse(t, message)); i != want {
			t.Errorf("%s: route %d, key %q", message, i, key)
		}
	}
	if _, key := r.Select(parse(t, `{"action":"nope"}`)); key != "nope" {
		t.Errorf("the key for the log is %q", key)
	}
}

func TestRouterRefusesItsExpression(t *testing.T) {
	if _, err := selection.NewRouter("$request.body.", nil); err == nil {
		t.Error("accepted")
	}
}

// The expression of HTTP APIs, which AWS's guide shows for a WebSocket API, selects
// $default and nothing else (A-SELECTION-6).
func TestExpressionsOfHTTPAPIs(t *testing.T) {
	for _, expression := range []string{"$request.method $request.path", "${request.method} ${request.path}", "$request.method", "${request.path}"} {
		r, err := selection.NewRouter(expression, routes("GET /", "join", "$default"))
		if err != nil {
			t.Fatal(err)
		}
		for _, message := range []string{`{"method":"GET","path":"/","action":"join"}`, `{}`} {
			if i, _ := r.Select(parse(t, message)); i != 2 {
				t.Errorf("%s: %s selects %d", expression, message, i)
			}
		}
		without, err := selection.NewRouter(expression, routes("join"))
		if err != nil {
			t.Fatal(err)
		}
		if i, _ := without.Select(parse(t, `{"action":"join"}`)); i != -1 {
			t.Errorf("%s selects %d without $default", expression, i)
		}
		compiled, err := selection.Compile(expression, selection.Route)
		if err != nil || !compiled.OfHTTP() {
			t.Errorf("%s: %v", expression, err)
		}
	}
	for _, other := range []string{"$request.header.x", "$request.methods", "$request.pathx", "$context.routeKey"} {
		if _, err := selection.Compile(other, selection.Route); err == nil {
			t.Errorf("%s is taken", other)
		}
	}
	if _, err := selection.Compile("$request.method", selection.Model); err == nil {
		t.Error("a modelSelectionExpression may read $request.method")
	}
}

func BenchmarkSelectRoute(b *testing.B) {
	const message = `{"action":"join","room":"room1234","user":"someone","n":12345678}`
	r, err := selection.NewRouter("$request.body.action", routes("$default", "leave", "join"))
	if err != nil {
		b.Fatal(err)
	}
	var d jsonvalue.Document
	b.ReportAllocs()
	for b.Loop() {
		if d.ReadStrict(message) != nil {
			b.Fatal("not read")
		}
		if i, _ := r.Select(d.Root()); i != 2 {
			b.Fatal("wrong route")
		}
	}
}

func TestSelectingARouteDoesNotAllocate(t *testing.T) {
	r, err := selection.NewRouter("$request.body.action", routes("$default", "join"))
	if err != nil {
		t.Fatal(err)
	}
	var d jsonvalue.Document
	if n := testing.AllocsPerRun(100, func() {
		_ = d.ReadStrict(`{"action":"join"}`)
		r.Select(d.Root())
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
