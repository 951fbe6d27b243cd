package node_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// Who asks what happened at a stage with AutoDeploy that cannot follow its API learns that
// the stage serves what was there before, and why.
func TestAnExplanationSaysThatAutoDeployFailed(t *testing.T) {
	n := start(t, node.Settings{DataDir: t.TempDir()})
	s, ctx := n.APIs(), t.Context()
	api, err := s.CreateAPI(ctx, apis.CreateAPIInput{APIFields: apis.APIFields{Name: new("a"), RouteSelectionExpression: new("$request.body.action")}, ProtocolType: new("WEBSOCKET")})
	if err != nil {
		t.Fatal(err)
	}
	mock := apis.IntegrationFields{IntegrationType: new("MOCK"), RequestTemplates: map[string]string{"$default": `{"statusCode":200}`}}
	i, err := s.CreateIntegration(ctx, apis.CreateIntegrationInput{APIID: api.APIID, IntegrationFields: mock})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.CreateRoute(ctx, apis.CreateRouteInput{APIID: api.APIID, RouteFields: apis.RouteFields{RouteKey: new("$default"), Target: new("integrations/" + i.IntegrationID)}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Stages.CreateStage(ctx, apis.CreateStageInput{APIID: api.APIID, StageName: new("prod"), StageFields: apis.StageFields{AutoDeploy: new(true)}}); err != nil {
		t.Fatal(err)
	}
	if err := n.WaitServed(ctx, api.APIID, "prod"); err != nil {
		t.Fatal(err)
	}
	dial(t, n, api.APIID)
	key := n.Credentials()
	client := &extension.Client{Endpoint: n.Endpoint(), Region: key.Region, Credentials: aws.Credentials{AccessKeyID: key.AccessKeyID, SecretAccessKey: key.SecretAccessKey}}
	var open extension.Connections
	testkit.Eventually(t, "the connection", func() bool { // its client gets its 101 a moment earlier
		open, err = client.Connections(ctx)
		return err != nil || len(open.Connections) == 1
	})
	if err != nil {
		t.Fatal(err)
	}
	explain := func() string {
		text, _, err := client.Explain(ctx, open.Connections[0].ConnectionID)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	if text := explain(); strings.Contains(text, "AutoDeploy") {
		t.Errorf("before the change: %s", text)
	}
	mock.RequestTemplates["$default"] = "#if(true)"
	if _, err := s.UpdateIntegration(ctx, apis.UpdateIntegrationInput{IntegrationInput: apis.IntegrationInput{APIID: api.APIID, IntegrationID: i.IntegrationID}, IntegrationFields: mock}); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "the sentence about the stage", func() bool {
		text := explain()
		return strings.Contains(text, "Stage prod of API "+api.APIID+" serves deployment ") && strings.Contains(text, "AutoDeploy could not deploy the changes made since then: ") && strings.Contains(text, "expected #end of #if")
	})
}
