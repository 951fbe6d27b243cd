package gateway_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/integration"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// Conformance 5, aws-dataplane §4.7.
func TestLambdaProxyDecidesConnect(t *testing.T) {
	l := startLambda(t, "backend")
	sys := start(t, api(route{key: "$connect", integration: toLambda("backend")}), withLambda(l))
	sys.connect("?do=well")
	for do, status := range map[string]int{"fail": 502, "nothing": 500, "text": 500, "no+status": 500, "refuse": 402} {
		body, h := sys.refuse("?do="+do, status)
		if do == "refuse" && (body != "pay first" || h.Get("X-Why") != "money") {
			t.Errorf("%s: %q %v", do, body, h)
		}
	}
	offer := func(o *websocket.DialOptions) { o.Subprotocols = []string{"v1"} }
	if got := sys.connect("?do=protocol", offer).Response.Header.Get("Sec-Websocket-Protocol"); got != "v1" {
		t.Errorf("sub-protocol %q", got)
	}
	for status, cause := range map[int]string{403: "policy", 404: "no function", 429: "concurrency", 500: "Lambda answered"} {
		l.mu.Lock()
		l.refuse = status
		l.mu.Unlock()
		_, h := sys.refuse("", 500)
		if e := sys.explain(h.Get("X-Amz-Apigw-Id"), failedExecution); !strings.Contains(e.Cause().Error(), cause) {
			t.Errorf("Lambda's %d: cause %q", status, e.Cause().Error())
		}
	}
}

func TestAFunctionThatDoesNotAnswerInTime(t *testing.T) {
	l := startLambda(t, "backend")
	slow := toLambda("backend")
	slow.TimeoutInMillis = 50
	sys := start(t, api(route{key: "$connect", integration: slow}), withLambda(l))
	defer l.hold()()
	sys.refuse("", 504)
}

func failedExecution(e execution.Entry) bool { return e.Failed() }

// Conformance 13.6: messages of Lambda proxies.
func TestLambdaProxyMessages(t *testing.T) {
	l := startLambda(t, "backend")
	sys := start(t, api(route{key: "$default", twoWay: true, integration: toLambda("backend")}), withLambda(l))
	c := sys.connect("")
	for message, want := range map[string]string{"hi": "MESSAGE $default hi", "base64": "hé", "refuse": "pay first"} {
		c.Send(message)
		if got := c.Read(); got != want {
			t.Errorf("%s: got %q, want %q", message, got, want)
		}
	}
	for _, message := range []string{"fail", "nothing", "no status"} {
		c.Send(message)
		if text, _, _ := testkit.ErrorFrame(t, c.Read()); text != "Internal server error" {
			t.Errorf("%s: %q", message, text)
		}
	}
	c.Send("no body") // nothing comes
	c.Send("hi")
	if got := c.Read(); got != "MESSAGE $default hi" {
		t.Errorf("got %q", got)
	}
}

func TestOneWayLambdaProxy(t *testing.T) {
	l := startLambda(t, "backend")
	sys := start(t, api(route{key: "$default", integration: toLambda("backend")}, route{key: "ping", twoWay: true, integration: toMock(`{"statusCode":200}`, "pong")}), withLambda(l))
	c := sys.connect("")
	for _, message := range []string{"hi", "nothing", "text", "refuse"} {
		c.Send(message)
	}
	testkit.Eventually(t, "four events", func() bool { return l.count() == 4 })
	c.Send("fail")
	if text, _, _ := testkit.ErrorFrame(t, c.Read()); text != "Internal server error" {
		t.Error(text)
	}
	c.Send(`{"action":"ping"}`)
	if got := c.Read(); got != "pong" {
		t.Errorf("got %q", got)
	}
}

// The event JSON, key for key (aws-dataplane §4.6).
func TestLambdaEvents(t *testing.T) {
	l := startLambda(t, "backend")
	sys := start(t, api(
		route{key: "$connect", integration: toLambda("backend")}, route{key: "join", integration: toLambda("backend")},
		route{key: "$disconnect", integration: toLambda("backend")},
	), withLambda(l), func(s *setup) { s.stage.StageVariables = map[string]string{"tenant": "acme"} })
	authority := sys.server.Listener.Addr().String()
	c := sys.connect("?reportType=ventas&reportType=x", testkit.Header("HeaderAuth1", "one"))
	id := sys.only()
	check := func(want string) {
		t.Helper()
		want = strings.NewReplacer("ID", id, "DOMAIN", authority+"/"+apiID, "HOST", authority).Replace(want)
		pattern := regexp.QuoteMeta(want)
		pattern = strings.NewReplacer("NUMBER", `\d{13}`, "TIME", `\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000`, "REQUEST", `[\w-]{15}=`, "KEY", `[\w+/]+={2}`, "TRACE", `Root=1-[0-9a-f]{8}-[0-9a-f]{24}`).Replace(pattern)
		if got := l.last(); !regexp.MustCompile("^" + pattern + "$").MatchString(got) {
			t.Errorf("event\n%s\nwant\n%s", got, want)
		}
	}
	check(`{"headers":{"Accept-Encoding":"gzip","Headerauth1":"one","Host":"HOST","Sec-WebSocket-Key":"KEY","Sec-WebSocket-Version":"13","User-Agent":"testkit","X-Amzn-Trace-Id":"TRACE","X-Forwarded-For":"127.0.0.1","X-Forwarded-Port":"80","X-Forwarded-Proto":"http"},` +
		`"multiValueHeaders":{"Accept-Encoding":["gzip"],"Headerauth1":["one"],"Host":["HOST"],"Sec-WebSocket-Key":["KEY"],"Sec-WebSocket-Version":["13"],"User-Agent":["testkit"],"X-Amzn-Trace-Id":["TRACE"],"X-Forwarded-For":["127.0.0.1"],"X-Forwarded-Port":["80"],"X-Forwarded-Proto":["http"]},` +
		`"queryStringParameters":{"reportType":"x"},"multiValueQueryStringParameters":{"reportType":["ventas","x"]},` +
		`"requestContext":{"routeKey":"$connect","eventType":"CONNECT","extendedRequestId":"REQUEST","requestTime":"TIME","messageDirection":"IN","stage":"prod","connectedAt":NUMBER,"requestTimeEpoch":NUMBER,` +
		`"identity":{"userAgent":"testkit","sourceIp":"127.0.0.1"},"requestId":"REQUEST","domainName":"DOMAIN","connectionId":"ID","apiId":"abcdef1234"},"stageVariables":{"tenant":"acme"},"isBase64Encoded":false}`)
	c.Send(`{"action":"join","t":"é\u0001"}`)
	testkit.Eventually(t, "the message", func() bool { return l.count() == 2 })
	check(`{"requestContext":{"routeKey":"join","messageId":"REQUEST","eventType":"MESSAGE","extendedRequestId":"REQUEST","requestTime":"TIME","messageDirection":"IN","stage":"prod","connectedAt":NUMBER,"requestTimeEpoch":NUMBER,` +
		`"identity":{"userAgent":"testkit","sourceIp":"127.0.0.1"},"requestId":"REQUEST","domainName":"DOMAIN","connectionId":"ID","apiId":"abcdef1234"},"stageVariables":{"tenant":"acme"},"body":"{\"action\":\"join\",\"t\":\"é\\u0001\"}","isBase64Encoded":false}`)
	_ = c.Conn.Close(4001, "bye")
	testkit.Eventually(t, "the end", func() bool { return l.count() == 3 })
	check(`{"headers":{"Host":"DOMAIN","x-api-key":"","X-Forwarded-For":"","x-restapi":""},"multiValueHeaders":{"Host":["DOMAIN"],"x-api-key":[""],"X-Forwarded-For":[""],"x-restapi":[""]},` +
		`"requestContext":{"routeKey":"$disconnect","disconnectStatusCode":4001,"eventType":"DISCONNECT","extendedRequestId":"REQUEST","requestTime":"TIME","messageDirection":"IN","disconnectReason":"bye","stage":"prod","connectedAt":NUMBER,"requestTimeEpoch":NUMBER,` +
		`"identity":{"userAgent":"testkit","sourceIp":"127.0.0.1"},"requestId":"REQUEST","domainName":"DOMAIN","connectionId":"ID","apiId":"abcdef1234"},"stageVariables":{"tenant":"acme"},"isBase64Encoded":false}`)
}

func TestLambdaNonProxy(t *testing.T) {
	l := startLambda(t, "backend")
	i := &pasarela.Integration{
		IntegrationType: pasarela.IntegrationAWS, IntegrationMethod: "GET", IntegrationURI: functionURI("backend"),
		Responses: []pasarela.IntegrationResponse{{IntegrationResponseKey: `/.*boom.*/`, ResponseTemplates: map[string]string{"$default": "failed"}}, {IntegrationResponseKey: "$default"}},
	}
	sys := start(t, api(route{key: "$default", twoWay: true, integration: i}), withLambda(l), func(s *setup) {
		s.services.Credentials = integration.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}
	})
	c := sys.connect("")
	c.Send(`{"body":"text"}`)
	if got := c.Read(); got != `"just text"` {
		t.Errorf("got %q", got)
	}
	c.Send(`{"body":"fail"}`)
	if got := c.Read(); got != "failed" {
		t.Errorf("got %q", got)
	}
}
