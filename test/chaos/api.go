package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"
)

// deploy makes the API of the run: $connect and $disconnect call the backend, and so does the
// message by which a client with a session says on which connection its socket is.
func (c *cluster) deploy(ctx context.Context, backend string, tags map[string]string) (apiID string, err error) {
	client := apigatewayv2.New(apigatewayv2.Options{
		BaseEndpoint: &c.urls[0], Region: c.env["AWS_REGION"],
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: c.env["AWS_ACCESS_KEY_ID"], SecretAccessKey: c.env["AWS_SECRET_ACCESS_KEY"]}, nil
		}),
	})
	api, err := client.CreateApi(ctx, &apigatewayv2.CreateApiInput{
		Name: aws.String("chaos"), ProtocolType: types.ProtocolTypeWebsocket, RouteSelectionExpression: aws.String("$request.body.action"),
	})
	if err != nil {
		return "", err
	}
	for route, template := range map[string]string{
		"$connect":    `{"id":"$context.connectionId","client":"$input.params('client')"}`,
		attachedRoute: `{"id":"$context.connectionId","client":"$input.path('$.client')","socket":$input.path('$.socket')}`,
		"$disconnect": `{"id":"$context.connectionId","code":$context.disconnectStatusCode,"request":"$context.requestId"}`,
	} {
		integration, err := client.CreateIntegration(ctx, &apigatewayv2.CreateIntegrationInput{
			ApiId: api.ApiId, IntegrationType: types.IntegrationTypeHttp, IntegrationMethod: aws.String("POST"), IntegrationUri: aws.String(backend + "/" + strings.TrimPrefix(route, "$")),
			RequestTemplates: map[string]string{"application/json": template},
		})
		if err != nil {
			return "", err
		}
		if _, err := client.CreateIntegrationResponse(ctx, &apigatewayv2.CreateIntegrationResponseInput{
			ApiId: api.ApiId, IntegrationId: integration.IntegrationId, IntegrationResponseKey: aws.String("$default"),
		}); err != nil {
			return "", err
		}
		if _, err := client.CreateRoute(ctx, &apigatewayv2.CreateRouteInput{
			ApiId: api.ApiId, RouteKey: &route, Target: aws.String("integrations/" + *integration.IntegrationId),
		}); err != nil {
			return "", err
		}
	}
	if _, err := client.CreateStage(ctx, &apigatewayv2.CreateStageInput{ApiId: api.ApiId, StageName: aws.String("prod"), Tags: tags}); err != nil {
		return "", err
	}
	if _, err := client.CreateDeployment(ctx, &apigatewayv2.CreateDeploymentInput{ApiId: api.ApiId, StageName: aws.String("prod")}); err != nil {
		return "", fmt.Errorf("deploy: %w", err)
	}
	return *api.ApiId, nil
}
