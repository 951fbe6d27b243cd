package node_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/node"
)

// What a stage could not serve is refused where it is asked for, with the member
// and its value, and the stage keeps what it serves (A-APIS-8).
func TestWhatCannotBeServedIsRefused(t *testing.T) {
	n := start(t, node.Settings{DataDir: t.TempDir()})
	s, ctx := n.APIs(), t.Context()
	api, err := s.CreateAPI(ctx, apis.CreateAPIInput{APIFields: apis.APIFields{Name: new("a"), RouteSelectionExpression: new("$request.body.action")}, ProtocolType: new("WEBSOCKET")})
	if err != nil {
		t.Fatal(err)
	}
	id := api.APIID
	create := func(kind, uri string) string {
		i, err := s.CreateIntegration(ctx, apis.CreateIntegrationInput{APIID: id, IntegrationFields: apis.IntegrationFields{IntegrationType: &kind, IntegrationMethod: new("POST"), IntegrationURI: &uri}})
		if err != nil {
			t.Fatal(err)
		}
		return "integrations/" + i.IntegrationID
	}
	refused := func(err error, says ...string) {
		t.Helper()
		var known *pasarela.Error
		if !errors.As(err, &known) || known.Code != pasarela.CodeBadRequest {
			t.Fatalf("%v is no BadRequestException", err)
		}
		for _, text := range says {
			if !strings.Contains(known.Message, text) {
				t.Errorf("%q does not say %q", known.Message, text)
			}
		}
	}
	target := create("AWS_PROXY", "${stageVariables.function}")
	if _, err := s.CreateRoute(ctx, apis.CreateRouteInput{APIID: id, RouteFields: apis.RouteFields{RouteKey: new("$default"), Target: &target}}); err != nil {
		t.Fatal(err)
	}
	stage := apis.StageInput{APIID: id, StageName: "prod"}
	if _, err := s.CreateStage(ctx, apis.CreateStageInput{APIID: id, StageName: new("prod")}); err != nil {
		t.Fatal(err)
	}
	// A variable that the stage does not have may still come, as on AWS.
	first, err := s.CreateDeployment(ctx, apis.CreateDeploymentInput{APIID: id, StageName: new("prod")})
	if err != nil {
		t.Fatal(err)
	}
	variables := func(value string) error {
		_, err := s.UpdateStage(ctx, apis.UpdateStageInput{StageInput: stage, StageFields: apis.StageFields{StageVariables: map[string]string{"function": value}}})
		return err
	}
	refused(variables("arn:aws:lambda:us-east-1:123456789012:function:f"), "stage prod", "integrationUri", "arn:aws:lambda:us-east-1:123456789012:function:f", "/invocations")
	refused(variables("nonsense"), "integrationUri", "nonsense")
	if err := variables("http://127.0.0.1:9000/fn"); err != nil {
		t.Error(err)
	}
	_, err = s.CreateStage(ctx, apis.CreateStageInput{APIID: id, StageName: new("test"), StageFields: apis.StageFields{
		DeploymentID: &first.DeploymentID, StageVariables: map[string]string{"function": "nonsense"},
	}})
	refused(err, "stage test", "integrationUri")
	if got, err := s.GetStage(ctx, stage); err != nil || got.DeploymentID != first.DeploymentID || got.StageVariables["function"] != "http://127.0.0.1:9000/fn" {
		t.Errorf("the stage is %+v, %v", got, err)
	}
	if err := n.WaitDeployed(ctx, id, "prod", first.DeploymentID); err != nil {
		t.Error(err)
	}
}
