package blackbox

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	mtypes "github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi/types"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"
	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/pasarelatest"
)

func Test01WhereAStageIs(t *testing.T) {
	g := pasarelatest.Start(t)
	s := g.Deploy(pasarelatest.API{Routes: routes{"$default": {}}})
	testkit.Connect(t, s.URL)
	testkit.Connect(t, s.URL+"/")
	for _, url := range []string{s.URL + "/x", strings.TrimSuffix(s.URL, "prod") + "test", strings.Replace(s.URL, s.APIID, "zzzzzzzzzz", 1)} {
		text, header := testkit.Refused(t, url, http.StatusForbidden)
		if text != `{"message":"Forbidden"}` || header.Get("x-amzn-ErrorType") != "ForbiddenException" || header.Get("x-amzn-RequestId") == "" {
			t.Errorf("%s: %s %v", url, text, header)
		}
	}
}

func Test02ConnectWithoutRouteOrTarget(t *testing.T) {
	g := pasarelatest.Start(t)
	testkit.Connect(t, g.Deploy(pasarelatest.API{Routes: routes{"$default": {}}}).URL)
	testkit.Connect(t, g.Deploy(pasarelatest.API{Routes: routes{"$connect": {}}}).URL)
}

func Test03ConnectByStatus(t *testing.T) {
	g, b := pasarelatest.Start(t), testkit.NewBackend(t)
	s := g.Deploy(pasarelatest.API{Routes: routes{"$connect": {Integration: pasarelatest.HTTP(b.URL, ""), Responses: pasarelatest.Keys(`/2\d\d/`)}}})
	b.Respond(testkit.Response{Status: 201, Body: `{}`})
	testkit.Connect(t, s.URL)
	b.Respond(testkit.Response{Status: 500, Body: `{}`})
	text, header := testkit.Refused(t, s.URL, http.StatusInternalServerError)
	if member(t, text, "message") != "Internal server error" || header.Get("x-amz-apigw-id") != member(t, text, "requestId") {
		t.Errorf("%s %v", text, header)
	}
}

func Test04ProxiedRefusal(t *testing.T) {
	g, b := pasarelatest.Start(t), testkit.NewBackend(t)
	s := g.Deploy(pasarelatest.API{Routes: routes{"$connect": {Integration: pasarelatest.HTTPProxy(b.URL)}}})
	b.Respond(testkit.Response{Status: 403, Body: `{"why":"not you"}`})
	if text, _ := testkit.Refused(t, s.URL, http.StatusForbidden); text != `{"why":"not you"}` {
		t.Errorf("body %s", text)
	}
}

func Test05ErrorsAndTimeouts(t *testing.T) {
	g, f := startWithFunctions(t)
	f.throws("broken", "oh")
	s := g.Deploy(pasarelatest.API{Routes: routes{"$connect": {Integration: g.Lambda("broken")}}})
	testkit.Refused(t, s.URL, http.StatusBadGateway)

	b := testkit.NewBackend(t)
	b.RespondWith(func(testkit.Request) testkit.Response { return testkit.Response{Wait: t.Context().Done()} })
	slow := pasarelatest.HTTPProxy(b.URL)
	slow.TimeoutInMillis = aws.Int32(100)
	s = g.Deploy(pasarelatest.API{Routes: routes{"$connect": {Integration: slow}}})
	if text, _ := testkit.Refused(t, s.URL, http.StatusGatewayTimeout); member(t, text, "message") != "Endpoint request timed out" {
		t.Errorf("body %s", text)
	}
}

// authorized deploys an API whose $connect has a REQUEST authorizer with a query
// parameter "token" as its identity source.
func authorized(t *testing.T, g *pasarelatest.Gateway, function string, more routes) *pasarelatest.Stage {
	t.Helper()
	all := routes{"$connect": {}}
	for key, route := range more {
		all[key] = route
	}
	s := g.Deploy(pasarelatest.API{Routes: all})
	authorizer, err := g.APIs().CreateAuthorizer(t.Context(), &apigatewayv2.CreateAuthorizerInput{
		ApiId: &s.APIID, Name: aws.String("gate"), AuthorizerType: types.AuthorizerTypeRequest,
		AuthorizerUri: g.Lambda(function).IntegrationUri, IdentitySource: []string{"route.request.querystring.token"},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = g.APIs().UpdateRoute(t.Context(), &apigatewayv2.UpdateRouteInput{
		ApiId: &s.APIID, RouteId: aws.String(s.RouteIDs["$connect"]), AuthorizationType: types.AuthorizationTypeCustom, AuthorizerId: authorizer.AuthorizerId,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Redeploy()
	return s
}

func policy(effect string) string {
	return fmt.Sprintf(`{"principalId":"me","policyDocument":{"Version":"2012-10-17","Statement":[{"Action":"execute-api:Invoke","Effect":%q,"Resource":"*"}]},`+
		`"context":{"tenant":"acme","level":3}}`, effect)
}

func Test06IdentitySourceMissing(t *testing.T) {
	g, f := startWithFunctions(t)
	f.returns("gate", policy("Allow"))
	s := authorized(t, g, "gate", nil)
	for _, query := range []string{"", "?token="} {
		if text, _ := testkit.Refused(t, s.URL+query, http.StatusUnauthorized); member(t, text, "message") != "Unauthorized" {
			t.Errorf("%q: %s", query, text)
		}
	}
	if len(f.asked) > 0 {
		t.Errorf("the authorizer was asked: %s", <-f.asked)
	}
	testkit.Connect(t, s.URL+"?token=x")
}

func Test07AuthorizersThatSayNo(t *testing.T) {
	g, f := startWithFunctions(t)
	s := authorized(t, g, "gate", nil)
	f.returns("gate", policy("Deny"))
	testkit.Refused(t, s.URL+"?token=x", http.StatusForbidden)
	f.throws("gate", "Unauthorized")
	testkit.Refused(t, s.URL+"?token=x", http.StatusUnauthorized)
	for _, malformed := range []string{`"malformed"`, `{}`, `{"principalId":"me"}`, `no JSON`, `{"principalId":"me","policyDocument":{"Version":"2012-10-17","Statement":[]},"context":{"a":{"b":1}}}`} {
		f.returns("gate", malformed)
		if text, _ := testkit.Refused(t, s.URL+"?token=x", http.StatusInternalServerError); !strings.Contains(text, `"message":null`) {
			t.Errorf("%s: %s", malformed, text)
		}
	}
	f.throws("gate", "anything else")
	testkit.Refused(t, s.URL+"?token=x", http.StatusInternalServerError)
}

func Test08ThrottledToNothing(t *testing.T) {
	g := pasarelatest.Start(t)
	s := g.Deploy(pasarelatest.API{Routes: routes{"$connect": {}}, Stage: apigatewayv2.CreateStageInput{
		DefaultRouteSettings: &types.RouteSettings{ThrottlingRateLimit: aws.Float64(0), ThrottlingBurstLimit: aws.Int32(0)},
	}})
	if text, _ := testkit.Refused(t, s.URL, http.StatusTooManyRequests); member(t, text, "message") != "Too Many Requests" {
		t.Errorf("body %s", text)
	}
}

func Test09Subprotocols(t *testing.T) {
	g, f := startWithFunctions(t)
	f.returns("offers", `{"statusCode":200,"headers":{"Sec-WebSocket-Protocol":"v1"}}`)
	f.returns("silent", `{"statusCode":200}`)
	offer := func(o *websocket.DialOptions) { o.Subprotocols = []string{"v1", "v2"} }
	for function, want := range map[string]string{"offers": "v1", "silent": ""} {
		s := g.Deploy(pasarelatest.API{Routes: routes{"$connect": {Integration: g.Lambda(function)}}})
		if got := testkit.Connect(t, s.URL, offer).Response.Header.Get("Sec-WebSocket-Protocol"); got != want {
			t.Errorf("%s: %q, want %q", function, got, want)
		}
	}
}

func Test10PushDuringConnectIsGone(t *testing.T) {
	b := testkit.NewBackend(t)
	g := pasarelatest.StartWith(t, pasarelatest.Options{Strict: true})
	go1 := make(chan struct{})
	b.RespondWith(func(testkit.Request) testkit.Response { return testkit.Response{Status: 201, Wait: go1} })
	s := g.Deploy(pasarelatest.API{Routes: routes{"$connect": {Integration: pasarelatest.HTTP(b.URL, "$context.connectionId"), Responses: pasarelatest.Keys("201")}}})
	done := make(chan struct{})
	go func() { defer close(done); testkit.Connect(t, s.URL) }()
	id := b.Next(t).Body
	_, err := post(t, s, id, "early")
	if !isA[*mtypes.GoneException](err) {
		t.Errorf("while $connect runs: %v", err)
	}
	close(go1)
	<-done
	testkit.Eventually(t, "the connection to take pushes", func() bool { _, err := post(t, s, id, "now"); return err == nil })
}

func post(t testing.TB, s *pasarelatest.Stage, id, data string) (*apigatewaymanagementapi.PostToConnectionOutput, error) {
	t.Helper()
	return s.Connections().PostToConnection(t.Context(), &apigatewaymanagementapi.PostToConnectionInput{ConnectionId: &id, Data: []byte(data)})
}
