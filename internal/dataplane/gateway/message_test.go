package gateway_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
)

// Conformance 11.
func TestRoutesOfMessages(t *testing.T) {
	named := func(name string) *pasarela.Integration { return toMock(`{"statusCode": 200}`, name) }
	y := start(t, api(
		route{key: "join", twoWay: true, integration: named("join")},
		route{key: "$default", twoWay: true, integration: named("default")},
		route{key: "$connect", integration: named("connect")},
	))
	c := y.connect("")
	for message, want := range map[string]string{
		`{"action":"join"}`: "join", `{"action":"nope"}`: "default", `{}`: "default", `hello`: "default", `"join"`: "default", ``: "default",
		`{"action":"$connect"}`: "default", ` {"action":"join"} `: "join", `{"action":"join"} x`: "default",
	} {
		c.send(message)
		if got := c.read(); got != want {
			t.Errorf("%s went to %s, want %s", message, got, want)
		}
	}
}

// Conformance 12 and §2.4: Forbidden, and the connection stays open.
func TestAMessageWithoutRoute(t *testing.T) {
	y := start(t, api(route{key: "ping", twoWay: true, integration: toMock(`{"statusCode": 200}`, "pong")}))
	c := y.connect("")
	c.send(`{"action":"nope"}`)
	message, connectionID, requestID := errorFrame(t, c.read())
	if message != "Forbidden" || connectionID != y.only() {
		t.Errorf("%s for %s", message, connectionID)
	}
	e := y.explain(connectionID, func(e execution.Entry) bool { return e.RequestID == requestID })
	if !strings.Contains(e.Cause(), `"nope"`) || !strings.Contains(e.Cause(), "ping") {
		t.Errorf("cause %q", e.Cause())
	}
	c.send(`{"action":"ping"}`)
	if got := c.read(); got != "pong" {
		t.Errorf("then got %q", got)
	}
}

// Conformance 13, aws-dataplane §5.4.
func TestWhatAClientGets(t *testing.T) {
	const internal = "Internal server error"
	for _, test := range []struct {
		name        string
		twoWay      bool
		integration *pasarela.Integration
		backend     answer
		frame       string // what comes; "" nothing
		message     string // of an error frame
	}{
		{"one-way", false, toHTTP("/", "", "$default"), answer{status: 200, body: "x"}, "", ""},
		{"one-way 500", false, toHTTP("/", "", "$default"), answer{status: 500, body: "x"}, "", ""},
		{"one-way without responses", false, toHTTP("/", ""), answer{status: 200, body: "x"}, "", ""},
		{"one-way proxy 500", false, toProxy("/"), answer{status: 500, body: "x"}, "", ""},
		{"two-way", true, toHTTP("/", "", "$default"), answer{status: 201, body: `{"a":1}`}, `{"a":1}`, ""},
		{"two-way 500 is a body too", true, toHTTP("/", "", "$default"), answer{status: 500, body: "oh"}, "oh", ""},
		{"two-way unmatched", true, toHTTP("/", "", `/2\d\d/`), answer{status: 500, body: "oh"}, "", internal},
		{"two-way proxy 500", true, toProxy("/"), answer{status: 500, body: "oh"}, "oh", ""},
		{"two-way and not UTF-8", true, toProxy("/"), answer{status: 200, body: "a\xffb"}, "a\ufffdb", ""},
		{"no integration", false, nil, answer{}, "", internal},
		{"nobody listens", false, toHTTP("http://"+freePort(t), "", "$default"), answer{}, "", internal},
		{"mock with a string status", true, toMock(`{"statusCode":"200"}`, "x"), answer{}, "", internal},
		{"lenient mock", true, toMock(`{statusCode: 200,}`, "x"), answer{}, "x", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			y := start(t, api(
				route{key: "$default", twoWay: test.twoWay, integration: test.integration},
				route{key: "ping", twoWay: true, integration: toMock(`{"statusCode": 200}`, "pong")},
			))
			if test.backend.status != 0 {
				y.backend.answers(test.backend)
			}
			c := y.connect("")
			c.send("hello")
			switch {
			case test.message != "":
				if message, _, _ := errorFrame(t, c.read()); message != test.message {
					t.Errorf("message %q", message)
				}
			case test.frame != "":
				if got := c.read(); got != test.frame {
					t.Errorf("got %q", got)
				}
			default:
				y.explain(y.only(), func(e execution.Entry) bool { return e.RouteKey == "$default" })
			}
			c.send(`{"action":"ping"}`)
			if got := c.read(); got != "pong" {
				t.Errorf("then got %q", got)
			}
		})
	}
}

// Conformance 14.
func TestModels(t *testing.T) {
	d := api(route{key: "$default", integration: toHTTP("/", "", "$default"), edit: func(r *pasarela.Route) {
		r.ModelSelectionExpression = "$request.body.kind"
		r.RequestModels = map[string]string{"user": "User"}
	}})
	d.Models = []pasarela.Model{{Name: "User", ContentType: "application/json", Schema: `{"type":"object","required":["username"]}`}}
	y := start(t, d)
	c := y.connect("")
	for message, valid := range map[string]bool{
		`{"kind":"user","username":"a"}`: true, `{"kind":"user"}`: false, `{"kind":"other","username":"a"}`: false, `nonsense`: false,
	} {
		c.send(message)
		if valid {
			y.backend.next(t)
			continue
		}
		if text, _, _ := errorFrame(t, c.read()); text != "Invalid request body" {
			t.Errorf("%s: %q", message, text)
		}
		y.backend.untouched(t)
	}
}

// Conformance 15: passthroughBehavior and the presence of templates.
func TestPassthrough(t *testing.T) {
	for _, test := range []struct {
		behavior string
		template string // key of the one template; "" none
		refused  bool
	}{
		{"WHEN_NO_MATCH", "", false},
		{"WHEN_NO_MATCH", "other", false},
		{"WHEN_NO_TEMPLATES", "", false},
		{"WHEN_NO_TEMPLATES", "other", true},
		{"NEVER", "", true},
		{"NEVER", "other", true},
	} {
		t.Run(test.behavior+" "+test.template, func(t *testing.T) {
			i := toHTTP("/", "", "$default")
			i.PassthroughBehavior = test.behavior
			if test.template != "" {
				i.RequestTemplates = map[string]string{test.template: "x"}
			}
			y := start(t, api(route{key: "$default", integration: i}))
			c := y.connect("")
			c.send("raw text")
			if !test.refused {
				if got := y.backend.next(t).Body; got != "raw text" {
					t.Errorf("the backend got %q", got)
				}
				return
			}
			if text, _, _ := errorFrame(t, c.read()); text != "Unsupported Media Type" {
				t.Error(text)
			}
		})
	}
}

// Conformance 17.
func TestHeadersToTheBackend(t *testing.T) {
	handshake := []func(*websocket.DialOptions){header("X-Own", "1"), header("Authorization", "Basic abc"), header("Cookie", "a=b"), header("TE", "x")}
	y := start(t, api(route{key: "$connect", integration: toHTTP("/", guideTemplate, "$default")}))
	y.connect("?a=1", handshake...)
	got := y.backend.next(t)
	want := map[string]string{
		"Accept": "application/json", "Content-Type": "application/json", "User-Agent": "AmazonAPIGateway_" + apiID,
		"X-Amzn-Apigateway-Api-Id": apiID, "X-Own": "", "Authorization": "", "Cookie": "", "Sec-Websocket-Key": "", "X-Forwarded-For": "",
		"Accept-Encoding": "",
	}
	for name, value := range want {
		if got.Header.Get(name) != value {
			t.Errorf("HTTP: %s is %q, want %q", name, got.Header.Get(name), value)
		}
	}
	if !strings.HasPrefix(got.Header.Get("X-Amzn-Trace-Id"), "Root=1-") || got.Query != "" {
		t.Errorf("trace %q, query %q", got.Header.Get("X-Amzn-Trace-Id"), got.Query)
	}

	y = start(t, api(route{key: "$connect", integration: toProxy("/p?z=9")}))
	y.connect("?a=1&a=2", handshake...)
	got = y.backend.next(t)
	want = map[string]string{
		"User-Agent": "test", "X-Own": "1", "Authorization": "Basic abc", "Cookie": "a=b", "Te": "", "Upgrade": "", "Connection": "",
		"Sec-Websocket-Key": "", "Sec-Websocket-Version": "", "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "http", "Content-Length": "0",
		"Host": y.backend.server.Listener.Addr().String(),
	}
	for name, value := range want {
		if got.Header.Get(name) != value {
			t.Errorf("HTTP_PROXY: %s is %q, want %q", name, got.Header.Get(name), value)
		}
	}
	if got.Query != "z=9&a=1&a=2" || got.Body != "" {
		t.Errorf("query %q, body %q", got.Query, got.Body)
	}
}

func TestExplainTellsThatNoTemplateMatched(t *testing.T) {
	plain := toHTTP("/", "", "$default")
	plain.RequestTemplates = nil
	y := start(t, api(route{key: "$connect", integration: plain}))
	y.connect("")
	y.backend.next(t)
	entry := y.explain(y.only(), func(e execution.Entry) bool { return e.EventType == execution.EventConnect })
	if text := execution.Explain([]execution.Entry{entry}); !strings.Contains(text, "No request template matches (requestTemplates)") {
		t.Errorf("explain says %s", text)
	}
}

func TestTraceContextIsPassedOn(t *testing.T) {
	const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	y := start(t, api(route{key: "$connect", integration: toHTTP("/", "", "$default")}))
	y.connect("", header("traceparent", parent))
	got := y.backend.next(t).Header.Get("Traceparent")
	if len(got) != len(parent) || got[:36] != parent[:36] || got[36:52] == parent[36:52] || got[52:] != "-01" {
		t.Errorf("traceparent %q", got)
	}
	y.connect("", header("traceparent", "00-rubbish"))
	if got := y.backend.next(t).Header.Get("Traceparent"); got != "" {
		t.Errorf("traceparent %q of rubbish", got)
	}
}

// Conformance 21.
func TestFramesThatAreRefused(t *testing.T) {
	y := start(t, api())
	for name, test := range map[string]struct {
		kind websocket.MessageType
		size int
		code websocket.StatusCode
	}{
		"binary":            {websocket.MessageBinary, 1, websocket.StatusUnsupportedData},
		"33,000 bytes":      {websocket.MessageText, 33_000, websocket.StatusMessageTooBig},
		"more than 128 KiB": {websocket.MessageText, 131_073, websocket.StatusMessageTooBig},
	} {
		c := y.connect("")
		if err := c.conn.Write(t.Context(), test.kind, []byte(strings.Repeat("x", test.size))); err != nil {
			t.Fatal(err)
		}
		if code, _ := c.closed(); code != test.code {
			t.Errorf("%s: closed with %d", name, code)
		}
	}
}

// Conformance 22.
func TestOpenSocketsFollowADeployment(t *testing.T) {
	y := start(t, api(route{key: "$default", twoWay: true, integration: toMock(`{"statusCode": 200}`, "old")}))
	c := y.connect("")
	c.send("x")
	if got := c.read(); got != "old" {
		t.Fatal(got)
	}
	y.edit(func(d *pasarela.APIDocument) { d.Definition = api(route{key: "$default"}); d.API.APIID = apiID }) // edited, not deployed
	c.send("x")
	if got := c.read(); got != "old" {
		t.Errorf("an edit without deployment changed the answer to %q", got)
	}
	y.deploy(func(d *pasarela.APIDocument) {
		d.Definition = api(route{key: "$default", twoWay: true, integration: toMock(`{"statusCode": 200}`, "new")})
		d.API.APIID, d.API.RouteSelectionExpression = apiID, "$request.body.action"
	})
	c.send("x")
	if got := c.read(); got != "new" {
		t.Errorf("after the deployment: %q", got)
	}
}

func TestADeploymentThatDoesNotCompileChangesNothing(t *testing.T) {
	y := start(t, api(route{key: "$default", twoWay: true, integration: toMock(`{"statusCode": 200}`, "good")}))
	c := y.connect("")
	y.deploy(func(d *pasarela.APIDocument) { d.Routes[0].Target = "integrations/nowhere" })
	at, _ := y.keeper.Directory.Stage(apiID, stageName)
	if problem := at.Problem(); !strings.Contains(problem, "integrations/nowhere") || !strings.Contains(problem, "$default") {
		t.Errorf("problem %q", problem)
	}
	c.send("x")
	if got := c.read(); got != "good" {
		t.Errorf("got %q", got)
	}
}

func TestDeletingTheStageClosesItsSockets(t *testing.T) {
	y := start(t, api())
	c := y.connect("")
	y.edit(func(d *pasarela.APIDocument) { d.Stages = nil })
	if code, reason := c.closed(); code != websocket.StatusGoingAway || reason != "Going away" {
		t.Errorf("closed with %d %q", code, reason)
	}
	y.refuse("", 403)
}

// Conformance 30 and 31.
func TestDisconnectTellsWhy(t *testing.T) {
	i := toHTTP("/bye", "", "$default")
	y := start(t, api(route{key: "$disconnect", integration: i}))
	for _, test := range []struct {
		name   string
		close  func(*client)
		reason string
	}{
		{"code and reason", func(c *client) { _ = c.conn.Close(4001, "bye") }, "[4001: bye]"},
		{"no status", func(c *client) { _ = c.conn.Close(websocket.StatusNoStatusRcvd, "") }, "[1005: Client-side close frame status not set]"},
		{"cut off", func(c *client) { _ = c.conn.CloseNow() }, "[1006: Connection closed abnormally]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := y.connect("")
			id := y.only()
			test.close(c)
			if got := y.backend.next(t); got.Path != "/bye" {
				t.Errorf("asked %+v", got)
			}
			e := y.explain(id, func(e execution.Entry) bool { return e.EventType == "DISCONNECT" })
			if text := execution.Explain([]execution.Entry{e}); !strings.Contains(text, test.reason) {
				t.Errorf("%s lacks %s", text, test.reason)
			}
		})
	}
}

func TestIdleConnectionsAreClosed(t *testing.T) {
	y := start(t, api(), func(s *setup) { s.stage.Tags = map[string]string{"pasarela:idleTimeoutSeconds": "1"} })
	c := y.connect("")
	began := time.Now()
	if code, reason := c.closed(); code != websocket.StatusGoingAway || reason != "Going away" {
		t.Errorf("closed with %d %q", code, reason)
	}
	if took := time.Since(began); took < 900*time.Millisecond || took > 4*time.Second {
		t.Errorf("after %v", took)
	}
}

// Conformance 32.
func TestLogs(t *testing.T) {
	trace := true
	y := start(t, api(
		route{key: "$connect", integration: toHTTP("/c", guideTemplate, "201")},
		route{key: "$default", twoWay: true, integration: toHTTP("/m", "", `/2\d\d/`)},
	), func(s *setup) {
		s.stage.AccessLogSettings = &pasarela.AccessLogSettings{DestinationARN: "arn:aws:logs:x", Format: `$context.requestId $context.routeKey $context.status $context.httpMethod`}
		s.stage.DefaultRouteSettings = pasarela.RouteSettings{LoggingLevel: pasarela.LoggingInfo, DataTraceEnabled: &trace, DetailedMetricsEnabled: &trace}
	})
	y.backend.answers(answer{status: 201, body: `{"jobId":"j1"}`})
	c := y.connect("?reportType=ventas")
	id := y.only()
	rows := func(n int) { // an event is written down after the client has its answer
		y.wait("rows", func() bool { return strings.Count(y.access.String(), "\n") == n })
	}
	rows(1)
	c.send("hello")
	c.read()
	rows(2)
	y.backend.answers(answer{status: 500})
	c.send("again")
	_, _, failed := errorFrame(t, c.read())
	rows(3)
	written := strings.Split(y.access.String(), "\n")
	for i, want := range []string{" $connect 201 -", " $default 201 -", failed + " $default 500 -"} {
		if !strings.HasSuffix(written[i], want) {
			t.Errorf("row %d is %q, want %q", i, written[i], want)
		}
	}
	text := y.log.String()
	rest := text
	for _, line := range []string{
		"Extended Request Id: ", "Verifying Usage Plan for request: ", "API Key  authorized because route '$connect' does not require API Key.",
		"Starting execution for request: ", "WebSocket Request Route: [$connect]", "is connecting to WebSocket API [" + apiID + "].",
		"Endpoint request URI: " + y.backend.server.URL + "/c", "Endpoint request headers: {", `Endpoint request body after transformations: {"connectionId": "` + id,
		"Sending request to ", "Received response. Status: 201, Integration latency: ", "Endpoint response headers: {",
		`Endpoint response body before transformations: {"jobId":"j1"}`, "Client [Connection Id: " + id + "] connected to API [" + apiID + "] successfully.",
		"WebSocket Request Route: [$default]", "received message from client [Connection Id: " + id + "]. Message: [hello]",
		"Message from client [Connection Id: " + id + "] sent to API [" + apiID + "] with response status code [201].",
		"(" + failed + ") Execution failed due to configuration error: No match for output mapping and no default output mapping configured. Endpoint Response Status Code: 500",
	} {
		_, after, found := strings.Cut(rest, line)
		if !found {
			t.Fatalf("line %q is missing, or not in order, in\n%s", line, text)
		}
		rest = after
	}
	at, _ := y.keeper.Directory.Stage(apiID, stageName)
	if at.Counters.ConnectCount.Load() != 1 || at.Counters.MessageCount.Load() != 3 || at.Counters.ExecutionError.Load() != 1 {
		t.Errorf("connects %d, messages %d, execution errors %d", at.Counters.ConnectCount.Load(), at.Counters.MessageCount.Load(), at.Counters.ExecutionError.Load())
	}
	detailed := 0
	at.RouteCounters(func(key string, c *execution.Counters) { detailed += int(c.MessageCount.Load()) })
	if detailed != 2 {
		t.Errorf("%d messages on routes", detailed)
	}
}

func TestNoLinesWhenLoggingIsOff(t *testing.T) {
	y := start(t, api(route{key: "$default", integration: toHTTP("/", "")}))
	c := y.connect("")
	c.send("x")
	y.backend.next(t)
	y.explain(y.only(), func(e execution.Entry) bool { return e.Failed() })
	if y.log.String() != "" || y.access.String() != "" {
		t.Errorf("%s%s", y.log, y.access)
	}
}

func TestThrottledMessages(t *testing.T) {
	burst, rate := 1, 0.0001
	y := start(t, api(route{key: "$default", integration: toHTTP("/", "", "$default")}), func(s *setup) {
		s.stage.RouteSettings = map[string]pasarela.RouteSettings{"$default": {ThrottlingBurstLimit: &burst, ThrottlingRateLimit: &rate}}
	})
	c := y.connect("")
	c.send("x")
	y.backend.next(t)
	c.send("x")
	if text, _, _ := errorFrame(t, c.read()); text != "Too Many Requests" {
		t.Error(text)
	}
}

// aws-dataplane §2.7: messages of one connection run side by side, unless the stage
// asks for order.
func TestOrder(t *testing.T) {
	for ordered, want := range map[string]string{"false": "slow last", "true": "in order"} {
		y := start(t, api(route{key: "$default", twoWay: true, integration: toProxy("/")}), func(s *setup) {
			s.stage.Tags = map[string]string{"pasarela:ordered": ordered}
		})
		y.backend.does(func(a asked) answer {
			reply := answer{status: http.StatusOK, body: a.Body}
			if a.Body == "slow" {
				reply.delay = 200 * time.Millisecond
			}
			return reply
		})
		c := y.connect("")
		c.send("slow")
		c.send("fast")
		got := map[string]string{"slow": "in order", "fast": "slow last"}[c.read()]
		if got != want {
			t.Errorf("ordered %s: %s", ordered, got)
		}
	}
}

func TestManyConnectionsAtOnce(t *testing.T) {
	y := start(t, api(
		route{key: "$connect", integration: toHTTP("/", guideTemplate, "$default")},
		route{key: "$default", twoWay: true, integration: toProxy("/")},
	))
	y.backend.does(func(a asked) answer { return answer{status: 200, body: a.Body} })
	const clients, messages = 20, 20
	done := make(chan error, clients)
	for i := range clients {
		c := y.connect("")
		go func() {
			for n := range messages {
				text := fmt.Sprint(i, " ", n)
				if err := c.conn.Write(t.Context(), websocket.MessageText, []byte(text)); err != nil {
					done <- err
					return
				}
				_, got, err := c.conn.Read(t.Context())
				if err != nil || string(got) != text {
					done <- fmt.Errorf("got %q for %q: %w", got, text, err)
					return
				}
			}
			done <- nil
		}()
	}
	for range clients {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// What one client said must not be seen in the events of another.
func TestMessagesDoNotLeakIntoOtherEvents(t *testing.T) {
	y := start(t, api(
		route{key: "$connect", integration: toHTTP("/c", "[$input.body]", "$default")},
		route{key: "$default", integration: toHTTP("/m", "", "$default")},
		route{key: "$disconnect", integration: toHTTP("/d", "", "$default")},
	))
	for range 20 {
		c := y.connect("")
		if got := y.backend.next(t); got.Body != "[{}]" {
			t.Fatalf("$connect sent %q", got.Body)
		}
		c.send("a secret of this client")
		y.backend.next(t)
		_ = c.conn.Close(websocket.StatusNormalClosure, "")
		if got := y.backend.next(t); got.Path != "/d" || got.Body != "" {
			t.Fatalf("$disconnect sent %q", got.Body)
		}
	}
}
