package apis

import (
	"context"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/awsuri"
	"github.com/pasarela-ws/pasarela/internal/engine/stagevariable"
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

func (in *IntegrationFields) check(c *check) {
	c.notEmptied("integrationType", in.IntegrationType)
	c.oneOf("integrationType", in.IntegrationType, pasarela.IntegrationTypeNames()...)
	c.oneOf("integrationMethod", in.IntegrationMethod, "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY")
	c.oneOf("connectionType", in.ConnectionType, pasarela.ConnectionInternet, pasarela.ConnectionVPCLink)
	c.oneOf("contentHandlingStrategy", in.ContentHandlingStrategy, pasarela.ConvertToBinary, pasarela.ConvertToText)
	c.oneOf("passthroughBehavior", in.PassthroughBehavior, pasarela.PassthroughWhenNoMatch, pasarela.PassthroughWhenNoTemplates, pasarela.PassthroughNever)
	c.oneOf("payloadFormatVersion", in.PayloadFormatVersion, "1.0")
	c.atMost("connectionId", in.ConnectionID, 1024)
	c.atMost("description", in.Description, 1024)
	c.atMost("integrationUri", in.IntegrationURI, 2048)
	c.between("timeoutInMillis", in.TimeoutInMillis, pasarela.MinTimeoutInMillis, pasarela.MaxTimeoutInMillis)
	c.values("requestParameters", in.RequestParameters, 512)
	c.values("requestTemplates", in.RequestTemplates, maxTemplate)
	c.role("credentialsArn", in.CredentialsARN)
	if in.TLSConfig != nil {
		c.atMost("tlsConfig.serverNameToVerify", &in.TLSConfig.ServerNameToVerify, 512)
	}
}

// maxTemplate is the length of one mapping template in the service model.
const maxTemplate = 32768

// role refuses what is no role ARN; a role of another account is refused when it is to be
// assumed.
func (c *check) role(member string, arn *string) {
	if arn == nil || *arn == "" || *arn == pasarela.CallerCredentials || stagevariable.Uses(*arn) {
		return
	}
	if !pasarela.IsRoleARN(*arn) {
		c.fail("Invalid member '%s': %q is not the ARN of a role (arn:aws:iam::123456789012:role/name).", member, *arn)
	}
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

// checkIntegration checks the members together, and the address.
func checkIntegration(i *pasarela.Integration) error {
	if err := checkIntegrationMembers(i); err != nil || !i.Type().Backend {
		return err
	}
	return checkURI(i)
}

func checkIntegrationMembers(i *pasarela.Integration) error {
	if !i.Type().Backend {
		return nil
	}
	if i.IntegrationType == pasarela.IntegrationAWSProxy && i.IntegrationMethod != "POST" {
		return bad("HttpMethod must be POST for AWS_PROXY IntegrationType")
	}
	if i.IntegrationURI == "" {
		return bad("Invalid member 'integrationUri': it is required for integrationType %s.", i.IntegrationType)
	}
	if i.IntegrationMethod == "" {
		return bad("Invalid member 'integrationMethod': it is required for integrationType %s.", i.IntegrationType)
	}
	if i.ConnectionType == pasarela.ConnectionVPCLink && i.ConnectionID == "" {
		return bad("Invalid member 'connectionId': it is required for connectionType VPC_LINK.")
	}
	return nil
}

// checkURI refuses addresses that can never be called. Stage variables may be anywhere in
// them; the result is checked with the stage.
func checkURI(i *pasarela.Integration) error {
	if i.Type().AWS {
		return checkService(i)
	}
	if text := placeholder.ReplaceAllString(i.IntegrationURI, "x"); text == "x" || isHTTP(text) {
		return nil
	}
	return bad("Invalid HTTP endpoint specified for URI: %q", i.IntegrationURI)
}

// checkService makes AWS's error sentences (aws-dataplane §4.1), followed by what is
// wrong.
func checkService(i *pasarela.Integration) error {
	if stagevariable.Uses(i.IntegrationURI) {
		return nil
	}
	if _, err := awsuri.ParseService(i.IntegrationURI); err != nil {
		if strings.HasPrefix(i.IntegrationURI, "arn:") && !strings.Contains(i.IntegrationURI, ":path/") && !strings.Contains(i.IntegrationURI, ":action/") {
			return bad("AWS ARN for integration must contain path or action: 'integrationUri' %s", err)
		}
		return bad("Invalid ARN specified in the request: 'integrationUri' %s", err)
	}
	if i.IntegrationType == pasarela.IntegrationAWSProxy {
		if _, err := awsuri.ParseFunction(i.IntegrationURI); err != nil {
			return bad("Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations: 'integrationUri' %s", err)
		}
	}
	return nil
}

// placeholder is what a URI may hold in place of a part: a stage variable, whose values
// stages have, or a path parameter of the integration ({name}), which parameter mapping fills.
var placeholder = regexp.MustCompile(`\$\{stageVariables\.[A-Za-z0-9_]+\}|\{[A-Za-z0-9_.\-]+\}`)

func isHTTP(text string) bool {
	if strings.HasPrefix(text, "x://") { // ${stageVariables.scheme}://
		text = "http" + text[1:]
	}
	u, err := url.Parse(portless(text))
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.Fragment == ""
}

// portless lets a stage variable be a port, which is a number for url.Parse.
func portless(text string) string {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		return text
	}
	authority, path, slash := strings.Cut(rest, "/")
	host, port, hasPort := strings.Cut(authority, ":")
	if _, err := strconv.ParseUint(port, 10, 16); hasPort && err != nil && strings.Contains(port, "x") {
		authority = host
	}
	if slash {
		path = "/" + path
	}
	return scheme + "://" + authority + path
}

// checkMappings compiles the parameter mappings, whose faults AWS refuses at once; faults
// of templates are refused at the deployment, by AWS and here.
func (s *Service) checkMappings(api pasarela.API, i pasarela.Integration) error {
	for _, f := range s.Checker.Check(pasarela.Definition{API: api, Integrations: []pasarela.Integration{i}}) {
		switch member, target, _ := strings.Cut(f.Member, "."); member {
		case "requestParameters", "responseParameters":
			return bad("Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: %s: %s]", target, f.Message)
		case "templateSelectionExpression", "integrationResponseKey":
			return bad("Invalid member '%s': %s", f.Member, f.Message)
		}
	}
	return nil
}
