// Package pasarelatest runs a whole gateway inside a Go test: the same node that
// "pasarela serve" runs, on a free loopback port, with its state in the test's
// temporary directory. It ends with the test.
//
//	func TestGreeting(t *testing.T) {
//		g := pasarelatest.Start(t)
//		chat := g.Deploy(pasarelatest.API{Routes: map[string]pasarelatest.Route{
//			"greet": {Integration: pasarelatest.Mock(`{"statusCode": 200}`), Responses: pasarelatest.Answer(`{"hello":"you"}`), TwoWay: true},
//		}})
//		conn, _, err := websocket.Dial(t.Context(), chat.URL, nil)
//		...
//	}
//
// For everything else there is the AWS SDK, with [Gateway.APIs] and
// [Gateway.AWSConfig].
package pasarelatest

import (
	"context"
	"log/slog"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/pasarela-ws/pasarela/internal/node"
)

// waitLimit bounds the start, the stop and every call of this package.
const waitLimit = 30 * time.Second

// Options of a gateway. With the zero value APIs are reached by path, and
// pasarela's extensions are on.
type Options struct {
	// DomainSuffix serves APIs as {api}.execute-api.{region}.SUFFIX besides by path.
	DomainSuffix string
	// Region is us-east-1 when empty.
	Region string
	// Strict switches off what AWS does not have ("pasarela serve --strict").
	Strict bool
	// PlainHTTP serves everything by net/http alone ("pasarela serve --plain-http"), which
	// makes no difference to clients. PASARELA_PLAIN_HTTP=true in the environment of a test
	// sets it for every gateway.
	PlainHTTP bool
	// Endpoints are where AWS integrations find services, by their SDK names:
	// {"lambda": "http://127.0.0.1:9001"}.
	Endpoints map[string]string
}

// Gateway is a gateway that runs for as long as a test does.
type Gateway struct {
	t    testing.TB
	node *node.Node
}

// Start starts a gateway. What it logs goes to the test's log.
func Start(t testing.TB) *Gateway {
	t.Helper()
	return StartWith(t, Options{})
}

// StartWith starts a gateway with options.
func StartWith(t testing.TB, options Options) *Gateway {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), waitLimit)
	defer cancel()
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	n, err := node.Start(ctx, node.Options{
		Settings: node.Settings{
			DataDir: t.TempDir(), Listen: "127.0.0.1:0", NodeName: "test",
			DomainSuffix: options.DomainSuffix, Region: options.Region, Strict: options.Strict,
			PlainHTTP: options.PlainHTTP || plainHTTP(t),
		},
		Log: log, Version: "test", ServiceEndpoints: options.Endpoints,
	})
	if err != nil {
		t.Fatalf("pasarelatest: %v", err)
	}
	g := &Gateway{t: t, node: n}
	t.Cleanup(g.stop)
	return g
}

// plainHTTP reads PASARELA_PLAIN_HTTP as "pasarela serve" does.
func plainHTTP(t testing.TB) bool {
	t.Helper()
	value, ok := os.LookupEnv("PASARELA_PLAIN_HTTP")
	if !ok {
		return false
	}
	on, err := strconv.ParseBool(value)
	if err != nil {
		t.Fatalf("pasarelatest: PASARELA_PLAIN_HTTP=%q is neither true nor false", value)
	}
	return on
}

func (g *Gateway) stop() {
	// Connections that the test has left open are cut, not closed one by one over seconds.
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	if err := g.node.Stop(ctx); err != nil && ctx.Err() == nil {
		g.t.Errorf("pasarelatest: stop: %v", err)
	}
}

// stopTimeout is how long connections that a test leaves open may take to end.
const stopTimeout = time.Second

// Endpoint is where the AWS APIs are: http://127.0.0.1:41234, for --endpoint-url
// and AWS_ENDPOINT_URL.
func (g *Gateway) Endpoint() string { return g.node.Endpoint() }

// Region is the gateway's region.
func (g *Gateway) Region() string { return g.node.RegionAccount().Region }

// AccountID is the gateway's account: 12 digits.
func (g *Gateway) AccountID() string { return g.node.RegionAccount().AccountID }

// Credentials are the administrator's.
func (g *Gateway) Credentials() aws.Credentials {
	c := g.node.Credentials()
	return aws.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, AccountID: c.AccountID, Source: "pasarelatest"}
}

// AWSConfig is the configuration with which clients of the AWS SDK call this
// gateway as its administrator, without retries.
func (g *Gateway) AWSConfig() aws.Config {
	who := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return g.Credentials(), nil })
	return aws.Config{Region: g.Region(), BaseEndpoint: aws.String(g.Endpoint()), Credentials: who, RetryMaxAttempts: 1}
}

// APIs is a client of the apigatewayv2 API.
func (g *Gateway) APIs() *apigatewayv2.Client { return apigatewayv2.NewFromConfig(g.AWSConfig()) }

// IAM is a client of the IAM API.
func (g *Gateway) IAM() *iam.Client { return iam.NewFromConfig(g.AWSConfig()) }

// Connections is a client of the @connections API of a stage; its administrator
// unless options say otherwise.
func (s *Stage) Connections(options ...func(*apigatewaymanagementapi.Options)) *apigatewaymanagementapi.Client {
	config := s.gateway.AWSConfig()
	config.BaseEndpoint = aws.String(s.Endpoint)
	return apigatewaymanagementapi.NewFromConfig(config, options...)
}
