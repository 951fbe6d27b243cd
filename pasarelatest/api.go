package pasarelatest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"
)

// API describes a WebSocket API for [Gateway.Deploy]. Members of SDK types that
// name a parent (ApiId, IntegrationId ...) are filled in.
type API struct {
	// API has further members for CreateApi. Its RouteSelectionExpression is
	// $request.body.action when nil.
	API apigatewayv2.CreateApiInput
	// Routes by route key: $connect, $disconnect, $default and custom ones.
	Routes map[string]Route
	// Stage has further members for CreateStage. Its StageName is prod when
	// nil.
	Stage apigatewayv2.CreateStageInput
}

// Route is a route with its integration.
type Route struct {
	// Integration is the input of CreateIntegration; nil is a route without a target.
	Integration *apigatewayv2.CreateIntegrationInput
	// Responses are its integration responses. A nil IntegrationResponseKey is $default.
	Responses []apigatewayv2.CreateIntegrationResponseInput
	// TwoWay gives the route a $default route response: the client gets responses.
	TwoWay bool
	// Route has further members for CreateRoute: authorization, models,
	// parameters.
	Route apigatewayv2.CreateRouteInput
}

// HTTP is an HTTP integration that POSTs what template renders; without template
// the message as it is.
func HTTP(uri, template string) *apigatewayv2.CreateIntegrationInput {
	i := &apigatewayv2.CreateIntegrationInput{
		IntegrationType: types.IntegrationTypeHttp, IntegrationMethod: aws.String("POST"), IntegrationUri: &uri,
	}
	if template != "" {
		i.RequestTemplates = map[string]string{"application/json": template}
	}
	return i
}

// HTTPProxy is an HTTP_PROXY integration that POSTs the message.
func HTTPProxy(uri string) *apigatewayv2.CreateIntegrationInput {
	return &apigatewayv2.CreateIntegrationInput{
		IntegrationType: types.IntegrationTypeHttpProxy, IntegrationMethod: aws.String("POST"), IntegrationUri: &uri,
	}
}

// Mock is a MOCK integration; template renders {"statusCode": 200}.
func Mock(template string) *apigatewayv2.CreateIntegrationInput {
	return &apigatewayv2.CreateIntegrationInput{
		IntegrationType: types.IntegrationTypeMock, RequestTemplates: map[string]string{"application/json": template},
	}
}

// Lambda is an AWS_PROXY integration with a function, reached at the endpoint that
// [Options] name for lambda.
func (g *Gateway) Lambda(function string) *apigatewayv2.CreateIntegrationInput {
	arn := fmt.Sprintf("arn:aws:apigateway:%s:lambda:path/2015-03-31/functions/arn:aws:lambda:%[1]s:%s:function:%s/invocations",
		g.Region(), g.AccountID(), function)
	return &apigatewayv2.CreateIntegrationInput{
		IntegrationType: types.IntegrationTypeAwsProxy, IntegrationMethod: aws.String("POST"), IntegrationUri: &arn,
	}
}

// Keys are integration responses that pass on what the backend returns, one for
// each key: 201, /2\d\d/, $default.
func Keys(keys ...string) (responses []apigatewayv2.CreateIntegrationResponseInput) {
	for _, key := range keys {
		responses = append(responses, apigatewayv2.CreateIntegrationResponseInput{IntegrationResponseKey: &key})
	}
	return responses
}

// Response is the $default integration response with a template.
func Response(template string) []apigatewayv2.CreateIntegrationResponseInput {
	return []apigatewayv2.CreateIntegrationResponseInput{{
		IntegrationResponseKey: aws.String("$default"), ResponseTemplates: map[string]string{"application/json": template},
	}}
}

// Stage is a stage that serves.
type Stage struct {
	gateway *Gateway

	APIID     string
	StageName string
	// URL is where clients connect: ws://127.0.0.1:41234/abcdef1234/prod.
	URL string
	// Endpoint is the base of the stage's @connections: the same over http.
	Endpoint string
	// RouteIDs and IntegrationIDs by route key, for changes by the SDK.
	RouteIDs, IntegrationIDs map[string]string
}

// Deploy creates the API, deploys it and returns when its stage serves. The test
// ends when the gateway refuses any of it.
func (g *Gateway) Deploy(api API) *Stage {
	g.t.Helper()
	s, err := g.TryDeploy(api)
	if err != nil {
		g.t.Fatalf("pasarelatest: %v", err)
	}
	return s
}

// TryDeploy is Deploy for an API that may be refused.
func (g *Gateway) TryDeploy(api API) (*Stage, error) {
	ctx, cancel := context.WithTimeout(g.t.Context(), waitLimit)
	defer cancel()
	in := api.API
	in.ProtocolType = types.ProtocolTypeWebsocket
	in.Name = or(in.Name, "test")
	in.RouteSelectionExpression = or(in.RouteSelectionExpression, "$request.body.action")
	created, err := g.APIs().CreateApi(ctx, &in)
	if err != nil {
		return nil, err
	}
	s := &Stage{
		gateway: g, APIID: *created.ApiId, StageName: *or(api.Stage.StageName, "prod"),
		RouteIDs: map[string]string{}, IntegrationIDs: map[string]string{},
	}
	s.URL = *created.ApiEndpoint + "/" + s.StageName
	s.Endpoint = g.Endpoint() + "/" + s.APIID + "/" + s.StageName
	for _, key := range slices.Sorted(maps.Keys(api.Routes)) {
		if err := s.create(ctx, key, api.Routes[key]); err != nil {
			return nil, fmt.Errorf("route %s: %w", key, err)
		}
	}
	stage := api.Stage
	stage.ApiId, stage.StageName = &s.APIID, &s.StageName
	if _, err := g.APIs().CreateStage(ctx, &stage); err != nil {
		return nil, err
	}
	return s, s.redeploy(ctx)
}

func or(given *string, otherwise string) *string {
	if given == nil {
		return &otherwise
	}
	return given
}

func (s *Stage) create(ctx context.Context, key string, r Route) error {
	in := r.Route
	in.ApiId, in.RouteKey = &s.APIID, &key
	if r.Integration != nil {
		target, err := s.integrate(ctx, key, *r.Integration, r.Responses)
		if err != nil {
			return err
		}
		in.Target = aws.String("integrations/" + target)
	}
	if r.TwoWay {
		in.RouteResponseSelectionExpression = aws.String("$default")
	}
	route, err := s.gateway.APIs().CreateRoute(ctx, &in)
	if err != nil {
		return err
	}
	s.RouteIDs[key] = *route.RouteId
	if r.TwoWay {
		_, err = s.gateway.APIs().CreateRouteResponse(ctx, &apigatewayv2.CreateRouteResponseInput{
			ApiId: &s.APIID, RouteId: route.RouteId, RouteResponseKey: aws.String("$default"),
		})
	}
	return err
}

func (s *Stage) integrate(ctx context.Context, key string, in apigatewayv2.CreateIntegrationInput, responses []apigatewayv2.CreateIntegrationResponseInput) (id string, err error) {
	in.ApiId = &s.APIID
	made, err := s.gateway.APIs().CreateIntegration(ctx, &in)
	if err != nil {
		return "", err
	}
	s.IntegrationIDs[key] = *made.IntegrationId
	for _, response := range responses {
		response.ApiId, response.IntegrationId = &s.APIID, made.IntegrationId
		response.IntegrationResponseKey = or(response.IntegrationResponseKey, "$default")
		if _, err := s.gateway.APIs().CreateIntegrationResponse(ctx, &response); err != nil {
			return "", err
		}
	}
	return *made.IntegrationId, nil
}

// Redeploy deploys what was changed by the SDK and returns when the stage serves it.
func (s *Stage) Redeploy() {
	s.gateway.t.Helper()
	ctx, cancel := context.WithTimeout(s.gateway.t.Context(), waitLimit)
	defer cancel()
	if err := s.redeploy(ctx); err != nil {
		s.gateway.t.Fatalf("pasarelatest: %v", err)
	}
}

func (s *Stage) redeploy(ctx context.Context) error {
	made, err := s.gateway.APIs().CreateDeployment(ctx, &apigatewayv2.CreateDeploymentInput{ApiId: &s.APIID, StageName: &s.StageName})
	if err != nil {
		return err
	}
	return s.gateway.node.WaitDeployed(ctx, s.APIID, s.StageName, *made.DeploymentId)
}

// ARN is the execute-api ARN of a route's call: ARN("POST/@connections/*").
func (s *Stage) ARN(rest string) string {
	return strings.Join([]string{"arn:aws:execute-api", s.gateway.Region(), s.gateway.AccountID(), s.APIID + "/" + s.StageName + "/" + rest}, ":")
}
