package controlplane_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	gw "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"

	"github.com/pasarela-ws/pasarela"
)

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
	c := newClient(b)
	id := newAPI(b, c)
	rate(b, func(int64) error {
		_, err := c.GetApi(context.Background(), &gw.GetApiInput{ApiId: id})
		return err
	})
}

func BenchmarkSyncedWritesOfOneAPI(b *testing.B) {
	c := newClient(b)
	id := newAPI(b, c)
	rate(b, func(i int64) error {
		_, err := c.UpdateApi(context.Background(), &gw.UpdateApiInput{ApiId: id, Description: aws.String(fmt.Sprint(i))})
		return err
	})
}

func BenchmarkSyncedWritesOfManyAPIs(b *testing.B) {
	c := newClient(b)
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
	if raceDetector {
		t.Skip("NOT TESTED: the race detector makes everything ten times slower")
	}
	n := start(t)
	c, service := n.client(n.administrator()), n.apis
	id := newAPI(t, c)
	contents, err := service.Backup.Read(t.Context(), true)
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
	if err := service.Backup.Restore(t.Context(), contents, false); err != nil {
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
