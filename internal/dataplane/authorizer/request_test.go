package authorizer_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/authorizer"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/engine/awsuri"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
)

const (
	methodARN = "arn:aws:execute-api:us-east-1:123456789012:abcdefghij/prod/$connect"
	lambdaURI = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:auth/invocations"
)

var custom = &pasarela.Route{RouteKey: "$connect", AuthorizationType: pasarela.AuthorizationCustom, AuthorizerID: "auth01"}

// backend stands for a function or an issuer, and counts the questions.
type backend struct {
	response func(authorizer.Call) (authorizer.Response, error)
	asked    []authorizer.Call
}

func (b *backend) call(c authorizer.Call) (authorizer.Response, error) {
	b.asked = append(b.asked, c)
	return b.response(c)
}

func saying(body string) *backend {
	return &backend{response: func(authorizer.Call) (authorizer.Response, error) {
		return authorizer.Response{Status: 200, Body: []byte(body)}, nil
	}}
}

type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

var epoch = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func compile(t *testing.T, def pasarela.Authorizer, b *backend, c *clock) *authorizer.Authorizer {
	t.Helper()
	def.AuthorizerID, def.AuthorizerType = "auth01", pasarela.AuthorizerRequest
	if def.AuthorizerURI == "" {
		def.AuthorizerURI = lambdaURI
	}
	auth := authorizer.Compile(custom, []pasarela.Authorizer{def}, "prod", map[string]string{"host": "auth.example.com"}, &authorizer.Services{Call: b.call, Now: c.Now})
	if defect := auth.Defect(); defect != nil {
		t.Fatal(*defect)
	}
	return auth
}

// handshake is a handshake with these headers and query parameters.
func handshake(header, query []event.Pair) authorizer.Request {
	r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1/abcdefghij/prod", nil)
	for _, h := range header {
		r.Header.Add(h.Name, h.Value)
	}
	record := &execution.Record{}
	record.Begin(epoch)
	return authorizer.Request{HTTP: r, Record: record, MethodARN: methodARN, Event: &event.Event{
		APIID: "abcdefghij", Stage: "prod", RouteKey: "$connect", EventType: event.Connect, RequestID: "request",
		Identity:       event.Identity{SourceIP: "192.0.2.7", UserAgent: "test"},
		Params:         event.Params{Header: header, Querystring: query},
		StageVariables: []event.Pair{{Name: "color", Value: "blue"}},
	}}
}

func pairs(texts ...string) (list []event.Pair) {
	for i := 0; i < len(texts); i += 2 {
		list = append(list, event.Pair{Name: texts[i], Value: texts[i+1]})
	}
	return list
}

func policy(statements string) string {
	return `{"principalId":"ana","policyDocument":{"Version":"2012-10-17","Statement":[` + statements + `]}}`
}

const allow = `{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"*"}`

// Only a complete result, with a policy that allows this method, admits a
// client.
func TestResultsOfAuthorizers(t *testing.T) {
	response := func(status int, body string, functionError bool) func(authorizer.Call) (authorizer.Response, error) {
		return func(authorizer.Call) (authorizer.Response, error) {
			return authorizer.Response{Status: status, Body: []byte(body), FunctionError: functionError}, nil
		}
	}
	for name, c := range map[string]struct {
		response func(authorizer.Call) (authorizer.Response, error)
		status   int // 0: let in
		kind     execution.ResponseType
		fix      string
	}{
		"allow":                    {response(200, policy(allow), false), 0, "", ""},
		"allow this stage":         {response(200, policy(`{"Effect":"Allow","Action":"execute-api:*","Resource":"arn:aws:execute-api:us-east-1:123456789012:abcdefghij/prod/*"}`), false), 0, "", ""},
		"one object of a policy":   {response(200, `{"principalId":"ana","policyDocument":{"Version":"2012-10-17","Statement":`+allow+`}}`, false), 0, "", ""},
		"condition that holds":     {response(200, policy(`{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}`), false), 0, "", ""},
		"condition that does not":  {response(200, policy(`{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}`), false), 403, execution.AccessDenied, "under a condition that does not hold: IpAddress aws:SourceIp in the Allow statement at line 1"},
		"deny wins":                {response(200, policy(allow+`,{"Sid":"No","Effect":"Deny","Action":"execute-api:Invoke","Resource":"`+methodARN+`"}`), false), 403, execution.AccessDenied, "(No)"},
		"another stage":            {response(200, policy(`{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:us-east-1:123456789012:abcdefghij/test/*"}`), false), 403, execution.AccessDenied, "but not on " + methodARN},
		"another action":           {response(200, policy(`{"Effect":"Allow","Action":"execute-api:ManageConnections","Resource":"*"}`), false), 403, execution.AccessDenied, "does not allow execute-api:Invoke"},
		"no statement":             {response(200, policy(""), false), 500, execution.AuthorizerConfigurationError, "policyDocument"},
		"no policy":                {response(200, `{"principalId":"ana"}`, false), 500, execution.AuthorizerConfigurationError, "policyDocument is missing"},
		"null policy":              {response(200, `{"principalId":"ana","policyDocument":null}`, false), 500, execution.AuthorizerConfigurationError, "policyDocument"},
		"text for a policy":        {response(200, `{"principalId":"ana","policyDocument":"{}"}`, false), 500, execution.AuthorizerConfigurationError, "policyDocument: it is a string; give the object itself"},
		"no principal":             {response(200, `{"policyDocument":{"Version":"2012-10-17","Statement":[`+allow+`]}}`, false), 500, execution.AuthorizerConfigurationError, "principalId is missing"},
		"empty principal":          {response(200, strings.Replace(policy(allow), "ana", "", 1), false), 500, execution.AuthorizerConfigurationError, "principalId is missing"},
		"number for a principal":   {response(200, strings.Replace(policy(allow), `"ana"`, "7", 1), false), 500, execution.AuthorizerConfigurationError, "principalId must be a string"},
		"members in other letters": {response(200, strings.ReplaceAll(policy(allow), "principalId", "PrincipalID"), false), 500, execution.AuthorizerConfigurationError, "principalId is missing"},
		"unknown effect":           {response(200, policy(`{"Effect":"allow","Action":"*","Resource":"*"}`), false), 500, execution.AuthorizerConfigurationError, "policyDocument: statement 1: Effect must be"},
		"nested context":           {response(200, strings.Replace(policy(allow), `"principalId"`, `"context":{"a":{"b":1}},"principalId"`, 1), false), 500, execution.AuthorizerConfigurationError, "context.a is nested"},
		"list for a context":       {response(200, strings.Replace(policy(allow), `"principalId"`, `"context":[1],"principalId"`, 1), false), 500, execution.AuthorizerConfigurationError, "context must be an object"},
		"empty":                    {response(200, "", false), 500, execution.AuthorizerConfigurationError, "it is not JSON"},
		"null":                     {response(200, "null", false), 500, execution.AuthorizerConfigurationError, "it must be an object"},
		"two values":               {response(200, policy(allow)+policy(allow), false), 500, execution.AuthorizerConfigurationError, ""},
		"cut short":                {response(200, policy(allow)[:80], false), 500, execution.AuthorizerConfigurationError, ""},
		"too long":                 {response(200, strings.Replace(policy(allow), `"principalId"`, `"context":{"a":"`+strings.Repeat("x", 8<<10)+`"},"principalId"`, 1), false), 500, execution.AuthorizerConfigurationError, "more than 8192"},
		"function fails":           {response(200, `{"errorMessage":"boom","errorType":"Error"}`, true), 500, execution.AuthorizerFailure, "(authorizerUri: Lambda auth): its function failed: boom"},
		"function says no":         {response(200, `{"errorMessage":"Unauthorized"}`, true), 401, execution.Unauthorized, "said Unauthorized"},
		"failure with a policy":    {response(200, policy(allow), true), 500, execution.AuthorizerFailure, ""},
		"status of the service":    {response(503, policy(allow), false), 500, execution.AuthorizerFailure, "status 503"},
		"unauthorized to call":     {response(401, policy(allow), false), 500, execution.AuthorizerFailure, "status 401"},
		"no answer": {
			func(authorizer.Call) (authorizer.Response, error) {
				return authorizer.Response{}, errors.New("timed out")
			}, 500, execution.AuthorizerFailure,
			"timed out",
		},
	} {
		t.Run(name, func(t *testing.T) {
			auth := compile(t, pasarela.Authorizer{AuthorizerResultTTLInSeconds: 300, IdentitySource: []string{"route.request.header.Auth"}}, &backend{response: c.response}, &clock{epoch})
			for _, again := range []string{"", ", again"} { // a cached result must not turn a refusal into an admission
				grant, err := auth.Authorize(handshake(pairs("Auth", "x"), nil))
				switch {
				case c.status == 0 && (err != nil || grant.Context[0] != event.Pair{Name: "principalId", Value: "ana"}):
					t.Errorf("refused%s: %v %+v", again, err, grant)
				case c.status != 0 && err == nil:
					t.Errorf("let in%s", again)
				case c.status != 0 && (err.Status != c.status || err.ResponseType != c.kind || !strings.Contains(err.Cause.Error(), c.fix)):
					t.Errorf("got%s %v; %s", again, err, err.Cause.Error())
				}
			}
		})
	}
}

func TestAnEndpointMaySayUnauthorized(t *testing.T) {
	for status, want := range map[int]int{401: 401, 403: 500, 302: 500, 204: 500} {
		b := &backend{response: func(authorizer.Call) (authorizer.Response, error) {
			return authorizer.Response{Status: status, Body: []byte(policy(allow))}, nil
		}}
		auth := compile(t, pasarela.Authorizer{AuthorizerURI: "https://${stageVariables.host}/check"}, b, &clock{epoch})
		if _, err := auth.Authorize(handshake(nil, nil)); err == nil || err.Status != want {
			t.Errorf("%d: %v", status, err)
		}
		if b.asked[0].URL != "https://auth.example.com/check" || b.asked[0].Timeout <= 0 {
			t.Errorf("asked %+v", b.asked[0])
		}
	}
}

// A client without a value for an identity source is refused, and the function is not
// called.
func TestIdentitySources(t *testing.T) {
	for _, c := range []struct {
		sources []string
		header  []event.Pair
		query   []event.Pair
		in      bool
	}{
		{[]string{"route.request.header.Auth"}, pairs("auth", "x"), nil, true},
		{[]string{"route.request.header.Auth"}, pairs("Auth", ""), nil, false},
		{[]string{"route.request.header.Auth"}, pairs("Other", "x"), nil, false},
		{[]string{"route.request.header.Auth"}, nil, pairs("Auth", "x"), false},
		{[]string{"route.request.querystring.token"}, nil, pairs("token", "x"), true},
		{[]string{"route.request.querystring.token"}, nil, pairs("TOKEN", "x"), false},
		{[]string{"route.request.querystring.token"}, nil, pairs("token", "x", "token", ""), false},
		{[]string{"route.request.header.Auth", "route.request.querystring.token"}, pairs("Auth", "x"), nil, false},
		{[]string{"route.request.header.Auth,route.request.querystring.token"}, pairs("Auth", "x"), pairs("token", "y"), true},
		{[]string{"stageVariables.color", "context.identity.sourceIp"}, nil, nil, true},
		{[]string{"stageVariables.none"}, nil, nil, false},
		{nil, nil, nil, true},
	} {
		b := saying(policy(allow))
		_, err := compile(t, pasarela.Authorizer{IdentitySource: c.sources}, b, &clock{epoch}).Authorize(handshake(c.header, c.query))
		if (err == nil) != c.in || len(b.asked) != map[bool]int{true: 1, false: 0}[c.in] || !c.in && err.Status != 401 {
			t.Errorf("%q with %v %v: %v, asked %d times", c.sources, c.header, c.query, err, len(b.asked))
		}
	}
}

func TestResultsAreRememberedForAWhile(t *testing.T) {
	c, b := &clock{epoch}, saying(policy(allow))
	auth := compile(t, pasarela.Authorizer{AuthorizerResultTTLInSeconds: 60, IdentitySource: []string{"route.request.header.Auth"}}, b, c)
	for _, step := range []struct {
		auth  string
		after time.Duration
		asked int
	}{
		{"x", 0, 1}, {"x", 59 * time.Second, 1}, {"y", 0, 2}, {"X", 0, 3}, {"x", time.Second, 4},
	} {
		c.now = c.now.Add(step.after)
		if _, err := auth.Authorize(handshake(pairs("Auth", step.auth), nil)); err != nil || len(b.asked) != step.asked {
			t.Errorf("%+v: asked %d times, %v", step, len(b.asked), err)
		}
	}
	for name, def := range map[string]pasarela.Authorizer{
		"no TTL":     {IdentitySource: []string{"route.request.header.Auth"}},
		"no sources": {AuthorizerResultTTLInSeconds: 60},
	} {
		b := saying(policy(allow))
		auth := compile(t, def, b, c)
		for range 2 {
			_, _ = auth.Authorize(handshake(pairs("Auth", "x"), nil))
		}
		if len(b.asked) != 2 {
			t.Errorf("%s: asked %d times", name, len(b.asked))
		}
	}
}

// A cached result is a policy, which is evaluated again for every handshake.
func TestARememberedPolicyIsEvaluatedAnew(t *testing.T) {
	b := saying(policy(`{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"` + methodARN + `"}`))
	auth := compile(t, pasarela.Authorizer{AuthorizerResultTTLInSeconds: 60, IdentitySource: []string{"route.request.header.Auth"}}, b, &clock{epoch})
	for arn, in := range map[string]bool{methodARN: true, strings.Replace(methodARN, "prod", "test", 1): false} {
		r := handshake(pairs("Auth", "x"), nil)
		r.MethodARN = arn
		if _, err := auth.Authorize(r); (err == nil) != in {
			t.Errorf("%s: %v", arn, err)
		}
	}
}

// No two identities have the same cache key, whatever bytes they consist of.
func TestIdentitiesAreNotConfused(t *testing.T) {
	b := saying(policy(allow))
	auth := compile(t, pasarela.Authorizer{
		AuthorizerResultTTLInSeconds: 60, IdentitySource: []string{"route.request.querystring.a", "route.request.querystring.b"},
	}, b, &clock{epoch})
	for i, values := range [][2]string{{"x", "y"}, {"x\x00y", "z"}, {"x", "y\x00z"}, {"1", "11"}, {"11", "1"}, {"1:1", "1"}, {"1", "1:1"}} {
		if _, err := auth.Authorize(handshake(nil, pairs("a", values[0], "b", values[1]))); err != nil || len(b.asked) != i+1 {
			t.Errorf("%q: asked %d times, %v", values, len(b.asked), err)
		}
	}
}

// The cache is bounded, however many identities there are.
func TestTheCacheForgets(t *testing.T) {
	b := saying(policy(allow))
	auth := compile(t, pasarela.Authorizer{AuthorizerResultTTLInSeconds: 3600, IdentitySource: []string{"route.request.header.Auth"}}, b, &clock{epoch})
	for i := range 4097 {
		_, _ = auth.Authorize(handshake(pairs("Auth", fmt.Sprint(i)), nil))
	}
	_, _ = auth.Authorize(handshake(pairs("Auth", "4096"), nil))
	if len(b.asked) != 4097 {
		t.Errorf("the newest was forgotten: asked %d times", len(b.asked))
	}
	_, _ = auth.Authorize(handshake(pairs("Auth", "0"), nil))
	if len(b.asked) != 4098 {
		t.Errorf("the oldest of more than fit was remembered: asked %d times", len(b.asked))
	}
}

func TestContextOfAnAuthorizerIsText(t *testing.T) {
	body := strings.Replace(policy(allow), `"principalId"`, `"usageIdentifierKey":"key","context":{"s":"a\"b","n":1.50,"t":true,"nothing":null,"principalId":"forged"},"principalId"`, 1)
	grant, err := compile(t, pasarela.Authorizer{}, saying(body), &clock{epoch}).Authorize(handshake(nil, nil))
	want := pairs("principalId", "ana", "n", "1.50", "s", `a"b`, "t", "true")
	if err != nil || cmp.Diff(want, grant.Context) != "" || grant.UsageKey != "key" {
		t.Errorf("%v %+v", err, grant)
	}
}

func TestRolesOfAuthorizersAreAsked(t *testing.T) {
	b := saying(policy(allow))
	var source, invoked string
	services := &authorizer.Services{Call: b.call, MayInvoke: func(roleARN, sourceARN string, function awsuri.URI) error {
		source, invoked = sourceARN, function.Function.Name
		return errors.New("role " + roleARN + " does not trust apigateway.amazonaws.com")
	}}
	auth := authorizer.Compile(custom, []pasarela.Authorizer{{AuthorizerID: "auth01", AuthorizerURI: lambdaURI, AuthorizerCredentialsARN: "arn:aws:iam::123456789012:role/x"}}, "prod", nil, services)
	_, refused := auth.Authorize(handshake(nil, nil))
	if refused == nil || refused.Status != 500 || !strings.Contains(refused.Cause.Error(), "authorizerCredentialsArn") || len(b.asked) != 0 {
		t.Errorf("%v, asked %d times", refused, len(b.asked))
	}
	if source != "arn:aws:execute-api:us-east-1:123456789012:abcdefghij/authorizers/auth01" || invoked != "auth" {
		t.Errorf("on behalf of %s, function %s", source, invoked)
	}
}

// An authorizer with unknown settings refuses every client, and its deployment is
// refused: an API whose authorizer is broken must not be served without one.
func TestWhatIsUnknownLetsNobodyIn(t *testing.T) {
	jwt := &pasarela.JWTConfiguration{Issuer: "https://issuer.example.com", Audience: []string{"a"}}
	for name, c := range map[string]struct {
		route pasarela.Route
		def   pasarela.Authorizer
	}{
		"unknown type":                   {pasarela.Route{AuthorizationType: "MAGIC", AuthorizerID: "other"}, pasarela.Authorizer{AuthorizerURI: lambdaURI}},
		"unknown type, known authorizer": {pasarela.Route{AuthorizationType: "MAGIC", AuthorizerID: "auth01"}, pasarela.Authorizer{AuthorizerURI: lambdaURI}},
		"unknown authorizer":             {pasarela.Route{AuthorizationType: "CUSTOM", AuthorizerID: "other"}, pasarela.Authorizer{AuthorizerURI: lambdaURI}},
		"no URI":                         {*custom, pasarela.Authorizer{}},
		"another service":                {*custom, pasarela.Authorizer{AuthorizerURI: "arn:aws:apigateway:us-east-1:sqs:path/1/queue"}},
		"unfinished URI":                 {*custom, pasarela.Authorizer{AuthorizerURI: strings.TrimSuffix(lambdaURI, "/invocations")}},
		"file":                           {*custom, pasarela.Authorizer{AuthorizerURI: "file:///etc/passwd"}},
		"source of nothing":              {*custom, pasarela.Authorizer{AuthorizerURI: lambdaURI, IdentitySource: []string{"route.request.header."}}},
		"source of a body":               {*custom, pasarela.Authorizer{AuthorizerURI: lambdaURI, IdentitySource: []string{"route.request.body.token"}}},
		"context not a source":           {*custom, pasarela.Authorizer{AuthorizerURI: lambdaURI, IdentitySource: []string{"context.eventType"}}},
		"JWT without issuer":             {*custom, pasarela.Authorizer{AuthorizerType: "JWT", IdentitySource: []string{"$request.header.Authorization"}}},
		"JWT for anybody":                {*custom, pasarela.Authorizer{AuthorizerType: "JWT", JWTConfiguration: &pasarela.JWTConfiguration{Issuer: jwt.Issuer}, IdentitySource: []string{"$request.header.Authorization"}}},
		"JWT from nowhere":               {*custom, pasarela.Authorizer{AuthorizerType: "JWT", JWTConfiguration: jwt}},
	} {
		c.def.AuthorizerID = "auth01"
		auth := authorizer.Compile(&c.route, []pasarela.Authorizer{c.def}, "prod", nil, &authorizer.Services{})
		if auth.Defect() == nil {
			t.Errorf("%s: no defect", name)
		}
		if _, refused := auth.Authorize(handshake(pairs("Authorization", "Bearer x"), nil)); refused == nil || refused.Status != http.StatusInternalServerError {
			t.Errorf("%s: %v", name, refused)
		}
	}
}

// A stage without a variable refuses every client, and is no reason to refuse the
// deployment: the variable may still come. One that makes an address of nothing is.
func TestStageVariablesOfAuthorizers(t *testing.T) {
	for name, c := range map[string]struct {
		def       pasarela.Authorizer
		variables map[string]string
		refused   bool // the deployment
		says      string
	}{
		"unset URI":   {pasarela.Authorizer{AuthorizerURI: "${stageVariables.auth}"}, nil, false, "stage prod has no variable auth"},
		"wrong URI":   {pasarela.Authorizer{AuthorizerURI: "${stageVariables.auth}"}, map[string]string{"auth": "nowhere"}, true, "authorizerUri"},
		"a function":  {pasarela.Authorizer{AuthorizerURI: "${stageVariables.auth}"}, map[string]string{"auth": "arn:aws:lambda:us-east-1:123456789012:function:f"}, true, "invoke_arn"},
		"unset role":  {pasarela.Authorizer{AuthorizerURI: lambdaURI, AuthorizerCredentialsARN: "${stageVariables.role}"}, nil, false, "no variable role"},
		"role of air": {pasarela.Authorizer{AuthorizerURI: lambdaURI, AuthorizerCredentialsARN: "${stageVariables.role}"}, map[string]string{"role": ""}, true, "authorizerCredentialsArn"},
	} {
		c.def.AuthorizerID, c.def.Name = "auth01", "tokens"
		b := saying(policy(allow))
		auth := authorizer.Compile(custom, []pasarela.Authorizer{c.def}, "prod", c.variables, &authorizer.Services{Call: b.call})
		_, err := auth.Authorize(handshake(nil, nil))
		if (auth.Defect() != nil) != c.refused || err == nil || err.Status != 500 || !strings.Contains(err.Cause.Error(), c.says) || !strings.Contains(err.Cause.Error(), "authorizer tokens (auth01)") || len(b.asked) > 0 {
			t.Errorf("%s: defect %v, %v", name, auth.Defect(), err)
		}
	}
}

// A handshake with two Authorization headers is refused (aws-dataplane §1.3).
func TestTwoAuthorizationHeadersAreRefused(t *testing.T) {
	b, i := saying(policy(allow)), newIssuer(t)
	for name, auth := range map[string]*authorizer.Authorizer{"REQUEST": compile(t, pasarela.Authorizer{}, b, &clock{epoch}), "JWT": i.authorizer(&clock{epoch})} {
		_, err := auth.Authorize(handshake(pairs("Authorization", "Bearer "+i.token(nil, nil), "Authorization", "x"), nil))
		if err == nil || err.Status != http.StatusBadRequest {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(b.asked)+i.asked != 0 {
		t.Error("somebody was asked")
	}
}
