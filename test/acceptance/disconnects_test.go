package acceptance

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"

	"github.com/pasarela-ws/pasarela/internal/dataplane/journal"
	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/internal/testkit/natsserver"
)

// A server that is killed with open connections runs their $disconnects when it starts
// again, once each, and those that were over before not again (A-GATEWAY-35).
func TestAKilledServerRunsItsDisconnectsAtItsNextStart(t *testing.T) {
	t.Parallel()
	const closed, open = 20, 200
	dir, listen := t.TempDir(), testkit.FreeAddress(t)
	s := serve(t, dir, listen)
	b := testkit.NewBackend(t)
	b.Respond(testkit.Response{Body: "{}"})
	socket := s.deployDisconnect(t, b.URL)
	notified := map[string]int{} // connection ids: how often
	next := func(code int) {
		t.Helper()
		var got struct {
			ID   string
			Code int
		}
		if r := b.Next(t); json.Unmarshal([]byte(r.Body), &got) != nil || got.Code != code {
			t.Fatalf("the backend got %s, want code %d", r.Body, code)
		}
		if notified[got.ID]++; notified[got.ID] > 1 {
			t.Errorf("%s was notified again", got.ID)
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

// A node of a cluster that is killed while NATS does not answer knows at its next start on its
// directory of the connections that it took meanwhile: each of them, and of those before,
// gets one $disconnect.
func TestANodeKilledWithoutNATSRunsItsDisconnectsAtItsNextStart(t *testing.T) {
	t.Parallel()
	const before, meanwhile = 30, 50
	nats := natsserver.Options{Dir: t.TempDir()}
	servers := natsserver.Start(t, nats)
	nats.Port = servers.Addr().(*net.TCPAddr).Port
	dir, listen := t.TempDir(), testkit.FreeAddress(t)
	flags := []string{"--nats-url", servers.ClientURL(), "--node-name", "n"}
	s := serve(t, dir, listen, flags...)
	b := testkit.NewBackend(t)
	b.Respond(testkit.Response{Body: "{}"})
	socket := s.deployDisconnect(t, b.URL)
	for range before {
		testkit.Connect(t, socket)
	}
	noted(t, dir, before)
	servers.Shutdown()
	servers.WaitForShutdown()
	for range meanwhile {
		testkit.Connect(t, socket)
	}
	noted(t, dir, before+meanwhile)
	s.process.Kill()
	natsserver.Start(t, nats)
	s = serve(t, dir, listen, flags...)
	notified := map[string]bool{}
	for range before + meanwhile {
		var got struct {
			ID   string
			Code int
		}
		if r := b.Next(t); json.Unmarshal([]byte(r.Body), &got) != nil || got.Code != 1006 || notified[got.ID] {
			t.Fatalf("the backend got %s, again: %t", r.Body, notified[got.ID])
		}
		notified[got.ID] = true
	}
	s.process.Interrupt(t)
	b.Untouched(t)
}

// noted waits until the journal in a node's directory has so many open connections.
func noted(t *testing.T, dir string, want int) {
	t.Helper()
	testkit.Eventually(t, fmt.Sprint(want, " connections in the journal"), func() bool {
		var owed journal.Owed
		files, _ := filepath.Glob(filepath.Join(dir, "journal", "*.log"))
		for _, file := range files {
			data, _ := os.ReadFile(file)
			owed.Add(data, func(journal.Loss) {}) // it is being written
		}
		return len(owed.Records()) == want
	})
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
