package blackbox

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"
	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/pasarelatest"
)

// says is a two-way route that replies with a text of its own.
func says(text string) pasarelatest.Route {
	return pasarelatest.Route{Integration: pasarelatest.Mock(`{"statusCode": 200}`), Responses: pasarelatest.Response(text), TwoWay: true}
}

func Test11RouteSelection(t *testing.T) {
	g := pasarelatest.Start(t)
	s := g.Deploy(pasarelatest.API{Routes: routes{"join": says("joined"), "$default": says("default"), "$connect": says("never"), "$disconnect": says("never")}})
	c := testkit.Connect(t, s.URL)
	for message, want := range map[string]string{
		`{"action":"join"}`: "joined", `{"action":"Join"}`: "default", `{"x":1}`: "default", `hello`: "default", `"join"`: "default",
		`{"action":"join"} x`: "default", ` {"action":"join"} `: "joined", `{"action":"$connect"}`: "default", `{"action":"$disconnect"}`: "default",
		`{"action":"$default"}`: "default", ``: "default",
	} {
		if got := c.Ask(message); got != want {
			t.Errorf("%q went to %s, want %s", message, got, want)
		}
	}
	c = testkit.Connect(t, g.Deploy(pasarelatest.API{Routes: routes{"join": says("joined")}}).URL)
	fails(t, c, `{"action":"nope"}`, "Forbidden")
	if got := c.Ask(`{"action":"join"}`); got != "joined" {
		t.Errorf("after the error frame: %s", got)
	}
}

func Test12ErrorFrames(t *testing.T) {
	g := pasarelatest.Start(t)
	s := g.Deploy(pasarelatest.API{Routes: routes{"empty": {TwoWay: true}, "who": says("$context.connectionId $context.requestId")}})
	c := testkit.Connect(t, s.URL)
	id, _, _ := strings.Cut(c.Ask(`{"action":"who"}`), " ")
	message, connectionID, requestID := testkit.ErrorFrame(t, c.Ask(`{"action":"empty"}`))
	if message != "Internal server error" || connectionID != id || len(requestID) != 16 || !strings.HasSuffix(requestID, "=") {
		t.Errorf("%q %q %q, connection %q", message, connectionID, requestID, id)
	}
}

func Test13OneWayAndTwoWay(t *testing.T) {
	g, b := pasarelatest.Start(t), testkit.NewBackend(t)
	b.RespondWith(func(r testkit.Request) testkit.Response {
		return testkit.Response{Status: len(r.Path) * 100, Body: "from " + r.Path}
	}) // "/2" is 200, "/404" 400
	s := g.Deploy(pasarelatest.API{Routes: routes{
		"one-fine": {Integration: pasarelatest.HTTPProxy(b.URL + "/2")}, "one-bad": {Integration: pasarelatest.HTTPProxy(b.URL + "/404")},
		"one-unmapped": {Integration: pasarelatest.HTTP(b.URL+"/404", "")},
		"two-fine":     {Integration: pasarelatest.HTTPProxy(b.URL + "/2"), TwoWay: true}, "two-bad": {Integration: pasarelatest.HTTPProxy(b.URL + "/404"), TwoWay: true},
	}})
	c := testkit.Connect(t, s.URL)
	for _, action := range []string{"one-fine", "one-bad", "one-unmapped"} {
		c.Send(`{"action":"` + action + `"}`)
		b.Next(t)
	}
	// Had one of them made a frame, it would come before these.
	for action, want := range map[string]string{"two-fine": "from /2", "two-bad": "from /404"} {
		if got := c.Ask(`{"action":"` + action + `"}`); got != want {
			t.Errorf("%s: %s", action, got)
		}
	}
}

func Test14Validation(t *testing.T) {
	g, b := pasarelatest.Start(t), testkit.NewBackend(t)
	b.Respond(testkit.Response{Body: "fine"})
	s := g.Deploy(pasarelatest.API{Routes: routes{"buy": {Integration: pasarelatest.HTTPProxy(b.URL), TwoWay: true}}})
	_, err := g.APIs().CreateModel(t.Context(), &apigatewayv2.CreateModelInput{
		ApiId: &s.APIID, Name: aws.String("order"), ContentType: aws.String("application/json"),
		Schema: aws.String(`{"$schema":"http://json-schema.org/draft-04/schema#","type":"object","required":["n"],"properties":{"n":{"type":"integer","minimum":1}}}`),
	})
	if err == nil {
		_, err = g.APIs().UpdateRoute(t.Context(), &apigatewayv2.UpdateRouteInput{
			ApiId: &s.APIID, RouteId: aws.String(s.RouteIDs["buy"]),
			ModelSelectionExpression: aws.String("order"), RequestModels: map[string]string{"order": "order"},
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	s.Redeploy()
	c := testkit.Connect(t, s.URL)
	for _, bad := range []string{`{"action":"buy"}`, `{"action":"buy","n":0}`, `{"action":"buy","n":"1"}`} {
		fails(t, c, bad, "Invalid request body")
	}
	b.Untouched(t)
	if got := c.Ask(`{"action":"buy","n":1}`); got != "fine" {
		t.Errorf("a good order: %s", got)
	}
}

func Test15Passthrough(t *testing.T) {
	g, b := pasarelatest.Start(t), testkit.NewBackend(t)
	b.RespondWith(func(r testkit.Request) testkit.Response { return testkit.Response{Body: "got " + r.Body} })
	all, want := routes{}, map[string]string{}
	for _, behavior := range []types.PassthroughBehavior{types.PassthroughBehaviorWhenNoMatch, types.PassthroughBehaviorWhenNoTemplates, types.PassthroughBehaviorNever} {
		for _, with := range []bool{false, true} {
			i := pasarelatest.HTTP(b.URL, "")
			i.PassthroughBehavior = behavior
			key := string(behavior)
			if with {
				key += "+"
				i.RequestTemplates, i.TemplateSelectionExpression = map[string]string{"other": "x"}, aws.String("${request.body.kind}")
			}
			all[key] = pasarelatest.Route{Integration: i, Responses: pasarelatest.Keys("$default"), TwoWay: true}
			want[key] = ""
			if behavior == types.PassthroughBehaviorWhenNoMatch || behavior == types.PassthroughBehaviorWhenNoTemplates && !with {
				want[key] = fmt.Sprintf(`got {"action":%q}`, key)
			}
		}
	}
	c := testkit.Connect(t, g.Deploy(pasarelatest.API{Routes: all}).URL)
	for key, text := range want {
		message := fmt.Sprintf(`{"action":%q}`, key)
		if text == "" {
			fails(t, c, message, "Unsupported Media Type")
		} else if got := c.Ask(message); got != text {
			t.Errorf("%s: %s", key, got)
		}
	}
}

func Test16ParameterMapping(t *testing.T) {
	g, b := pasarelatest.Start(t), testkit.NewBackend(t)
	i := pasarelatest.HTTP(b.URL+"/{part}/x", "")
	i.RequestParameters = map[string]string{
		"integration.request.header.X-Body": "route.request.body.a.b", "integration.request.header.X-Context": "context.stage",
		"integration.request.header.X-Variable": "stageVariables.color", "integration.request.header.X-Static": "'fixed'",
		"integration.request.header.X-Missing": "route.request.body.nothing", "integration.request.querystring.q": "route.request.body.q",
		"integration.request.path.part": "route.request.body.part",
	}
	s := g.Deploy(pasarelatest.API{Routes: routes{"map": {Integration: i}}, Stage: apigatewayv2.CreateStageInput{StageVariables: map[string]string{"color": "blue"}}})
	testkit.Connect(t, s.URL).Send(`{"action":"map","a":{"b":"deep"},"q":"a b&c","part":"seg"}`)
	got := b.Next(t)
	found := map[string]string{"path": got.Path, "query": got.Query}
	for _, name := range []string{"X-Body", "X-Context", "X-Variable", "X-Static"} {
		found[name] = got.Header.Get(name)
	}
	want := map[string]string{"path": "/seg/x", "query": "q=a%20b%26c", "X-Body": "deep", "X-Context": "prod", "X-Variable": "blue", "X-Static": "fixed"}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Error(diff)
	}
	if _, there := got.Header["X-Missing"]; there {
		t.Errorf("a parameter without value was sent: %q", got.Header["X-Missing"])
	}
}

func Test17Headers(t *testing.T) {
	g, b := pasarelatest.Start(t), testkit.NewBackend(t)
	s := g.Deploy(pasarelatest.API{Routes: routes{"$connect": {Integration: pasarelatest.HTTP(b.URL, ""), Responses: pasarelatest.Keys("$default")}}})
	testkit.Connect(t, s.URL, testkit.Header("X-Mine", "1"), testkit.Header("Authorization", "Bearer x"), testkit.Header("Cookie", "a=b"))
	got := b.Next(t)
	for name, want := range map[string]string{
		"Accept": "application/json", "Content-Type": "application/json", "User-Agent": "AmazonAPIGateway_" + s.APIID, "X-Amzn-Apigateway-Api-Id": s.APIID,
		"X-Mine": "", "Authorization": "", "Cookie": "", "Sec-Websocket-Key": "", "Upgrade": "",
	} {
		if found := got.Header.Get(name); found != want {
			t.Errorf("HTTP: %s %q, want %q", name, found, want)
		}
	}
	if trace := got.Header.Get("X-Amzn-Trace-Id"); !strings.HasPrefix(trace, "Root=1-") || got.Host != strings.TrimPrefix(b.URL, "http://") {
		t.Errorf("HTTP: trace %q, host %q", trace, got.Host)
	}
	s = g.Deploy(pasarelatest.API{Routes: routes{"$connect": {Integration: pasarelatest.HTTPProxy(b.URL)}}})
	testkit.Connect(t, s.URL+"?a=b", testkit.Header("X-Mine", "1"), testkit.Header("Cookie", "a=b"), testkit.Header("Te", "trailers"), testkit.Header("Max-Forwards", "1"))
	got = b.Next(t)
	for name, want := range map[string]string{
		"X-Mine": "1", "Cookie": "a=b", "User-Agent": "testkit", "X-Amzn-Apigateway-Api-Id": s.APIID, "X-Forwarded-For": "127.0.0.1",
		"Te": "", "Max-Forwards": "", "Upgrade": "", "Sec-Websocket-Key": "",
	} {
		if found := got.Header.Get(name); found != want {
			t.Errorf("HTTP_PROXY: %s %q, want %q", name, found, want)
		}
	}
	if got.Query != "a=b" {
		t.Errorf("HTTP_PROXY: query %q", got.Query)
	}
}

func Test18TemplatesInPlace(t *testing.T) {
	g, b := pasarelatest.Start(t), testkit.NewBackend(t)
	const message = `{"action":"t","s":"a \"b\" ñ","n":1.50,"list":[1,2,3],"o":{"k":null},"t":true}`
	templates := map[string]string{ // template: what the backend gets
		`$input.json('$.s')`: `"a \"b\" ñ"`, `$input.path('$.s')`: `a "b" ñ`, `$input.json('$.n')`: `1.5`, `$input.json('$.o')`: `{"k":null}`,
		`$input.body`: message, `$util.escapeJavaScript($input.path('$.s'))`: `a \"b\" \u00F1`, `$util.urlEncode('a b&ñ')`: `a+b%26%C3%B1`,
		`$util.base64Encode('hi')`: `aGk=`, `$util.base64Decode('aGk=')`: `hi`, `$context.eventType $context.routeKey`: `MESSAGE t18`,
		`#foreach($i in $input.path('$.list'))$i#if($foreach.hasNext),#end#end`: `1,2,3`, `#set($x = $input.path('$.list').size())$x`: `3`,
		`#if($input.path('$.t'))yes#{else}no#end`: `yes`, `$input.path('$.missing')/$!nothing/$nothing`: `//`,
		`$stageVariables.none`: ``, `$input.params('x')`: ``, "a ## comment\nb": "a b", `#[[ $raw ]]#`: ` $raw `,
	}
	all, want := routes{}, map[string]string{}
	n := 0
	for template, text := range templates {
		n++
		key := fmt.Sprint("t", n)
		all[key] = pasarelatest.Route{Integration: pasarelatest.HTTP(b.URL, strings.ReplaceAll(template, "t18", key))}
		want[key] = strings.ReplaceAll(text, "t18", key)
		if template == `$context.eventType $context.routeKey` {
			want[key] = "MESSAGE " + key
		}
	}
	c := testkit.Connect(t, g.Deploy(pasarelatest.API{Routes: all}).URL)
	for key, text := range want {
		c.Send(strings.Replace(message, `"t"`, fmt.Sprintf("%q", key), 1))
		got := b.Next(t).Body
		if got != strings.Replace(text, `"action":"t"`, fmt.Sprintf(`"action":%q`, key), 1) {
			t.Errorf("%s\ngot  %q\nwant %q", all[key].Integration.RequestTemplates["application/json"], got, text)
		}
	}
}

func Test19Mock(t *testing.T) {
	g := pasarelatest.Start(t)
	text := says("fine")
	text.Integration = pasarelatest.Mock(`{"statusCode": "200"}`)
	c := testkit.Connect(t, g.Deploy(pasarelatest.API{Routes: routes{"number": says("fine"), "text": text}}).URL)
	if got := c.Ask(`{"action":"number"}`); got != "fine" {
		t.Errorf("a number: %s", got)
	}
	fails(t, c, `{"action":"text"}`, "Internal server error")
}

func Test20Overrides(t *testing.T) {
	g, b := pasarelatest.Start(t), testkit.NewBackend(t)
	b.Respond(testkit.Response{Body: `{"ok":false}`})
	i := pasarelatest.HTTP(b.URL+"/{part}", `#set($context.requestOverride.header.X-Who = "me")#set($context.requestOverride.querystring.q = "1")`+
		`#set($context.requestOverride.path.part = "there"){}`)
	i.RequestParameters = map[string]string{"integration.request.path.part": "'here'"}
	s := g.Deploy(pasarelatest.API{Routes: routes{"$connect": {
		Integration: i, Responses: pasarelatest.Response(`#if(!$input.path('$.ok'))#set($context.responseOverride.status = 403)#end{"no":1}`),
	}}})
	testkit.Refused(t, s.URL, http.StatusForbidden)
	if got := b.Next(t); got.Path != "/there" || got.Query != "q=1" || got.Header.Get("X-Who") != "me" {
		t.Errorf("the backend got %+v", got)
	}
	b.Respond(testkit.Response{Body: `{"ok":true}`})
	testkit.Connect(t, s.URL)
}

func Test21FramesThatAreRefused(t *testing.T) {
	g := pasarelatest.Start(t)
	s := g.Deploy(pasarelatest.API{Routes: routes{"$default": says("fine")}})
	binary := testkit.Connect(t, s.URL)
	binary.SendAs(websocket.MessageBinary, "x")
	if code, _ := binary.Closed(); code != websocket.StatusUnsupportedData {
		t.Errorf("binary: %d", code)
	}
	for name, sizes := range map[string][]int{"frame of 33,000 bytes": {33_000}, "message of 131,073 bytes": {32_768, 32_768, 32_768, 32_768, 1}} {
		raw := rawDial(t, s)
		raw.message(sizes...)
		if code, _ := raw.closed(); code != 1009 {
			t.Errorf("%s: %d", name, code)
		}
	}
	raw := rawDial(t, s)
	raw.message(32_768, 32_768, 32_768, 32_768)
	if got := raw.read(); got != "fine" {
		t.Errorf("a message of 131,072 bytes: %q", got)
	}
}

func Test22OldSocketsFollowNewDeployments(t *testing.T) {
	g, b := pasarelatest.Start(t), testkit.NewBackend(t)
	s := g.Deploy(pasarelatest.API{Routes: routes{"where": {Integration: pasarelatest.HTTPProxy(b.URL + "/old")}}})
	c := testkit.Connect(t, s.URL)
	c.Send(`{"action":"where"}`)
	if got := b.Next(t).Path; got != "/old" {
		t.Errorf("before: %s", got)
	}
	_, err := g.APIs().UpdateIntegration(t.Context(), &apigatewayv2.UpdateIntegrationInput{
		ApiId: &s.APIID, IntegrationId: aws.String(s.IntegrationIDs["where"]), IntegrationUri: aws.String(b.URL + "/new"),
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Send(`{"action":"where"}`)
	if got := b.Next(t).Path; got != "/old" {
		t.Errorf("changed but not deployed: %s", got)
	}
	s.Redeploy()
	c.Send(`{"action":"where"}`)
	if got := b.Next(t).Path; got != "/new" {
		t.Errorf("after: %s", got)
	}
}
