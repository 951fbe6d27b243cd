package node_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// A change that one node acknowledged is served at once by every node: a new
// stage takes its first connection, a removed one takes none (A-APIS-17).
func TestADeploymentIsServedWhenItIsAcknowledged(t *testing.T) {
	url := natsServer(t)
	nodes := []*node.Node{
		start(t, node.Settings{NATSURL: url, NodeName: "here"}),
		start(t, node.Settings{NATSURL: url, NodeName: "there"}),
	}
	for round := range 10 {
		asked := nodes[round%2].APIs()
		in := apis.CreateAPIInput{ProtocolType: new(pasarela.ProtocolWebSocket)}
		in.Name, in.RouteSelectionExpression = new("x"), new("$request.body.action")
		api, err := asked.CreateAPI(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		mock := apis.CreateIntegrationInput{APIID: api.APIID}
		mock.IntegrationType, mock.RequestTemplates = new("MOCK"), map[string]string{"200": `{"statusCode":200}`}
		mock.TemplateSelectionExpression = new("200")
		made, err := asked.CreateIntegration(t.Context(), mock)
		if err != nil {
			t.Fatal(err)
		}
		response := apis.CreateIntegrationResponseInput{IntegrationInput: apis.IntegrationInput{APIID: api.APIID, IntegrationID: made.IntegrationID}}
		response.IntegrationResponseKey = new("$default")
		if _, err := asked.CreateIntegrationResponse(t.Context(), response); err != nil {
			t.Fatal(err)
		}
		route := apis.CreateRouteInput{APIID: api.APIID}
		route.RouteKey, route.Target = new("$connect"), new("integrations/"+made.IntegrationID)
		if _, err := asked.CreateRoute(t.Context(), route); err != nil {
			t.Fatal(err)
		}
		if _, err := asked.Stages.CreateStage(t.Context(), apis.CreateStageInput{APIID: api.APIID, StageName: new("prod")}); err != nil {
			t.Fatal(err)
		}
		if _, err := asked.Deployments.CreateDeployment(t.Context(), apis.CreateDeploymentInput{APIID: api.APIID, StageName: new("prod")}); err != nil {
			t.Fatal(err)
		}
		for i, n := range nodes {
			if status := handshake(t, n, api.APIID); status != http.StatusSwitchingProtocols {
				t.Errorf("round %d, node %d: deployed, and the first handshake was answered %d", round, i, status)
			}
		}
		if err := asked.Stages.DeleteStage(t.Context(), apis.StageInput{APIID: api.APIID, StageName: "prod"}); err != nil {
			t.Fatal(err)
		}
		for i, n := range nodes {
			if status := handshake(t, n, api.APIID); status != http.StatusForbidden {
				t.Errorf("round %d, node %d: removed, and a handshake was answered %d", round, i, status)
			}
		}
	}
}

func handshake(t *testing.T, n *node.Node, apiID string) (status int) {
	t.Helper()
	return testkit.Status(t, strings.Replace(n.Endpoint(), "http", "ws", 1)+"/"+apiID+"/prod")
}
