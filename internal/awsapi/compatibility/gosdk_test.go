package compatibility_test

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	gw "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"
	"github.com/aws/smithy-go"

	"github.com/pasarela-ws/pasarela"
)

func client(url, secret string) *gw.Client {
	who := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: accessKeyID, SecretAccessKey: secret}, nil
	})
	return gw.New(gw.Options{Region: region, BaseEndpoint: &url, Credentials: who, RetryMaxAttempts: 1})
}

// TestGoSDK goes through the guide's path with Go's SDK: types, lists, typed errors.
func TestGoSDK(t *testing.T) {
	url, _ := serve(t, root{})
	c, ctx := client(url, secretKey), t.Context()
	api, err := c.CreateApi(ctx, &gw.CreateApiInput{Name: aws.String("chat"), ProtocolType: types.ProtocolTypeWebsocket, RouteSelectionExpression: aws.String("$request.body.action"), Tags: map[string]string{"a b": "ñ"}})
	if err != nil {
		t.Fatal(err)
	}
	integration, err := c.CreateIntegration(ctx, &gw.CreateIntegrationInput{
		ApiId: api.ApiId, IntegrationType: types.IntegrationTypeHttp, IntegrationMethod: aws.String("POST"),
		IntegrationUri: aws.String("http://${stageVariables.host}:8080/x"), RequestTemplates: map[string]string{"$default": `{"a":"<&>"}`}, TimeoutInMillis: aws.Int32(1234),
	})
	if err != nil {
		t.Fatal(err)
	}
	if *integration.TimeoutInMillis != 1234 || integration.RequestTemplates["$default"] != `{"a":"<&>"}` || *integration.IntegrationResponseSelectionExpression != "${integration.response.statuscode}" {
		t.Errorf("got %+v", integration)
	}
	if _, err := c.CreateRoute(ctx, &gw.CreateRouteInput{ApiId: api.ApiId, RouteKey: aws.String("$connect"), Target: aws.String("integrations/" + *integration.IntegrationId)}); err != nil {
		t.Fatal(err)
	}
	deployment, err := c.CreateDeployment(ctx, &gw.CreateDeploymentInput{ApiId: api.ApiId})
	if err != nil || deployment.DeploymentStatus != types.DeploymentStatusDeployed || deployment.CreatedDate == nil {
		t.Fatalf("%+v %v", deployment, err)
	}
	stage, err := c.CreateStage(ctx, &gw.CreateStageInput{
		ApiId: api.ApiId, StageName: aws.String("prod"), DeploymentId: deployment.DeploymentId,
		DefaultRouteSettings: &types.RouteSettings{ThrottlingRateLimit: aws.Float64(2000), ThrottlingBurstLimit: aws.Int32(7)},
	})
	if err != nil || *stage.DefaultRouteSettings.ThrottlingRateLimit != 2000 {
		t.Fatalf("%+v %v", stage, err)
	}
	tags, err := c.GetTags(ctx, &gw.GetTagsInput{ResourceArn: aws.String("arn:aws:apigateway:us-east-1::/apis/" + *api.ApiId)})
	if err != nil || tags.Tags["a b"] != "ñ" {
		t.Errorf("%+v %v", tags, err)
	}
	if _, err := c.DeleteRouteSettings(ctx, &gw.DeleteRouteSettingsInput{ApiId: api.ApiId, StageName: stage.StageName, RouteKey: aws.String("$connect")}); !isA[*types.NotFoundException](err) {
		t.Errorf("got %v", err)
	}
	_, err = c.CreateStage(ctx, &gw.CreateStageInput{ApiId: api.ApiId, StageName: aws.String("prod")})
	if !isA[*types.ConflictException](err) {
		t.Errorf("got %v", err)
	}
	_, err = c.GetApi(ctx, &gw.GetApiInput{ApiId: aws.String("zzzzzzzzzz")})
	var missing *types.NotFoundException
	if !errors.As(err, &missing) || missing.ErrorMessage() != "Invalid API identifier specified 123456789012:zzzzzzzzzz" {
		t.Errorf("got %v", err)
	}
	var api403 smithy.APIError
	_, err = client(url, "wrong").GetApis(ctx, &gw.GetApisInput{})
	if !errors.As(err, &api403) || api403.ErrorCode() != "InvalidSignatureException" {
		t.Errorf("got %v", err)
	}
	if _, err := c.DeleteApi(ctx, &gw.DeleteApiInput{ApiId: api.ApiId}); err != nil {
		t.Error(err)
	}
}

func isA[E error](err error) bool {
	var target E
	return errors.As(err, &target)
}

// TestRolesAreAskedFor holds iam:PassRole where AWS asks for it.
func TestRolesAreAskedFor(t *testing.T) {
	url, _ := serveWith(t, root{}, func(roleARN string) error {
		if roleARN == "arn:aws:iam::123456789012:role/mine" {
			return nil
		}
		return pasarela.Errorf(pasarela.CodeAccessDenied, "not authorized to perform: iam:PassRole on resource: %s", roleARN)
	})
	c, ctx := client(url, secretKey), t.Context()
	api, err := c.CreateApi(ctx, &gw.CreateApiInput{Name: aws.String("chat"), ProtocolType: types.ProtocolTypeWebsocket, RouteSelectionExpression: aws.String("x")})
	if err != nil {
		t.Fatal(err)
	}
	for role, want := range map[string]string{"": "", "arn:aws:iam::123456789012:role/mine": "", "arn:aws:iam::*:user/*": "", "arn:aws:iam::123456789012:role/other": "AccessDeniedException", "role/x": "BadRequestException"} {
		_, err := c.CreateIntegration(ctx, &gw.CreateIntegrationInput{ApiId: api.ApiId, IntegrationType: types.IntegrationTypeMock, CredentialsArn: &role})
		var got smithy.APIError
		if code := ""; errors.As(err, &got) && got.ErrorCode() != want || err != nil && want == "" || err == nil && want != code {
			t.Errorf("%q: got %v, want %q", role, err, want)
		}
	}
	integrations, err := c.GetIntegrations(ctx, &gw.GetIntegrationsInput{ApiId: api.ApiId})
	if err != nil || len(integrations.Items) != 3 {
		t.Errorf("refused integrations were made: %+v %v", integrations, err)
	}
}
