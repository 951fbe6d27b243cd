package gateway_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

func withAuthorizer(ttl int, sources ...string) func(*pasarela.Definition) {
	return func(d *pasarela.Definition) {
		d.Authorizers = []pasarela.Authorizer{{
			AuthorizerID: "auth01", Name: "a", AuthorizerType: pasarela.AuthorizerRequest,
			AuthorizerURI: functionURI("authorizer"), IdentitySource: sources, AuthorizerResultTTLInSeconds: ttl,
		}}
		for i := range d.Routes {
			if d.Routes[i].RouteKey == pasarela.RouteConnect {
				d.Routes[i].AuthorizationType, d.Routes[i].AuthorizerID = pasarela.AuthorizationCustom, "auth01"
			}
		}
	}
}

// Conformance 6 and 7.
func TestLambdaAuthorizer(t *testing.T) {
	l := startLambda(t, "authorizer", "backend")
	d := api(route{key: "$connect", integration: toLambda("backend")}, route{key: "$default", twoWay: true, integration: toLambda("backend")},
		route{key: "$disconnect", integration: toLambda("backend")})
	withAuthorizer(0, "route.request.querystring.token")(&d)
	sys := start(t, d, withLambda(l))
	for _, query := range []string{"", "?token="} {
		body, _ := sys.refuse(query, 401)
		if !strings.Contains(body, `{"message":"Unauthorized"`) {
			t.Error(body)
		}
	}
	if l.count() != 0 {
		t.Error("the authorizer was asked without an identity")
	}
	for token, want := range map[string]struct {
		status int
		text   string
	}{
		"deny":         {403, `"User is not authorized to access this resource with an explicit deny"`},
		"other+stage":  {403, `"User is not authorized to access this resource"`},
		"unauthorized": {401, `"Unauthorized"`},
		"unexpected":   {500, `"Internal server error"`},
		"malformed":    {500, `{"message":null,`}, "nested": {500, `{"message":null,`}, "unknown": {500, `{"message":null,`},
	} {
		if body, _ := sys.refuse("?token="+token, want.status); !strings.Contains(body, want.text) {
			t.Errorf("%s: %s", token, body)
		}
	}
	sys.connect("?token=wildcard")
	c := sys.connect("?token=good")
	c.Send("principal")
	if got := c.Read(); got != "u1 gold 7" {
		t.Errorf("later events see %q", got)
	}
	_ = c.Conn.Close(4000, "")
	want := `"authorizer":{"principalId":"u1","number":"7","plan":"gold","yes":"true"}`
	testkit.Eventually(t, "$disconnect with the authorizer's context", func() bool {
		return strings.Contains(l.last(), `"eventType":"DISCONNECT"`) && strings.Contains(l.last(), want)
	})
}

func TestAuthorizerEvent(t *testing.T) {
	l := startLambda(t, "authorizer")
	d := api(route{key: "$connect"})
	withAuthorizer(0, "route.request.querystring.token", "route.request.header.HeaderAuth1", "context.connectionId", "stageVariables.v")(&d)
	sys := start(t, d, withLambda(l), func(s *setup) { s.stage.StageVariables = map[string]string{"v": "1"} })
	sys.connect("?token=good", testkit.Header("HeaderAuth1", "value1"))
	var got map[string]json.RawMessage
	if err := json.Unmarshal([]byte(l.last()), &got); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"type": `"REQUEST"`, "methodArn": `"arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod/$connect"`,
		"queryStringParameters": `{"token":"good"}`, "stageVariables": `{"v":"1"}`, "body": "", "isBase64Encoded": "", "pathParameters": "",
	} {
		if string(got[key]) != want {
			t.Errorf("%s is %s, want %s", key, got[key], want)
		}
	}
	var headers map[string]string
	_ = json.Unmarshal(got["headers"], &headers)
	for name, want := range map[string]string{"Connection": "upgrade", "Upgrade": "websocket", "content-length": "0", "HeaderAuth1": "value1"} {
		if headers[name] != want {
			t.Errorf("header %s is %q, want %q", name, headers[name], want)
		}
	}
	if trace := headers["X-Amzn-Trace-Id"]; !regexp.MustCompile(`^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$`).MatchString(trace) {
		t.Errorf("trace %q", trace)
	}
	const own = "Root=1-65a1b2c3-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=1"
	for given, kept := range map[string]bool{own: true, "Root=nonsense": false, own + "\tx": false} {
		sys.connect("?token=good", testkit.Header("HeaderAuth1", "value1"), testkit.Header("X-Amzn-Trace-Id", given))
		if got := strings.Count(l.last(), `"X-Amzn-Trace-Id":"`+given+`"`) == 1; got != kept {
			t.Errorf("the client's %q is passed on: %v", given, got)
		}
	}
}

func TestAuthorizerCache(t *testing.T) {
	l := startLambda(t, "authorizer")
	d := api(route{key: "$connect"})
	withAuthorizer(300, "route.request.querystring.token")(&d)
	sys := start(t, d, withLambda(l))
	for range 3 {
		sys.connect("?token=good")
		sys.refuse("?token=deny", 403)
	}
	if l.count() != 2 {
		t.Errorf("the authorizer was asked %d times", l.count())
	}
}

func TestUsageKeysOfAuthorizers(t *testing.T) {
	l := startLambda(t, "authorizer")
	d := api(route{key: "$connect", edit: func(r *pasarela.Route) { r.APIKeyRequired = true }})
	d.API.APIKeySelectionExpression = "$context.authorizer.usageIdentifierKey"
	withAuthorizer(0, "route.request.querystring.token")(&d)
	sys := start(t, d, withLambda(l))
	sys.refuse("?token=key", 403)
	plan(sys, "the-key-of-a-customer-1234", nil)
	testkit.Eventually(t, "the plan", func() bool {
		_, m := sys.watcher.Plans.KeyLimits(apiID, stageName, "the-key-of-a-customer-1234")
		return m != nil
	})
	sys.connect("?token=key")
	_, header := sys.refuse("?token=good", 403)
	sys.because(header, "its authorizer named no key: apiKeySelectionExpression of the API asks for one in usageIdentifierKey")
}

// plan makes an API key and a usage plan that admits it.
func plan(sys *system, value string, quota *pasarela.QuotaSettings) {
	put(sys, pasarela.PrefixAPIKey+"key1", pasarela.APIKey{ID: "key1", Value: value, Enabled: true})
	put(sys, pasarela.PrefixUsagePlan+"plan1", pasarela.UsagePlan{
		ID: "plan1", KeyIDs: []string{"key1"}, Quota: quota,
		APIStages: []pasarela.UsagePlanStage{{APIID: apiID, Stage: stageName}},
	})
}

func TestAPIKeys(t *testing.T) {
	const value = "a-key-of-twenty-letters"
	sys := start(t, api(route{key: "$connect", edit: func(r *pasarela.Route) { r.APIKeyRequired = true }}))
	plan(sys, value, &pasarela.QuotaSettings{Limit: 2, Period: "DAY"})
	put(sys, pasarela.PrefixAPIKey+"key2", pasarela.APIKey{ID: "key2", Value: "in-no-plan", Enabled: true})
	put(sys, pasarela.PrefixAPIKey+"key3", pasarela.APIKey{ID: "key3", Value: "disabled"})
	testkit.Eventually(t, "the plan", func() bool { _, m := sys.watcher.Plans.KeyLimits(apiID, stageName, value); return m != nil })
	for _, wrong := range []string{"", "unknown", "in-no-plan", "disabled"} {
		if body, _ := sys.refuse("", 403, testkit.Header("x-api-key", wrong)); !strings.Contains(body, `"Forbidden"`) {
			t.Error(body)
		}
	}
	sys.connect("", testkit.Header("x-api-key", value))
	sys.connect("", testkit.Header("X-API-Key", value))
	body, header := sys.refuse("", 429, testkit.Header("x-api-key", value))
	if !strings.Contains(body, `"Limit Exceeded"`) {
		t.Error(body)
	}
	midnight := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 1)
	sys.because(header, "is used up for API key key1: 2 connections a day. It starts again at "+midnight.Format(time.DateTime)+" UTC")
	_, header = sys.refuse("", 403)
	sys.because(header, "let the client send one in the header x-api-key")
}
