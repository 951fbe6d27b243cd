package mapping_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/engine/mapping"
	"github.com/pasarela-ws/pasarela/vtl"
)

// connect is an event with everything in it.
func connect() *event.Event {
	return &event.Event{
		APIID: "api", ConnectionID: "conn=", DomainName: "host", EventType: event.Connect, RequestID: "req=",
		RouteKey: "$connect", Stage: "prod", ConnectedAt: 1700000000123, RequestTimeEpoch: 1700561730123,
		Identity:       event.Identity{SourceIP: "203.0.113.7", UserAgent: "wscat"},
		Authorizer:     []event.Pair{{Name: "principalId", Value: "ana"}, {Name: "level", Value: "3"}},
		StageVariables: []event.Pair{{Name: "env", Value: "prod"}},
		Params: event.Params{
			Querystring: []event.Pair{{Name: "a", Value: "1"}, {Name: "a", Value: "2"}, {Name: "q", Value: "x y"}},
			Header:      []event.Pair{{Name: "User-Agent", Value: "wscat"}, {Name: "a", Value: "header"}},
		},
	}
}

// renders runs templates over one event and body each.
func renders(t *testing.T, e *event.Event, body string, tests map[string]string) {
	t.Helper()
	for template, want := range tests {
		var payload mapping.Payload
		payload.Reset(body)
		got, err := render(template, e, &payload, nil)
		if err != nil {
			t.Errorf("%s: %v", template, err)
		} else if got != want {
			t.Errorf("%s\n got %s\nwant %s", template, got, want)
		}
	}
}

// The list of aws-dataplane §6.3.
func TestContext(t *testing.T) {
	renders(t, connect(), "", map[string]string{
		"$context.apiId $context.connectionId $context.domainName $context.stage": "api conn= host prod",
		"$context.eventType $context.routeKey $context.messageDirection":          "CONNECT $connect IN",
		"$context.requestId $context.extendedRequestId":                           "req= req=",
		"$context.connectedAt #set($x = $context.requestTimeEpoch + 1)$x":         "17000000001231700561730124",
		"$context.requestTime": "21/Nov/2023:10:15:30 +0000",
		"$context.identity.sourceIp $context['identity'].userAgent":                       "203.0.113.7 wscat",
		"$context.authorizer.principalId $context.authorizer.level":                       "ana 3",
		"[$context.messageId][$context.nope.deeper][$context.error.message]":              "[][][]",
		"[$context][$context.identity][$context.authorizer]":                              "[][][]",
		"$context.identity.keySet() $context.authorizer.get('level')":                     "[sourceIp, userAgent] 3",
		"#foreach($k in $context.authorizer.keySet())$k,#end":                             "principalId,level,",
		"$context.containsKey('stage') $context.get('stage')":                             "true prod",
		"#set($context.mine = 'x')$context.mine $context.stage":                           "x prod",
		"$stageVariables.env $stageVariables['env'] $stageVariables $stageVariables.nope": "prod prod {env=prod} ",
	})
}

func TestParams(t *testing.T) {
	renders(t, connect(), "", map[string]string{
		"$input.params('a')|$input.params('q')|$input.params('nope')|": "2|x y||",
		"$input.params('user-agent')":                                  "wscat",
		"$input.params()":                                              "{path={}, querystring={a=2, q=x y}, header={User-Agent=wscat, a=header}}",
		"$input.params().header.get('a') $input.params":                "header ",
	})
	renders(t, &event.Event{}, "{}", map[string]string{"[$input.params('a')]$input.params()": "[]{path={}, querystring={}, header={}}"})
}

func TestInput(t *testing.T) {
	renders(t, connect(), "", map[string]string{"$input.body|$input.json('$')|$input.json('$.x')|$input.path('$.x')|$input": `{}|{}|""||`})
	renders(t, connect(), "a=b&c=d", map[string]string{`$input.json('$')|$input.path('$')|$input.json('$.x')`: `"a=b&c=d"|a=b&c=d|""`})
	renders(t, connect(), `{"a": {"b": 1.10}, "l": [1, {"c": "x/y"}], "n": null, "big": 12345678901234567890, "dec": 1.2345678901234567890}`,
		map[string]string{
			"$input.path('$.a')|$input.path('$.l')|$input.json('$.l')":                                         `{b=1.1}|[1,{"c":"x\/y"}]|[1,{"c":"x/y"}]`,
			"$input.path('$.big') $input.path('$.dec')":                                                        "12345678901234567890 1.2345678901234567890",
			"[$input.path('$.n')]$input.json('$.n')":                                                           "[]null",
			"#set($p = '$.a.b')$input.path($p)":                                                                "1.1",
			"#set($x = $input.path('$'))#set($x.a.b = 2)$input.json('$.a')":                                    `{"b":2}`,
			"#set($x = $input.path('$.a'))#set($x.z = [1])$input.json('$.a') #set($x.y = 1)$input.path('$').a": `{"b":1.1,"z":[1]}{b=1.1, z=[1], y=1}`,
			"#set($d = $input.path('$.l').add('e'))$input.json('$.l')":                                         `[1,{"c":"x/y"},"e"]`,
		})
}

func TestInputErrors(t *testing.T) {
	tests := []struct{ template, body string }{
		{"$input.path('$.a')", "{a"},
		{"$input.json('$.a')", "[a"},
		{"$input.path('$[')", "{}"},
		{"$util.parseJson('{')", "{}"},
		{"$util.base64Decode('*')", "{}"},
		{"$util.urlDecode('%zz')", "{}"},
	}
	for _, test := range tests {
		var payload mapping.Payload
		payload.Reset(test.body)
		if out, err := render(test.template, connect(), &payload, nil); err == nil {
			t.Errorf("%s with %s: got %q and no error", test.template, test.body, out)
		}
	}
}

// The table of aws-dataplane §6.5.
func TestUtil(t *testing.T) {
	renders(t, connect(), `{"s": "it's \"q\" </x> é 😀"}`, map[string]string{
		"$util.escapeJavaScript($input.path('$.s'))":                                      `it\'s \"q\" <\/x> \u00E9 \uD83D\uDE00`,
		`$util.escapeJavaScript($input.path('$.s').substring(0,4)).replaceAll("\\'","'")`: "it's",
		`$util.parseJson('{"k":{"arr":[1]}}').k.arr[0]`:                                   "1",
		"$util.urlEncode('a b&c=é/+*~')":                                                  "a+b%26c%3D%C3%A9%2F%2B*%7E",
		"$util.urlDecode('x=a+b%26')":                                                     "x=a b&",
		"$util.base64Encode('hé')$util.base64Decode('aMOp')":                              "aMOphé",
		"[$util.toJson('x')][$util][$util.urlEncode(5)]":                                  "[][][]",
		"$util.base64Encode(5)$util.escapeJavaScript(5)":                                  "NQ==5",
	})
}

func TestOverrides(t *testing.T) {
	const request = `#set($context.requestOverride.header.H = "1")#set($context.requestOverride.header.H = "2")` +
		`#set($context["requestOverride"].querystring["q"] = ["a", "b"])#set($x = $context.requestOverride.path.put("p", "v"))` +
		`#set($context.requestOverride.mine = {"k": 5})#set($context.responseOverride.status = 404)`
	var payload mapping.Payload
	var o mapping.Overrides
	if _, err := render(request, connect(), &payload, &o); err != nil {
		t.Fatal(err)
	}
	want := mapping.Overrides{
		Header:      []mapping.Override{{Name: "H", Values: []string{"2"}}},
		Querystring: []mapping.Override{{Name: "q", Values: []string{"a", "b"}}},
		Path:        []mapping.Override{{Name: "p", Values: []string{"v"}}}, ResponseStatus: 404,
	}
	same := cmp.FilterPath(func(p cmp.Path) bool {
		name := p.Last().String()
		return name == ".request" || name == ".response"
	}, cmp.Ignore())
	if diff := cmp.Diff(want, o, same); diff != "" {
		t.Error(diff)
	}
	out, err := render(`$context.requestOverride.header.H $context.requestOverride.mine.k $context.responseOverride.status`+
		`#set($context.responseOverride.status = 999)#set($context.responseOverride.header.R = "x")`, connect(), &payload, &o)
	if out != "2 5 404" || err != nil {
		t.Errorf("the response template got %q, error %v", out, err)
	}
	if o.ResponseStatus != 0 || len(o.ResponseHeader) != 1 {
		t.Errorf("got status %d and headers %v", o.ResponseStatus, o.ResponseHeader)
	}
}

func TestSampleReplacesTheContext(t *testing.T) {
	e := connect()
	e.Sample = `{"httpMethod": "GET", "identity": {"sourceIp": "1.2.3.4"}, "list": [1, 2]}`
	renders(t, e, "", map[string]string{
		"$context.httpMethod $context.identity.sourceIp [$context.stage] [$context.identity] $context.list": "GET 1.2.3.4 [] [] [1, 2]",
		"#set($context.requestOverride.header.x = '1')$context.requestOverride.header.x":                    "1",
	})
}

func TestKnownContext(t *testing.T) {
	for path, want := range map[string]bool{
		"stage": true, "identity.sourceIp": true, "identity.nope": false, "httpMethod": false, "authorizer.any": true,
		"keySet()": true, "identity.keySet()": true, "error.message": true, "error.x": false,
	} {
		if got := mapping.KnownContext(strings.Split(path, ".")); got != want {
			t.Errorf("%s: got %v", path, got)
		}
	}
}

func TestRenderingDoesNotAllocate(t *testing.T) {
	compiled, e := compile(t, "guide.vtl"), benchEvent()
	var payload mapping.Payload
	out := make([]byte, 0, 256)
	allocations := testing.AllocsPerRun(200, func() {
		out, _ = compiled.Append(out[:0], e, &payload, nil)
	})
	if allocations > 1 {
		t.Errorf("the guide's template takes %v allocations", allocations)
	}
}

func TestRenderingEndsWithItsCaller(t *testing.T) {
	compiled, err := mapping.CompileTemplate("#foreach($i in [1..999])#foreach($j in [1..999])#set($x = $i)#end#end")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	close(done)
	var payload mapping.Payload
	if out, err := compiled.AppendUntil(done, []byte("before"), connect(), &payload, nil); !errors.Is(err, vtl.ErrCanceled) || string(out) != "before" {
		t.Errorf("got %q, %v", out, err)
	}
}
