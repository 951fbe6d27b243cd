package gateway_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/internal/testkit/jwtissuer"
	"github.com/pasarela-ws/pasarela/sigv4"
)

// guard knows one user, who may do what the test says.
type guard struct {
	verifier *sigv4.Verifier
	deny     atomic.Bool
}

const (
	accessKey = "AKIDEXAMPLE"
	secretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
	userARN   = "arn:aws:iam::123456789012:user/ana"
)

func newGuard() *guard { return &guard{verifier: sigv4.New(sigv4.Options{})} }

func (g *guard) Authenticate(r *http.Request, body []byte, service string) (pasarela.Principal, error) {
	signature, err := sigv4.Parse(r)
	if err != nil {
		return pasarela.Principal{}, err
	}
	err = g.verifier.Verify(r, signature, body, sigv4.Scope{Service: service, Region: "us-east-1"}, func(key, _ string) (string, error) {
		if key != accessKey {
			return "", sigv4.ErrUnknownKey
		}
		return secretKey, nil
	})
	return pasarela.Principal{ARN: userARN, AccountID: "123456789012", UserID: "AIDAANA", AccessKeyID: accessKey, Type: pasarela.PrincipalUser}, err
}

func (g *guard) Authorize(_ context.Context, who pasarela.Principal, action string, resources []string, _ pasarela.RequestContext) error {
	if g.deny.Load() || action != "execute-api:Invoke" || resources[0] != "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod/$connect" {
		return pasarela.Errorf(pasarela.CodeAccessDenied, "User: %s is not authorized to perform: %s on resource: %s", who.ARN, action, resources[0])
	}
	return nil
}

func (g *guard) RequestContext(*http.Request) pasarela.RequestContext { return nil }

func signed(t *testing.T, url, secret string, presign bool) (string, http.Header) {
	t.Helper()
	r, err := http.NewRequest("GET", "http"+strings.TrimPrefix(url, "ws"), nil)
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.Sum256(nil)
	credentials := aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: secret}
	if presign {
		signed, _, err := v4.NewSigner().PresignHTTP(t.Context(), credentials, r, fmt.Sprintf("%x", hash), "execute-api", "us-east-1", time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return "ws" + strings.TrimPrefix(signed, "http"), http.Header{}
	}
	if err := v4.NewSigner().SignHTTP(t.Context(), credentials, r, fmt.Sprintf("%x", hash), "execute-api", "us-east-1", time.Now()); err != nil {
		t.Fatal(err)
	}
	return url, r.Header
}

// aws-dataplane §7.3.
func TestIAMOnConnect(t *testing.T) {
	g := newGuard()
	caller := toHTTP("/", "$context.connectionId", "$default")
	caller.CredentialsARN = "arn:aws:iam::*:user/*"
	sys := start(t, api(
		route{key: "$connect", integration: caller, edit: func(r *pasarela.Route) { r.AuthorizationType = pasarela.AuthorizationIAM }},
		route{key: "$default", integration: caller},
	), func(s *setup) { s.guard = g })
	for _, presign := range []bool{false, true} {
		url, h := signed(t, sys.url("?a=b%20c"), secretKey, presign)
		client := testkit.Connect(t, url, testkit.Headers(h))
		sys.backend.Next(t)
		client.Send("x")
		sys.backend.Next(t) // the caller's credentials go on holding for messages
		_ = client.Conn.CloseNow()
	}
	if body, _ := sys.refuse("", 403); !strings.Contains(body, `"Missing Authentication Token"`) {
		t.Error(body)
	}
	url, h := signed(t, sys.url(""), "wrong", false)
	if status := testkit.Status(t, url, testkit.Headers(h)); status != 403 {
		t.Errorf("a wrong secret: %d", status)
	}
	g.deny.Store(true)
	url, h = signed(t, sys.url(""), secretKey, false)
	if status := testkit.Status(t, url, testkit.Headers(h)); status != 403 {
		t.Errorf("denied by policy: %d", status)
	}
	sys.backend.Untouched(t)
}

func TestCallersCredentialsNeedACaller(t *testing.T) {
	caller := toHTTP("/", "", "$default")
	caller.CredentialsARN = "arn:aws:iam::*:user/*"
	sys := start(t, api(route{key: "$connect", integration: caller}))
	_, h := sys.refuse("", 500)
	if e := sys.explain(h.Get("X-Amz-Apigw-Id"), failedExecution); !strings.Contains(e.Cause().Error(), "AWS_IAM") {
		t.Error(e.Cause().Error())
	}
}

func TestUnknownAuthorizersKeepEverybodyOut(t *testing.T) {
	for name, edit := range map[string]func(*pasarela.Route){
		"no such authorizer": func(r *pasarela.Route) {
			r.AuthorizationType, r.AuthorizerID = pasarela.AuthorizationCustom, "nobody"
		},
		"no such type": func(r *pasarela.Route) { r.AuthorizationType = "MAGIC" },
	} {
		sys := start(t, api(route{key: "$connect", edit: edit}))
		_, h := sys.refuse("", 500)
		if e := sys.explain(h.Get("X-Amz-Apigw-Id"), failedExecution); !strings.Contains(e.Cause().Error(), "of route $connect") {
			t.Errorf("%s: %s", name, e.Cause().Error())
		}
	}
	sys := start(t, api(route{key: "$connect", edit: func(r *pasarela.Route) { r.AuthorizationType = pasarela.AuthorizationIAM }}))
	sys.refuse("", 500)
}

func TestHTTPAuthorizer(t *testing.T) {
	sys := start(t, api(route{key: "$connect"}))
	with := func(status int, body string) {
		sys.backend.Respond(testkit.Response{Status: status, Body: body})
	}
	sys.deploy(func(d *pasarela.APIDocument) {
		withAuthorizer(0, "route.request.header.Token")(&d.Definition)
		d.Authorizers[0].AuthorizerURI = sys.backend.URL + "/authorize"
	})
	allow := `{"principalId":"u","policyDocument":{"Version":"2012-10-17","Statement":[{"Action":"execute-api:*","Effect":"Allow","Resource":"*"%s}]}}`
	with(200, fmt.Sprintf(allow, ""))
	sys.connect("", testkit.Header("token", "x"))
	if got := sys.backend.Next(t); got.Path != "/authorize" || !strings.Contains(got.Body, `"methodArn"`) {
		t.Errorf("asked %+v", got)
	}
	with(200, fmt.Sprintf(allow, `,"Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`))
	sys.refuse("", 403, testkit.Header("token", "x"))
	with(200, fmt.Sprintf(allow, `,"Condition":{"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}}`))
	sys.connect("", testkit.Header("token", "x"))
	with(401, "")
	sys.refuse("", 401, testkit.Header("token", "x"))
	with(500, "")
	sys.refuse("", 500, testkit.Header("token", "x"))
	with(200, `{"principalId":"u","policyDocument":"not a policy"}`)
	sys.refuse("", 500, testkit.Header("token", "x"))
	with(200, fmt.Sprintf(allow, "")+strings.Repeat(" ", 9000))
	sys.refuse("", 500, testkit.Header("token", "x"))
	sys.refuse("", 401)
}

// issuer is an OpenID Connect provider.
type issuer struct {
	*jwtissuer.Keys
	server *httptest.Server
	asked  atomic.Int64 // for its keys
}

func newIssuer(t *testing.T) *issuer {
	i := &issuer{Keys: jwtissuer.New(t)}
	i.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := jwtissuer.Discovery(i.server.URL, i.server.URL+"/keys")
		if r.URL.Path != jwtissuer.DiscoveryPath {
			i.asked.Add(1)
			body = i.Set()
		}
		_, _ = w.Write(body) // the reader may be gone
	}))
	t.Cleanup(i.server.Close)
	return i
}

func (i *issuer) token(algorithm, key string, claims jwtissuer.Fields) string {
	return i.Token(jwtissuer.Fields{"alg": algorithm, "kid": key}, claims)
}

func TestJWTAuthorizer(t *testing.T) {
	i := newIssuer(t)
	d := api(route{key: "$connect", integration: toLambda("backend"), edit: func(r *pasarela.Route) {
		r.AuthorizationType, r.AuthorizerID, r.AuthorizationScopes = pasarela.AuthorizationJWT, "jwt001", []string{"chat"}
	}})
	d.Routes[0].Target, d.Integrations = "", nil
	d.Authorizers = []pasarela.Authorizer{{
		AuthorizerID: "jwt001", AuthorizerType: pasarela.AuthorizerJWT,
		IdentitySource: []string{"route.request.querystring.token"}, JWTConfiguration: &pasarela.JWTConfiguration{Issuer: i.server.URL, Audience: []string{"app"}},
	}}
	sys := start(t, d)
	claims := func(edit ...any) jwtissuer.Fields {
		c := jwtissuer.Fields{"iss": i.server.URL, "aud": "app", "sub": "ana", "exp": time.Now().Add(time.Hour).Unix(), "scope": "chat read"}
		for n := 0; n < len(edit); n += 2 {
			if c[edit[n].(string)] = edit[n+1]; edit[n+1] == nil {
				delete(c, edit[n].(string))
			}
		}
		return c
	}
	for algorithm, key := range map[string]string{"RS256": i.RSAKeyID, "PS256": i.RSAKeyID, "ES256": jwtissuer.ECKey, "EdDSA": jwtissuer.EdKey} {
		sys.connect("?token=" + i.token(algorithm, key, claims()))
	}
	sys.connect("?token=Bearer%20" + i.token("RS256", i.RSAKeyID, claims("aud", []string{"x", "app"})))
	sys.connect("?token=" + i.token("RS256", i.RSAKeyID, claims("aud", nil, "client_id", "app")))
	good := i.token("RS256", i.RSAKeyID, claims())
	parts := strings.Split(good, ".")
	for name, test := range map[string]struct {
		token  string
		status int
	}{
		"none":             {"", 401},
		"no JSON":          {"a.b.c", 401},
		"not a token":      {"abc", 401},
		"tampered":         {parts[0] + "." + jwtissuer.Base64([]byte(`{"sub":"eve"}`)) + "." + parts[2], 401},
		"alg none":         {jwtissuer.Base64([]byte(`{"alg":"none"}`)) + "." + parts[1] + ".", 401},
		"alg HS256":        {jwtissuer.Base64([]byte(`{"alg":"HS256","kid":"`+jwtissuer.SecretKey+`"}`)) + "." + parts[1] + "." + parts[2], 401},
		"another's key":    {i.token("RS256", jwtissuer.ECKey, claims()), 401},
		"unknown key":      {i.token("RS256", "zzz", claims()), 401},
		"expired":          {i.token("RS256", i.RSAKeyID, claims("exp", time.Now().Add(-time.Hour).Unix())), 401},
		"never expires":    {i.token("RS256", i.RSAKeyID, claims("exp", nil)), 401},
		"not yet":          {i.token("RS256", i.RSAKeyID, claims("nbf", time.Now().Add(time.Hour).Unix())), 401},
		"another audience": {i.token("RS256", i.RSAKeyID, claims("aud", "other")), 401},
		"another issuer":   {i.token("RS256", i.RSAKeyID, claims("iss", "https://evil.test")), 401},
		"no scope":         {i.token("RS256", i.RSAKeyID, claims("scope", "read")), 403},
	} {
		if _, response := sys.dial("?token=" + test.token); response == nil || response.StatusCode != test.status {
			t.Errorf("%s: %v, want %d", name, response, test.status)
		}
	}
	if n := i.asked.Load(); n != 1 {
		t.Errorf("the issuer was asked %d times", n)
	}
	i.server.Close()
	sys.connect("?token=" + good) // keys are remembered
}

func TestAnIssuerThatIsDown(t *testing.T) {
	d := api(route{key: "$connect", edit: func(r *pasarela.Route) {
		r.AuthorizationType, r.AuthorizerID = pasarela.AuthorizationJWT, "jwt001"
	}})
	d.Authorizers = []pasarela.Authorizer{{
		AuthorizerID: "jwt001", AuthorizerType: pasarela.AuthorizerJWT,
		IdentitySource: []string{"route.request.header.Authorization"}, JWTConfiguration: &pasarela.JWTConfiguration{Issuer: "http://" + testkit.FreeAddress(t), Audience: []string{"app"}},
	}}
	sys := start(t, d)
	head, body := jwtissuer.Base64([]byte(`{"alg":"RS256","kid":"r"}`)), jwtissuer.Base64([]byte(`{}`))
	_, h := sys.refuse("", 500, testkit.Header("Authorization", "Bearer "+head+"."+body+".AA"))
	e := sys.explain(h.Get("X-Amz-Apigw-Id"), func(e execution.Entry) bool { return e.Failed() })
	if !strings.Contains(e.Cause().Error(), "jwtConfiguration.issuer") {
		t.Error(e.Cause().Error())
	}
}
