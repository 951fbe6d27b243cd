//go:build linux

package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"
)

// startPasarela runs "pasarela serve" and sets the API up as a user would.
func (s *site) startPasarela(ctx context.Context, program string) (err error) {
	data := s.dir + "/data"
	args := []string{"serve", "--data", data, "--listen", "127.0.0.1:0", "--log-level", "warn", "--region", s.region}
	if s.plan.fanOut.noIOUring {
		args = append(args, "--no-io-uring")
	}
	if s.certificate != "" {
		args = append(args, "--tls-cert", s.certificate, "--tls-key", s.certificate, "--public-endpoint", "")
	}
	if s.program = program; s.nats != "" {
		args = append(args, "--nats-url", s.nats, "--node-name", "node0")
	}
	if s.gateway, err = s.start(program, args...); err != nil {
		return err
	}
	s.ended = append(s.ended, s.gateway.stop)
	line, err := s.gateway.line(startLimit)
	if err != nil {
		return err
	}
	found := regexp.MustCompile(`serves (https?://)(\S+) `).FindStringSubmatch(line)
	if found == nil {
		return fmt.Errorf("pasarela serve said %q", line)
	}
	s.addr, s.push = found[2], found[2]
	go func() { _, _ = s.gateway.out.WriteTo(discard{}) }() // ends with the process
	if err := s.credentials(ctx, program, data); err != nil {
		return err
	}
	s.operator = &operator{endpoint: found[1] + found[2], region: s.region, access: s.access, secret: s.secret, certificate: s.certificate}
	client, err := s.operator.client()
	if err != nil {
		return err
	}
	endpoint := s.operator.endpoint
	b := &builder{ctx: ctx, client: api.New(api.Options{
		Region: s.region, BaseEndpoint: &endpoint, HTTPClient: client, RetryMaxAttempts: 1, Credentials: s.operator,
	})}
	b.deploy("http://" + s.backendAddr)
	s.path = "/" + b.apiID + "/prod"
	return b.err
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

// credentials are what "pasarela credentials" prints.
func (s *site) credentials(ctx context.Context, program, data string) error {
	out, err := exec.CommandContext(ctx, program, "credentials", "--data", data).Output()
	if err != nil {
		return fmt.Errorf("pasarela credentials: %w", err)
	}
	for line := range strings.Lines(string(out)) {
		name, value, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		switch name {
		case "AWS_ACCESS_KEY_ID":
			s.access = value
		case "AWS_SECRET_ACCESS_KEY":
			s.secret = value
		}
	}
	return nil
}

// The API that is measured: the guide's, and a two-way route, with throttles,
// logs and detailed metrics on.
const (
	connectTemplate = `{"connectionId": "$context.connectionId", "type": "$input.params('reportType')"}`
	messageTemplate = `{"connectionId": "$context.connectionId", "m": "$input.path('$.m')"}`
	goneTemplate    = `{"connectionId": "$context.connectionId", "code": $context.disconnectStatusCode}`
	accessFormat    = `{"requestId":"$context.requestId","ip":"$context.identity.sourceIp","requestTime":"$context.requestTime",` +
		`"eventType":"$context.eventType","routeKey":"$context.routeKey","status":"$context.status","connectionId":"$context.connectionId"}`
	logGroup = "arn:aws:logs:us-east-1:123456789012:log-group:bench"
)

// builder makes one API; after the first error it does nothing more.
type builder struct {
	ctx    context.Context
	client *api.Client
	apiID  string
	err    error
}

func (b *builder) deploy(backend string) {
	created, err := b.client.CreateApi(b.ctx, &api.CreateApiInput{
		Name: aws.String("bench"), ProtocolType: types.ProtocolTypeWebsocket, RouteSelectionExpression: aws.String("$request.body.action"),
	})
	if err != nil {
		b.err = fmt.Errorf("CreateApi: %w", err)
		return
	}
	b.apiID = *created.ApiId
	b.route("$connect", backend+"/aws/connect", connectTemplate, "201")
	b.route("$disconnect", backend+"/aws/disconnect", goneTemplate, "")
	if route := b.route("echo", backend+"/aws/message", messageTemplate, `/2\d\d/`); b.err == nil {
		_, b.err = b.client.CreateRouteResponse(b.ctx, &api.CreateRouteResponseInput{ApiId: &b.apiID, RouteId: &route, RouteResponseKey: aws.String("$default")})
	}
	if b.err == nil {
		b.stage()
	}
}

func (b *builder) route(key, uri, template, responseKey string) (routeID string) {
	if b.err != nil {
		return ""
	}
	integration, err := b.client.CreateIntegration(b.ctx, &api.CreateIntegrationInput{
		ApiId: &b.apiID, IntegrationType: types.IntegrationTypeHttp, IntegrationMethod: aws.String("POST"), IntegrationUri: &uri,
		RequestTemplates: map[string]string{"application/json": template},
	})
	if err != nil {
		b.err = fmt.Errorf("CreateIntegration for %s: %w", key, err)
		return ""
	}
	if responseKey != "" {
		_, err = b.client.CreateIntegrationResponse(b.ctx, &api.CreateIntegrationResponseInput{
			ApiId: &b.apiID, IntegrationId: integration.IntegrationId, IntegrationResponseKey: &responseKey,
		})
		if err != nil {
			b.err = fmt.Errorf("CreateIntegrationResponse for %s: %w", key, err)
			return ""
		}
	}
	in := &api.CreateRouteInput{ApiId: &b.apiID, RouteKey: &key, Target: aws.String("integrations/" + *integration.IntegrationId)}
	if responseKey != "" && key != "$connect" {
		in.RouteResponseSelectionExpression = aws.String("$default")
	}
	route, err := b.client.CreateRoute(b.ctx, in)
	if err != nil {
		b.err = fmt.Errorf("CreateRoute %s: %w", key, err)
		return ""
	}
	return *route.RouteId
}

func (b *builder) stage() {
	deployment, err := b.client.CreateDeployment(b.ctx, &api.CreateDeploymentInput{ApiId: &b.apiID})
	if err != nil {
		b.err = fmt.Errorf("CreateDeployment: %w", err)
		return
	}
	_, err = b.client.CreateStage(b.ctx, &api.CreateStageInput{
		ApiId: &b.apiID, StageName: aws.String("prod"), DeploymentId: deployment.DeploymentId,
		AccessLogSettings: &types.AccessLogSettings{DestinationArn: aws.String(logGroup), Format: aws.String(accessFormat)},
		DefaultRouteSettings: &types.RouteSettings{
			DetailedMetricsEnabled: aws.Bool(true), ThrottlingRateLimit: aws.Float64(1e6), ThrottlingBurstLimit: aws.Int32(1e6),
		},
	})
	if err != nil {
		b.err = fmt.Errorf("CreateStage: %w", err)
		return
	}
	// A stage may serve a moment after it was acknowledged.
	time.Sleep(500 * time.Millisecond)
}
