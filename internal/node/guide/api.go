package guide

import (
	"context"
	"maps"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// A blueprint is an API as this package makes it.
type blueprint struct {
	name        string
	description language.ID
	routes      func(ctx context.Context, apiID string) error
	variables   func(apiID string) map[string]string // of the stage
}

// ensureAPI finds the API that an earlier start made, or makes it. One without
// its stage is the remainder of a start that was cut short, because the stage
// comes last: it is created again.
func (s Services) ensureAPI(ctx context.Context, plan blueprint) (apiID string, err error) {
	all, err := s.APIs.GetAPIs(ctx, apis.Nothing{})
	if err != nil {
		return "", err
	}
	for _, api := range all {
		if api.Name != plan.name || api.Tags[markTag] != markValue {
			continue
		}
		stage, err := s.APIs.Stages.GetStage(ctx, apis.StageInput{APIID: api.APIID, StageName: StageName})
		switch {
		case err == nil:
			if err := s.describe(ctx, api, plan.description); err != nil {
				return "", err
			}
			return api.APIID, s.setVariables(ctx, api.APIID, stage.StageVariables, plan.variables(api.APIID))
		case pasarela.CodeOf(err) != pasarela.CodeNotFound:
			return "", err
		}
		if err := s.APIs.DeleteAPI(ctx, apis.APIInput{APIID: api.APIID}); err != nil {
			return "", err
		}
	}
	return s.createAPI(ctx, plan)
}

// describe puts the description of an earlier start into the language of this one, if it
// is still as it was made.
func (s Services) describe(ctx context.Context, api apis.API, description language.ID) error {
	said := s.Language.Say(description)
	if api.Description == said || api.Description != language.English.Say(description) && api.Description != language.Spanish.Say(description) {
		return nil
	}
	in := apis.UpdateAPIInput{APIID: api.APIID}
	in.Description = &said
	_, err := s.APIs.UpdateAPI(ctx, in)
	return err
}

// setVariables sets the stage variables to the present addresses. Stage variables take effect
// without a new deployment.
func (s Services) setVariables(ctx context.Context, apiID string, variables, now map[string]string) error {
	changed := false
	for name, value := range now {
		changed = changed || variables[name] != value
	}
	if !changed {
		return nil
	}
	in := apis.UpdateStageInput{StageInput: apis.StageInput{APIID: apiID, StageName: StageName}}
	in.StageVariables = maps.Clone(variables)
	if in.StageVariables == nil {
		in.StageVariables = map[string]string{}
	}
	maps.Copy(in.StageVariables, now)
	_, err := s.APIs.Stages.UpdateStage(ctx, in)
	return err
}

func (s Services) createAPI(ctx context.Context, plan blueprint) (apiID string, err error) {
	in := apis.CreateAPIInput{ProtocolType: new(pasarela.ProtocolWebSocket), Tags: map[string]string{markTag: markValue}}
	in.Name, in.RouteSelectionExpression = new(plan.name), new("$request.body.action")
	in.Description = new(s.Language.Say(plan.description))
	api, err := s.APIs.CreateAPI(ctx, in)
	if err != nil {
		return "", err
	}
	if err := plan.routes(ctx, api.APIID); err != nil {
		return "", err
	}
	return api.APIID, s.deploy(ctx, api.APIID, plan.variables(api.APIID))
}

// connectRoute is sections 3 and 4 of the guide.
func (s Services) connectRoute(ctx context.Context, apiID string) error {
	target, err := s.createIntegration(ctx, apiID, template, responseKeys[:])
	if err != nil {
		return err
	}
	route := apis.CreateRouteInput{APIID: apiID}
	route.RouteKey, route.Target = new(pasarela.RouteConnect), new(target)
	_, err = s.APIs.CreateRoute(ctx, route)
	return err
}

// createIntegration makes an integration that calls the report backend, and returns the
// target by which routes name it.
func (s Services) createIntegration(ctx context.Context, apiID, template string, keys []string) (target string, err error) {
	in := apis.CreateIntegrationInput{APIID: apiID}
	in.IntegrationType, in.IntegrationMethod = new(pasarela.IntegrationHTTP), new("POST")
	in.IntegrationURI = new("http://${stageVariables." + variable + "}/api/reports/create")
	in.CredentialsARN = new(s.roleARN())
	in.RequestTemplates = map[string]string{"application/json": template}
	integration, err := s.APIs.CreateIntegration(ctx, in)
	if err != nil {
		return "", err
	}
	for _, key := range keys {
		in := apis.CreateIntegrationResponseInput{IntegrationInput: apis.IntegrationInput{APIID: apiID, IntegrationID: integration.IntegrationID}}
		in.IntegrationResponseKey = new(key)
		if _, err := s.APIs.CreateIntegrationResponse(ctx, in); err != nil {
			return "", err
		}
	}
	return "integrations/" + integration.IntegrationID, nil
}

// deploy is section 5. The stage logs everything: it is there to be looked at.
func (s Services) deploy(ctx context.Context, apiID string, variables map[string]string) error {
	deployment, err := s.APIs.Deployments.CreateDeployment(ctx, apis.CreateDeploymentInput{APIID: apiID})
	if err != nil {
		return err
	}
	in := apis.CreateStageInput{APIID: apiID, StageName: new(StageName)}
	in.DeploymentID = new(deployment.DeploymentID)
	in.StageVariables = variables
	in.Tags = map[string]string{pasarela.TagPrefix + "resumeSeconds": resumeSeconds}
	in.DefaultRouteSettings = &pasarela.RouteSettings{LoggingLevel: pasarela.LoggingInfo, DataTraceEnabled: new(true)}
	_, err = s.APIs.Stages.CreateStage(ctx, in)
	return err
}
