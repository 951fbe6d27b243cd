package acceptance

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// A server that is killed with open connections runs their $disconnects when it starts
// again, once each, and those that were over before not again (A-GATEWAY-35).
func TestAKilledServerRunsItsDisconnectsAtItsNextStart(t *testing.T) {
	const closed, open = 20, 200
	dir, listen := t.TempDir(), testkit.FreeAddress(t)
	s := serve(t, dir, listen)
	b := testkit.NewBackend(t)
	b.Respond(testkit.Response{Body: "{}"})
	socket := s.deployDisconnect(t, b.URL)
	told := map[string]int{} // connection ids: how often
	next := func(code int) {
		t.Helper()
		var got struct {
			ID   string
			Code int
		}
		if r := b.Next(t); json.Unmarshal([]byte(r.Body), &got) != nil || got.Code != code {
			t.Fatalf("the backend got %s, want code %d", r.Body, code)
		}
		if told[got.ID]++; told[got.ID] > 1 {
			t.Errorf("%s was told again", got.ID)
		}
	}
	for range closed {
		_ = testkit.Connect(t, socket).Conn.Close(1000, "")
		next(1000)
	}
	for range open {
		testkit.Connect(t, socket)
	}
	time.Sleep(500 * time.Millisecond) // the last batch is written after 15 ms
	s.process.Kill()
	s = serve(t, dir, listen)
	for range open {
		next(1006)
	}
	s.process.Interrupt(t) // it stops when its $disconnects are over
	b.Untouched(t)
}

// deployDisconnect deploys an API that calls the backend for each $disconnect, and returns
// where clients connect.
func (s *server) deployDisconnect(t *testing.T, backend string) string {
	t.Helper()
	return s.deployRoutes(t, backend, `{"id":"$context.connectionId","code":$context.disconnectStatusCode}`, nil, "$disconnect")
}

// deployRoutes deploys an API whose routes call one backend with a template, on a stage
// with tags, and returns where clients connect.
func (s *server) deployRoutes(t *testing.T, backend, template string, tags map[string]string, routes ...string) string {
	t.Helper()
	client, ctx := s.apigatewayv2(), t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	api, err := client.CreateApi(ctx, &apigatewayv2.CreateApiInput{
		Name: aws.String("routes"), ProtocolType: types.ProtocolTypeWebsocket, RouteSelectionExpression: aws.String("$request.body.action"),
	})
	must(err)
	integration, err := client.CreateIntegration(ctx, &apigatewayv2.CreateIntegrationInput{
		ApiId: api.ApiId, IntegrationType: types.IntegrationTypeHttp, IntegrationMethod: aws.String("POST"), IntegrationUri: &backend,
		RequestTemplates: map[string]string{"application/json": template},
	})
	must(err)
	for _, key := range routes {
		_, err = client.CreateRoute(ctx, &apigatewayv2.CreateRouteInput{ApiId: api.ApiId, RouteKey: &key, Target: aws.String("integrations/" + *integration.IntegrationId)})
		must(err)
	}
	_, err = client.CreateIntegrationResponse(ctx, &apigatewayv2.CreateIntegrationResponseInput{
		ApiId: api.ApiId, IntegrationId: integration.IntegrationId, IntegrationResponseKey: aws.String("$default"),
	})
	must(err)
	_, err = client.CreateStage(ctx, &apigatewayv2.CreateStageInput{ApiId: api.ApiId, StageName: aws.String("prod"), Tags: tags})
	must(err)
	_, err = client.CreateDeployment(ctx, &apigatewayv2.CreateDeploymentInput{ApiId: api.ApiId, StageName: aws.String("prod")})
	must(err)
	return fmt.Sprintf("ws%s/%s/prod", strings.TrimPrefix(s.endpoint, "http"), *api.ApiId)
}
