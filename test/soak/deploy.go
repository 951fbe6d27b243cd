//go:build linux

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"
)

const (
	stageName       = "prod"
	connectTemplate = `{"id":"$context.connectionId","name":"$input.params('name')","stage":"$context.stage"}`
	goneTemplate    = `{"id":"$context.connectionId","code":$context.disconnectStatusCode}`
	echoTemplate    = `{"n":"$input.path('$.n')","id":"$context.connectionId"}`
	accessFormat    = `{"requestId":"$context.requestId","eventType":"$context.eventType","routeKey":"$context.routeKey","status":"$context.status","error":"$context.error.message"}`
	logGroup        = "arn:aws:logs:us-east-1:123456789012:log-group:soak"
)

// misbehavingPaths are the routes whose backends misbehave, by their paths.
var misbehavingPaths = [...]string{"hang", "die", "garbage", "huge", "reset", "redirect", "header"}

// misbehavingTimeout is how long the gateway waits for a misbehaving backend, in
// milliseconds.
const misbehavingTimeout = 2000

// deploy makes the API and waits until a stage serves it.
func (g *gateway) deploy(ctx context.Context, backend string) error {
	created, err := g.apis.CreateApi(ctx, &api.CreateApiInput{
		Name: aws.String("soak"), ProtocolType: types.ProtocolTypeWebsocket, RouteSelectionExpression: aws.String("$request.body.action"),
	})
	if err != nil {
		return fmt.Errorf("CreateApi: %w", err)
	}
	g.apiID = *created.ApiId
	base := "http://" + backend
	if err := g.route(ctx, "$connect", base+"/connect", connectTemplate, 29000, false); err != nil {
		return err
	}
	if err := g.route(ctx, "$disconnect", base+"/disconnect", goneTemplate, 29000, false); err != nil {
		return err
	}
	if err := g.route(ctx, "echo", base+"/echo", echoTemplate, 29000, true); err != nil {
		return err
	}
	for _, key := range misbehavingPaths {
		if err := g.route(ctx, key, base+"/"+key, "", misbehavingTimeout, true); err != nil {
			return err
		}
	}
	return g.newStage(ctx, stageName)
}

func (g *gateway) route(ctx context.Context, key, uri, template string, timeout int32, twoWay bool) error {
	in := &api.CreateIntegrationInput{
		ApiId: &g.apiID, IntegrationType: types.IntegrationTypeHttp, IntegrationMethod: aws.String("POST"), IntegrationUri: &uri, TimeoutInMillis: &timeout,
	}
	if template != "" {
		in.RequestTemplates = map[string]string{"application/json": template}
	}
	made, err := g.apis.CreateIntegration(ctx, in)
	if err != nil {
		return fmt.Errorf("CreateIntegration for %s: %w", key, err)
	}
	g.routes[key] = *made.IntegrationId
	_, err = g.apis.CreateIntegrationResponse(ctx, &api.CreateIntegrationResponseInput{
		ApiId: &g.apiID, IntegrationId: made.IntegrationId, IntegrationResponseKey: aws.String("$default"),
	})
	if err != nil {
		return fmt.Errorf("CreateIntegrationResponse for %s: %w", key, err)
	}
	route := &api.CreateRouteInput{ApiId: &g.apiID, RouteKey: &key, Target: aws.String("integrations/" + *made.IntegrationId)}
	if twoWay {
		route.RouteResponseSelectionExpression = aws.String("$default")
	}
	routed, err := g.apis.CreateRoute(ctx, route)
	if err == nil && twoWay {
		_, err = g.apis.CreateRouteResponse(ctx, &api.CreateRouteResponseInput{ApiId: &g.apiID, RouteId: routed.RouteId, RouteResponseKey: aws.String("$default")})
	}
	if err != nil {
		return fmt.Errorf("CreateRoute %s: %w", key, err)
	}
	return nil
}

// newStage deploys to a new stage with all logs, metrics and throttles on, and
// waits until it responds.
func (g *gateway) newStage(ctx context.Context, name string) error {
	made, err := g.apis.CreateDeployment(ctx, &api.CreateDeploymentInput{ApiId: &g.apiID})
	if err != nil {
		return fmt.Errorf("CreateDeployment: %w", err)
	}
	_, err = g.apis.CreateStage(ctx, &api.CreateStageInput{
		ApiId: &g.apiID, StageName: &name, DeploymentId: made.DeploymentId,
		AccessLogSettings: &types.AccessLogSettings{DestinationArn: aws.String(logGroup), Format: aws.String(accessFormat)},
		DefaultRouteSettings: &types.RouteSettings{
			DetailedMetricsEnabled: aws.Bool(true), LoggingLevel: types.LoggingLevelInfo, DataTraceEnabled: aws.Bool(true),
			ThrottlingRateLimit: aws.Float64(1e4), ThrottlingBurstLimit: aws.Int32(5000),
		},
	})
	if err != nil {
		return fmt.Errorf("CreateStage: %w", err)
	}
	for end := time.Now().Add(callTimeout); ; {
		c, err := dial(g.addr, g.path(name)+"?name=first")
		if err == nil {
			c.leave()
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("stage %s does not serve: %w", name, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}
