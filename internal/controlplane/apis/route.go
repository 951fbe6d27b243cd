package apis

import (
	"context"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// RouteFields are the members of a route that a caller may set.
type RouteFields struct {
	RouteKey                         *string                                  `json:"routeKey"`
	Target                           *string                                  `json:"target"`
	AuthorizationType                *string                                  `json:"authorizationType"`
	AuthorizationScopes              []string                                 `json:"authorizationScopes"`
	AuthorizerID                     *string                                  `json:"authorizerId"`
	APIKeyRequired                   *bool                                    `json:"apiKeyRequired"`
	ModelSelectionExpression         *string                                  `json:"modelSelectionExpression"`
	OperationName                    *string                                  `json:"operationName"`
	RequestModels                    map[string]string                        `json:"requestModels"`
	RequestParameters                map[string]pasarela.ParameterConstraints `json:"requestParameters"`
	RouteResponseSelectionExpression *string                                  `json:"routeResponseSelectionExpression"`
}

// CreateRouteInput is the input of [Service.CreateRoute].
type CreateRouteInput struct {
	APIID string `json:"-" uri:"apiId"`
	RouteFields
}

// RouteInput names a route.
type RouteInput struct {
	APIID   string `json:"-" uri:"apiId"`
	RouteID string `json:"-" uri:"routeId"`
}

// UpdateRouteInput is the input of [Service.UpdateRoute].
type UpdateRouteInput struct {
	RouteInput
	RouteFields
}

// RequestParameterInput names one request parameter of a route.
type RequestParameterInput struct {
	RouteInput
	RequestParameterKey string `json:"-" uri:"requestParameterKey"`
}

func routeID(r *pasarela.Route) string { return r.RouteID }

// viewRoute leaves the route responses out: they are resources of their own.
func viewRoute(r pasarela.Route) pasarela.Route {
	r.Responses = nil
	return r
}

func route(d *pasarela.Definition, id string) (*pasarela.Route, error) {
	if i := find(d.Routes, id, routeID); i >= 0 {
		return &d.Routes[i], nil
	}
	return nil, unknown("Route", id)
}

// CreateRoute adds a route.
func (s *Service) CreateRoute(ctx context.Context, in CreateRouteInput) (view pasarela.Route, err error) {
	var c check
	c.required("routeKey", in.RouteKey)
	if in.check(&c); c.err != nil {
		return view, c.err
	}
	err = s.editDefinition(ctx, in.APIID, func(d *pasarela.Definition) error {
		r := pasarela.Route{
			RouteID:           fresh(d.Routes, pasarela.LongIDs(ctx), routeID),
			AuthorizationType: pasarela.AuthorizationNone,
		}
		d.Routes = append(d.Routes, r)
		view, err = s.applyRoute(d, &d.Routes[len(d.Routes)-1], &in.RouteFields)
		return err
	})
	return view, err
}

// GetRoute returns one route.
func (s *Service) GetRoute(ctx context.Context, in RouteInput) (pasarela.Route, error) {
	doc, err := s.read(ctx, in.APIID)
	if err != nil {
		return pasarela.Route{}, err
	}
	r, err := route(&doc.Definition, in.RouteID)
	if err != nil {
		return pasarela.Route{}, err
	}
	return viewRoute(*r), nil
}

// GetRoutes returns all routes in the order in which they were made.
func (s *Service) GetRoutes(ctx context.Context, in APIInput) ([]pasarela.Route, error) {
	doc, err := s.read(ctx, in.APIID)
	if err != nil {
		return nil, err
	}
	views := make([]pasarela.Route, len(doc.Routes))
	for i := range doc.Routes {
		views[i] = viewRoute(doc.Routes[i])
	}
	return views, nil
}

// UpdateRoute changes the members given. Request parameters are merged; request
// models are replaced (A-APIS-3).
func (s *Service) UpdateRoute(ctx context.Context, in UpdateRouteInput) (view pasarela.Route, err error) {
	var c check
	if in.check(&c); c.err != nil {
		return view, c.err
	}
	err = s.editDefinition(ctx, in.APIID, func(d *pasarela.Definition) error {
		r, err := route(d, in.RouteID)
		if err != nil {
			return err
		}
		view, err = s.applyRoute(d, r, &in.RouteFields)
		return err
	})
	return view, err
}

// DeleteRoute removes a route with its responses. Deployments keep what they froze.
func (s *Service) DeleteRoute(ctx context.Context, in RouteInput) error {
	return s.editDefinition(ctx, in.APIID, func(d *pasarela.Definition) error {
		i := find(d.Routes, in.RouteID, routeID)
		if i < 0 {
			return unknown("Route", in.RouteID)
		}
		d.Routes = slices.Delete(d.Routes, i, i+1)
		return nil
	})
}

// DeleteRouteRequestParameter removes one request parameter of a route.
func (s *Service) DeleteRouteRequestParameter(ctx context.Context, in RequestParameterInput) error {
	return s.editDefinition(ctx, in.APIID, func(d *pasarela.Definition) error {
		r, err := route(d, in.RouteID)
		if err != nil {
			return err
		}
		if _, ok := r.RequestParameters[in.RequestParameterKey]; !ok {
			return unknown("RequestParameter", in.RequestParameterKey)
		}
		delete(r.RequestParameters, in.RequestParameterKey)
		return checkRoute(d, r)
	})
}

// check checks the members given, each by itself; applyRoute checks them against the API.
func (in *RouteFields) check(c *check) {
	c.notEmptied("routeKey", in.RouteKey)
	if in.RouteKey != nil && strings.HasPrefix(*in.RouteKey, "$") && !reservedKey(*in.RouteKey) {
		c.fail("Invalid member 'routeKey': %q begins with $, which is reserved for $connect, $disconnect and $default.", *in.RouteKey)
	}
	c.oneOf("authorizationType", in.AuthorizationType, pasarela.AuthorizationNone, pasarela.AuthorizationIAM,
		pasarela.AuthorizationCustom, pasarela.AuthorizationJWT)
	c.notEmptied("authorizationType", in.AuthorizationType)
	c.atMost("target", in.Target, 128)
	c.atMost("operationName", in.OperationName, 64)
	c.oneOf("routeResponseSelectionExpression", in.RouteResponseSelectionExpression, pasarela.KeyDefault)
	c.values("requestModels", in.RequestModels, 128)
	for _, scope := range in.AuthorizationScopes {
		c.atMost("authorizationScopes", &scope, 64)
	}
	for key := range in.RequestParameters {
		if !requestParameter(key) {
			c.fail("Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: %s]", key)
		}
	}
}

func reservedKey(key string) bool {
	return key == pasarela.RouteConnect || key == pasarela.RouteDisconnect || key == pasarela.KeyDefault
}

// requestParameter says whether key is route.request.{header,querystring,
// multivalueheader,multivaluequerystring}.NAME.
func requestParameter(key string) bool {
	rest, ok := strings.CutPrefix(key, "route.request.")
	place, name, named := strings.Cut(rest, ".")
	switch place {
	case "header", "querystring", "multivalueheader", "multivaluequerystring":
		return ok && named && name != ""
	}
	return false
}

// applyRoute sets the members given and holds the rules between them.
func (s *Service) applyRoute(d *pasarela.Definition, r *pasarela.Route, in *RouteFields) (view pasarela.Route, err error) {
	if in.RouteKey != nil && *in.RouteKey != r.RouteKey {
		if find(d.Routes, *in.RouteKey, func(r *pasarela.Route) string { return r.RouteKey }) >= 0 {
			return view, conflict("Route with key %s already exists for this API", *in.RouteKey)
		}
	}
	set(&r.RouteKey, in.RouteKey)
	set(&r.Target, in.Target)
	set(&r.AuthorizationType, in.AuthorizationType)
	set(&r.AuthorizerID, in.AuthorizerID)
	set(&r.APIKeyRequired, in.APIKeyRequired)
	set(&r.ModelSelectionExpression, in.ModelSelectionExpression)
	set(&r.OperationName, in.OperationName)
	set(&r.RouteResponseSelectionExpression, in.RouteResponseSelectionExpression)
	if in.AuthorizationScopes != nil {
		r.AuthorizationScopes = in.AuthorizationScopes
	}
	if in.RequestModels != nil {
		r.RequestModels = in.RequestModels
	}
	for key, constraint := range in.RequestParameters {
		if r.RequestParameters == nil {
			r.RequestParameters = map[string]pasarela.ParameterConstraints{}
		}
		r.RequestParameters[key] = constraint
	}
	s.dropAuthorization(r)
	if err := checkRoute(d, r); err != nil {
		return view, err
	}
	for _, f := range s.Checker.Check(pasarela.Definition{API: d.API, Routes: []pasarela.Route{*r}}) {
		if f.Resource == "route" {
			return view, bad("Invalid member '%s': %s", f.Member, f.Message)
		}
	}
	return viewRoute(*r), nil
}

// dropAuthorization clears the authorizer of any route but $connect, the only one that is
// authorized: AWS accepts it without an error and does not return it (aws-controlplane
// §3.4).
func (s *Service) dropAuthorization(r *pasarela.Route) {
	if r.RouteKey == pasarela.RouteConnect || r.AuthorizationType == pasarela.AuthorizationNone && r.AuthorizerID == "" {
		return
	}
	s.Log.Warn("authorization on a route other than $connect has no effect and is dropped",
		"routeKey", r.RouteKey, "authorizationType", r.AuthorizationType, "authorizerId", r.AuthorizerID)
	r.AuthorizationType, r.AuthorizerID, r.AuthorizationScopes = pasarela.AuthorizationNone, "", nil
}

// checkRoute checks what a route refers to.
func checkRoute(d *pasarela.Definition, r *pasarela.Route) error {
	if r.Target != "" {
		id := r.IntegrationID()
		if id == "" {
			return bad("Invalid member 'target': %q is not of the form integrations/{integrationId}.", r.Target)
		}
		i, err := integration(d, id)
		if err != nil {
			return err
		}
		if err := checkConnection(r, i); err != nil {
			return err
		}
	}
	switch r.AuthorizationType {
	case pasarela.AuthorizationNone, pasarela.AuthorizationIAM:
		r.AuthorizerID = ""
		return nil
	}
	if r.AuthorizerID == "" {
		return bad("Invalid member 'authorizerId': it is required when authorizationType is %s.", r.AuthorizationType)
	}
	i := find(d.Authorizers, r.AuthorizerID, authorizerID)
	if i < 0 {
		return unknown("Authorizer", r.AuthorizerID)
	}
	if jwt := d.Authorizers[i].AuthorizerType == pasarela.AuthorizerJWT; jwt != (r.AuthorizationType == pasarela.AuthorizationJWT) {
		return bad("Invalid member 'authorizationType': %s does not fit the authorizer %s of type %s.",
			r.AuthorizationType, r.AuthorizerID, d.Authorizers[i].AuthorizerType)
	}
	return nil
}
