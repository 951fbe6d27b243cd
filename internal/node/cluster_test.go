package node_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi/types"
	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/internal/testkit/natsserver"
)

// Two nodes that share a store are one gateway: changes made at one are served
// by the other, and a push reaches its client on either.
func TestTwoNodesAreOneGateway(t *testing.T) {
	backend, ids := connectBackend(t)
	url := natsServer(t)
	here := start(t, node.Settings{NATSURL: url, NodeName: "here"})
	there := start(t, node.Settings{NATSURL: url, NodeName: "there"})
	if here.RegionAccount() != there.RegionAccount() {
		t.Errorf("%+v and %+v", here.RegionAccount(), there.RegionAccount())
	}
	system := deployGuide(t, here, backend.URL, there)
	conn := dial(t, there, system.APIID)
	id := <-ids
	if err := post(t, here, system.APIID, id, "from here"); err != nil {
		t.Fatal(err)
	}
	if _, data, err := conn.Read(t.Context()); err != nil || string(data) != "from here" {
		t.Errorf("%q, %v", data, err)
	}
	stop(t, there)
	var gone *types.GoneException
	if err := post(t, here, system.APIID, id, "x"); !errors.As(err, &gone) {
		t.Errorf("to a node that is gone: %v", err)
	}
}

func post(t *testing.T, n *node.Node, apiID, connectionID, text string) error {
	key := n.Credentials()
	client := apigatewaymanagementapi.New(apigatewaymanagementapi.Options{
		BaseEndpoint: new(n.Endpoint() + "/" + apiID + "/prod"), Region: key.Region,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: key.AccessKeyID, SecretAccessKey: key.SecretAccessKey}, nil
		}),
	})
	_, err := client.PostToConnection(t.Context(), &apigatewaymanagementapi.PostToConnectionInput{ConnectionId: &connectionID, Data: []byte(text)})
	return err
}

// A stop closes clients with 1012, after which they may reconnect.
func TestStopClosesSocketsProperly(t *testing.T) {
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusCreated) }))
	defer backend.Close()
	n := start(t, node.Settings{})
	system := deployGuide(t, n, backend.URL)
	conn := dial(t, n, system.APIID)
	ended := make(chan error, 1)
	go func() {
		_, _, err := conn.Read(context.WithoutCancel(t.Context()))
		ended <- err
	}()
	stop(t, n)
	if err := <-ended; websocket.CloseStatus(err) != websocket.StatusServiceRestart {
		t.Errorf("got %v", err)
	}
}

func TestBadDefinitionsDoNotDeploy(t *testing.T) {
	n := start(t, node.Settings{})
	in := apis.CreateAPIInput{ProtocolType: new(pasarela.ProtocolWebSocket)}
	in.Name, in.RouteSelectionExpression = new("x"), new("$request.body.action")
	api, err := n.APIs().CreateAPI(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	integration := apis.CreateIntegrationInput{APIID: api.APIID}
	integration.IntegrationType = new("MOCK")
	integration.RequestTemplates = map[string]string{"200": "#if(unclosed"}
	made, err := n.APIs().CreateIntegration(t.Context(), integration)
	if err != nil {
		return // refused where it is written: even better
	}
	route := apis.CreateRouteInput{APIID: api.APIID}
	route.RouteKey, route.Target = new("$connect"), new("integrations/"+made.IntegrationID)
	if _, err := n.APIs().CreateRoute(t.Context(), route); err != nil {
		t.Fatal(err)
	}
	deployed, err := n.APIs().Deployments.CreateDeployment(t.Context(), apis.CreateDeploymentInput{APIID: api.APIID})
	if err == nil && deployed.DeploymentStatus == pasarela.DeploymentDeployed {
		t.Errorf("it deployed: %+v", deployed)
	}
}

func dial(t *testing.T, n *node.Node, apiID string) *websocket.Conn {
	t.Helper()
	return testkit.Connect(t, strings.Replace(n.Endpoint(), "http", "ws", 1)+"/"+apiID+"/prod?reportType=ventas").Conn
}

func natsServer(t *testing.T) string {
	t.Helper()
	return natsserver.Start(t, natsserver.Options{}).ClientURL()
}
