package apis

import (
	"fmt"
	"slices"

	"github.com/pasarela-ws/pasarela"
)

// checkContents checks an API from a file by the rules of the operations.
func (s *Backup) checkContents(c *APIContents) error {
	if !isID(c.API.APIID) {
		return bad("apiId %q may hold small letters and digits only", c.API.APIID)
	}
	if c.API.ProtocolType != pasarela.ProtocolWebSocket {
		return bad("Invalid protocol specified: %q. This service has WEBSOCKET APIs only.", c.API.ProtocolType)
	}
	if err := s.checkWhole(c.Definition); err != nil {
		return err
	}
	for id, frozen := range c.Definitions {
		if find(c.Deployments, id, deploymentID) < 0 {
			return bad("definitions.%s: there is no such deployment", id)
		}
		if err := s.checkFrozen(frozen); err != nil {
			return fmt.Errorf("deployment %s: %w", id, err)
		}
	}
	return c.checkStages()
}

// checkWhole checks the parts of a definition and their references to each other.
func (s *Backup) checkWhole(d pasarela.Definition) error {
	var c check
	api := APIFields{
		Name: &d.API.Name, Description: &d.API.Description, RouteSelectionExpression: &d.API.RouteSelectionExpression,
		APIKeySelectionExpression: &d.API.APIKeySelectionExpression, Version: &d.API.Version, IPAddressType: &d.API.IPAddressType,
	}
	api.check(&c)
	c.tags(d.API.Tags)
	c.unique("integrations", ids(d.Integrations, integrationID))
	c.unique("models", ids(d.Models, modelID))
	c.unique("models by name", ids(d.Models, modelName))
	c.unique("authorizers", ids(d.Authorizers, authorizerID))
	c.unique("routes", ids(d.Routes, routeID))
	c.unique("routes by key", ids(d.Routes, func(r *pasarela.Route) string { return r.RouteKey }))
	for i := range d.Integrations {
		c.integration(&d.Integrations[i])
	}
	for i := range d.Models {
		m := &d.Models[i]
		(&ModelFields{Name: &m.Name, ContentType: &m.ContentType, Description: &m.Description, Schema: &m.Schema}).check(&c)
	}
	for i := range d.Authorizers {
		a := &d.Authorizers[i]
		(&AuthorizerFields{
			Name: &a.Name, AuthorizerType: &a.AuthorizerType, AuthorizerURI: &a.AuthorizerURI,
			AuthorizerCredentialsARN: &a.AuthorizerCredentialsARN, IdentitySource: a.IdentitySource,
		}).check(&c)
	}
	for i := range d.Routes {
		c.route(&d, &d.Routes[i])
	}
	return c.err
}

// checkFrozen checks a deployment by the rules of a deployment. The present definition of
// an API is not checked by them: it may be unfinished, as it was when it was exported.
// Nor are addresses: a stage with a bad one serves errors, and such a back-up must be
// restorable.
func (s *Backup) checkFrozen(d pasarela.Definition) error {
	if err := s.checkWhole(d); err != nil || len(d.Routes) == 0 {
		return err
	}
	if err := checkModels(d); err != nil {
		return err
	}
	faults := slices.DeleteFunc(s.apis.Checker.Check(d), func(f Fault) bool { return f.Resource == "authorizer" })
	if len(faults) > 0 {
		return faulty("Unable to deploy the Api.", faults)
	}
	return nil
}

// integration checks an integration of a file as CreateIntegration would.
func (c *check) integration(i *pasarela.Integration) {
	(&IntegrationFields{
		IntegrationType: &i.IntegrationType, IntegrationMethod: &i.IntegrationMethod, IntegrationURI: &i.IntegrationURI,
		ConnectionType: &i.ConnectionType, ContentHandlingStrategy: &i.ContentHandlingStrategy, CredentialsARN: &i.CredentialsARN,
		PassthroughBehavior: &i.PassthroughBehavior, PayloadFormatVersion: &i.PayloadFormatVersion, RequestParameters: i.RequestParameters,
		RequestTemplates: i.RequestTemplates, TimeoutInMillis: &i.TimeoutInMillis,
	}).check(c)
	if err := checkIntegrationMembers(i); err != nil {
		c.fail("integration %s: %s", i.IntegrationID, err)
	}
	c.unique("integrationResponses of "+i.IntegrationID, ids(i.Responses, integrationResponseID))
	c.unique("integrationResponses by key of "+i.IntegrationID, ids(i.Responses, integrationResponseKey))
	for n := range i.Responses {
		r := &i.Responses[n]
		(&IntegrationResponseFields{
			IntegrationResponseKey: &r.IntegrationResponseKey, ContentHandlingStrategy: &r.ContentHandlingStrategy,
			ResponseParameters: r.ResponseParameters, ResponseTemplates: r.ResponseTemplates,
		}).check(c)
	}
}

func (c *check) route(d *pasarela.Definition, r *pasarela.Route) {
	(&RouteFields{
		RouteKey: &r.RouteKey, Target: &r.Target, AuthorizationType: &r.AuthorizationType, AuthorizationScopes: r.AuthorizationScopes,
		OperationName: &r.OperationName, RequestModels: r.RequestModels, RequestParameters: r.RequestParameters,
		RouteResponseSelectionExpression: &r.RouteResponseSelectionExpression,
	}).check(c)
	if err := checkRoute(d, r); err != nil {
		c.fail("route %s: %s", r.RouteKey, err)
	}
	for n := range r.Responses {
		(&RouteResponseFields{RouteResponseKey: &r.Responses[n].RouteResponseKey, ResponseModels: r.Responses[n].ResponseModels}).check(c)
	}
}

// checkStages checks the stages and deployments of a file as if they were created.
func (c *APIContents) checkStages() error {
	var k check
	k.unique("deployments", ids(c.Deployments, deploymentID))
	k.unique("stages", ids(c.Stages, func(s *pasarela.Stage) string { return s.StageName }))
	for i := range c.Stages {
		stage := &c.Stages[i]
		k.required("stageName", &stage.StageName)
		k.stageName(&stage.StageName)
		k.tags(stage.Tags)
		k.stageSettings(stage.Tags)
		(&StageFields{
			Description: &stage.Description, AccessLogSettings: stage.AccessLogSettings, DefaultRouteSettings: &stage.DefaultRouteSettings,
			RouteSettings: stage.RouteSettings, StageVariables: stage.StageVariables,
		}).check(&k)
		if stage.DeploymentID != "" && find(c.Deployments, stage.DeploymentID, deploymentID) < 0 {
			k.fail("stage %s: there is no deployment %s", stage.StageName, stage.DeploymentID)
		}
	}
	for _, d := range c.Deployments {
		if !isID(d.DeploymentID) {
			k.fail("deploymentId %q may hold small letters and digits only", d.DeploymentID)
		}
	}
	return k.err
}

// check checks what belongs to no API.
func (c *Contents) check() error {
	var k check
	k.unique("apis", ids(c.APIs, func(a *APIContents) string { return a.API.APIID }))
	k.unique("apiKeys", ids(c.APIKeys, func(a *pasarela.APIKey) string { return a.ID }))
	k.unique("usagePlans", ids(c.UsagePlans, func(p *pasarela.UsagePlan) string { return p.ID }))
	k.unique("vpcLinks", ids(c.VPCLinks, func(l *pasarela.VPCLink) string { return l.VPCLinkID }))
	k.unique("domainNames", ids(c.DomainNames, func(d *pasarela.DomainName) string { return d.DomainName }))
	k.unique("clientCertificates", ids(c.ClientCertificates, func(p *pasarela.ClientCertificate) string { return p.ClientCertificateID }))
	for _, list := range [][]string{
		ids(c.APIKeys, func(a *pasarela.APIKey) string { return a.ID }), ids(c.UsagePlans, func(p *pasarela.UsagePlan) string { return p.ID }),
		ids(c.VPCLinks, func(l *pasarela.VPCLink) string { return l.VPCLinkID }),
		ids(c.ClientCertificates, func(p *pasarela.ClientCertificate) string { return p.ClientCertificateID }),
	} {
		for _, id := range list {
			if !isID(id) {
				k.fail("the identifier %q may hold small letters and digits only", id)
			}
		}
	}
	for _, l := range c.VPCLinks {
		k.tags(l.Tags)
		k.linkTags(l.Tags)
	}
	for i := range c.DomainNames {
		d := &c.DomainNames[i]
		k.domainName(d.DomainName)
		(&DomainNameFields{DomainNameConfigurations: d.Configurations, RoutingMode: &d.RoutingMode}).check(&k)
	}
	values := map[string]bool{}
	for _, key := range c.APIKeys {
		if values[key.Value] && key.Value != "" {
			k.fail("API key %s: another key has the same value", key.ID)
		}
		values[key.Value] = true
	}
	return k.err
}

func ids[T any](list []T, of func(*T) string) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = of(&list[i])
	}
	return out
}

// unique refuses an identifier that is empty or there twice.
func (c *check) unique(what string, list []string) {
	seen := make(map[string]bool, len(list))
	for i, id := range list {
		switch {
		case id == "":
			c.fail("%s: the identifier of entry %d is empty", what, i)
		case seen[id]:
			c.fail("%s: %s is there twice", what, id)
		}
		seen[id] = true
	}
}
