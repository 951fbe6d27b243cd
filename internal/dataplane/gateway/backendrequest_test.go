package gateway_test

import (
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

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
			sys := start(t, api(route{key: "$default", integration: i}))
			c := sys.connect("")
			c.Send("raw text")
			if !test.refused {
				if got := sys.backend.Next(t).Body; got != "raw text" {
					t.Errorf("the backend got %q", got)
				}
				return
			}
			if text, _, _ := testkit.ErrorFrame(t, c.Read()); text != "Unsupported Media Type" {
				t.Error(text)
			}
		})
	}
}

// Conformance 17.
func TestHeadersToTheBackend(t *testing.T) {
	handshake := []func(*websocket.DialOptions){testkit.Header("X-Own", "1"), testkit.Header("Authorization", "Basic abc"), testkit.Header("Cookie", "a=b"), testkit.Header("TE", "x")}
	sys := start(t, api(route{key: "$connect", integration: toHTTP("/", guideTemplate, "$default")}))
	sys.connect("?a=1", handshake...)
	got := sys.backend.Next(t)
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

	sys = start(t, api(route{key: "$connect", integration: toProxy("/p?z=9")}))
	sys.connect("?a=1&a=2", handshake...)
	got = sys.backend.Next(t)
	want = map[string]string{
		"User-Agent": "testkit", "X-Own": "1", "Authorization": "Basic abc", "Cookie": "a=b", "Te": "", "Upgrade": "", "Connection": "",
		"Sec-Websocket-Key": "", "Sec-Websocket-Version": "", "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "http", "Content-Length": "0",
		"Host": sys.backend.Listener.Addr().String(),
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
	sys := start(t, api(route{key: "$connect", integration: plain}))
	sys.connect("")
	sys.backend.Next(t)
	entry := sys.explain(sys.only(), func(e execution.Entry) bool { return e.EventType == event.Connect })
	if text := execution.Explain([]execution.Entry{entry}, false, language.English); !strings.Contains(text, "No request template matches (requestTemplates)") {
		t.Errorf("explain says %s", text)
	}
}

func TestTraceContextIsPassedOn(t *testing.T) {
	const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	sys := start(t, api(route{key: "$connect", integration: toHTTP("/", "", "$default")}))
	sys.connect("", testkit.Header("traceparent", parent))
	got := sys.backend.Next(t).Header.Get("Traceparent")
	if len(got) != len(parent) || got[:36] != parent[:36] || got[36:52] == parent[36:52] || got[52:] != "-01" {
		t.Errorf("traceparent %q", got)
	}
	sys.connect("", testkit.Header("traceparent", "00-malformed"))
	if got := sys.backend.Next(t).Header.Get("Traceparent"); got != "" {
		t.Errorf("traceparent %q of a malformed one", got)
	}
}

// The gateway's address in requests to backends never comes from the client
// (A-GATEWAY-33).
func TestForwardedTellsWhatIsServed(t *testing.T) {
	for _, test := range []struct{ endpoint, proto, port string }{
		{"", "http", "80"},
		{"http://127.0.0.1:20100", "http", "20100"},
		{"http://gw.example.net", "http", "80"},
		{"https://gw.example.net", "https", "443"},
		{"https://gw.example.net:8443", "https", "8443"},
		{"http://[::1]:4566", "http", "4566"},
	} {
		sys := start(t, api(route{key: "$connect", integration: toProxy("/")}), func(s *setup) { s.gateway.Endpoint = test.endpoint })
		sys.connect("", testkit.Header("X-Forwarded-Proto", "gopher"), testkit.Header("X-Forwarded-Port", "70"))
		got := sys.backend.Next(t).Header
		if proto, port := got.Values("X-Forwarded-Proto"), got.Values("X-Forwarded-Port"); len(proto) != 1 || proto[0] != test.proto || len(port) != 1 || port[0] != test.port {
			t.Errorf("%s: proto %q, port %q", test.endpoint, proto, port)
		}
	}
}
