package wire

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/sigv4"
)

// Keys finds who holds an access key.
type Keys interface {
	// Key returns the secret of an access key and the principal that signs with it. sessionToken is
	// empty for long-term keys. Errors: [sigv4.ErrUnknownKey],
	// [sigv4.ErrExpiredToken], or any other when it cannot tell.
	Key(ctx context.Context, accessKeyID, sessionToken string) (secret string, who pasarela.Principal, err error)
	// NoteUse records that who signed a request. It is called after the signature
	// was verified, never before: an access key id is no secret.
	NoteUse(who pasarela.Principal)
}

// Authorizer decides by policies.
type Authorizer interface {
	// Authorize returns nil when who may, else a [pasarela.Error] with
	// AccessDeniedException and a message that says who, what and on which resource.
	Authorize(ctx context.Context, who pasarela.Principal, action, resource string, rc pasarela.RequestContext) error
}

// Guard authenticates and authorizes every operation of every service.
type Guard struct {
	RegionAccount pasarela.RegionAccount
	Verifier      *sigv4.Verifier
	Keys          Keys
	Authorizer    Authorizer
	// AnyRegion accepts signatures for any region. The query services need it:
	// against a custom endpoint clients sign with the configured region
	// (aws-controlplane §1).
	AnyRegion bool
	// UnknownKeys accepts requests signed with a key that Keys does not have, whatever the
	// signature is; nil: none are accepted (A-NODE-20).
	UnknownKeys func(r *http.Request, accessKeyID string) (pasarela.Principal, error)
	// Bodies bounds the memory of request bodies; nil bounds nothing.
	Bodies *Bodies
	Now    func() time.Time // time.Now when nil
}

// Caller is the claimed signer of a request: every check of the signature that does not
// need the body has passed.
type Caller struct {
	request    *http.Request
	principal  pasarela.Principal
	admission  sigv4.Admission
	keys       Keys
	unknownKey bool // there is no secret to check the signature with
}

// Admit checks a request before its body is read: that it is signed for service,
// recently, with a known key. Requests that it refuses with a [sigv4.Error] cost neither
// memory nor hashing. [Caller.Authenticate] does the remaining checks.
func (g *Guard) Admit(r *http.Request, service string) (Caller, error) {
	signature, err := sigv4.Parse(r)
	if err != nil {
		return Caller{}, err
	}
	want := sigv4.Scope{Service: service, Region: g.RegionAccount.Region}
	if g.AnyRegion {
		want.Region = ""
	}
	c := Caller{request: r, keys: g.Keys}
	c.admission, err = g.Verifier.Admit(r, signature, want, func(accessKeyID, sessionToken string) (string, error) {
		secret, found, err := g.Keys.Key(r.Context(), accessKeyID, sessionToken)
		c.principal = found
		return secret, err
	})
	var refused *sigv4.Error
	if g.UnknownKeys != nil && errors.As(err, &refused) && refused.Fault == sigv4.FaultUnknownKey {
		c.unknownKey = true
		c.principal, err = g.UnknownKeys(r, signature.AccessKeyID)
	}
	return c, err
}

// AccessKeyID is the access key that the request names; it is no secret, and proves
// nothing before Authenticate.
func (c *Caller) AccessKeyID() string { return c.principal.AccessKeyID }

// Authenticate returns who signed the request with body, or a [sigv4.Error]: no request
// passes without a valid signature.
func (c *Caller) Authenticate(body []byte) (pasarela.Principal, error) {
	if c.unknownKey {
		return c.principal, nil
	}
	if err := c.admission.Verify(body); err != nil {
		return pasarela.Principal{}, err
	}
	c.keys.NoteUse(c.principal)
	return c.principal, nil
}

// Payload is Authenticate for a body that may be in the framing aws-chunked: it returns the
// body without it, and the headers behind it.
func (c *Caller) Payload(body []byte) (who pasarela.Principal, payload []byte, trailer http.Header, err error) {
	if c.unknownKey {
		payload, trailer, err = sigv4.Unframed(c.request, body)
		return c.principal, payload, trailer, err
	}
	if payload, trailer, err = c.admission.Payload(body); err != nil {
		return pasarela.Principal{}, nil, nil, err
	}
	c.keys.NoteUse(c.principal)
	return c.principal, payload, trailer, nil
}

// Authenticate is [Guard.Admit] and [Caller.Authenticate] of a request whose body is
// there: tells who signed r with body for service.
func (g *Guard) Authenticate(r *http.Request, body []byte, service string) (pasarela.Principal, error) {
	c, err := g.Admit(r, service)
	if err != nil {
		return pasarela.Principal{}, err
	}
	return c.Authenticate(body)
}

// AliasAuthorizer decides on a resource with two names: a statement that covers
// either applies, also one that denies. AuthorizeAlias returns nil when who may do
// action, else a [pasarela.Error] with AccessDeniedException.
type AliasAuthorizer interface {
	AuthorizeAlias(ctx context.Context, who pasarela.Principal, action, resource, alias string, keys pasarela.ConditionKeys) error
}

// Authorize checks whether who may do action on the resource; resources are its names,
// since AWS documents some resources under two. A denial names the first.
func (g *Guard) Authorize(ctx context.Context, who pasarela.Principal, action string, resources []string, rc pasarela.RequestContext) error {
	if both, ok := g.Authorizer.(AliasAuthorizer); ok && len(resources) == 2 {
		return both.AuthorizeAlias(ctx, who, action, resources[0], resources[1], rc.Values)
	}
	return g.Authorizer.Authorize(ctx, who, action, resources[0], rc)
}

// ConditionKeys is [Guard.RequestContext], made when a policy asks for the first of
// its keys: few policies have conditions. It is valid for one decision.
func (g *Guard) ConditionKeys(r *http.Request) pasarela.ConditionKeys {
	var rc pasarela.RequestContext
	return func(name string) ([]string, bool) {
		if rc == nil {
			rc = g.RequestContext(r)
		}
		return rc.Values(name)
	}
}

// RequestContext are the condition keys that every request has
// (aws-controlplane §11.2); those of the principal are the authorizer's to add.
func (g *Guard) RequestContext(r *http.Request) pasarela.RequestContext {
	now := time.Now
	if g.Now != nil {
		now = g.Now
	}
	at := now().UTC()
	rc := pasarela.RequestContext{
		"aws:currenttime":     {at.Format(time.RFC3339)},
		"aws:epochtime":       {strconv.FormatInt(at.Unix(), 10)},
		"aws:securetransport": {strconv.FormatBool(r.TLS != nil)},
		"aws:requestedregion": {g.RegionAccount.Region},
		"aws:viaawsservice":   {"false"},
	}
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		rc["aws:sourceip"] = []string{host}
	}
	if agent := r.UserAgent(); agent != "" {
		rc["aws:useragent"] = []string{agent}
	}
	if referer := r.Referer(); referer != "" {
		rc["aws:referer"] = []string{referer}
	}
	return rc
}
