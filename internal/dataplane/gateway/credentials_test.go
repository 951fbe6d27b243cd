package gateway_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/integration"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// The server's own credentials sign a call only for a role, or a caller, that may
// make it, or where the operator lends them (A-INTEGRATION-1).
func TestNobodyBorrowsTheServersCredentials(t *testing.T) {
	const role = "arn:aws:iam::123456789012:role/r"
	allowed := func(pasarela.Principal, string, string) error { return nil }
	for name, c := range map[string]struct {
		credentials string
		deny        string // a role that may not
		lend        bool
		caller      func(pasarela.Principal, string, string) error
		signed      bool
		refused     bool
	}{
		"no role":                    {},
		"no role, lent":              {lend: true, signed: true},
		"role":                       {credentials: role, signed: true},
		"role that may not":          {credentials: role, deny: role, refused: true},
		"role that may not, lent":    {credentials: role, deny: role, lend: true, refused: true},
		"role of a missing variable": {credentials: "${stageVariables.none}", refused: true},
		"caller that nobody knows":   {credentials: "arn:aws:iam::*:user/*", refused: true},
		"caller that may":            {credentials: "arn:aws:iam::*:user/*", caller: allowed, signed: true},
		"caller that may not":        {credentials: "arn:aws:iam::*:user/*", caller: func(pasarela.Principal, string, string) error { return errors.New("not you") }, refused: true},
		"caller that may not, lent":  {credentials: "arn:aws:iam::*:user/*", lend: true, refused: true},
	} {
		for _, uri := range []string{
			"arn:aws:apigateway:us-east-1:iam:action/CreateUser&UserName=evil", "arn:aws:apigateway:us-east-1:s3:path/bucket/secret.txt",
			"arn:aws:apigateway:us-east-1:dynamodb:action/DeleteTable", functionURI("backend"),
		} {
			t.Run(name+" "+strings.Split(uri, ":")[4], func(t *testing.T) {
				i := &pasarela.Integration{
					IntegrationType: pasarela.IntegrationAWS, IntegrationMethod: "GET", IntegrationURI: uri, CredentialsARN: c.credentials,
					Responses: []pasarela.IntegrationResponse{{IntegrationResponseKey: "$default"}},
				}
				sys := start(t, api(route{key: "$connect", integration: i, edit: func(r *pasarela.Route) { r.AuthorizationType = pasarela.AuthorizationIAM }}), func(s *setup) {
					s.guard = newGuard()
					s.services.LendCredentials, s.services.CallerAllows = c.lend, c.caller
					s.services.Credentials = integration.Credentials{AccessKeyID: accessKey, SecretAccessKey: secretKey, SessionToken: "token"}
				})
				sys.services.Endpoints = map[string]string{"iam": sys.backend.URL, "s3": sys.backend.URL, "dynamodb": sys.backend.URL, "lambda": sys.backend.URL}
				sys.roles.deny("allows "+c.deny, errors.New("it may not"))
				url, h := signed(t, sys.url(""), secretKey, false)
				status := testkit.Status(t, url, testkit.Headers(h))
				if c.refused {
					if status == http.StatusSwitchingProtocols {
						t.Error("the call was made")
					}
					sys.backend.Untouched(t)
					return
				}
				got := sys.backend.Next(t)
				if is := got.Header.Get("Authorization") != "" && got.Header.Get("X-Amz-Security-Token") == "token"; is != c.signed {
					t.Errorf("signed: %v, %v", is, got.Header)
				}
				if asked := sys.roles.last(); (asked != "") != (c.credentials == role) {
					t.Errorf("the role was asked %q", asked)
				}
				if !c.signed && (got.Header.Get("Authorization") != "" || got.Header.Get("X-Amz-Security-Token") != "") {
					t.Errorf("credentials went out: %v", got.Header)
				}
			})
		}
	}
}

// The handshake's signature reaches no backend in any form (A-INTEGRATION-4).
func TestSignaturesStayHere(t *testing.T) {
	proxy := toHTTP("/proxy", "", "$default")
	proxy.IntegrationType = pasarela.IntegrationHTTPProxy
	all := `{"all":"$util.escapeJavaScript($input.params())"}`
	for name, i := range map[string]*pasarela.Integration{"HTTP_PROXY": proxy, "template": toHTTP("/t", all, "$default")} {
		for _, presign := range []bool{false, true} {
			sys := start(t, api(route{key: "$connect", integration: i, edit: func(r *pasarela.Route) { r.AuthorizationType = pasarela.AuthorizationIAM }}), func(s *setup) { s.guard = newGuard() })
			url, h := signed(t, sys.url("?own=kept"), secretKey, presign)
			testkit.Connect(t, url, testkit.Headers(h))
			got := sys.backend.Next(t)
			for _, text := range []string{got.Query, got.Body, headerText(got.Header)} {
				if lower := strings.ToLower(text); strings.Contains(lower, "x-amz-signature") || strings.Contains(lower, "aws4-hmac") || strings.Contains(lower, "security-token") || strings.Contains(lower, "x-amz-credential") {
					t.Errorf("%s, presigned %v: the backend got %s", name, presign, text)
				}
			}
			if !strings.Contains(got.Query+got.Body, "kept") {
				t.Errorf("%s: the client's own parameter is lost: %+v", name, got)
			}
		}
	}
}

func headerText(h http.Header) string {
	var text strings.Builder
	_ = h.Write(&text)
	return text.String()
}

// An http address stands for a function (A-INTEGRATION-2, A-APIS-6).
func TestAddressesInPlaceOfFunctions(t *testing.T) {
	for _, kind := range []string{pasarela.IntegrationAWS, pasarela.IntegrationAWSProxy} {
		i := &pasarela.Integration{IntegrationType: kind, IntegrationMethod: "POST", Responses: []pasarela.IntegrationResponse{{IntegrationResponseKey: "/.*boom.*/", ResponseTemplates: map[string]string{"$default": "failed"}}, {IntegrationResponseKey: "$default"}}}
		sys := start(t, api(route{key: "$default", twoWay: true, integration: i}), func(s *setup) {
			s.services.LendCredentials = true
			s.services.Credentials = integration.Credentials{AccessKeyID: accessKey, SecretAccessKey: secretKey}
		})
		sys.deploy(func(d *pasarela.APIDocument) { d.Integrations[0].IntegrationURI = sys.backend.URL + "/fn" })
		sys.backend.Respond(testkit.Response{Body: `{"statusCode":200,"body":"from the function"}`})
		c := sys.connect("")
		c.Send("hello")
		got, frame := sys.backend.Next(t), c.Read()
		if got.Method != "POST" || got.Path != "/fn" || got.Header.Get("Authorization") != "" {
			t.Errorf("%s: asked %+v", kind, got)
		}
		if kind == pasarela.IntegrationAWSProxy && (frame != "from the function" || !strings.Contains(got.Body, `"body":"hello"`)) ||
			kind == pasarela.IntegrationAWS && (frame != `{"statusCode":200,"body":"from the function"}` || got.Body != "hello") {
			t.Errorf("%s: got %q of %q", kind, frame, got.Body)
		}
		sys.backend.Respond(testkit.Response{Body: `{"errorMessage":"boom"}`})
		c.Send("again")
		if frame := c.Read(); kind == pasarela.IntegrationAWS && frame != "failed" {
			t.Errorf("a failure: %q", frame)
		}
		sys.backend.Respond(testkit.Response{Status: 404, Body: "no such page"})
		c.Send("lost")
		_, _, id := testkit.ErrorFrame(t, c.Read())
		sys.explain(id, func(e execution.Entry) bool { return strings.Contains(e.Cause().Error(), "answered status 404: ") })
	}
}

func TestFunctionsAtAnotherEndpoint(t *testing.T) {
	for function, want := range map[string]string{
		"arn:aws:lambda:us-east-1:123456789012:function:f":         "/2015-03-31/functions/f/invocations",
		"arn:aws:lambda:us-east-1:123456789012:function:f:live":    "/2015-03-31/functions/f/invocations?Qualifier=live",
		"arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST": "/2015-03-31/functions/f/invocations?Qualifier=%24LATEST",
		"123456789012:function:f":                                  "/2015-03-31/functions/f/invocations",
		"f:1":                                                      "/2015-03-31/functions/f/invocations?Qualifier=1",
	} {
		for _, kind := range []string{pasarela.IntegrationAWS, pasarela.IntegrationAWSProxy} {
			i := &pasarela.Integration{
				IntegrationType: kind, IntegrationMethod: "POST", Responses: []pasarela.IntegrationResponse{{IntegrationResponseKey: "$default"}},
				IntegrationURI: "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/" + function + "/invocations",
			}
			sys := start(t, api(route{key: "$connect", integration: i}))
			sys.services.Endpoints = map[string]string{"lambda": sys.backend.URL}
			sys.backend.Respond(testkit.Response{Body: `{"statusCode":200}`})
			sys.connect("")
			got := sys.backend.Next(t)
			if path := got.Path; path != strings.Split(want, "?")[0] || !strings.HasSuffix(want, got.Query) || (got.Query == "") != !strings.Contains(want, "?") {
				t.Errorf("%s %s: asked %s?%s, want %s", kind, function, path, got.Query, want)
			}
		}
	}
}

// A path parameter of dots only would lead to another path (A-INTEGRATION-6).
func TestPathParametersStayInTheirPlace(t *testing.T) {
	i := toHTTP("/m/{id}/end", "", "$default")
	i.RequestParameters = map[string]string{"integration.request.path.id": "route.request.querystring.id"}
	sys := start(t, api(route{key: "$connect", integration: i}))
	for _, id := range []string{".", "..", "%2E%2E"} {
		sys.refuse("?id="+id, 400)
	}
	sys.backend.Untouched(t)
	for id, want := range map[string]string{"a": "/m/a/end", "...": "/m/.../end", "a..b": "/m/a..b/end", "..%2Fx": "/m/../x/end"} {
		sys.connect("?id=" + id)
		if got := sys.backend.Next(t); got.Path != want {
			t.Errorf("%s: asked %s, want %s", id, got.Path, want)
		}
	}
}
