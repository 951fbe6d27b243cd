package apis

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// IntegrationFields are the members of an integration that a caller may set.
type IntegrationFields struct {
	IntegrationType             *string             `json:"integrationType"`
	IntegrationMethod           *string             `json:"integrationMethod"`
	IntegrationURI              *string             `json:"integrationUri"`
	ConnectionType              *string             `json:"connectionType"`
	ConnectionID                *string             `json:"connectionId"`
	ContentHandlingStrategy     *string             `json:"contentHandlingStrategy"`
	CredentialsARN              *string             `json:"credentialsArn"`
	Description                 *string             `json:"description"`
	PassthroughBehavior         *string             `json:"passthroughBehavior"`
	PayloadFormatVersion        *string             `json:"payloadFormatVersion"`
	RequestParameters           map[string]string   `json:"requestParameters"`
	RequestTemplates            map[string]string   `json:"requestTemplates"`
	TemplateSelectionExpression *string             `json:"templateSelectionExpression"`
	TimeoutInMillis             *int                `json:"timeoutInMillis"`
	TLSConfig                   *pasarela.TLSConfig `json:"tlsConfig"`
}

// CreateIntegrationInput is the input of [Service.CreateIntegration].
type CreateIntegrationInput struct {
	APIID string `json:"-" uri:"apiId"`
	IntegrationFields
}

// IntegrationInput names an integration.
type IntegrationInput struct {
	APIID         string `json:"-" uri:"apiId"`
	IntegrationID string `json:"-" uri:"integrationId"`
}

// UpdateIntegrationInput is the input of [Service.UpdateIntegration].
type UpdateIntegrationInput struct {
	IntegrationInput
	IntegrationFields
}

// Integration is the view of an integration: its responses are resources of
// their own, and the expression that selects them follows from its type.
type Integration struct {
	pasarela.Integration
	IntegrationResponseSelectionExpression string `json:"integrationResponseSelectionExpression,omitempty"`
}

func integrationID(i *pasarela.Integration) string { return i.IntegrationID }

func viewIntegration(i pasarela.Integration) Integration {
	i.Responses = nil
	return Integration{i, i.Type().Selection}
}

func integration(d *pasarela.Definition, id string) (*pasarela.Integration, error) {
	if i := find(d.Integrations, id, integrationID); i >= 0 {
		return &d.Integrations[i], nil
	}
	return nil, unknown("Integration", id)
}

// CreateIntegration adds an integration. Naming a role needs iam:PassRole on it.
func (s *Service) CreateIntegration(ctx context.Context, in CreateIntegrationInput) (view Integration, err error) {
	var c check
	c.required("integrationType", in.IntegrationType)
	if in.check(&c); c.err != nil {
		return view, c.err
	}
	if err := s.passRole(ctx, in.CredentialsARN); err != nil {
		return view, err
	}
	err = s.editIntegration(ctx, in.APIID, func(d *pasarela.Definition) (*pasarela.Integration, error) {
		i := pasarela.Integration{
			IntegrationID:        fresh(d.Integrations, pasarela.LongIDs(ctx), integrationID),
			ConnectionType:       pasarela.ConnectionInternet,
			PassthroughBehavior:  pasarela.PassthroughWhenNoMatch,
			PayloadFormatVersion: "1.0",
			TimeoutInMillis:      pasarela.MaxTimeoutInMillis,
		}
		if err := s.applyIntegration(d, &i, &in.IntegrationFields); err != nil {
			return nil, err
		}
		d.Integrations = append(d.Integrations, i)
		view = viewIntegration(i)
		return &i, nil
	})
	return view, err
}

// GetIntegration returns one integration.
func (s *Service) GetIntegration(ctx context.Context, in IntegrationInput) (Integration, error) {
	doc, err := s.read(ctx, in.APIID)
	if err != nil {
		return Integration{}, err
	}
	i, err := integration(&doc.Definition, in.IntegrationID)
	if err != nil {
		return Integration{}, err
	}
	return viewIntegration(*i), nil
}

// GetIntegrations returns all integrations in the order in which they were made.
func (s *Service) GetIntegrations(ctx context.Context, in APIInput) ([]Integration, error) {
	doc, err := s.read(ctx, in.APIID)
	if err != nil {
		return nil, err
	}
	views := make([]Integration, len(doc.Integrations))
	for i := range doc.Integrations {
		views[i] = viewIntegration(doc.Integrations[i])
	}
	return views, nil
}

// UpdateIntegration changes the members given. Request parameters are merged, ""
// removing one; request templates are replaced (A-APIS-3). An integration that has a
// role needs iam:PassRole on it where its call changes.
func (s *Service) UpdateIntegration(ctx context.Context, in UpdateIntegrationInput) (view Integration, err error) {
	var c check
	if in.check(&c); c.err != nil {
		return view, c.err
	}
	if err := s.passRole(ctx, in.CredentialsARN); err != nil {
		return view, err
	}
	err = s.editIntegration(ctx, in.APIID, func(d *pasarela.Definition) (*pasarela.Integration, error) {
		i, err := integration(d, in.IntegrationID)
		if err != nil {
			return nil, err
		}
		before := *i
		before.RequestParameters = maps.Clone(i.RequestParameters) // merged in place
		if err := s.applyIntegration(d, i, &in.IntegrationFields); err != nil {
			return nil, err
		}
		if err := checkConnections(d, i); err != nil {
			return nil, err
		}
		if in.CredentialsARN == nil {
			if err := s.passUsedRole(ctx, &before, i); err != nil {
				return nil, err
			}
		}
		view = viewIntegration(*i)
		return i, nil
	})
	return view, err
}

// editIntegration is [Service.editDefinition] for an edit of one integration, whose role
// stages with autoDeploy will use.
func (s *Service) editIntegration(ctx context.Context, apiID string, edit func(*pasarela.Definition) (*pasarela.Integration, error)) error {
	return s.editDefinitionIn(ctx, apiID, func(doc *pasarela.APIDocument) error {
		i, err := edit(&doc.Definition)
		if err != nil {
			return err
		}
		return s.passFollowedRoles(ctx, doc, []pasarela.Integration{*i})
	})
}

// DeleteIntegration removes an integration that no route targets, with its responses.
func (s *Service) DeleteIntegration(ctx context.Context, in IntegrationInput) error {
	return s.editDefinition(ctx, in.APIID, func(d *pasarela.Definition) error {
		i := find(d.Integrations, in.IntegrationID, integrationID)
		if i < 0 {
			return unknown("Integration", in.IntegrationID)
		}
		var users []string
		for n := range d.Routes {
			if d.Routes[n].IntegrationID() == in.IntegrationID {
				users = append(users, d.Routes[n].RouteID)
			}
		}
		if len(users) > 0 {
			return conflict("Cannot delete Integration because it is referenced by the following Routes with Ids: [%s]", strings.Join(users, ", "))
		}
		d.Integrations = slices.Delete(d.Integrations, i, i+1)
		return nil
	})
}

// applyIntegration sets the members given and checks the rules between them.
func (s *Service) applyIntegration(d *pasarela.Definition, i *pasarela.Integration, in *IntegrationFields) error {
	set(&i.IntegrationType, in.IntegrationType)
	set(&i.IntegrationMethod, in.IntegrationMethod)
	set(&i.IntegrationURI, in.IntegrationURI)
	set(&i.ConnectionType, in.ConnectionType)
	set(&i.ConnectionID, in.ConnectionID)
	set(&i.ContentHandlingStrategy, in.ContentHandlingStrategy)
	set(&i.CredentialsARN, in.CredentialsARN)
	set(&i.Description, in.Description)
	set(&i.PassthroughBehavior, in.PassthroughBehavior)
	set(&i.TemplateSelectionExpr, in.TemplateSelectionExpression)
	set(&i.TimeoutInMillis, in.TimeoutInMillis)
	if in.RequestTemplates != nil {
		i.RequestTemplates = in.RequestTemplates
	}
	if in.TLSConfig != nil {
		i.TLSConfig = in.TLSConfig
		if *in.TLSConfig == (pasarela.TLSConfig{}) {
			i.TLSConfig = nil
		}
	}
	i.RequestParameters = merge(i.RequestParameters, in.RequestParameters)
	fillIntegration(i)
	if err := checkIntegration(i); err != nil {
		return err
	}
	return s.checkMappings(d.API, *i)
}

// merge adds given to kept; "" removes a key (aws-controlplane §3.10).
func merge(kept, given map[string]string) map[string]string {
	for key, value := range given {
		if value == "" {
			delete(kept, key)
			continue
		}
		if kept == nil {
			kept = map[string]string{}
		}
		kept[key] = value
	}
	return kept
}

// fillIntegration sets members that "" cleared to their defaults.
func fillIntegration(i *pasarela.Integration) {
	if i.ConnectionType == "" {
		i.ConnectionType = pasarela.ConnectionInternet
	}
	if i.PassthroughBehavior == "" {
		i.PassthroughBehavior = pasarela.PassthroughWhenNoMatch
	}
	if i.IntegrationMethod == "" && isLambda(i) {
		i.IntegrationMethod = "POST"
	}
}

// isLambda says whether an integration calls a function, which is a POST.
func isLambda(i *pasarela.Integration) bool {
	t := i.Type()
	return t.AWS && (t.Proxy || strings.Contains(i.IntegrationURI, ":lambda:"))
}
