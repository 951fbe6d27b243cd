package node_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// An HTTP integration that leads to the node itself, to the page that signs in the
// machine's own user say, is not called (A-GATEWAY-3).
func TestANodeDoesNotCallItself(t *testing.T) {
	for egress, wants := range map[string]bool{"": false, "own": true} {
		n := start(t, node.Settings{DataDir: t.TempDir(), Egress: egress})
		s, ctx := n.APIs(), t.Context()
		api, err := s.CreateAPI(ctx, apis.CreateAPIInput{APIFields: apis.APIFields{Name: new("a"), RouteSelectionExpression: new("$request.body.action")}, ProtocolType: new("WEBSOCKET")})
		if err != nil {
			t.Fatal(err)
		}
		uri := strings.Replace(n.Endpoint(), "127.0.0.1", "localhost", 1) + "/ping"
		i, err := s.CreateIntegration(ctx, apis.CreateIntegrationInput{APIID: api.APIID, IntegrationFields: apis.IntegrationFields{IntegrationType: new("HTTP_PROXY"), IntegrationMethod: new("GET"), IntegrationURI: &uri}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.CreateRoute(ctx, apis.CreateRouteInput{APIID: api.APIID, RouteFields: apis.RouteFields{RouteKey: new("$connect"), Target: new("integrations/" + i.IntegrationID)}}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Stages.CreateStage(ctx, apis.CreateStageInput{APIID: api.APIID, StageName: new("prod")}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Deployments.CreateDeployment(ctx, apis.CreateDeploymentInput{APIID: api.APIID, StageName: new("prod")}); err != nil {
			t.Fatal(err)
		}
		if err := n.WaitServed(ctx, api.APIID, "prod"); err != nil {
			t.Fatal(err)
		}
		status := testkit.Status(t, "ws"+strings.TrimPrefix(n.Endpoint(), "http")+"/"+api.APIID+"/prod")
		if (status == http.StatusSwitchingProtocols) != wants {
			t.Errorf("--egress %q: %d", egress, status)
		}
	}
}

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
	if _, err := s.Stages.CreateStage(ctx, apis.CreateStageInput{APIID: id, StageName: new("prod")}); err != nil {
		t.Fatal(err)
	}
	// A variable that the stage does not have yet is accepted, as on AWS.
	first, err := s.Deployments.CreateDeployment(ctx, apis.CreateDeploymentInput{APIID: id, StageName: new("prod")})
	if err != nil {
		t.Fatal(err)
	}
	variables := func(value string) error {
		_, err := s.Stages.UpdateStage(ctx, apis.UpdateStageInput{StageInput: stage, StageFields: apis.StageFields{StageVariables: map[string]string{"function": value}}})
		return err
	}
	refused(variables("arn:aws:lambda:us-east-1:123456789012:function:f"), "stage prod", "integrationUri", "arn:aws:lambda:us-east-1:123456789012:function:f", "/invocations")
	refused(variables("nonsense"), "integrationUri", "nonsense")
	if err := variables("http://127.0.0.1:9000/fn"); err != nil {
		t.Error(err)
	}
	_, err = s.Stages.CreateStage(ctx, apis.CreateStageInput{APIID: id, StageName: new("test"), StageFields: apis.StageFields{
		DeploymentID: &first.DeploymentID, StageVariables: map[string]string{"function": "nonsense"},
	}})
	refused(err, "stage test", "integrationUri")
	if got, err := s.Stages.GetStage(ctx, stage); err != nil || got.DeploymentID != first.DeploymentID || got.StageVariables["function"] != "http://127.0.0.1:9000/fn" {
		t.Errorf("the stage is %+v, %v", got, err)
	}
	if err := n.WaitDeployed(ctx, id, "prod", first.DeploymentID); err != nil {
		t.Error(err)
	}
}
