package apis

import (
	"cmp"
	"context"
	"errors"
	"sort"

	"github.com/pasarela-ws/pasarela"
)

// APIFields are the members of an API that a caller may set.
type APIFields struct {
	Name                      *string `json:"name"`
	Description               *string `json:"description"`
	RouteSelectionExpression  *string `json:"routeSelectionExpression"`
	APIKeySelectionExpression *string `json:"apiKeySelectionExpression"`
	Version                   *string `json:"version"`
	IPAddressType             *string `json:"ipAddressType"`
	DisableSchemaValidation   *bool   `json:"disableSchemaValidation"`
	DisableExecuteAPIEndpoint *bool   `json:"disableExecuteApiEndpoint"`
}

// CreateAPIInput is the input of [Service.CreateAPI].
type CreateAPIInput struct {
	APIFields
	ProtocolType *string           `json:"protocolType"`
	Tags         map[string]string `json:"tags"`
}

// UpdateAPIInput is the input of [Service.UpdateAPI].
type UpdateAPIInput struct {
	APIID string `json:"-" uri:"apiId"`
	APIFields
}

// APIInput names an API.
type APIInput struct {
	APIID string `json:"-" uri:"apiId"`
}

// Nothing is the input of an operation that needs none.
type Nothing struct{}

// API is the view of an API: what is kept and where its clients connect.
type API struct {
	pasarela.API
	APIEndpoint string `json:"apiEndpoint"`
}

func (s *Service) viewAPI(api pasarela.API) API { return API{api, s.Endpoint(api.APIID)} }

// Expressions that AWS allows for API keys (aws-controlplane §3.3).
const (
	apiKeyFromHeader     = "$request.header.x-api-key"
	apiKeyFromAuthorizer = "$context.authorizer.usageIdentifierKey"
)

// CreateAPI makes an API without routes and stages.
func (s *Service) CreateAPI(ctx context.Context, in CreateAPIInput) (API, error) {
	var c check
	c.required("name", in.Name)
	c.required("protocolType", in.ProtocolType)
	if in.ProtocolType != nil && *in.ProtocolType == "HTTP" {
		c.fail("Invalid member 'protocolType': this service has WEBSOCKET APIs only.")
	}
	if in.ProtocolType != nil && *in.ProtocolType != pasarela.ProtocolWebSocket {
		c.fail("Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]")
	}
	if in.RouteSelectionExpression == nil || *in.RouteSelectionExpression == "" {
		c.fail("RouteSelectionExpression is required for WEBSOCKET protocol")
	}
	in.check(&c)
	c.tags(in.Tags)
	c.ownTags(in.Tags, "an API")
	id := s.customID(&c, in.Tags)
	if c.err != nil {
		return API{}, c.err
	}
	doc := pasarela.APIDocument{Edits: 1, Definition: pasarela.Definition{API: pasarela.API{
		ProtocolType:              pasarela.ProtocolWebSocket,
		APIKeySelectionExpression: apiKeyFromHeader,
		IPAddressType:             "ipv4",
		Tags:                      in.Tags,
		CreatedDate:               s.now(),
	}}}
	in.apply(&doc.API)
	if err := s.checkAPI(doc.API); err != nil {
		return API{}, err
	}
	ids := pasarela.APIIDs(ctx)
	for {
		doc.API.APIID = cmp.Or(id, ids())
		_, err := s.apis.Create(ctx, pasarela.APIDocumentKey(doc.API.APIID), &doc)
		switch {
		case !errors.Is(err, pasarela.ErrConflict):
			return s.viewAPI(doc.API), err
		case id != "":
			return API{}, pasarela.Errorf(pasarela.CodeConflict, "There is an API with the id %s already: delete it first, or give another in the tag.", id)
		}
	}
}

func (in *APIFields) check(c *check) {
	c.notEmptied("name", in.Name)
	c.notEmptied("routeSelectionExpression", in.RouteSelectionExpression)
	c.atMost("name", in.Name, 128)
	c.atMost("description", in.Description, 1024)
	c.atMost("version", in.Version, 64)
	c.oneOf("apiKeySelectionExpression", in.APIKeySelectionExpression, apiKeyFromHeader, apiKeyFromAuthorizer)
	c.oneOf("ipAddressType", in.IPAddressType, "ipv4", "dualstack")
}

func (in *APIFields) apply(api *pasarela.API) {
	set(&api.Name, in.Name)
	set(&api.Description, in.Description)
	set(&api.Version, in.Version)
	set(&api.RouteSelectionExpression, in.RouteSelectionExpression)
	set(&api.APIKeySelectionExpression, in.APIKeySelectionExpression)
	set(&api.IPAddressType, in.IPAddressType)
	set(&api.DisableSchemaValidation, in.DisableSchemaValidation)
	set(&api.DisableExecuteAPIEndpoint, in.DisableExecuteAPIEndpoint)
	if api.APIKeySelectionExpression == "" {
		api.APIKeySelectionExpression = apiKeyFromHeader
	}
	if api.IPAddressType == "" {
		api.IPAddressType = "ipv4"
	}
}

// checkAPI compiles the expressions of an API.
func (s *Service) checkAPI(api pasarela.API) error {
	for _, f := range s.Checker.Check(pasarela.Definition{API: api}) {
		if f.Resource == "api" {
			return bad("Invalid member '%s': %s", f.Member, f.Message)
		}
	}
	return nil
}

// GetAPI returns one API.
func (s *Service) GetAPI(ctx context.Context, in APIInput) (API, error) {
	doc, err := s.read(ctx, in.APIID)
	if err != nil {
		return API{}, err
	}
	return s.viewAPI(doc.API), nil
}

// GetAPIs returns all APIs, oldest first.
func (s *Service) GetAPIs(ctx context.Context, _ Nothing) ([]API, error) {
	docs, err := s.apis.List(ctx, pasarela.PrefixAPI)
	if err != nil {
		return nil, err
	}
	views := make([]API, len(docs))
	for i := range docs {
		views[i] = s.viewAPI(docs[i].Value.API)
	}
	sort.SliceStable(views, func(i, j int) bool { return views[i].CreatedDate.Before(views[j].CreatedDate) })
	return views, nil
}

// UpdateAPI changes the members given.
func (s *Service) UpdateAPI(ctx context.Context, in UpdateAPIInput) (view API, err error) {
	var c check
	if in.check(&c); c.err != nil {
		return API{}, c.err
	}
	err = s.editDefinition(ctx, in.APIID, func(d *pasarela.Definition) error {
		in.apply(&d.API)
		view = s.viewAPI(d.API)
		return s.checkAPI(d.API)
	})
	return view, err
}

// DeleteAPI removes an API with everything in it. It is refused while a custom
// domain maps to the API.
func (s *Service) DeleteAPI(ctx context.Context, in APIInput) error {
	if !isID(in.APIID) {
		return s.noAPI(in.APIID)
	}
	mapped, err := s.mappings(ctx, func(m pasarela.APIMapping) bool { return m.APIID == in.APIID })
	if err != nil {
		return err
	}
	removed, err := s.apis.Remove(ctx, pasarela.APIDocumentKey(in.APIID), func(doc *pasarela.APIDocument) error {
		if len(mapped) > 0 {
			return bad("Deleting API %s failed. Please remove all API mappings for the API from your custom domain names.", doc.API.APIID)
		}
		return nil
	})
	if errors.Is(err, pasarela.ErrNotFound) {
		return s.noAPI(in.APIID)
	}
	if err != nil {
		return err
	}
	s.awaitServed(ctx, Change{Key: removed.Key, Revision: removed.Revision, Removed: true})
	return s.Deployments.forgetDefinitions(ctx, in.APIID)
}

// forgetDefinitions removes the frozen definitions of a removed API. The API's document
// is gone already; what an interruption leaves is removed by [Deployments.Run].
func (s *Deployments) forgetDefinitions(ctx context.Context, apiID string) error {
	entries, err := s.apis.Bucket.List(ctx, pasarela.DeploymentKey(apiID, ""))
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := s.apis.Bucket.Delete(ctx, entry.Key, entry.Revision); err != nil && !errors.Is(err, pasarela.ErrNotFound) {
			return err
		}
	}
	return nil
}

// mappings are the API mappings of all custom domains that fit.
func (s *Service) mappings(ctx context.Context, fits func(pasarela.APIMapping) bool) ([]pasarela.APIMapping, error) {
	domains, err := s.DomainNames.domains.List(ctx, pasarela.PrefixDomainName)
	if err != nil {
		return nil, err
	}
	var found []pasarela.APIMapping
	for _, domain := range domains {
		for _, m := range domain.Value.Mappings {
			if fits(m) {
				found = append(found, m)
			}
		}
	}
	return found, nil
}
