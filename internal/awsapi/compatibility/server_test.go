package compatibility_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/apigateway"
	"github.com/pasarela-ws/pasarela/internal/awsapi/apigatewayv2"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/sigv4"
)

const (
	accessKeyID = "AKIAIOSFODNN7EXAMPLE"
	secretKey   = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	region      = "us-east-1"
	account     = "123456789012"
)

// oneKey knows the root account's key alone.
type oneKey struct{}

func (oneKey) Key(_ context.Context, id, token string) (string, pasarela.Principal, error) {
	if id != accessKeyID || token != "" {
		return "", pasarela.Principal{}, sigv4.ErrUnknownKey
	}
	return secretKey, pasarela.Principal{ARN: "arn:aws:iam::" + account + ":root", AccountID: account, UserID: account, AccessKeyID: id, Type: pasarela.PrincipalRoot}, nil
}

func (oneKey) NoteUse(pasarela.Principal) {}

// root is never refused anything.
type root struct{}

func (root) Authorize(context.Context, pasarela.Principal, string, string, pasarela.RequestContext) error {
	return nil
}

// serve runs the tables on loopback, with automatic deployments, until t ends.
func serve(t testing.TB, authorizer wire.Authorizer) (url string, service *apis.Service) {
	t.Helper()
	return serveWith(t, authorizer, nil)
}

// passer decides about roles.
type passer func(roleARN string) error

func (p passer) PassRole(_ context.Context, roleARN string) error { return p(roleARN) }

func serveWith(t testing.TB, authorizer wire.Authorizer, roles passer) (url string, service *apis.Service) {
	t.Helper()
	regionAccount := pasarela.RegionAccount{Region: region, AccountID: account}
	o := apis.Options{
		Bucket:        memory.NewBucket(),
		RegionAccount: regionAccount,
		Endpoint:      func(apiID string) string { return "wss://" + apiID + ".execute-api." + region + ".amazonaws.com" },
		Log:           slog.New(slog.DiscardHandler),
	}
	if roles != nil {
		o.RolePasser = roles
	}
	service = apis.New(o)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- service.Deployments.Run(ctx) }()
	guard := &wire.Guard{RegionAccount: regionAccount, Verifier: sigv4.New(sigv4.Options{}), Keys: oneKey{}, Authorizer: authorizer}
	log := slog.New(slog.DiscardHandler)
	server := httptest.NewServer(&wire.Router{APIGatewayV2: apigatewayv2.New(service, guard, log), APIGateway: apigateway.New(service, guard, log)})
	t.Cleanup(func() {
		server.Close()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return server.URL, service
}
