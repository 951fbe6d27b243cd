package guide

import (
	"context"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
)

// ensureAPI finds the API that an earlier start made, or makes it. One without
// its stage is the remainder of a start that was cut short, because the stage
// comes last: it is made anew.
func (s Services) ensureAPI(ctx context.Context, backend string) (apiID string, err error) {
	all, err := s.APIs.GetAPIs(ctx, apis.Nothing{})
	if err != nil {
		return "", err
	}
	for _, api := range all {
		if api.Name != APIName || api.Tags[mark] != marked {
			continue
		}
		stage, err := s.APIs.GetStage(ctx, apis.StageInput{APIID: api.APIID, StageName: StageName})
		switch {
		case err == nil:
			return api.APIID, s.point(ctx, api.APIID, stage.StageVariables, backend)
		case code(err) != pasarela.CodeNotFound:
			return "", err
		}
		if err := s.APIs.DeleteAPI(ctx, apis.APIInput{APIID: api.APIID}); err != nil {
			return "", err
		}
	}
	return s.createAPI(ctx, backend)
}

// point makes the stage lead to backend. Stage variables act at once, without a
// new deployment.
func (s Services) point(ctx context.Context, apiID string, variables map[string]string, backend string) error {
	if variables[variable] == backend {
		return nil
	}
	variables[variable] = backend
	in := apis.UpdateStageInput{StageInput: apis.StageInput{APIID: apiID, StageName: StageName}}
	in.StageVariables = variables
	_, err := s.APIs.UpdateStage(ctx, in)
	return err
}

func (s Services) createAPI(ctx context.Context, backend string) (apiID string, err error) {
	in := apis.CreateAPIInput{ProtocolType: new(pasarela.ProtocolWebSocket), Tags: map[string]string{mark: marked}}
	in.Name, in.RouteSelectionExpression = new(APIName), new("$request.body.action")
	in.Description = new("La guía: un informe de Excel por WebSocket")
	api, err := s.APIs.CreateAPI(ctx, in)
	if err != nil {
		return "", err
	}
	for _, step := range []func(context.Context, string, string) error{s.connectRoute, s.deploy} {
		if err := step(ctx, api.APIID, backend); err != nil {
			return "", err
		}
	}
	return api.APIID, nil
}

// connectRoute is sections 3 and 4 of the guide.
func (s Services) connectRoute(ctx context.Context, apiID, _ string) error {
	in := apis.CreateIntegrationInput{APIID: apiID}
	in.IntegrationType, in.IntegrationMethod = new(pasarela.IntegrationHTTP), new("POST")
	in.IntegrationURI = new("http://${stageVariables." + variable + "}/api/reports/create")
	in.CredentialsARN = new(s.roleARN())
	in.RequestTemplates = map[string]string{"application/json": template}
	integration, err := s.APIs.CreateIntegration(ctx, in)
	if err != nil {
		return err
	}
	for _, key := range responseKeys {
		in := apis.CreateIntegrationResponseInput{IntegrationInput: apis.IntegrationInput{APIID: apiID, IntegrationID: integration.IntegrationID}}
		in.IntegrationResponseKey = new(key)
		if _, err := s.APIs.CreateIntegrationResponse(ctx, in); err != nil {
			return err
		}
	}
	route := apis.CreateRouteInput{APIID: apiID}
	route.RouteKey, route.Target = new(pasarela.RouteConnect), new("integrations/"+integration.IntegrationID)
	_, err = s.APIs.CreateRoute(ctx, route)
	return err
}

// deploy is section 5. The stage logs everything: it is there to be looked at.
func (s Services) deploy(ctx context.Context, apiID, backend string) error {
	deployment, err := s.APIs.CreateDeployment(ctx, apis.CreateDeploymentInput{APIID: apiID})
	if err != nil {
		return err
	}
	in := apis.CreateStageInput{APIID: apiID, StageName: new(StageName)}
	in.DeploymentID = new(deployment.DeploymentID)
	in.StageVariables = map[string]string{variable: backend}
	in.DefaultRouteSettings = &pasarela.RouteSettings{LoggingLevel: pasarela.LoggingInfo, DataTraceEnabled: new(true)}
	_, err = s.APIs.CreateStage(ctx, in)
	return err
}
