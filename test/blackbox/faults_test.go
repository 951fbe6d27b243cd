package blackbox

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/pasarelatest"
)

// world is the set-up into which a fault is injected: a gateway, an HTTP backend
// that responds 200 {"ok":true}, and Lambda functions.
type world struct {
	t *testing.T
	g *pasarelatest.Gateway
	b *testkit.Backend
	f *functions
}

// fault is a configuration with one mistake. It shows in the handshake, or in
// the message if one is given.
type fault struct {
	name    string
	message string
	api     func(w world) pasarelatest.API
	after   func(w world, s *pasarelatest.Stage) // what Deploy cannot say, before it is deployed again
	want    []string                             // in the first line that explain prints: the cause, and the field to change
}

// TestExplainNamesTheCauseAndTheField: 25 injected faults of
// configuration, each named by the first line of explain.
func TestExplainNamesTheCauseAndTheField(t *testing.T) {
	g, f := startWithFunctions(t)
	f.throws("throws", "division by zero")
	f.returns("malformed", `{"body":"no status"}`)
	f.returns("denies", policy("Deny"))
	f.returns("allows", policy("Allow"))
	f.returns("malformed", `{"principalId":"me"}`)
	f.throws("unauthorized", "Unauthorized")
	if len(faults) < 25 {
		t.Errorf("only %d faults", len(faults))
	}
	for _, fault := range faults {
		t.Run(fault.name, func(t *testing.T) {
			w := world{t, g, testkit.NewBackend(t), f}
			w.b.Respond(testkit.Response{Body: `{"ok":true}`})
			s := g.Deploy(fault.api(w))
			if fault.after != nil {
				fault.after(w, s)
				s.Redeploy()
			}
			id := meet(t, s, fault.message)
			cause, _, _ := strings.Cut(g.Explain(id), "\n")
			for _, word := range fault.want {
				if !strings.Contains(cause, word) {
					t.Errorf("the first line does not name %q: %s", word, cause)
				}
			}
			if said := inSpanish(t, g, id); said == cause {
				t.Errorf("in Spanish it is the same: %s", said)
			}
			t.Log(cause)
		})
	}
}

// inSpanish is the first line of explain in Spanish.
func inSpanish(t *testing.T, g *pasarelatest.Gateway, id string) string {
	t.Helper()
	client := &extension.Client{Endpoint: g.Endpoint(), Region: g.Region(), Credentials: g.Credentials(), Language: "es"}
	text, _, err := client.Explain(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	cause, _, _ := strings.Cut(text, "\n")
	return cause
}

// meet triggers the fault and returns the request id that the client sees.
func meet(t *testing.T, s *pasarelatest.Stage, message string) (requestID string) {
	t.Helper()
	if message != "" {
		_, _, requestID = testkit.ErrorFrame(t, testkit.Connect(t, s.URL).Ask(message))
		return requestID
	}
	c, response := testkit.Dial(t, s.URL)
	if c != nil {
		t.Fatal("the client was let in")
	}
	return response.Header.Get("x-amz-apigw-id")
}

func onConnect(r pasarelatest.Route) pasarelatest.API {
	return pasarelatest.API{Routes: routes{"$connect": r}}
}

func onMessage(r pasarelatest.Route) pasarelatest.API {
	r.TwoWay = true
	return pasarelatest.API{Routes: routes{"do": r}}
}

const do = `{"action":"do"}`

// to is an HTTP integration of the backend, changed.
func (w world) to(change func(*apigatewayv2.CreateIntegrationInput), keys ...string) pasarelatest.Route {
	i := pasarelatest.HTTP(w.b.URL, "{}")
	if change != nil {
		change(i)
	}
	return pasarelatest.Route{Integration: i, Responses: pasarelatest.Keys(keys...)}
}

func (w world) lambda(function string) pasarelatest.Route {
	return pasarelatest.Route{Integration: w.g.Lambda(function)}
}

// gate gives $connect an authorizer.
func gate(function string, sources ...string) func(world, *pasarelatest.Stage) {
	if sources == nil {
		sources = []string{} // the SDK wants to be told that there are none
	}
	return func(w world, s *pasarelatest.Stage) {
		made, err := w.g.APIs().CreateAuthorizer(w.t.Context(), &apigatewayv2.CreateAuthorizerInput{
			ApiId: &s.APIID, Name: aws.String("gate"), AuthorizerType: types.AuthorizerTypeRequest, AuthorizerUri: w.g.Lambda(function).IntegrationUri, IdentitySource: sources,
		})
		if err != nil {
			w.t.Fatal(err)
		}
		change(func(r *apigatewayv2.UpdateRouteInput) {
			r.AuthorizationType, r.AuthorizerId = types.AuthorizationTypeCustom, made.AuthorizerId
		})(w, s)
	}
}

// change updates the only route.
func change(edit func(*apigatewayv2.UpdateRouteInput)) func(world, *pasarelatest.Stage) {
	return func(w world, s *pasarelatest.Stage) {
		for _, id := range s.RouteIDs {
			in := &apigatewayv2.UpdateRouteInput{ApiId: &s.APIID, RouteId: &id}
			edit(in)
			if _, err := w.g.APIs().UpdateRoute(w.t.Context(), in); err != nil {
				w.t.Fatal(err)
			}
		}
	}
}

// role makes a role that a service may assume, without any policy.
func (w world) role(name, service string) *string {
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"` + service + `"},"Action":"sts:AssumeRole"}]}`
	made, err := w.g.IAM().CreateRole(w.t.Context(), &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust})
	if err != nil {
		w.t.Fatal(err)
	}
	return made.Role.Arn
}

var faults = []fault{
	{
		"no integration response for the status", "", func(w world) pasarelatest.API { return onConnect(w.to(nil, "201")) }, nil,
		[]string{"answered status 200", "integrationResponseKey", "keys: 201"},
	},
	{
		"no integration response at all", do, func(w world) pasarelatest.API { return onMessage(w.to(nil)) }, nil,
		[]string{"no integration response", "integrationResponseKey"},
	},
	{"the backend says no", "", func(w world) pasarelatest.API {
		w.b.Respond(testkit.Response{Status: 401})
		return onConnect(w.to(nil, "$default"))
	}, nil, []string{"integration of $connect answered 401", "2xx"}},
	{"nobody listens at the URI", "", func(w world) pasarelatest.API {
		return onConnect(w.to(func(i *apigatewayv2.CreateIntegrationInput) {
			i.IntegrationUri = aws.String("http://" + testkit.FreeAddress(w.t))
		}, "201"))
	}, nil, []string{"integrationUri", "refused"}},
	{"a stage variable that the stage lacks", "", func(w world) pasarelatest.API {
		return onConnect(w.to(func(i *apigatewayv2.CreateIntegrationInput) {
			i.IntegrationUri = aws.String("http://${stageVariables.backend}/x")
		}, "201"))
	}, nil, []string{"integrationUri", "stage variable"}},
	{"a link-local address", "", func(w world) pasarelatest.API {
		return onConnect(w.to(func(i *apigatewayv2.CreateIntegrationInput) {
			i.IntegrationUri = aws.String("http://169.254.169.254/latest/meta-data")
		}, "$default"))
	}, nil, []string{"integrationUri", "169.254.169.254"}},
	{"a certificate that nobody vouches for", "", func(w world) pasarelatest.API {
		server := httptest.NewTLSServer(http.NotFoundHandler())
		w.t.Cleanup(server.Close)
		return onConnect(w.to(func(i *apigatewayv2.CreateIntegrationInput) { i.IntegrationUri = &server.URL }, "$default"))
	}, nil, []string{"integrationUri", "certificate"}},
	{"a backend that does not speak HTTP", do, func(w world) pasarelatest.API {
		return onMessage(w.to(func(i *apigatewayv2.CreateIntegrationInput) {
			i.IntegrationUri = aws.String(testkit.NewRawServer(w.t, "220 smtp.example.com ESMTP\r\n\r\n"))
		}, "$default"))
	}, nil, []string{"integrationUri", "no answer"}},
	{"a backend that is slower than allowed", do, func(w world) pasarelatest.API {
		w.b.RespondWith(func(testkit.Request) testkit.Response { return testkit.Response{Wait: w.t.Context().Done()} })
		return onMessage(w.to(func(i *apigatewayv2.CreateIntegrationInput) { i.TimeoutInMillis = aws.Int32(60) }, "$default"))
	}, nil, []string{"timeoutInMillis", "60 ms"}},
	{"a MOCK without a number", do, func(world) pasarelatest.API {
		return onMessage(pasarelatest.Route{Integration: pasarelatest.Mock(`{"statusCode":"200"}`), Responses: pasarelatest.Keys("$default")})
	}, nil, []string{"requestTemplates", "statusCode"}},
	{"no template and no passing through", do, func(w world) pasarelatest.API {
		return onMessage(w.to(func(i *apigatewayv2.CreateIntegrationInput) {
			i.RequestTemplates, i.PassthroughBehavior = nil, types.PassthroughBehaviorNever
		}, "$default"))
	}, nil, []string{"passthroughBehavior", "NEVER", "template"}},
	{"a template that fails", do, func(w world) pasarelatest.API {
		return onMessage(w.to(func(i *apigatewayv2.CreateIntegrationInput) {
			i.RequestTemplates = map[string]string{"application/json": `$util.base64Decode("!")`}
		}, "$default"))
	}, nil, []string{"requestTemplates", "base64"}},
	{"a response template that fails", do, func(w world) pasarelatest.API {
		r := w.to(nil)
		r.Responses = pasarelatest.Response(`$util.base64Decode("!")`)
		return onMessage(r)
	}, nil, []string{"responseTemplates", "$default", "base64"}},
	{
		"a route without target", do, func(world) pasarelatest.API { return onMessage(pasarelatest.Route{}) }, nil,
		[]string{"do", "target"},
	},
	{
		"no route for the message", `{"action":"nope"}`, func(w world) pasarelatest.API { return onMessage(w.to(nil)) }, nil,
		[]string{"nope", "$default", "routeSelectionExpression"},
	},
	{
		"a message that its model refuses", do, func(w world) pasarelatest.API { return onMessage(w.to(nil, "$default")) },
		func(w world, s *pasarelatest.Stage) {
			_, err := w.g.APIs().CreateModel(w.t.Context(), &apigatewayv2.CreateModelInput{
				ApiId: &s.APIID, Name: aws.String("order"),
				ContentType: aws.String("application/json"), Schema: aws.String(`{"type":"object","required":["n"]}`),
			})
			if err != nil {
				w.t.Fatal(err)
			}
			change(func(r *apigatewayv2.UpdateRouteInput) {
				r.ModelSelectionExpression, r.RequestModels = aws.String("order"), map[string]string{"order": "order"}
			})(w, s)
		},
		[]string{"order", "n", "requestModels"},
	},
	{"a throttle of nothing", do, func(w world) pasarelatest.API {
		api := onMessage(w.to(nil, "$default"))
		api.Stage.RouteSettings = map[string]types.RouteSettings{"do": {ThrottlingRateLimit: aws.Float64(0), ThrottlingBurstLimit: aws.Int32(0)}}
		return api
	}, nil, []string{"do", "throttlingRateLimit", "routeSettings"}},
	{"a role that does not exist", "", func(w world) pasarelatest.API {
		return onConnect(w.to(func(i *apigatewayv2.CreateIntegrationInput) {
			i.CredentialsArn = aws.String("arn:aws:iam::" + w.g.AccountID() + ":role/missing")
		}, "$default"))
	}, nil, []string{"credentialsArn", "role/missing"}},
	{"a role for somebody else", "", func(w world) pasarelatest.API {
		return onConnect(w.to(func(i *apigatewayv2.CreateIntegrationInput) { i.CredentialsArn = w.role("theirs", "ec2.amazonaws.com") }, "$default"))
	}, nil, []string{"credentialsArn", "role/theirs", "apigateway.amazonaws.com"}},
	{"a role that may not invoke", "", func(w world) pasarelatest.API {
		r := w.lambda("allows")
		r.Integration.CredentialsArn = w.role("powerless", "apigateway.amazonaws.com")
		return onConnect(r)
	}, nil, []string{"credentialsArn", "role/powerless", "lambda:InvokeFunction"}},
	{
		"a function that does not exist", "", func(w world) pasarelatest.API { return onConnect(w.lambda("nobody")) }, nil,
		[]string{"integrationUri", "nobody"},
	},
	{
		"a function that fails", "", func(w world) pasarelatest.API { return onConnect(w.lambda("throws")) }, nil,
		[]string{"throws", "division by zero"},
	},
	{
		"a function that returns no status", "", func(w world) pasarelatest.API { return onConnect(w.lambda("malformed")) }, nil,
		[]string{"malformed", "statusCode"},
	},
	{
		"an authorizer that denies", "", func(world) pasarelatest.API { return onConnect(pasarelatest.Route{}) }, gate("denies"),
		[]string{"policy of authorizer", "denies", "$connect"},
	},
	{
		"an authorizer without its identity source", "", func(world) pasarelatest.API { return onConnect(pasarelatest.Route{}) },
		gate("allows", "route.request.header.X-Token"),
		[]string{"identitySource", "X-Token"},
	},
	{
		"an authorizer that returns no policy", "", func(world) pasarelatest.API { return onConnect(pasarelatest.Route{}) }, gate("malformed"),
		[]string{"authorizer", "policyDocument"},
	},
	{
		"an authorizer that does not exist", "", func(world) pasarelatest.API { return onConnect(pasarelatest.Route{}) }, gate("nobody"),
		[]string{"authorizerUri", "nobody"},
	},
	{
		"an authorizer that says Unauthorized", "", func(world) pasarelatest.API { return onConnect(pasarelatest.Route{}) }, gate("unauthorized"),
		[]string{"Authorizer", "Unauthorized"},
	},
	{
		"a handshake that is not signed", "", func(world) pasarelatest.API { return onConnect(pasarelatest.Route{}) },
		change(func(r *apigatewayv2.UpdateRouteInput) { r.AuthorizationType = types.AuthorizationTypeAwsIam }),
		[]string{"authorizationType AWS_IAM", "signature"},
	},
	{
		"a handshake without an API key", "", func(world) pasarelatest.API { return onConnect(pasarelatest.Route{}) },
		change(func(r *apigatewayv2.UpdateRouteInput) { r.ApiKeyRequired = aws.Bool(true) }),
		[]string{"apiKeyRequired", "x-api-key"},
	},
	{
		"a required parameter that is missing", "", func(world) pasarelatest.API { return onConnect(pasarelatest.Route{}) },
		change(func(r *apigatewayv2.UpdateRouteInput) {
			r.RequestParameters = map[string]types.ParameterConstraints{"route.request.querystring.reportType": {Required: aws.Bool(true)}}
		}),
		[]string{"requestParameters", "reportType"},
	},
	{"an origin that is not allowed", "", func(world) pasarelatest.API {
		api := onConnect(pasarelatest.Route{})
		api.Stage.Tags = map[string]string{"pasarela:allowedOrigins": "https://app.example.com"}
		return api
	}, nil, []string{"pasarela:allowedOrigins", "https://app.example.com"}},
}
