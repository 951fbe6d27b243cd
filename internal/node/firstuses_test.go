package node_test

import (
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/internal/testkit/natsserver"
)

// A change of an integration by one node, a deployment by the next, and then the first
// client of each: all of them meet the change, with one node and with three (P21).
// PASARELA_FIRST_USES sets how many of these first uses there are.
func TestFirstUsesMeetWhatWasAcknowledged(t *testing.T) {
	uses := 60
	if text := os.Getenv("PASARELA_FIRST_USES"); text != "" {
		var err error
		if uses, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	for _, count := range []int{1, 3} {
		t.Run(fmt.Sprint(count, " nodes"), func(t *testing.T) {
			t.Parallel()
			var nodes []*node.Node
			settings := make([]node.Settings, count)
			if count > 1 { // each node has a server of its own, which may be behind the others
				var routes []int
				for range count {
					routes = append(routes, int(netip.MustParseAddrPort(testkit.FreeAddress(t)).Port()))
				}
				for i, server := range natsserver.StartCluster(t, routes) {
					settings[i] = node.Settings{NATSURL: server.ClientURL(), NodeName: fmt.Sprint("node", i)}
				}
			}
			for i := range settings {
				nodes = append(nodes, start(t, settings[i]))
			}
			apiID, integrationID := refusingAPI(t, nodes[0])
			stale, met, latest := 0, 0, ""
			for round := 0; met < uses; round++ {
				changed, deployed := nodes[round%count].APIs(), nodes[(round+1)%count].APIs()
				status := 430 + round%60
				change := apis.UpdateIntegrationInput{IntegrationInput: apis.IntegrationInput{APIID: apiID, IntegrationID: integrationID}}
				change.RequestTemplates = map[string]string{"200": fmt.Sprintf(`{"statusCode":%d}`, status)}
				if _, err := changed.UpdateIntegration(t.Context(), change); err != nil {
					t.Fatal(err)
				}
				made, err := deployed.Deployments.CreateDeployment(t.Context(), apis.CreateDeploymentInput{APIID: apiID, StageName: new("prod")})
				if err != nil {
					t.Fatal(err)
				}
				for i, n := range nodes {
					if got := handshake(t, n, apiID); got != status {
						stale++
						t.Errorf("round %d, node %d: answered %d, and %d was deployed", round, i, got, status)
					}
					met++
				}
				if latest != "" {
					if err := changed.Deployments.DeleteDeployment(t.Context(), apis.DeploymentInput{APIID: apiID, DeploymentID: latest}); err != nil {
						t.Fatal(err)
					}
				}
				latest = made.DeploymentID
			}
			t.Logf("%d first uses, %d met what was before", met, stale)
		})
	}
}

// refusingAPI is an API with a stage prod whose $connect is a MOCK that refuses.
func refusingAPI(t *testing.T, n *node.Node) (apiID, integrationID string) {
	t.Helper()
	s := n.APIs()
	in := apis.CreateAPIInput{ProtocolType: new(pasarela.ProtocolWebSocket)}
	in.Name, in.RouteSelectionExpression = new("first uses"), new("$request.body.action")
	api, err := s.CreateAPI(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	mock := apis.CreateIntegrationInput{APIID: api.APIID}
	mock.IntegrationType, mock.RequestTemplates = new("MOCK"), map[string]string{"200": `{"statusCode":429}`}
	mock.TemplateSelectionExpression = new("200")
	made, err := s.CreateIntegration(t.Context(), mock)
	if err != nil {
		t.Fatal(err)
	}
	response := apis.CreateIntegrationResponseInput{IntegrationInput: apis.IntegrationInput{APIID: api.APIID, IntegrationID: made.IntegrationID}}
	response.IntegrationResponseKey = new("$default")
	if _, err := s.CreateIntegrationResponse(t.Context(), response); err != nil {
		t.Fatal(err)
	}
	route := apis.CreateRouteInput{APIID: api.APIID}
	route.RouteKey, route.Target = new("$connect"), new("integrations/"+made.IntegrationID)
	if _, err := s.CreateRoute(t.Context(), route); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Stages.CreateStage(t.Context(), apis.CreateStageInput{APIID: api.APIID, StageName: new("prod")}); err != nil {
		t.Fatal(err)
	}
	return api.APIID, made.IntegrationID
}
