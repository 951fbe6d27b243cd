package apis

import (
	"context"
	"slices"

	"github.com/pasarela-ws/pasarela"
)

// IntegrationResponseFields are the members of an integration response that a
// caller may set.
type IntegrationResponseFields struct {
	IntegrationResponseKey      *string           `json:"integrationResponseKey"`
	ContentHandlingStrategy     *string           `json:"contentHandlingStrategy"`
	ResponseParameters          map[string]string `json:"responseParameters"`
	ResponseTemplates           map[string]string `json:"responseTemplates"`
	TemplateSelectionExpression *string           `json:"templateSelectionExpression"`
}

// CreateIntegrationResponseInput is the input of [Service.CreateIntegrationResponse].
type CreateIntegrationResponseInput struct {
	IntegrationInput
	IntegrationResponseFields
}

// IntegrationResponseInput names an integration response.
type IntegrationResponseInput struct {
	IntegrationInput
	IntegrationResponseID string `json:"-" uri:"integrationResponseId"`
}

// UpdateIntegrationResponseInput is the input of [Service.UpdateIntegrationResponse].
type UpdateIntegrationResponseInput struct {
	IntegrationResponseInput
	IntegrationResponseFields
}

func integrationResponseID(r *pasarela.IntegrationResponse) string { return r.IntegrationResponseID }

func integrationResponseKey(r *pasarela.IntegrationResponse) string { return r.IntegrationResponseKey }

// CreateIntegrationResponse adds what to make of one kind of backend answer. The
// key is $default, a pattern between slashes, or, for convenience, a bare status
// such as 201 (A-APIS-4).
func (s *Service) CreateIntegrationResponse(ctx context.Context, in CreateIntegrationResponseInput) (view pasarela.IntegrationResponse, err error) {
	var c check
	c.required("integrationResponseKey", in.IntegrationResponseKey)
	if in.check(&c); c.err != nil {
		return view, c.err
	}
	err = s.editDefinition(ctx, in.APIID, func(d *pasarela.Definition) error {
		i, err := integration(d, in.IntegrationID)
		if err != nil {
			return err
		}
		i.Responses = append(i.Responses, pasarela.IntegrationResponse{
			IntegrationResponseID: fresh(i.Responses, pasarela.LongIDs(ctx), integrationResponseID),
		})
		view, err = s.applyIntegrationResponse(d, i, len(i.Responses)-1, &in.IntegrationResponseFields)
		return err
	})
	return view, err
}

// GetIntegrationResponse returns one integration response.
func (s *Service) GetIntegrationResponse(ctx context.Context, in IntegrationResponseInput) (pasarela.IntegrationResponse, error) {
	all, err := s.GetIntegrationResponses(ctx, in.IntegrationInput)
	if err != nil {
		return pasarela.IntegrationResponse{}, err
	}
	if i := find(all, in.IntegrationResponseID, integrationResponseID); i >= 0 {
		return all[i], nil
	}
	return pasarela.IntegrationResponse{}, unknown("IntegrationResponse", in.IntegrationResponseID)
}

// GetIntegrationResponses returns all responses of an integration.
func (s *Service) GetIntegrationResponses(ctx context.Context, in IntegrationInput) ([]pasarela.IntegrationResponse, error) {
	doc, err := s.read(ctx, in.APIID)
	if err != nil {
		return nil, err
	}
	i, err := integration(&doc.Definition, in.IntegrationID)
	if err != nil {
		return nil, err
	}
	return i.Responses, nil
}

// UpdateIntegrationResponse changes the members given; parameters and templates
// are replaced (A-APIS-3).
func (s *Service) UpdateIntegrationResponse(ctx context.Context, in UpdateIntegrationResponseInput) (view pasarela.IntegrationResponse, err error) {
	var c check
	if in.check(&c); c.err != nil {
		return view, c.err
	}
	err = s.editDefinition(ctx, in.APIID, func(d *pasarela.Definition) error {
		i, err := integration(d, in.IntegrationID)
		if err != nil {
			return err
		}
		n := find(i.Responses, in.IntegrationResponseID, integrationResponseID)
		if n < 0 {
			return unknown("IntegrationResponse", in.IntegrationResponseID)
		}
		view, err = s.applyIntegrationResponse(d, i, n, &in.IntegrationResponseFields)
		return err
	})
	return view, err
}

// DeleteIntegrationResponse removes one integration response.
func (s *Service) DeleteIntegrationResponse(ctx context.Context, in IntegrationResponseInput) error {
	return s.editDefinition(ctx, in.APIID, func(d *pasarela.Definition) error {
		i, err := integration(d, in.IntegrationID)
		if err != nil {
			return err
		}
		n := find(i.Responses, in.IntegrationResponseID, integrationResponseID)
		if n < 0 {
			return unknown("IntegrationResponse", in.IntegrationResponseID)
		}
		i.Responses = slices.Delete(i.Responses, n, n+1)
		return nil
	})
}

func (in *IntegrationResponseFields) check(c *check) {
	c.notEmptied("integrationResponseKey", in.IntegrationResponseKey)
	c.oneOf("contentHandlingStrategy", in.ContentHandlingStrategy, pasarela.ConvertToBinary, pasarela.ConvertToText)
	c.values("responseParameters", in.ResponseParameters, 512)
	c.values("responseTemplates", in.ResponseTemplates, maxTemplate)
	if in.IntegrationResponseKey != nil {
		c.responseKey(*in.IntegrationResponseKey)
	}
}

// responseKey refuses a pattern without its closing slash; the Checker checks the rest.
func (c *check) responseKey(key string) {
	if len(key) > 0 && key[0] == '/' && (len(key) < 3 || key[len(key)-1] != '/') {
		c.fail("Invalid member 'integrationResponseKey': %q begins with a slash and does not end with one; patterns are written /2\\d\\d/.", key)
	}
}

func (s *Service) applyIntegrationResponse(d *pasarela.Definition, i *pasarela.Integration, n int, in *IntegrationResponseFields) (pasarela.IntegrationResponse, error) {
	r := &i.Responses[n]
	if key := in.IntegrationResponseKey; key != nil && *key != r.IntegrationResponseKey && find(i.Responses, *key, integrationResponseKey) >= 0 {
		return *r, conflict("Integration response with key %s already exists for this integration", *key)
	}
	set(&r.IntegrationResponseKey, in.IntegrationResponseKey)
	set(&r.ContentHandlingStrategy, in.ContentHandlingStrategy)
	set(&r.TemplateSelectionExpr, in.TemplateSelectionExpression)
	if in.ResponseParameters != nil {
		r.ResponseParameters = in.ResponseParameters
	}
	if in.ResponseTemplates != nil {
		r.ResponseTemplates = in.ResponseTemplates
	}
	return *r, s.checkMappings(d.API, *i)
}
