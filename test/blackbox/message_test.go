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

	"github.com/pasarela-ws/pasarela/pasarelatest"
)

// says is a two-way route that answers a text of its own.
func says(text string) pasarelatest.Route {
	return pasarelatest.Route{Integration: pasarelatest.Mock(`{"statusCode": 200}`), Responses: pasarelatest.Answer(text), TwoWay: true}
}

func Test11RouteSelection(t *testing.T) {
	g := pasarelatest.Start(t)
	s := g.Deploy(pasarelatest.API{Routes: routes{"join": says("joined"), "$default": says("default"), "$connect": says("never"), "$disconnect": says("never")}})
	c := connect(t, s.URL)
	for message, want := range map[string]string{
		`{"action":"join"}`: "joined", `{"action":"Join"}`: "default", `{"x":1}`: "default", `hello`: "default", `"join"`: "default",
		`{"action":"join"} x`: "default", ` {"action":"join"} `: "joined", `{"action":"$connect"}`: "default", `{"action":"$disconnect"}`: "default",
		`{"action":"$default"}`: "default", ``: "default",
	} {
		if got := c.ask(message); got != want {
			t.Errorf("%q went to %s, want %s", message, got, want)
		}
	}
	c = connect(t, g.Deploy(pasarelatest.API{Routes: routes{"join": says("joined")}}).URL)
	c.fails(`{"action":"nope"}`, "Forbidden")
	if got := c.ask(`{"action":"join"}`); got != "joined" {
		t.Errorf("after the error frame: %s", got)
	}
}

func Test12ErrorFrames(t *testing.T) {
	g := pasarelatest.Start(t)
	s := g.Deploy(pasarelatest.API{Routes: routes{"empty": {TwoWay: true}, "who": says("$context.connectionId $context.requestId")}})
	c := connect(t, s.URL)
	id, _, _ := strings.Cut(c.ask(`{"action":"who"}`), " ")
	message, connectionID, requestID := errorFrame(t, c.ask(`{"action":"empty"}`))
	if message != "Internal server error" || connectionID != id || len(requestID) != 16 || !strings.HasSuffix(requestID, "=") {
		t.Errorf("%q %q %q, connection %q", message, connectionID, requestID, id)
	}
}

func Test13OneWayAndTwoWay(t *testing.T) {
	g, b := pasarelatest.Start(t), newBackend(t)
	b.does(func(r request) answer { return answer{status: len(r.Path) * 100, body: "from " + r.Path} }) // "/2" is 200, "/404" 400
	s := g.Deploy(pasarelatest.API{Routes: routes{
		"one-fine": {Integration: pasarelatest.HTTPProxy(b.URL + "/2")}, "one-bad": {Integration: pasarelatest.HTTPProxy(b.URL + "/404")},
		"one-unmapped": {Integration: pasarelatest.HTTP(b.URL+"/404", "")},
		"two-fine":     {Integration: pasarelatest.HTTPProxy(b.URL + "/2"), TwoWay: true}, "two-bad": {Integration: pasarelatest.HTTPProxy(b.URL + "/404"), TwoWay: true},
	}})
	c := connect(t, s.URL)
	for _, action := range []string{"one-fine", "one-bad", "one-unmapped"} {
		c.send(`{"action":"` + action + `"}`)
		b.next(t)
	}
	// Had one of them made a frame, it would come before these.
	for action, want := range map[string]string{"two-fine": "from /2", "two-bad": "from /404"} {
		if got := c.ask(`{"action":"` + action + `"}`); got != want {
			t.Errorf("%s: %s", action, got)
		}
	}
}

func Test14Validation(t *testing.T) {
	g, b := pasarelatest.Start(t), newBackend(t)
	b.answers(200, "fine")
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
	c := connect(t, s.URL)
	for _, bad := range []string{`{"action":"buy"}`, `{"action":"buy","n":0}`, `{"action":"buy","n":"1"}`} {
		c.fails(bad, "Invalid request body")
	}
	b.untouched(t)
	if got := c.ask(`{"action":"buy","n":1}`); got != "fine" {
		t.Errorf("a good order: %s", got)
	}
}

func Test15Passthrough(t *testing.T) {
	g, b := pasarelatest.Start(t), newBackend(t)
	b.does(func(r request) answer { return answer{status: 200, body: "got " + r.Body} })
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
	c := connect(t, g.Deploy(pasarelatest.API{Routes: all}).URL)
	for key, text := range want {
		message := fmt.Sprintf(`{"action":%q}`, key)
		if text == "" {
			c.fails(message, "Unsupported Media Type")
		} else if got := c.ask(message); got != text {
			t.Errorf("%s: %s", key, got)
		}
	}
}

func Test16ParameterMapping(t *testing.T) {
	g, b := pasarelatest.Start(t), newBackend(t)
	i := pasarelatest.HTTP(b.URL+"/{part}/x", "")
	i.RequestParameters = map[string]string{
		"integration.request.header.X-Body": "route.request.body.a.b", "integration.request.header.X-Context": "context.stage",
		"integration.request.header.X-Variable": "stageVariables.color", "integration.request.header.X-Static": "'fixed'",
		"integration.request.header.X-Missing": "route.request.body.nothing", "integration.request.querystring.q": "route.request.body.q",
		"integration.request.path.part": "route.request.body.part",
	}
	s := g.Deploy(pasarelatest.API{Routes: routes{"map": {Integration: i}}, Stage: apigatewayv2.CreateStageInput{StageVariables: map[string]string{"color": "blue"}}})
	connect(t, s.URL).send(`{"action":"map","a":{"b":"deep"},"q":"a b&c","part":"seg"}`)
	got := b.next(t)
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
	g, b := pasarelatest.Start(t), newBackend(t)
	s := g.Deploy(pasarelatest.API{Routes: routes{"$connect": {Integration: pasarelatest.HTTP(b.URL, ""), Responses: pasarelatest.Keys("$default")}}})
	connect(t, s.URL, header("X-Mine", "1"), header("Authorization", "Bearer x"), header("Cookie", "a=b"))
	got := b.next(t)
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
	connect(t, s.URL+"?a=b", header("X-Mine", "1"), header("Cookie", "a=b"), header("Te", "trailers"), header("Max-Forwards", "1"))
	got = b.next(t)
	for name, want := range map[string]string{
		"X-Mine": "1", "Cookie": "a=b", "User-Agent": "blackbox", "X-Amzn-Apigateway-Api-Id": s.APIID, "X-Forwarded-For": "127.0.0.1",
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
	g, b := pasarelatest.Start(t), newBackend(t)
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
	c := connect(t, g.Deploy(pasarelatest.API{Routes: all}).URL)
	for key, text := range want {
		c.send(strings.Replace(message, `"t"`, fmt.Sprintf("%q", key), 1))
		got := b.next(t).Body
		if got != strings.Replace(text, `"action":"t"`, fmt.Sprintf(`"action":%q`, key), 1) {
			t.Errorf("%s\ngot  %q\nwant %q", all[key].Integration.RequestTemplates["application/json"], got, text)
		}
	}
}

func Test19Mock(t *testing.T) {
	g := pasarelatest.Start(t)
	text := says("fine")
	text.Integration = pasarelatest.Mock(`{"statusCode": "200"}`)
	c := connect(t, g.Deploy(pasarelatest.API{Routes: routes{"number": says("fine"), "text": text}}).URL)
	if got := c.ask(`{"action":"number"}`); got != "fine" {
		t.Errorf("a number: %s", got)
	}
	c.fails(`{"action":"text"}`, "Internal server error")
}

func Test20Overrides(t *testing.T) {
	g, b := pasarelatest.Start(t), newBackend(t)
	b.answers(200, `{"ok":false}`)
	i := pasarelatest.HTTP(b.URL+"/{part}", `#set($context.requestOverride.header.X-Who = "me")#set($context.requestOverride.querystring.q = "1")`+
		`#set($context.requestOverride.path.part = "there"){}`)
	i.RequestParameters = map[string]string{"integration.request.path.part": "'here'"}
	s := g.Deploy(pasarelatest.API{Routes: routes{"$connect": {
		Integration: i, Responses: pasarelatest.Answer(`#if(!$input.path('$.ok'))#set($context.responseOverride.status = 403)#end{"no":1}`),
	}}})
	refuse(t, s.URL, http.StatusForbidden)
	if got := b.next(t); got.Path != "/there" || got.Query != "q=1" || got.Header.Get("X-Who") != "me" {
		t.Errorf("the backend got %+v", got)
	}
	b.answers(200, `{"ok":true}`)
	connect(t, s.URL)
}

func Test21FramesThatAreRefused(t *testing.T) {
	g := pasarelatest.Start(t)
	s := g.Deploy(pasarelatest.API{Routes: routes{"$default": says("fine")}})
	binary := connect(t, s.URL)
	binary.write(websocket.MessageBinary, "x")
	if code, _ := binary.closed(); code != websocket.StatusUnsupportedData {
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
	g, b := pasarelatest.Start(t), newBackend(t)
	s := g.Deploy(pasarelatest.API{Routes: routes{"where": {Integration: pasarelatest.HTTPProxy(b.URL + "/old")}}})
	c := connect(t, s.URL)
	c.send(`{"action":"where"}`)
	if got := b.next(t).Path; got != "/old" {
		t.Errorf("before: %s", got)
	}
	_, err := g.APIs().UpdateIntegration(t.Context(), &apigatewayv2.UpdateIntegrationInput{
		ApiId: &s.APIID, IntegrationId: aws.String(s.IntegrationIDs["where"]), IntegrationUri: aws.String(b.URL + "/new"),
	})
	if err != nil {
		t.Fatal(err)
	}
	c.send(`{"action":"where"}`)
	if got := b.next(t).Path; got != "/old" {
		t.Errorf("changed but not deployed: %s", got)
	}
	s.Redeploy()
	c.send(`{"action":"where"}`)
	if got := b.next(t).Path; got != "/new" {
		t.Errorf("after: %s", got)
	}
}
