package pasarelacontainer_test

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"
	"github.com/coder/websocket"

	pasarelacontainer "github.com/pasarela-ws/pasarela/examples/testing/go"
)

const template = `{"connectionId": "$context.connectionId", "type": "$input.params('reportType')"}`

type order struct{ ConnectionID, Type string }

// TestTheGuide: a client connects, the backend's POST arrives, and the client gets the push.
func TestTheGuide(t *testing.T) {
	server, err := pasarelacontainer.Start(t.Context())
	fatal(t, err)
	defer func() { fatal(t, server.Stop(t.Context())) }()
	orders := make(chan order, 1)
	uri := backend(t, server.Host, orders)
	deploy(t, server, uri)

	socket, _, err := websocket.Dial(t.Context(), server.Socket("guide", "prod")+"?reportType=ventas", nil)
	fatal(t, err)
	defer socket.CloseNow()
	var got order
	select {
	case got = <-orders:
	case <-time.After(30 * time.Second):
		t.Fatal("the backend was not called")
	}
	if got.Type != "ventas" {
		t.Errorf("the backend got %+v", got)
	}
	endpoint := server.Endpoint + "/guide/prod"
	connections := apigatewaymanagementapi.New(apigatewaymanagementapi.Options{BaseEndpoint: &endpoint, Region: "us-east-1", Credentials: keys()})
	_, err = connections.PostToConnection(t.Context(), &apigatewaymanagementapi.PostToConnectionInput{ConnectionId: &got.ConnectionID, Data: []byte(`{"status":"done"}`)})
	fatal(t, err)
	if _, message, err := socket.Read(t.Context()); err != nil || string(message) != `{"status":"done"}` {
		t.Errorf("the client got %s, %v", message, err)
	}
}

// backend lets every client in; it is reached by the name that the server has for this machine.
func backend(t *testing.T, host string, orders chan<- order) string {
	t.Helper()
	address := "127.0.0.1:0"
	if host != "127.0.0.1" {
		address = "0.0.0.0:0"
	}
	listener, err := net.Listen("tcp", address)
	fatal(t, err)
	b := &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var o order
		if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
			t.Error(err)
		}
		orders <- o
		w.WriteHeader(http.StatusCreated)
	})}}
	b.Start()
	t.Cleanup(b.Close)
	_, port, err := net.SplitHostPort(listener.Addr().String())
	fatal(t, err)
	return "http://" + net.JoinHostPort(host, port) + "/api/reports/create"
}

func deploy(t *testing.T, server *pasarelacontainer.Server, uri string) {
	t.Helper()
	c := apigatewayv2.New(apigatewayv2.Options{BaseEndpoint: &server.Endpoint, Region: "us-east-1", Credentials: keys()})
	id := aws.String("guide")
	_, err := c.CreateApi(t.Context(), &apigatewayv2.CreateApiInput{
		Name: id, ProtocolType: types.ProtocolTypeWebsocket,
		RouteSelectionExpression: aws.String("$request.body.action"), Tags: map[string]string{"_custom_id_": *id},
	})
	fatal(t, err)
	integration, err := c.CreateIntegration(t.Context(), &apigatewayv2.CreateIntegrationInput{
		ApiId: id, IntegrationType: types.IntegrationTypeHttp, IntegrationMethod: aws.String("POST"), IntegrationUri: &uri,
		RequestTemplates: map[string]string{"application/json": template},
	})
	fatal(t, err)
	_, err = c.CreateIntegrationResponse(t.Context(), &apigatewayv2.CreateIntegrationResponseInput{
		ApiId: id, IntegrationId: integration.IntegrationId, IntegrationResponseKey: aws.String("201"),
	})
	fatal(t, err)
	_, err = c.CreateRoute(t.Context(), &apigatewayv2.CreateRouteInput{
		ApiId: id, RouteKey: aws.String("$connect"), Target: aws.String("integrations/" + *integration.IntegrationId),
	})
	fatal(t, err)
	_, err = c.CreateStage(t.Context(), &apigatewayv2.CreateStageInput{ApiId: id, StageName: aws.String("prod")})
	fatal(t, err)
	_, err = c.CreateDeployment(t.Context(), &apigatewayv2.CreateDeploymentInput{ApiId: id, StageName: aws.String("prod")})
	fatal(t, err)
}

func keys() aws.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider("test", "test", "")
}

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
