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
			y := start(t, api(route{key: "$connect", integration: test.integration}))
			y.connect("")
			y.backend.Next(t)
			y.roles.deny(test.missing, errors.New("there is no such role. Create it"))
			_, h := y.refuse("", 500)
			y.backend.Untouched(t)
			e := y.explain(h.Get("X-Amz-Apigw-Id"), func(e execution.Entry) bool { return e.Failed() })
			if !strings.Contains(e.Cause().Error(), "credentialsArn") || !strings.Contains(e.Cause().Error(), "Create it") {
				t.Errorf("cause %q", e.Cause().Error())
			}
		})
	}
}

// Conformance 8.
func TestAThrottleOfZeroLetsNobodyIn(t *testing.T) {
	none, rate := 0, 0.0
	y := start(t, api(route{key: "$connect"}), func(s *setup) {
		s.stage.DefaultRouteSettings = pasarela.RouteSettings{ThrottlingBurstLimit: &none, ThrottlingRateLimit: &rate}
	})
	body, _ := y.refuse("", 429)
	if !strings.Contains(body, `"Too Many Requests"`) {
		t.Error(body)
	}
}

// Conformance 9.
func TestSubprotocolsComeFromTheIntegration(t *testing.T) {
	offer := func(o *websocket.DialOptions) { o.Subprotocols = []string{"v1", "v2"} }
	y := start(t, api(route{key: "$connect", integration: toProxy("/")}))
	if got := y.connect("", offer).Response.Header.Get("Sec-Websocket-Protocol"); got != "" {
		t.Errorf("nobody chose %q", got)
	}
	y.backend.Respond(testkit.Response{Header: map[string]string{"Sec-WebSocket-Protocol": "v2"}})
	if got := y.connect("", offer).Response.Header.Get("Sec-Websocket-Protocol"); got != "v2" {
		t.Errorf("sub-protocol %q, want v2", got)
	}
	y = start(t, api(), func(s *setup) { s.stage.Tags = map[string]string{"pasarela:subprotocols": "v9 v1"} })
	if got := y.connect("", offer).Response.Header.Get("Sec-Websocket-Protocol"); got != "v1" {
		t.Errorf("sub-protocol %q, want v1", got)
	}
}

func TestRequiredParameters(t *testing.T) {
	y := start(t, api(route{key: "$connect", edit: func(r *pasarela.Route) {
		r.RequestParameters = map[string]pasarela.ParameterConstraints{
			"route.request.querystring.b": {Required: true}, "route.request.header.A": {Required: true}, "route.request.querystring.c": {},
		}
	}}))
	body, _ := y.refuse("", 400)
	if !strings.Contains(body, `"Missing required request parameters: [A, b]"`) {
		t.Error(body)
	}
	y.connect("?b=1", testkit.Header("a", "1"))
}

func TestAllowedOrigins(t *testing.T) {
	y := start(t, api(), func(s *setup) {
		s.stage.Tags = map[string]string{"pasarela:allowedOrigins": "https://app.example.com https://*.example.org"}
	})
	y.refuse("", 403)
	y.refuse("", 403, testkit.Header("Origin", "https://evil.com"))
	y.refuse("", 403, testkit.Header("Origin", "https://evil.com/.example.org"))
	y.refuse("", 403, testkit.Header("Origin", "http://app.example.com"))
	y.connect("", testkit.Header("Origin", "https://app.example.com"))
	y.connect("", testkit.Header("Origin", "https://a.example.org"))
}

func TestCapsShedLoad(t *testing.T) {
	y := start(t, api(), func(s *setup) { s.gateway.MaxConnections = 1 })
	first := y.connect("")
	if _, h := y.refuse("", 503); h.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	_ = first.Conn.Close(websocket.StatusNormalClosure, "")
	testkit.Eventually(t, "the place to be free", func() bool { return y.gateway.Stats().Open == 0 })
	y.connect("")

	y = start(t, api(), func(s *setup) { s.stage.Tags = map[string]string{"pasarela:maxConnections": "1"} })
	y.connect("")
	y.refuse("", 429)
}

// In a cluster a node takes as many connections as its share of the stage's cap is, and
// an equal part until it has been given one.
func TestAShareOfACap(t *testing.T) {
	y := start(t, api(), func(s *setup) { s.stage.Tags = map[string]string{"pasarela:maxConnections": "4"} })
	limits := y.gateway.ClusterLimits()
	limits.Divided(2)
	y.connect("")
	y.connect("")
	y.refuse("", 429)
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
	y.connect("")
	y.refuse("", 429)
	limits.Divided(1) // the other one ended
	y.connect("")
	y.refuse("", 429)
}
