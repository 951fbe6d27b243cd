package gateway_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/clusterlimit"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// The guide: without a role there is no permission.
func TestRolesAreEnforced(t *testing.T) {
	const arn = "arn:aws:iam::123456789012:role/reports"
	own := toHTTP("/", "", "$default")
	own.CredentialsARN = arn
	for _, test := range []struct {
		name        string
		integration *pasarela.Integration
		missing     string
	}{
		{"a role of its own", own, arn},
		{"the service-linked role", toHTTP("/", "", "$default"), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			sys := start(t, api(route{key: "$connect", integration: test.integration}))
			sys.connect("")
			sys.backend.Next(t)
			sys.roles.deny(test.missing, errors.New("there is no such role. Create it"))
			_, h := sys.refuse("", 500)
			sys.backend.Untouched(t)
			e := sys.explain(h.Get("X-Amz-Apigw-Id"), func(e execution.Entry) bool { return e.Failed() })
			if !strings.Contains(e.Cause().Error(), "credentialsArn") || !strings.Contains(e.Cause().Error(), "Create it") {
				t.Errorf("cause %q", e.Cause().Error())
			}
		})
	}
}

// Conformance 8.
func TestAThrottleOfZeroLetsNobodyIn(t *testing.T) {
	none, rate := 0, 0.0
	sys := start(t, api(route{key: "$connect"}), func(s *setup) {
		s.stage.DefaultRouteSettings = pasarela.RouteSettings{ThrottlingBurstLimit: &none, ThrottlingRateLimit: &rate}
	})
	body, _ := sys.refuse("", 429)
	if !strings.Contains(body, `"Too Many Requests"`) {
		t.Error(body)
	}
}

// Conformance 9.
func TestSubprotocolsComeFromTheIntegration(t *testing.T) {
	offer := func(o *websocket.DialOptions) { o.Subprotocols = []string{"v1", "v2"} }
	sys := start(t, api(route{key: "$connect", integration: toProxy("/")}))
	if got := sys.connect("", offer).Response.Header.Get("Sec-Websocket-Protocol"); got != "" {
		t.Errorf("nobody chose %q", got)
	}
	sys.backend.Respond(testkit.Response{Header: map[string]string{"Sec-WebSocket-Protocol": "v2"}})
	if got := sys.connect("", offer).Response.Header.Get("Sec-Websocket-Protocol"); got != "v2" {
		t.Errorf("sub-protocol %q, want v2", got)
	}
	sys = start(t, api(), func(s *setup) { s.stage.Tags = map[string]string{"pasarela:subprotocols": "v9 v1"} })
	if got := sys.connect("", offer).Response.Header.Get("Sec-Websocket-Protocol"); got != "v1" {
		t.Errorf("sub-protocol %q, want v1", got)
	}
}

func TestRequiredParameters(t *testing.T) {
	sys := start(t, api(route{key: "$connect", edit: func(r *pasarela.Route) {
		r.RequestParameters = map[string]pasarela.ParameterConstraints{
			"route.request.querystring.b": {Required: true}, "route.request.header.A": {Required: true}, "route.request.querystring.c": {},
		}
	}}))
	body, _ := sys.refuse("", 400)
	if !strings.Contains(body, `"Missing required request parameters: [A, b]"`) {
		t.Error(body)
	}
	sys.connect("?b=1", testkit.Header("a", "1"))
}

func TestAllowedOrigins(t *testing.T) {
	sys := start(t, api(), func(s *setup) {
		s.stage.Tags = map[string]string{"pasarela:allowedOrigins": "https://app.example.com https://*.example.org"}
	})
	sys.refuse("", 403)
	sys.refuse("", 403, testkit.Header("Origin", "https://evil.com"))
	sys.refuse("", 403, testkit.Header("Origin", "https://evil.com/.example.org"))
	sys.refuse("", 403, testkit.Header("Origin", "http://app.example.com"))
	sys.connect("", testkit.Header("Origin", "https://app.example.com"))
	sys.connect("", testkit.Header("Origin", "https://a.example.org"))
}

func TestCapsShedLoad(t *testing.T) {
	sys := start(t, api(), func(s *setup) { s.gateway.MaxConnections = 1 })
	first := sys.connect("")
	if _, h := sys.refuse("", 503); h.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	_ = first.Conn.Close(websocket.StatusNormalClosure, "")
	testkit.Eventually(t, "the place to be free", func() bool { return sys.gateway.Stats().Open == 0 })
	sys.connect("")

	sys = start(t, api(), func(s *setup) { s.stage.Tags = map[string]string{"pasarela:maxConnections": "1"} })
	sys.connect("")
	sys.refuse("", 429)
}

// In a cluster a node takes as many connections as its share of the stage's cap is, and
// an equal part until it has been given one.
func TestAShareOfACap(t *testing.T) {
	sys := start(t, api(), func(s *setup) { s.stage.Tags = map[string]string{"pasarela:maxConnections": "4"} })
	limits := sys.gateway.ClusterLimits()
	limits.Divided(2)
	sys.connect("")
	sys.connect("")
	sys.refuse("", 429)
	seen := 0
	limits.Caps(func(key string, cap int64, of *clusterlimit.Cap) {
		if seen++; key != apiID+"/prod" || cap != 4 || of.Asked.Load() != 3 || of.Open.Load() != 2 {
			t.Errorf("%s: %d of %d open, %d asked for", key, of.Open.Load(), cap, of.Asked.Load())
		}
		of.Granted.Store(3 + 1)
	})
	if seen != 1 {
		t.Errorf("%d caps", seen)
	}
	sys.connect("")
	sys.refuse("", 429)
	limits.Divided(1) // the other one ended
	sys.connect("")
	sys.refuse("", 429)
}
