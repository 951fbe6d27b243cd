package gateway_test

import (
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// Conformance 11.
func TestRoutesOfMessages(t *testing.T) {
	named := func(name string) *pasarela.Integration { return toMock(`{"statusCode": 200}`, name) }
	sys := start(t, api(
		route{key: "join", twoWay: true, integration: named("join")},
		route{key: "$default", twoWay: true, integration: named("default")},
		route{key: "$connect", integration: named("connect")},
	))
	c := sys.connect("")
	for message, want := range map[string]string{
		`{"action":"join"}`: "join", `{"action":"nope"}`: "default", `{}`: "default", `hello`: "default", `"join"`: "default", ``: "default",
		`{"action":"$connect"}`: "default", ` {"action":"join"} `: "join", `{"action":"join"} x`: "default",
	} {
		c.Send(message)
		if got := c.Read(); got != want {
			t.Errorf("%s went to %s, want %s", message, got, want)
		}
	}
}

// Conformance 12 and aws-dataplane §2.4: Forbidden, and the connection stays open.
func TestAMessageWithoutRoute(t *testing.T) {
	sys := start(t, api(route{key: "ping", twoWay: true, integration: toMock(`{"statusCode": 200}`, "pong")}))
	c := sys.connect("")
	c.Send(`{"action":"nope"}`)
	message, connectionID, requestID := testkit.ErrorFrame(t, c.Read())
	if message != "Forbidden" || connectionID != sys.only() {
		t.Errorf("%s for %s", message, connectionID)
	}
	e := sys.explain(connectionID, func(e execution.Entry) bool { return e.RequestID == requestID })
	if !strings.Contains(e.Cause().Error(), `"nope"`) || !strings.Contains(e.Cause().Error(), "ping") {
		t.Errorf("cause %q", e.Cause().Error())
	}
	c.Send(`{"action":"ping"}`)
	if got := c.Read(); got != "pong" {
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
		backend     testkit.Response
		frame       string // what comes; "" nothing
		message     string // of an error frame
	}{
		{"one-way", false, toHTTP("/", "", "$default"), testkit.Response{Body: "x"}, "", ""},
		{"one-way 500", false, toHTTP("/", "", "$default"), testkit.Response{Status: 500, Body: "x"}, "", ""},
		{"one-way without responses", false, toHTTP("/", ""), testkit.Response{Body: "x"}, "", ""},
		{"one-way proxy 500", false, toProxy("/"), testkit.Response{Status: 500, Body: "x"}, "", ""},
		{"two-way", true, toHTTP("/", "", "$default"), testkit.Response{Status: 201, Body: `{"a":1}`}, `{"a":1}`, ""},
		{"two-way 500 is a body too", true, toHTTP("/", "", "$default"), testkit.Response{Status: 500, Body: "oh"}, "oh", ""},
		{"two-way unmatched", true, toHTTP("/", "", `/2\d\d/`), testkit.Response{Status: 500, Body: "oh"}, "", internal},
		{"two-way proxy 500", true, toProxy("/"), testkit.Response{Status: 500, Body: "oh"}, "oh", ""},
		{"two-way and not UTF-8", true, toProxy("/"), testkit.Response{Body: "a\xffb"}, "a\ufffdb", ""},
		{"no integration", false, nil, testkit.Response{}, "", internal},
		{"nobody listens", false, toHTTP("http://"+testkit.FreeAddress(t), "", "$default"), testkit.Response{}, "", internal},
		{"mock with a string status", true, toMock(`{"statusCode":"200"}`, "x"), testkit.Response{}, "", internal},
		{"lenient mock", true, toMock(`{statusCode: 200,}`, "x"), testkit.Response{}, "x", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			sys := start(t, api(
				route{key: "$default", twoWay: test.twoWay, integration: test.integration},
				route{key: "ping", twoWay: true, integration: toMock(`{"statusCode": 200}`, "pong")},
			))
			sys.backend.Respond(test.backend)
			c := sys.connect("")
			c.Send("hello")
			switch {
			case test.message != "":
				if message, _, _ := testkit.ErrorFrame(t, c.Read()); message != test.message {
					t.Errorf("message %q", message)
				}
			case test.frame != "":
				if got := c.Read(); got != test.frame {
					t.Errorf("got %q", got)
				}
			default:
				sys.explain(sys.only(), func(e execution.Entry) bool { return e.RouteKey == "$default" })
			}
			c.Send(`{"action":"ping"}`)
			if got := c.Read(); got != "pong" {
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
	sys := start(t, d)
	c := sys.connect("")
	for message, valid := range map[string]bool{
		`{"kind":"user","username":"a"}`: true, `{"kind":"user"}`: false, `{"kind":"other","username":"a"}`: false, `nonsense`: false,
	} {
		c.Send(message)
		if valid {
			sys.backend.Next(t)
			continue
		}
		if text, _, _ := testkit.ErrorFrame(t, c.Read()); text != "Invalid request body" {
			t.Errorf("%s: %q", message, text)
		}
		sys.backend.Untouched(t)
	}
}

// Conformance 21.
func TestFramesThatAreRefused(t *testing.T) {
	sys := start(t, api())
	for name, test := range map[string]struct {
		kind websocket.MessageType
		size int
		code websocket.StatusCode
		why  string
	}{
		"binary":            {websocket.MessageBinary, 1, websocket.StatusUnsupportedData, "pasarela:binary"},
		"33,000 bytes":      {websocket.MessageText, 33_000, websocket.StatusMessageTooBig, "longer than the 32768 bytes that stage prod takes"},
		"more than 128 KiB": {websocket.MessageText, 131_073, websocket.StatusMessageTooBig, "pasarela:maxFrameBytes"},
	} {
		c := sys.connect("")
		id := sys.only()
		if err := c.Conn.Write(t.Context(), test.kind, []byte(strings.Repeat("x", test.size))); err != nil {
			t.Fatal(err)
		}
		if code, _ := c.Closed(); code != test.code {
			t.Errorf("%s: closed with %d", name, code)
		}
		e := sys.explain(id, failedExecution)
		if got := e.Cause().Error(); !strings.Contains(got, test.why) {
			t.Errorf("%s: %q does not say %q", name, got, test.why)
		}
	}
}
