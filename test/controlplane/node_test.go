// Package controlplane_test measures the AWS APIs as clients meet them: signed
// requests over HTTP, decided by policies, kept by the embedded store that syncs
// every write.
package controlplane_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	gw "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/apigatewayv2"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/state"
	"github.com/pasarela-ws/pasarela/internal/testkit/account"
)

// node is the control plane of one node over the real store.
type node struct {
	url  string
	apis *apis.Service
	who  *identity.Service
}

// roles passes roles by the caller's own policies.
type roles struct{ who *identity.Service }

func (r roles) PassRole(ctx context.Context, roleARN string) error {
	call, _ := wire.CallFrom(ctx)
	return r.who.PassRole(ctx, call.Principal, roleARN, pasarela.ServiceAPIGateway, call.Context)
}

func start(t testing.TB) *node {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	store, err := state.Open(t.Context(), state.Options{Dir: t.TempDir(), Node: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	a := account.OpenIn(t, "us-east-1", store.Bucket())
	service := apis.New(apis.Options{
		Bucket: store.Bucket(), RegionAccount: a.RegionAccount, Log: log, RolePasser: roles{a.Identity},
		Endpoint: func(id string) string { return "ws://127.0.0.1/" + id },
	})
	server := httptest.NewServer(apigatewayv2.New(service, a.Guard(), log))
	t.Cleanup(server.Close)
	return &node{server.URL, service, a.Identity}
}

func (n *node) administrator() identity.AccessKey {
	key, _ := n.who.Administrator()
	return key
}

func (n *node) client(key identity.AccessKey) *gw.Client {
	credentials := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: key.AccessKeyID, SecretAccessKey: key.SecretAccessKey}, nil
	})
	return gw.New(gw.Options{Region: "us-east-1", BaseEndpoint: &n.url, Credentials: aws.NewCredentialsCache(credentials), RetryMaxAttempts: 1})
}

func newClient(t testing.TB) *gw.Client {
	t.Helper()
	n := start(t)
	return n.client(n.administrator())
}
