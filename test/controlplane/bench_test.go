// Package controlplane_test measures the AWS APIs as clients meet them: signed
// requests over HTTP, decided by policies, kept by the embedded store that syncs
// every write.
package controlplane_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	gw "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/apigatewayv2"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/state"
	"github.com/pasarela-ws/pasarela/sigv4"
)

// serve runs a node's control plane over the real store and answers a client.
func serve(t testing.TB) (*gw.Client, *apis.Service) {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	place := pasarela.Place{Region: "us-east-1", AccountID: "123456789012"}
	store, err := state.Open(t.Context(), state.Options{Dir: t.TempDir(), Node: "bench"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	who, err := identity.Open(t.Context(), identity.Options{Bucket: store.Bucket(), Place: place, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(who.Close)
	service := apis.New(apis.Options{Bucket: store.Bucket(), Place: place, Log: log, Endpoint: func(id string) string { return "ws://127.0.0.1/" + id }})
	guard := &wire.Guard{Place: place, Verifier: sigv4.New(sigv4.Options{}), Keys: who, Authorizer: who}
	server := httptest.NewServer(apigatewayv2.New(service, guard, log))
	t.Cleanup(server.Close)
	key, _ := who.Administrator()
	credentials := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: key.AccessKeyID, SecretAccessKey: key.SecretAccessKey}, nil
	})
	return gw.New(gw.Options{Region: "us-east-1", BaseEndpoint: &server.URL, Credentials: aws.NewCredentialsCache(credentials), RetryMaxAttempts: 1}), service
}

func newAPI(t testing.TB, c *gw.Client) *string {
	t.Helper()
	out, err := c.CreateApi(t.Context(), &gw.CreateApiInput{Name: aws.String("chat"), ProtocolType: types.ProtocolTypeWebsocket, RouteSelectionExpression: aws.String("$request.body.action")})
	if err != nil {
		t.Fatal(err)
	}
	return out.ApiId
}

// rate reports operations a second besides the time of one.
func rate(b *testing.B, act func(i int64) error) {
	b.Helper()
	var n atomic.Int64
	b.SetParallelism(8)
	start := time.Now()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := act(n.Add(1)); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(n.Load())/time.Since(start).Seconds(), "ops/s")
}

func BenchmarkSignedReads(b *testing.B) {
	c, _ := serve(b)
	id := newAPI(b, c)
	rate(b, func(int64) error {
		_, err := c.GetApi(context.Background(), &gw.GetApiInput{ApiId: id})
		return err
	})
}

func BenchmarkSyncedWritesOfOneAPI(b *testing.B) {
	c, _ := serve(b)
	id := newAPI(b, c)
	rate(b, func(i int64) error {
		_, err := c.UpdateApi(context.Background(), &gw.UpdateApiInput{ApiId: id, Description: aws.String(fmt.Sprint(i))})
		return err
	})
}

func BenchmarkSyncedWritesOfManyAPIs(b *testing.B) {
	c, _ := serve(b)
	ids := make([]*string, 16)
	for i := range ids {
		ids[i] = newAPI(b, c)
	}
	rate(b, func(i int64) error {
		_, err := c.UpdateApi(context.Background(), &gw.UpdateApiInput{ApiId: ids[i%int64(len(ids))], Description: aws.String(fmt.Sprint(i))})
		return err
	})
}

func TestFiveThousandRoutesDeployInASecond(t *testing.T) {
	c, service := serve(t)
	id := newAPI(t, c)
	contents, err := service.Contents(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	api := &contents.APIs[0]
	for i := range 5000 {
		integration := fmt.Sprintf("i%06d", i)
		api.Integrations = append(api.Integrations, pasarela.Integration{
			IntegrationID: integration, IntegrationType: pasarela.IntegrationHTTP, IntegrationMethod: "POST", IntegrationURI: "http://backend/" + integration,
			ConnectionType: "INTERNET", PassthroughBehavior: "WHEN_NO_MATCH", PayloadFormatVersion: "1.0", TimeoutInMillis: 29000,
			RequestTemplates: map[string]string{"$default": `{"id":"$context.connectionId","body":$input.json('$')}`},
		})
		api.Routes = append(api.Routes, pasarela.Route{RouteID: fmt.Sprintf("r%06d", i), RouteKey: fmt.Sprint("key", i), AuthorizationType: "NONE", Target: "integrations/" + integration})
	}
	if err := service.Restore(t.Context(), contents, false); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if _, err := c.CreateDeployment(t.Context(), &gw.CreateDeploymentInput{ApiId: id}); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("5,000 routes took %s to deploy", took)
	} else {
		t.Logf("5,000 routes deployed in %s", took)
	}
}
