package apis

import (
	"context"
	"slices"

	"github.com/pasarela-ws/pasarela"
)

// RouteResponseFields are the members of a route response that a caller may set.
type RouteResponseFields struct {
	RouteResponseKey         *string                                  `json:"routeResponseKey"`
	ModelSelectionExpression *string                                  `json:"modelSelectionExpression"`
	ResponseModels           map[string]string                        `json:"responseModels"`
	ResponseParameters       map[string]pasarela.ParameterConstraints `json:"responseParameters"`
}

// CreateRouteResponseInput is the input of [Service.CreateRouteResponse].
type CreateRouteResponseInput struct {
	RouteInput
	RouteResponseFields
}

// RouteResponseInput names a route response.
type RouteResponseInput struct {
	RouteInput
	RouteResponseID string `json:"-" uri:"routeResponseId"`
}

// UpdateRouteResponseInput is the input of [Service.UpdateRouteResponse].
type UpdateRouteResponseInput struct {
	RouteResponseInput
	RouteResponseFields
}

func routeResponseID(r *pasarela.RouteResponse) string { return r.RouteResponseID }

// CreateRouteResponse makes a route two-way.
func (s *Service) CreateRouteResponse(ctx context.Context, in CreateRouteResponseInput) (view pasarela.RouteResponse, err error) {
	var c check
	c.required("routeResponseKey", in.RouteResponseKey)
	if in.check(&c); c.err != nil {
		return view, c.err
	}
	err = s.editDefinition(ctx, in.APIID, func(d *pasarela.Definition) error {
		r, err := route(d, in.RouteID)
		if err != nil {
			return err
		}
		if len(r.Responses) > 0 {
			return conflict("Route response with key %s already exists for this route", *in.RouteResponseKey)
		}
		view = pasarela.RouteResponse{RouteResponseID: pasarela.ShortIDs(ctx)()}
		in.apply(&view)
		r.Responses = append(r.Responses, view)
		return nil
	})
	return view, err
}

// GetRouteResponse returns one route response.
func (s *Service) GetRouteResponse(ctx context.Context, in RouteResponseInput) (pasarela.RouteResponse, error) {
	all, err := s.GetRouteResponses(ctx, in.RouteInput)
	if err != nil {
		return pasarela.RouteResponse{}, err
	}
	if i := find(all, in.RouteResponseID, routeResponseID); i >= 0 {
		return all[i], nil
	}
	return pasarela.RouteResponse{}, unknown("RouteResponse", in.RouteResponseID)
}

// GetRouteResponses returns all responses of a route.
func (s *Service) GetRouteResponses(ctx context.Context, in RouteInput) ([]pasarela.RouteResponse, error) {
	doc, err := s.read(ctx, in.APIID)
	if err != nil {
		return nil, err
	}
	r, err := route(&doc.Definition, in.RouteID)
	if err != nil {
		return nil, err
	}
	return r.Responses, nil
}

// UpdateRouteResponse changes the members given.
func (s *Service) UpdateRouteResponse(ctx context.Context, in UpdateRouteResponseInput) (view pasarela.RouteResponse, err error) {
	var c check
	if in.check(&c); c.err != nil {
		return view, c.err
	}
	err = s.editDefinition(ctx, in.APIID, func(d *pasarela.Definition) error {
		r, err := route(d, in.RouteID)
		if err != nil {
			return err
		}
		i := find(r.Responses, in.RouteResponseID, routeResponseID)
		if i < 0 {
			return unknown("RouteResponse", in.RouteResponseID)
		}
		in.apply(&r.Responses[i])
		view = r.Responses[i]
		return nil
	})
	return view, err
}

// DeleteRouteResponse makes its route one-way again.
func (s *Service) DeleteRouteResponse(ctx context.Context, in RouteResponseInput) error {
	return s.editDefinition(ctx, in.APIID, func(d *pasarela.Definition) error {
		r, err := route(d, in.RouteID)
		if err != nil {
			return err
		}
		i := find(r.Responses, in.RouteResponseID, routeResponseID)
		if i < 0 {
			return unknown("RouteResponse", in.RouteResponseID)
		}
		r.Responses = slices.Delete(r.Responses, i, i+1)
		return nil
	})
}

func (in *RouteResponseFields) check(c *check) {
	c.notEmptied("routeResponseKey", in.RouteResponseKey)
	if in.RouteResponseKey != nil && *in.RouteResponseKey != pasarela.KeyDefault {
		c.fail("Invalid member 'routeResponseKey': %q, but only $default exists for WebSocket APIs.", *in.RouteResponseKey)
	}
	c.values("responseModels", in.ResponseModels, 128)
}

func (in *RouteResponseFields) apply(r *pasarela.RouteResponse) {
	set(&r.RouteResponseKey, in.RouteResponseKey)
	set(&r.ModelSelectionExpression, in.ModelSelectionExpression)
	if in.ResponseModels != nil {
		r.ResponseModels = in.ResponseModels
	}
	if in.ResponseParameters != nil {
		r.ResponseParameters = in.ResponseParameters
	}
}
