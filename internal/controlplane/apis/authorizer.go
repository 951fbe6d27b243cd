package apis

import (
	"context"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// AuthorizerFields are the members of an authorizer that a caller may set.
type AuthorizerFields struct {
	Name                         *string                    `json:"name"`
	AuthorizerType               *string                    `json:"authorizerType"`
	AuthorizerURI                *string                    `json:"authorizerUri"`
	AuthorizerCredentialsARN     *string                    `json:"authorizerCredentialsArn"`
	IdentitySource               []string                   `json:"identitySource"`
	IdentityValidationExpression *string                    `json:"identityValidationExpression"`
	JWTConfiguration             *pasarela.JWTConfiguration `json:"jwtConfiguration"`
}

// CreateAuthorizerInput is the input of [Service.CreateAuthorizer].
type CreateAuthorizerInput struct {
	APIID string `json:"-" uri:"apiId"`
	AuthorizerFields
}

// AuthorizerInput names an authorizer.
type AuthorizerInput struct {
	APIID        string `json:"-" uri:"apiId"`
	AuthorizerID string `json:"-" uri:"authorizerId"`
}

// UpdateAuthorizerInput is the input of [Service.UpdateAuthorizer].
type UpdateAuthorizerInput struct {
	AuthorizerInput
	AuthorizerFields
}

func authorizerID(a *pasarela.Authorizer) string { return a.AuthorizerID }

func authorizer(d *pasarela.Definition, id string) (*pasarela.Authorizer, error) {
	if i := find(d.Authorizers, id, authorizerID); i >= 0 {
		return &d.Authorizers[i], nil
	}
	return nil, unknown("Authorizer", id)
}

// CreateAuthorizer adds a REQUEST authorizer: a function by its invocation ARN,
// or, beyond AWS, an http(s) address (A-APIS-6). JWT is an extension too.
func (s *Service) CreateAuthorizer(ctx context.Context, in CreateAuthorizerInput) (view pasarela.Authorizer, err error) {
	var c check
	c.required("name", in.Name)
	c.required("authorizerType", in.AuthorizerType)
	if in.check(&c); c.err != nil {
		return view, c.err
	}
	if err := s.passRole(ctx, in.AuthorizerCredentialsARN); err != nil {
		return view, err
	}
	err = s.editDefinition(ctx, in.APIID, func(d *pasarela.Definition) error {
		d.Authorizers = append(d.Authorizers, pasarela.Authorizer{
			AuthorizerID: fresh(d.Authorizers, pasarela.ShortIDs(ctx), authorizerID),
		})
		view, err = s.applyAuthorizer(d, &d.Authorizers[len(d.Authorizers)-1], &in.AuthorizerFields)
		return err
	})
	return view, err
}

// GetAuthorizer returns one authorizer.
func (s *Service) GetAuthorizer(ctx context.Context, in AuthorizerInput) (pasarela.Authorizer, error) {
	doc, err := s.read(ctx, in.APIID)
	if err != nil {
		return pasarela.Authorizer{}, err
	}
	a, err := authorizer(&doc.Definition, in.AuthorizerID)
	if err != nil {
		return pasarela.Authorizer{}, err
	}
	return *a, nil
}

// GetAuthorizers returns all authorizers in the order in which they were made.
func (s *Service) GetAuthorizers(ctx context.Context, in APIInput) ([]pasarela.Authorizer, error) {
	doc, err := s.read(ctx, in.APIID)
	if err != nil {
		return nil, err
	}
	return doc.Authorizers, nil
}

// UpdateAuthorizer changes the members given. Another function for an authorizer that
// has a role needs iam:PassRole on the role (A-WIRE-13).
func (s *Service) UpdateAuthorizer(ctx context.Context, in UpdateAuthorizerInput) (view pasarela.Authorizer, err error) {
	var c check
	if in.check(&c); c.err != nil {
		return view, c.err
	}
	if err := s.passRole(ctx, in.AuthorizerCredentialsARN); err != nil {
		return view, err
	}
	err = s.editDefinition(ctx, in.APIID, func(d *pasarela.Definition) error {
		a, err := authorizer(d, in.AuthorizerID)
		if err != nil {
			return err
		}
		uri := a.AuthorizerURI
		if view, err = s.applyAuthorizer(d, a, &in.AuthorizerFields); err != nil || a.AuthorizerURI == uri || in.AuthorizerCredentialsARN != nil {
			return err
		}
		return s.passRole(ctx, &a.AuthorizerCredentialsARN)
	})
	return view, err
}

// DeleteAuthorizer removes an authorizer that no route uses.
func (s *Service) DeleteAuthorizer(ctx context.Context, in AuthorizerInput) error {
	return s.editDefinition(ctx, in.APIID, func(d *pasarela.Definition) error {
		i := find(d.Authorizers, in.AuthorizerID, authorizerID)
		if i < 0 {
			return unknown("Authorizer", in.AuthorizerID)
		}
		for n := range d.Routes {
			if d.Routes[n].AuthorizerID == in.AuthorizerID {
				return conflict("Cannot delete authorizer '%s', is referenced in route: %s", d.Authorizers[i].Name, d.Routes[n].RouteKey)
			}
		}
		d.Authorizers = slices.Delete(d.Authorizers, i, i+1)
		return nil
	})
}

func (in *AuthorizerFields) check(c *check) {
	c.notEmptied("name", in.Name)
	c.notEmptied("authorizerType", in.AuthorizerType)
	c.oneOf("authorizerType", in.AuthorizerType, pasarela.AuthorizerRequest, pasarela.AuthorizerJWT)
	c.atMost("name", in.Name, 128)
	c.atMost("authorizerUri", in.AuthorizerURI, 2048)
	c.atMost("identityValidationExpression", in.IdentityValidationExpression, 1024)
	c.role("authorizerCredentialsArn", in.AuthorizerCredentialsARN)
	for _, source := range in.IdentitySource {
		if !identitySource(source) {
			c.fail("Invalid member 'identitySource': %q is none of route.request.header.NAME, route.request.querystring.NAME, stageVariables.NAME, context.NAME.", source)
		}
	}
	if in.AuthorizerURI != nil && *in.AuthorizerURI != "" && !strings.HasPrefix(*in.AuthorizerURI, "arn:") &&
		!isHTTP(placeholder.ReplaceAllString(*in.AuthorizerURI, "x")) {
		c.fail("Invalid Authorizer URI: %s. Authorizer URI should be a valid API Gateway ARN that represents a Lambda function invocation, or an http or https URL.", *in.AuthorizerURI)
	}
}

// identitySource accepts sources with and without the $ that HTTP APIs write.
func identitySource(source string) bool {
	source = strings.TrimPrefix(source, "$")
	for _, prefix := range [...]string{"route.request.header.", "route.request.querystring.", "request.header.", "request.querystring.", "stageVariables.", "context."} {
		if name, ok := strings.CutPrefix(source, prefix); ok && name != "" {
			return true
		}
	}
	return false
}

// applyAuthorizer changes the members given and checks the whole: what one type requires, the
// other must not have.
func (s *Service) applyAuthorizer(d *pasarela.Definition, a *pasarela.Authorizer, in *AuthorizerFields) (pasarela.Authorizer, error) {
	if in.Name != nil && *in.Name != a.Name && find(d.Authorizers, *in.Name, func(a *pasarela.Authorizer) string { return a.Name }) >= 0 {
		return *a, conflict("Authorizer with name %s already exists for this API", *in.Name)
	}
	set(&a.Name, in.Name)
	set(&a.AuthorizerType, in.AuthorizerType)
	set(&a.AuthorizerURI, in.AuthorizerURI)
	set(&a.AuthorizerCredentialsARN, in.AuthorizerCredentialsARN)
	set(&a.IdentityValidationExpression, in.IdentityValidationExpression)
	if in.IdentitySource != nil {
		a.IdentitySource = in.IdentitySource
	}
	if in.JWTConfiguration != nil {
		a.JWTConfiguration = in.JWTConfiguration
	}
	switch {
	case a.AuthorizerType == pasarela.AuthorizerRequest && a.AuthorizerURI == "":
		return *a, bad("Invalid member 'authorizerUri': it is required for authorizerType REQUEST.")
	case a.AuthorizerType == pasarela.AuthorizerRequest:
		a.JWTConfiguration = nil
	case a.JWTConfiguration == nil || a.JWTConfiguration.Issuer == "":
		return *a, bad("Invalid member 'jwtConfiguration': authorizerType JWT needs an issuer and an audience.")
	}
	return *a, s.checkAuthorizer(d.API, *a)
}

func (s *Service) checkAuthorizer(api pasarela.API, a pasarela.Authorizer) error {
	for _, f := range s.Checker.Check(pasarela.Definition{API: api, Authorizers: []pasarela.Authorizer{a}}) {
		switch {
		case f.Resource == "authorizer" && f.Member == "authorizerUri":
			return bad("Invalid Authorizer URI: %s. Authorizer URI should be a valid API Gateway ARN that represents a Lambda function invocation: %s", a.AuthorizerURI, f.Message)
		case f.Resource == "authorizer":
			return bad("Invalid member '%s': %s", f.Member, f.Message)
		}
	}
	return nil
}
