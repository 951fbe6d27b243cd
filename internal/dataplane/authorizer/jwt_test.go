package authorizer_test

import (
	"cmp"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/authorizer"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/testkit/jwtissuer"
)

const issuerURL = "https://issuer.example.com"

// issuer is a provider that can be down, rotate its keys and return a wrong
// configuration.
type issuer struct {
	*jwtissuer.Keys
	t      *testing.T
	down   bool
	speaks string // for which issuer; itself when empty
	jwks   string
	asked  int
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	return &issuer{Keys: jwtissuer.New(t), t: t, jwks: issuerURL + "/keys"}
}

func (i *issuer) call(c authorizer.Call) (authorizer.Response, error) {
	i.asked++
	switch {
	case i.down:
		return authorizer.Response{Status: 502}, nil
	case c.URL == issuerURL+jwtissuer.DiscoveryPath:
		return authorizer.Response{Status: 200, Body: jwtissuer.Discovery(cmp.Or(i.speaks, issuerURL), i.jwks)}, nil
	case c.URL == issuerURL+"/keys":
		return authorizer.Response{Status: 200, Body: i.Set()}, nil
	}
	return authorizer.Response{Status: 404}, nil
}

type set = jwtissuer.Fields

// token signs claims; header and claims are changed by what is given.
func (i *issuer) token(header, claims set) string {
	i.t.Helper()
	body := set{"iss": issuerURL, "aud": "us", "sub": "ana", "exp": epoch.Add(time.Hour).Unix()}
	maps.Copy(body, claims)
	return i.Token(header, body)
}

func (i *issuer) authorizer(c *clock, scopes ...string) *authorizer.Authorizer {
	i.t.Helper()
	route := &pasarela.Route{RouteKey: "$connect", AuthorizationType: pasarela.AuthorizationJWT, AuthorizerID: "jwt001", AuthorizationScopes: scopes}
	auth := authorizer.Compile(route, []pasarela.Authorizer{{
		AuthorizerID: "jwt001", AuthorizerType: pasarela.AuthorizerJWT, IdentitySource: []string{"$request.header.Authorization"},
		JWTConfiguration: &pasarela.JWTConfiguration{Issuer: issuerURL, Audience: []string{"us", "them"}},
	}}, "prod", nil, &authorizer.Services{Call: i.call, Now: c.Now})
	return auth
}

func bearing(auth *authorizer.Authorizer, token string) (authorizer.Grant, *execution.GatewayError) {
	return auth.Authorize(handshake(pairs("Authorization", "Bearer "+token), nil))
}

func TestTokens(t *testing.T) {
	i := newIssuer(t)
	auth := i.authorizer(&clock{epoch}, "read", "write")
	at := func(after time.Duration) int64 { return epoch.Add(after).Unix() }
	good := set{"scope": "openid read"}
	with := func(claims set) set { all := maps.Clone(good); maps.Copy(all, claims); return all }
	parts := strings.Split(i.token(nil, good), ".")
	for name, c := range map[string]struct {
		token string
		why   string // "": let in
	}{
		"RS256":                     {i.token(nil, good), ""},
		"PS256":                     {i.token(set{"alg": "PS256"}, good), ""},
		"ES256":                     {i.token(set{"alg": "ES256", "kid": "ec"}, good), ""},
		"EdDSA":                     {i.token(set{"alg": "EdDSA", "kid": "ed"}, good), ""},
		"no kid":                    {i.token(set{"kid": ""}, good), ""},
		"one of several audiences":  {i.token(nil, with(set{"aud": []string{"x", "them"}})), ""},
		"client instead of aud":     {i.token(nil, with(set{"aud": nil, "client_id": "us"})), ""},
		"within the leeway":         {i.token(nil, with(set{"exp": at(-59 * time.Second), "nbf": at(59 * time.Second), "iat": at(59 * time.Second)})), ""},
		"scp":                       {i.token(nil, set{"scp": []string{"write"}}), ""},
		"alg none":                  {i.token(set{"alg": "none"}, good), `signed with "none"`},
		"alg none, no signature":    {jwtissuer.Base64([]byte(`{"alg":"none"}`)) + "." + parts[1] + ".", `signed with "none"`},
		"no alg":                    {i.token(set{"alg": ""}, good), "is not accepted"},
		"public key as a secret":    {i.token(set{"alg": "HS256"}, good), "is not accepted"},
		"shared secret of the set":  {i.token(set{"alg": "HS256", "kid": "secret"}, good), "is not accepted"},
		"key for encryption":        {i.token(set{"kid": "enc"}, good), "no key"},
		"key that is weak":          {i.token(set{"kid": "weak"}, good), "no key"},
		"key off its curve":         {i.token(set{"kid": "off", "alg": "ES256"}, good), "no key"},
		"key of another kind":       {i.token(set{"kid": "ec"}, good), "no key"},
		"unknown kid":               {i.token(set{"kid": "none"}, good), `no key "none"`},
		"critical extension":        {i.token(set{"crit": []string{"exp"}}, good), "critical"},
		"another issuer":            {i.token(nil, with(set{"iss": issuerURL + "/"})), "its issuer is"},
		"no issuer":                 {i.token(nil, with(set{"iss": nil})), "its issuer is"},
		"another audience":          {i.token(nil, with(set{"aud": "others"})), "its audience"},
		"no audience":               {i.token(nil, with(set{"aud": nil})), "its audience"},
		"audience within a text":    {i.token(nil, with(set{"aud": "others us"})), "its audience"},
		"audience and client":       {i.token(nil, with(set{"aud": "others", "client_id": "us"})), "its audience"},
		"number for an audience":    {i.token(nil, with(set{"aud": 7})), "its audience"},
		"expired":                   {i.token(nil, with(set{"exp": at(-61 * time.Second)})), "it expired"},
		"never expires":             {i.token(nil, with(set{"exp": nil})), "never expires"},
		"text for a time":           {i.token(nil, with(set{"exp": "tomorrow"})), "exp"},
		"other letters":             {i.Signed("RS256", parts[0], jwtissuer.Base64([]byte(`{"iss":"`+issuerURL+`","aud":"us","scope":"read","exp":1,"EXP":99999999999}`))), "it expired"},
		"audience in other letters": {i.Signed("RS256", parts[0], jwtissuer.Base64([]byte(`{"iss":"`+issuerURL+`","exp":99999999999,"scope":"read","aud":"others","AUD":"us"}`))), "its audience"},
		"not yet":                   {i.token(nil, with(set{"nbf": at(61 * time.Second)})), "not valid before"},
		"from the future":           {i.token(nil, with(set{"iat": at(61 * time.Second)})), "in the future"},
		"claims were changed":       {parts[0] + "." + jwtissuer.Base64([]byte(`{"iss":"`+issuerURL+`","aud":"us","exp":99999999999,"scope":"read"}`)) + "." + parts[2], "is not the issuer's"},
		"signature cut":             {strings.TrimSuffix(i.token(nil, good), i.token(nil, good)[len(i.token(nil, good))-4:]), "is not the issuer's"},
		"no signature":              {parts[0] + "." + parts[1] + ".", "is not the issuer's"},
		"two parts":                 {parts[0] + "." + parts[1], "three parts"},
		"four parts":                {i.token(nil, good) + ".x", "three parts"},
		"no JSON":                   {"a.b.c", "header"},
		"padding":                   {parts[0] + "=." + parts[1] + "." + parts[2], "header"},
		"claims are a list":         {i.Signed("RS256", parts[0], jwtissuer.Base64([]byte(`[1]`))), "claims"},
		"too long":                  {i.token(nil, with(set{"x": strings.Repeat("x", 8<<10)})), "too long"},
		"scope that is not asked":   {i.token(nil, set{"scope": "readonly writes"}), "insufficient scope"},
		"no scope":                  {i.token(nil, nil), "insufficient scope"},
	} {
		t.Run(name, func(t *testing.T) {
			grant, err := bearing(auth, c.token)
			switch {
			case c.why == "" && (err != nil || grant.Context[0].Value != "ana"):
				t.Errorf("refused: %v", err)
			case c.why != "" && err == nil:
				t.Errorf("let in")
			case c.why != "" && (err.Status != 401 && err.Status != 403 || !strings.Contains(err.LogLine+err.Cause.Error(), c.why)):
				t.Errorf("got %v; %s", err, err.Cause.Error())
			}
		})
	}
	if i.asked > 2 {
		t.Errorf("the issuer was asked %d times within a moment", i.asked)
	}
}

// The principal is the subject, whatever else a token claims.
func TestNoClaimReplacesTheSubject(t *testing.T) {
	i := newIssuer(t)
	for _, claim := range []any{"admin", 7, true, []string{"admin"}, map[string]any{"x": 1}, nil} {
		grant, err := bearing(i.authorizer(&clock{epoch}), i.token(nil, set{"principalId": claim, "plan": "gold"}))
		if err != nil {
			t.Fatal(err)
		}
		var plan string
		for n, pair := range grant.Context {
			if pair.Name == "principalId" && (n != 0 || pair.Value != "ana") {
				t.Errorf("claim %v: principalId is %q", claim, pair.Value)
			}
			if pair.Name == "plan" {
				plan = pair.Value
			}
		}
		if plan != "gold" {
			t.Errorf("the other claims are %v", grant.Context)
		}
	}
}

// A token that is missing is not an empty one.
func TestNoTokenIsNoAdmission(t *testing.T) {
	i := newIssuer(t)
	for _, header := range []string{"", "Bearer ", "Bearer", "Basic YTpi"} {
		if _, err := i.authorizer(&clock{epoch}).Authorize(handshake(pairs("Authorization", header), nil)); err == nil || err.Status != 401 {
			t.Errorf("%q: %v", header, err)
		}
	}
}

// Keys are fetched when a token is signed with an unknown one, at most every
// half minute, and are dropped when the issuer drops them.
func TestKeysAreRotated(t *testing.T) {
	i, c := newIssuer(t), &clock{epoch}
	auth := i.authorizer(c)
	old := i.token(nil, set{"exp": epoch.Add(100 * time.Hour).Unix()})
	if _, err := bearing(auth, old); err != nil {
		t.Fatal(err)
	}
	asked := i.asked
	i.RSAKeyID = "two"
	renewed := i.token(nil, set{"exp": epoch.Add(100 * time.Hour).Unix()})
	for range 50 {
		if _, err := bearing(auth, renewed); err == nil || err.Status != 401 {
			t.Fatalf("at once: %v", err)
		}
	}
	if i.asked != asked {
		t.Errorf("tokens of unknown keys made the node ask %d times", i.asked-asked)
	}
	c.now = c.now.Add(31 * time.Second)
	if _, err := bearing(auth, renewed); err != nil {
		t.Errorf("half a minute later: %v", err)
	}
	if _, err := bearing(auth, old); err == nil {
		t.Error("a key that the issuer has dropped is still good")
	}
}

func TestAnIssuerThatDoesNotAnswer(t *testing.T) {
	i, c := newIssuer(t), &clock{epoch}
	i.down = true
	auth := i.authorizer(c)
	token := func() string { return i.token(nil, set{"exp": c.now.Add(time.Hour).Unix()}) }
	for range 10 {
		if _, err := bearing(auth, token()); err == nil || err.Status != 500 || err.ResponseType != execution.AuthorizerConfigurationError || !strings.Contains(err.Cause.Error(), "status 502") {
			t.Fatalf("got %v", err)
		}
	}
	if i.asked != 1 {
		t.Errorf("asked %d times", i.asked)
	}
	i.down = false
	c.now = c.now.Add(31 * time.Second)
	if _, err := bearing(auth, token()); err != nil {
		t.Errorf("when it is back: %v", err)
	}
	i.down = true
	for _, wait := range []time.Duration{16 * time.Minute, 23 * time.Hour} {
		c.now = c.now.Add(wait)
		if _, err := bearing(auth, token()); err != nil {
			t.Errorf("%v later: %v", wait, err)
		}
	}
	c.now = c.now.Add(time.Hour)
	if _, err := bearing(auth, token()); err == nil || err.Status != 500 {
		t.Errorf("keys of yesterday: %v", err)
	}
}

// A configuration of another issuer, or with keys at an http URL, is refused.
func TestConfigurationsThatCannotBeTrusted(t *testing.T) {
	for name, spoil := range map[string]func(*issuer){
		"for another issuer":   func(i *issuer) { i.speaks = "https://other.example.com" },
		"keys in the clear":    func(i *issuer) { i.jwks = "http://issuer.example.com/keys" },
		"keys that do not lie": func(i *issuer) { i.jwks = issuerURL + "/none" },
		"keys that are no set": func(i *issuer) { i.jwks = issuerURL + "/.well-known/openid-configuration#" },
	} {
		i := newIssuer(t)
		spoil(i)
		if _, err := bearing(i.authorizer(&clock{epoch}), i.token(nil, nil)); err == nil || err.Status != 500 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
