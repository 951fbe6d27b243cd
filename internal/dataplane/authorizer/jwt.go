package authorizer

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// leeway is how much clocks may differ when a token's times are checked.
const leeway = 60 * time.Second

// maxToken bounds what is parsed at all; handshakes are at most 10 KiB of headers.
const maxToken = 8 << 10

// jwt admits clients with tokens that an issuer signed. AWS has such authorizers for HTTP
// APIs only; pasarela has them for WebSocket APIs too (A-GATEWAY-10).
type jwt struct {
	def     *pasarela.Authorizer
	named   string // for messages
	sources []source
	scopes  []string
	keys    *keySet
	now     func() time.Time
}

// compileJWT reads a JWT authorizer. An issuer, an audience and one identity source must be
// there: without an audience, tokens that the issuer made for another service would be let
// in (RFC 7519, 4.1.3).
func compileJWT(route *pasarela.Route, def *pasarela.Authorizer, stage string, services *Services) *Authorizer {
	closed := func(member string, problem language.Cause) *Authorizer {
		return refuseAll(def, member, problem.Of(), stage, nil)
	}
	if def.JWTConfiguration == nil || def.JWTConfiguration.Issuer == "" {
		return closed("jwtConfiguration.issuer", language.JWTIssuerMissing)
	}
	if len(def.JWTConfiguration.Audience) == 0 {
		return closed("jwtConfiguration.audience", language.JWTAudienceMissing)
	}
	sources, err := compileSources(def.IdentitySource)
	if err != nil {
		return refuseAll(def, "identitySource", err, stage, nil)
	}
	if len(sources) == 0 {
		return closed("identitySource", language.JWTSourceMissing)
	}
	a := &jwt{def: def, named: language.Named(def.Name, def.AuthorizerID), sources: sources[:1], scopes: route.AuthorizationScopes, now: services.now}
	a.keys = &keySet{issuer: def.JWTConfiguration.Issuer, call: services.Call, now: services.now}
	return &Authorizer{authorize: a.authorize}
}

// authorize returns 401 for a token that is missing or not valid, 403 for one without a
// scope that the route asks for, and 500 while the issuer's keys cannot be read.
func (a *jwt) authorize(r Request) (Grant, *execution.GatewayError) {
	if err := ambiguous(r.HTTP); err != nil {
		return Grant{}, err
	}
	r.Record.Note(execution.StepAuthorizer, a.def.AuthorizerID)
	values, missing := identify(a.sources, r.Event)
	if missing != "" {
		return Grant{}, unauthorized("Unauthorized request: "+r.Event.RequestID,
			language.IdentitySourceMissing.Of(missing, a.named))
	}
	token := values[0]
	if len(token) > 7 && strings.EqualFold(token[:7], "bearer ") {
		token = strings.TrimSpace(token[7:])
	}
	claims, err := a.verify(token)
	if err != nil {
		var unavailable *keysUnavailable
		if errors.As(err, &unavailable) {
			e := execution.Misconfigured("Authorizer error", language.JWTIssuer.Because(unavailable.why, a.named))
			e.ResponseType = execution.AuthorizerConfigurationError
			return Grant{}, e
		}
		return Grant{}, unauthorized("Unauthorized request: "+err.Error(), language.JWTRefused.Because(err, a.named))
	}
	if !a.scoped(claims) {
		return Grant{}, execution.Refused(execution.AccessDenied, 403, pasarela.CodeForbidden, "Forbidden", "Unauthorized request: insufficient scope",
			language.JWTScopes.Of(strings.Join(a.scopes, " ")))
	}
	r.Record.Note(execution.StepAuthorized, claims.Subject)
	return Grant{Context: claims.pairs(), Latency: -1}, nil
}

// claims are the registered claims of a token, and all of them as they came.
type claims struct {
	Issuer    string
	Subject   string
	Audience  json.RawMessage
	ClientID  string
	Expires   *float64
	NotBefore *float64
	IssuedAt  *float64
	Scope     string
	Scp       json.RawMessage
	all       map[string]json.RawMessage
}

// parseClaims reads the middle part of a token. Names are compared exactly, so that "Sub"
// cannot stand in for "sub" as encoding/json's struct tags would allow.
func parseClaims(part string) (*claims, error) {
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return nil, err
	}
	c := &claims{}
	if c.all, err = membersOf(text); err != nil {
		return nil, err
	}
	for name, into := range map[string]any{
		"iss": &c.Issuer, "sub": &c.Subject, "aud": &c.Audience, "client_id": &c.ClientID, "scope": &c.Scope, "scp": &c.Scp,
		"exp": &c.Expires, "nbf": &c.NotBefore, "iat": &c.IssuedAt,
	} {
		if given := c.all[name]; given != nil {
			if err := json.Unmarshal(given, into); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return c, nil
}

// verify checks form, signature and times of a token.
func (a *jwt) verify(token string) (*claims, error) {
	if len(token) > maxToken {
		return nil, language.JWTTooLong.Of()
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, language.JWTParts.Of()
	}
	var header struct {
		Algorithm string          `json:"alg"`
		KeyID     string          `json:"kid"`
		Critical  json.RawMessage `json:"crit"`
	}
	if err := decodePart(parts[0], &header); err != nil {
		return nil, language.JWTHeader.Of(err.Error())
	}
	if len(header.Critical) > 0 {
		return nil, language.JWTCritical.Of()
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return nil, language.JWTSignature.Of(err.Error())
	}
	if err := a.keys.check(header.Algorithm, header.KeyID, parts[0]+"."+parts[1], signature); err != nil {
		return nil, err
	}
	c, err := parseClaims(parts[1])
	if err != nil {
		return nil, language.JWTClaims.Of(err.Error())
	}
	return c, a.current(c)
}

// decodePart reads a part of a token: JSON in base64url without padding (RFC 7515, 2).
func decodePart(part string, into any) error {
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// current checks issuer, audience and times.
func (a *jwt) current(c *claims) error {
	now := a.now()
	at := func(seconds float64) time.Time { return time.Unix(int64(seconds), 0) }
	switch {
	case c.Issuer != a.def.JWTConfiguration.Issuer:
		return language.JWTOtherIssuer.Of(strconv.Quote(c.Issuer), strconv.Quote(a.def.JWTConfiguration.Issuer))
	case !a.audience(c):
		return language.JWTOtherAudience.Of(strings.Join(a.def.JWTConfiguration.Audience, ", "))
	case c.Expires == nil:
		return language.JWTEndless.Of()
	case now.After(at(*c.Expires).Add(leeway)):
		return language.JWTExpired.Of(at(*c.Expires).UTC().Format(time.RFC3339))
	case c.NotBefore != nil && now.Add(leeway).Before(at(*c.NotBefore)):
		return language.JWTNotYet.Of(at(*c.NotBefore).UTC().Format(time.RFC3339))
	case c.IssuedAt != nil && now.Add(leeway).Before(at(*c.IssuedAt)):
		return language.JWTFuture.Of()
	}
	return nil
}

// audience looks at aud or, where a token has none, client_id, as HTTP APIs do.
func (a *jwt) audience(c *claims) bool {
	names := quotedOrList(c.Audience)
	if len(names) == 0 {
		names = []string{c.ClientID}
	}
	for _, name := range names {
		if name != "" && slices.Contains(a.def.JWTConfiguration.Audience, name) {
			return true
		}
	}
	return false
}

// scoped says whether the token has one of the route's scopes: in "scope" as
// blank-separated text (RFC 8693, 4.2) or in "scp", which some issuers write instead.
func (a *jwt) scoped(c *claims) bool {
	if len(a.scopes) == 0 {
		return true
	}
	for _, scope := range append(strings.Fields(c.Scope), textOrList(c.Scp)...) {
		if slices.Contains(a.scopes, scope) {
			return true
		}
	}
	return false
}

// textOrList reads a claim that is a list of texts, or one text with spaces between.
func textOrList(raw json.RawMessage) []string {
	var list []string
	if json.Unmarshal(raw, &list) == nil {
		return list
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return strings.Fields(text)
	}
	return nil
}

// pairs are the claims as $context.authorizer: the principal is the subject, lists
// are joined by spaces, nested objects stay out.
func (c *claims) pairs() []event.Pair {
	values := make(map[string]string, len(c.all))
	for name, value := range c.all {
		switch {
		case len(value) == 0 || value[0] == '{' || string(value) == "null":
		case value[0] == '"' || value[0] == '[':
			values[name] = strings.Join(quotedOrList(value), " ")
		default:
			values[name] = string(value)
		}
	}
	return contextOf(c.Subject, values)
}

// quotedOrList reads a claim that is one text, whatever spaces it has, or a list of texts.
func quotedOrList(raw json.RawMessage) []string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return []string{text}
	}
	return textOrList(raw)
}
