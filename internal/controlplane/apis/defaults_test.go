package apis_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
)

// members are an answer's members as they go out, without those that differ each time.
func members(t *testing.T, response any, but ...string) string {
	t.Helper()
	text, err := json.Marshal(response)
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	for _, name := range but {
		if _, ok := all[name]; !ok {
			t.Errorf("%s has no %s", text, name)
		}
		delete(all, name)
	}
	text, _ = json.Marshal(all)
	return string(text)
}

// TestFreshAnswers: what AWS returns for a resource that was created with required
// members only, and nothing else (aws-controlplane §3.3 to 3.12, 5).
func TestFreshAnswers(t *testing.T) {
	s := newService(t, nil)
	id, ctx := newAPI(t, s), t.Context()
	const lambda = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:f/invocations"
	integration := func(f apis.IntegrationFields) string {
		return members(t, must(s.CreateIntegration(ctx, apis.CreateIntegrationInput{APIID: id, IntegrationFields: f}))(t), "integrationId")
	}
	route := must(s.CreateRoute(ctx, apis.CreateRouteInput{APIID: id, RouteFields: apis.RouteFields{RouteKey: new("$connect")}}))(t)
	mock := must(s.CreateIntegration(ctx, apis.CreateIntegrationInput{APIID: id, IntegrationFields: apis.IntegrationFields{IntegrationType: new("MOCK")}}))(t)
	const all = `"connectionType":"INTERNET",`
	const rest = `"passthroughBehavior":"WHEN_NO_MATCH","payloadFormatVersion":"1.0","timeoutInMillis":29000}`
	for name, c := range map[string]struct{ got, want string }{
		"api":   {members(t, must(s.GetAPI(ctx, apis.APIInput{APIID: id}))(t), "apiId", "apiEndpoint", "createdDate", "name"), `{"apiKeySelectionExpression":"$request.header.x-api-key","disableExecuteApiEndpoint":false,"ipAddressType":"ipv4","protocolType":"WEBSOCKET","routeSelectionExpression":"$request.body.action"}`},
		"route": {members(t, route, "routeId"), `{"apiKeyRequired":false,"authorizationType":"NONE","routeKey":"$connect"}`},
		"route response": {
			members(t, must(s.CreateRouteResponse(ctx, apis.CreateRouteResponseInput{RouteInput: apis.RouteInput{APIID: id, RouteID: route.RouteID}, RouteResponseFields: apis.RouteResponseFields{RouteResponseKey: new("$default")}}))(t), "routeResponseId"),
			`{"routeResponseKey":"$default"}`,
		},
		"mock":         {members(t, mock, "integrationId"), `{` + all + `"integrationResponseSelectionExpression":"${integration.response.statuscode}","integrationType":"MOCK",` + rest},
		"http":         {integration(apis.IntegrationFields{IntegrationType: new("HTTP"), IntegrationMethod: new("GET"), IntegrationURI: new("http://x")}), `{` + all + `"integrationMethod":"GET","integrationResponseSelectionExpression":"${integration.response.statuscode}","integrationType":"HTTP","integrationUri":"http://x",` + rest},
		"http proxy":   {integration(apis.IntegrationFields{IntegrationType: new("HTTP_PROXY"), IntegrationMethod: new("ANY"), IntegrationURI: new("http://x")}), `{` + all + `"integrationMethod":"ANY","integrationType":"HTTP_PROXY","integrationUri":"http://x",` + rest},
		"lambda":       {integration(apis.IntegrationFields{IntegrationType: new("AWS"), IntegrationURI: new(lambda)}), `{` + all + `"integrationMethod":"POST","integrationResponseSelectionExpression":"${integration.response.body.errorMessage}","integrationType":"AWS","integrationUri":"` + lambda + `",` + rest},
		"lambda proxy": {integration(apis.IntegrationFields{IntegrationType: new("AWS_PROXY"), IntegrationURI: new(lambda)}), `{` + all + `"integrationMethod":"POST","integrationType":"AWS_PROXY","integrationUri":"` + lambda + `",` + rest},
		"stage": {
			members(t, must(s.Stages.CreateStage(ctx, apis.CreateStageInput{APIID: id, StageName: new("prod")}))(t), "createdDate", "lastUpdatedDate"),
			`{"defaultRouteSettings":{"dataTraceEnabled":false,"detailedMetricsEnabled":false,"loggingLevel":"OFF"},"routeSettings":{},"stageName":"prod","stageVariables":{},"tags":{}}`,
		},
		"deployment": {members(t, must(s.Deployments.CreateDeployment(ctx, apis.CreateDeploymentInput{APIID: id}))(t), "createdDate", "deploymentId"), `{"autoDeployed":false,"deploymentStatus":"DEPLOYED"}`},
		"api key":    {members(t, must(s.UsagePlans.CreateAPIKey(ctx, apis.CreateAPIKeyInput{}))(t), "id", "value", "createdDate", "lastUpdatedDate"), `{"enabled":false,"stageKeys":[],"tags":{}}`},
		"usage plan": {members(t, must(s.UsagePlans.CreateUsagePlan(ctx, apis.CreateUsagePlanInput{Name: new("p")}))(t), "id"), `{"apiStages":[],"name":"p"}`},
	} {
		if d := cmp.Diff(c.want, c.got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// TestWhatPatchesClear: an empty text clears a member, but for the members that AWS
// keeps then (aws-controlplane §3.10).
func TestWhatPatchesClear(t *testing.T) {
	s := newService(t, nil)
	id, ctx := newAPI(t, s), t.Context()
	empty := new("")
	must(s.UpdateAPI(ctx, apis.UpdateAPIInput{APIID: id, APIFields: apis.APIFields{Description: new("d"), Version: new("v")}}))(t)
	api := must(s.UpdateAPI(ctx, apis.UpdateAPIInput{APIID: id, APIFields: apis.APIFields{Description: empty}}))(t)
	if api.Description != "" || api.Version != "v" {
		t.Errorf("api: %+v", api)
	}
	one := must(s.CreateRoute(ctx, apis.CreateRouteInput{APIID: id, RouteFields: apis.RouteFields{
		RouteKey: new("r"), OperationName: new("Op"), RequestParameters: map[string]pasarela.ParameterConstraints{"route.request.header.a": {Required: true}},
	}}))(t)
	route := must(s.UpdateRoute(ctx, apis.UpdateRouteInput{RouteInput: apis.RouteInput{APIID: id, RouteID: one.RouteID}, RouteFields: apis.RouteFields{
		OperationName: empty, RequestParameters: map[string]pasarela.ParameterConstraints{"route.request.header.b": {}},
	}}))(t)
	if route.OperationName != "" || len(route.RequestParameters) != 2 || route.RouteKey != "r" {
		t.Errorf("route: %+v", route)
	}
	stageInput := apis.StageInput{APIID: id, StageName: "prod"}
	must(s.Stages.CreateStage(ctx, apis.CreateStageInput{APIID: id, StageName: &stageInput.StageName, StageFields: apis.StageFields{
		Description: new("d"), StageVariables: map[string]string{"a": "1", "b": "2"}, DefaultRouteSettings: &pasarela.RouteSettings{LoggingLevel: "INFO", ThrottlingBurstLimit: new(7)},
	}}))(t)
	stage := must(s.Stages.UpdateStage(ctx, apis.UpdateStageInput{StageInput: stageInput, StageFields: apis.StageFields{
		Description: empty, StageVariables: map[string]string{"a": "", "c": "3"}, DefaultRouteSettings: &pasarela.RouteSettings{ThrottlingRateLimit: new(5.0)}, AccessLogSettings: &pasarela.AccessLogSettings{},
	}}))(t)
	got := fmt.Sprintln(stage.Description, stage.StageVariables, stage.DefaultRouteSettings.LoggingLevel, *stage.DefaultRouteSettings.ThrottlingBurstLimit, *stage.DefaultRouteSettings.ThrottlingRateLimit)
	if want := "d map[b:2 c:3] INFO 7 5\n"; got != want {
		t.Errorf("stage: %s, want %s", got, want)
	}
}
