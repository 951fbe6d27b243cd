package lifecycle_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	gw "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"

	"github.com/pasarela-ws/pasarela/pasarelatest"
)

const lambda = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:f/invocations"

// apis is the SDK for Go at work on one API.
type apis struct {
	*gw.Client
	ctx context.Context
	api *string
}

// TestGoAPIs is the life of every resource of apigatewayv2 through the SDK for Go.
func TestGoAPIs(t *testing.T) {
	t.Parallel()
	gateway := pasarelatest.Start(t)
	for name, life := range map[string]func(*testing.T, apis){
		"route": lifeOfRoute, "integration": lifeOfIntegration, "model": lifeOfModel, "authorizer": lifeOfAuthorizer,
		"deployment": lifeOfDeployment, "stage": lifeOfStage, "mapping": lifeOfMapping,
	} {
		t.Run(name, func(t *testing.T) {
			c, ctx := gateway.APIs(), t.Context()
			api := got(c.CreateApi(ctx, newAPI("chat"))).or(t)
			life(t, apis{c, ctx, api.ApiId})
			got(c.DeleteApi(ctx, &gw.DeleteApiInput{ApiId: api.ApiId})).or(t)
		})
	}
	t.Run("api", func(t *testing.T) { lifeOfAPI(t, gateway.APIs()) })
	t.Run("domain", func(t *testing.T) { lifeOfDomain(t, gateway.APIs()) })
	t.Run("link", func(t *testing.T) { lifeOfLink(t, gateway.APIs()) })
}

func newAPI(name string) *gw.CreateApiInput {
	return &gw.CreateApiInput{Name: &name, ProtocolType: types.ProtocolTypeWebsocket, RouteSelectionExpression: aws.String("$request.body.action")}
}

func lifeOfAPI(t *testing.T, c *gw.Client) {
	ctx := t.Context()
	made := got(c.CreateApi(ctx, newAPI("one"))).or(t)
	status(t, made.ResultMetadata, 201)
	other := got(c.CreateApi(ctx, newAPI("two"))).or(t)
	read := got(c.GetApi(ctx, &gw.GetApiInput{ApiId: made.ApiId})).or(t)
	same(t, *read.ApiEndpoint, *made.ApiEndpoint)
	same(t, read.CreatedDate.Equal(*made.CreatedDate), true)
	changed := got(c.UpdateApi(ctx, &gw.UpdateApiInput{ApiId: made.ApiId, Description: aws.String("d")})).or(t)
	same(t, *changed.Description, "d")
	same(t, *changed.Name, "one")
	pages(t, 2, func(size, token *string) (int, *string, error) {
		page, err := c.GetApis(ctx, &gw.GetApisInput{MaxResults: size, NextToken: token})
		if err != nil {
			return 0, nil, err
		}
		return len(page.Items), page.NextToken, nil
	})
	for _, id := range []*string{made.ApiId, other.ApiId} {
		status(t, got(c.DeleteApi(ctx, &gw.DeleteApiInput{ApiId: id})).or(t).ResultMetadata, 204)
	}
	refused[*types.NotFoundException](t, "Invalid API identifier specified")(c.GetApi(ctx, &gw.GetApiInput{ApiId: made.ApiId}))
	refused[*types.NotFoundException](t, *made.ApiId)(c.DeleteApi(ctx, &gw.DeleteApiInput{ApiId: made.ApiId}))
	refused[*types.BadRequestException](t, "'maxResults'")(c.GetApis(ctx, &gw.GetApisInput{MaxResults: aws.String("0")}))
	in := newAPI("three")
	in.ProtocolType = types.ProtocolTypeHttp
	refused[*types.BadRequestException](t, "WEBSOCKET")(c.CreateApi(ctx, in))
}

func lifeOfRoute(t *testing.T, a apis) {
	made := got(a.CreateRoute(a.ctx, &gw.CreateRouteInput{
		ApiId: a.api, RouteKey: aws.String("$connect"), RequestParameters: map[string]types.ParameterConstraints{"route.request.header.a": {Required: aws.Bool(true)}},
	})).or(t)
	status(t, made.ResultMetadata, 201)
	read := got(a.GetRoute(a.ctx, &gw.GetRouteInput{ApiId: a.api, RouteId: made.RouteId})).or(t)
	same(t, *read.RequestParameters["route.request.header.a"].Required, true)
	changed := got(a.UpdateRoute(a.ctx, &gw.UpdateRouteInput{ApiId: a.api, RouteId: made.RouteId, OperationName: aws.String("Op")})).or(t)
	same(t, *changed.OperationName, "Op")
	same(t, len(changed.RequestParameters), 1)
	parameter := &gw.DeleteRouteRequestParameterInput{ApiId: a.api, RouteId: made.RouteId, RequestParameterKey: aws.String("route.request.header.a")}
	status(t, got(a.DeleteRouteRequestParameter(a.ctx, parameter)).or(t).ResultMetadata, 204)
	refused[*types.NotFoundException](t, "")(a.DeleteRouteRequestParameter(a.ctx, parameter))
	refused[*types.ConflictException](t, "Route with key $connect already exists for this API")(a.CreateRoute(a.ctx, &gw.CreateRouteInput{ApiId: a.api, RouteKey: aws.String("$connect")}))
	refused[*types.BadRequestException](t, "'routeKey'")(a.CreateRoute(a.ctx, &gw.CreateRouteInput{ApiId: a.api, RouteKey: aws.String("$foo")}))
	got(a.CreateRoute(a.ctx, &gw.CreateRouteInput{ApiId: a.api, RouteKey: aws.String("other")})).or(t)
	pages(t, 2, func(size, token *string) (int, *string, error) {
		page, err := a.GetRoutes(a.ctx, &gw.GetRoutesInput{ApiId: a.api, MaxResults: size, NextToken: token})
		if err != nil {
			return 0, nil, err
		}
		return len(page.Items), page.NextToken, nil
	})
	lifeOfRouteResponse(t, a, made.RouteId)
	status(t, got(a.DeleteRoute(a.ctx, &gw.DeleteRouteInput{ApiId: a.api, RouteId: made.RouteId})).or(t).ResultMetadata, 204)
	refused[*types.NotFoundException](t, "Invalid Route identifier specified")(a.GetRoute(a.ctx, &gw.GetRouteInput{ApiId: a.api, RouteId: made.RouteId}))
}

func lifeOfRouteResponse(t *testing.T, a apis, route *string) {
	t.Helper()
	made := got(a.CreateRouteResponse(a.ctx, &gw.CreateRouteResponseInput{ApiId: a.api, RouteId: route, RouteResponseKey: aws.String("$default")})).or(t)
	one := &gw.GetRouteResponseInput{ApiId: a.api, RouteId: route, RouteResponseId: made.RouteResponseId}
	same(t, *got(a.GetRouteResponse(a.ctx, one)).or(t).RouteResponseKey, "$default")
	changed := got(a.UpdateRouteResponse(a.ctx, &gw.UpdateRouteResponseInput{ApiId: a.api, RouteId: route, RouteResponseId: made.RouteResponseId, ModelSelectionExpression: aws.String("m")})).or(t)
	same(t, *changed.ModelSelectionExpression, "m")
	same(t, len(got(a.GetRouteResponses(a.ctx, &gw.GetRouteResponsesInput{ApiId: a.api, RouteId: route})).or(t).Items), 1)
	refused[*types.BadRequestException](t, "only $default")(a.CreateRouteResponse(a.ctx, &gw.CreateRouteResponseInput{ApiId: a.api, RouteId: route, RouteResponseKey: aws.String("x")}))
	got(a.DeleteRouteResponse(a.ctx, &gw.DeleteRouteResponseInput{ApiId: a.api, RouteId: route, RouteResponseId: made.RouteResponseId})).or(t)
	refused[*types.NotFoundException](t, *made.RouteResponseId)(a.GetRouteResponse(a.ctx, one))
}

func lifeOfIntegration(t *testing.T, a apis) {
	made := got(a.CreateIntegration(a.ctx, &gw.CreateIntegrationInput{
		ApiId: a.api, IntegrationType: types.IntegrationTypeHttp, IntegrationMethod: aws.String("POST"), IntegrationUri: aws.String("http://127.0.0.1:8080/x"),
		RequestTemplates: map[string]string{"$default": `{"a":"<&>"}`},
	})).or(t)
	status(t, made.ResultMetadata, 201)
	read := got(a.GetIntegration(a.ctx, &gw.GetIntegrationInput{ApiId: a.api, IntegrationId: made.IntegrationId})).or(t)
	same(t, read.RequestTemplates["$default"], `{"a":"<&>"}`)
	same(t, *read.TimeoutInMillis, 29000)
	changed := got(a.UpdateIntegration(a.ctx, &gw.UpdateIntegrationInput{ApiId: a.api, IntegrationId: made.IntegrationId, TimeoutInMillis: aws.Int32(51)})).or(t)
	same(t, *changed.TimeoutInMillis, 51)
	got(a.CreateIntegration(a.ctx, &gw.CreateIntegrationInput{ApiId: a.api, IntegrationType: types.IntegrationTypeMock})).or(t)
	pages(t, 2, func(size, token *string) (int, *string, error) {
		page, err := a.GetIntegrations(a.ctx, &gw.GetIntegrationsInput{ApiId: a.api, MaxResults: size, NextToken: token})
		if err != nil {
			return 0, nil, err
		}
		return len(page.Items), page.NextToken, nil
	})
	refused[*types.BadRequestException](t, "HttpMethod must be POST for AWS_PROXY IntegrationType")(a.CreateIntegration(a.ctx, &gw.CreateIntegrationInput{
		ApiId: a.api, IntegrationType: types.IntegrationTypeAwsProxy, IntegrationMethod: aws.String("GET"), IntegrationUri: aws.String(lambda),
	}))
	lifeOfIntegrationResponse(t, a, made.IntegrationId)
	route := got(a.CreateRoute(a.ctx, &gw.CreateRouteInput{ApiId: a.api, RouteKey: aws.String("x"), Target: aws.String("integrations/" + *made.IntegrationId)})).or(t)
	code(t, "ConflictException", "referenced by the following Routes with Ids: ["+*route.RouteId+"]")(a.DeleteIntegration(a.ctx, &gw.DeleteIntegrationInput{ApiId: a.api, IntegrationId: made.IntegrationId}))
	got(a.DeleteRoute(a.ctx, &gw.DeleteRouteInput{ApiId: a.api, RouteId: route.RouteId})).or(t)
	status(t, got(a.DeleteIntegration(a.ctx, &gw.DeleteIntegrationInput{ApiId: a.api, IntegrationId: made.IntegrationId})).or(t).ResultMetadata, 204)
	refused[*types.NotFoundException](t, *made.IntegrationId)(a.GetIntegration(a.ctx, &gw.GetIntegrationInput{ApiId: a.api, IntegrationId: made.IntegrationId}))
}

func lifeOfIntegrationResponse(t *testing.T, a apis, integration *string) {
	t.Helper()
	var last *string
	for _, key := range []string{"/201/", "$default"} {
		last = got(a.CreateIntegrationResponse(a.ctx, &gw.CreateIntegrationResponseInput{ApiId: a.api, IntegrationId: integration, IntegrationResponseKey: &key})).or(t).IntegrationResponseId
	}
	refused[*types.ConflictException](t, "$default")(a.CreateIntegrationResponse(a.ctx, &gw.CreateIntegrationResponseInput{ApiId: a.api, IntegrationId: integration, IntegrationResponseKey: aws.String("$default")}))
	changed := got(a.UpdateIntegrationResponse(a.ctx, &gw.UpdateIntegrationResponseInput{ApiId: a.api, IntegrationId: integration, IntegrationResponseId: last, TemplateSelectionExpression: aws.String("x")})).or(t)
	same(t, *changed.TemplateSelectionExpression, "x")
	one := &gw.GetIntegrationResponseInput{ApiId: a.api, IntegrationId: integration, IntegrationResponseId: last}
	same(t, *got(a.GetIntegrationResponse(a.ctx, one)).or(t).IntegrationResponseKey, "$default")
	pages(t, 2, func(size, token *string) (int, *string, error) {
		page, err := a.GetIntegrationResponses(a.ctx, &gw.GetIntegrationResponsesInput{ApiId: a.api, IntegrationId: integration, MaxResults: size, NextToken: token})
		if err != nil {
			return 0, nil, err
		}
		return len(page.Items), page.NextToken, nil
	})
	got(a.DeleteIntegrationResponse(a.ctx, &gw.DeleteIntegrationResponseInput{ApiId: a.api, IntegrationId: integration, IntegrationResponseId: last})).or(t)
	refused[*types.NotFoundException](t, *last)(a.GetIntegrationResponse(a.ctx, one))
}

func lifeOfModel(t *testing.T, a apis) {
	schema := `{"type":"object","properties":{"action":{"type":"string"}}}`
	made := got(a.CreateModel(a.ctx, &gw.CreateModelInput{ApiId: a.api, Name: aws.String("Join"), Schema: &schema})).or(t)
	one := &gw.GetModelInput{ApiId: a.api, ModelId: made.ModelId}
	same(t, *got(a.GetModel(a.ctx, one)).or(t).Schema, schema)
	template := got(a.GetModelTemplate(a.ctx, &gw.GetModelTemplateInput{ApiId: a.api, ModelId: made.ModelId})).or(t)
	same(t, *template.Value != "", true)
	same(t, *got(a.UpdateModel(a.ctx, &gw.UpdateModelInput{ApiId: a.api, ModelId: made.ModelId, Description: aws.String("d")})).or(t).Description, "d")
	got(a.CreateModel(a.ctx, &gw.CreateModelInput{ApiId: a.api, Name: aws.String("Leave"), Schema: aws.String("{}")})).or(t)
	pages(t, 2, func(size, token *string) (int, *string, error) {
		page, err := a.GetModels(a.ctx, &gw.GetModelsInput{ApiId: a.api, MaxResults: size, NextToken: token})
		if err != nil {
			return 0, nil, err
		}
		return len(page.Items), page.NextToken, nil
	})
	refused[*types.ConflictException](t, "Join")(a.CreateModel(a.ctx, &gw.CreateModelInput{ApiId: a.api, Name: aws.String("Join"), Schema: &schema}))
	refused[*types.BadRequestException](t, "Invalid model schema specified")(a.CreateModel(a.ctx, &gw.CreateModelInput{ApiId: a.api, Name: aws.String("Bad"), Schema: aws.String("{")}))
	got(a.DeleteModel(a.ctx, &gw.DeleteModelInput{ApiId: a.api, ModelId: made.ModelId})).or(t)
	refused[*types.NotFoundException](t, *made.ModelId)(a.GetModel(a.ctx, one))
}

func lifeOfAuthorizer(t *testing.T, a apis) {
	create := func(name string) *gw.CreateAuthorizerOutput {
		return got(a.CreateAuthorizer(a.ctx, &gw.CreateAuthorizerInput{
			ApiId: a.api, Name: &name, AuthorizerType: types.AuthorizerTypeRequest, AuthorizerUri: aws.String(lambda), IdentitySource: []string{"route.request.header.Auth"},
		})).or(t)
	}
	made, _ := create("a"), create("b")
	one := &gw.GetAuthorizerInput{ApiId: a.api, AuthorizerId: made.AuthorizerId}
	same(t, got(a.GetAuthorizer(a.ctx, one)).or(t).IdentitySource[0], "route.request.header.Auth")
	same(t, *got(a.UpdateAuthorizer(a.ctx, &gw.UpdateAuthorizerInput{ApiId: a.api, AuthorizerId: made.AuthorizerId, Name: aws.String("c")})).or(t).Name, "c")
	pages(t, 2, func(size, token *string) (int, *string, error) {
		page, err := a.GetAuthorizers(a.ctx, &gw.GetAuthorizersInput{ApiId: a.api, MaxResults: size, NextToken: token})
		if err != nil {
			return 0, nil, err
		}
		return len(page.Items), page.NextToken, nil
	})
	route := got(a.CreateRoute(a.ctx, &gw.CreateRouteInput{ApiId: a.api, RouteKey: aws.String("$connect"), AuthorizationType: types.AuthorizationTypeCustom, AuthorizerId: made.AuthorizerId})).or(t)
	code(t, "ConflictException", "Cannot delete authorizer 'c', is referenced in route: $connect")(a.DeleteAuthorizer(a.ctx, &gw.DeleteAuthorizerInput{ApiId: a.api, AuthorizerId: made.AuthorizerId}))
	got(a.DeleteRoute(a.ctx, &gw.DeleteRouteInput{ApiId: a.api, RouteId: route.RouteId})).or(t)
	got(a.DeleteAuthorizer(a.ctx, &gw.DeleteAuthorizerInput{ApiId: a.api, AuthorizerId: made.AuthorizerId})).or(t)
	refused[*types.NotFoundException](t, *made.AuthorizerId)(a.GetAuthorizer(a.ctx, one))
}

func lifeOfDeployment(t *testing.T, a apis) {
	refused[*types.BadRequestException](t, "At least one route is required before deploying the Api.")(a.CreateDeployment(a.ctx, &gw.CreateDeploymentInput{ApiId: a.api}))
	got(a.CreateRoute(a.ctx, &gw.CreateRouteInput{ApiId: a.api, RouteKey: aws.String("$default")})).or(t)
	first := got(a.CreateDeployment(a.ctx, &gw.CreateDeploymentInput{ApiId: a.api, Description: aws.String("first")})).or(t)
	same(t, first.DeploymentStatus, types.DeploymentStatusDeployed)
	got(a.CreateDeployment(a.ctx, &gw.CreateDeploymentInput{ApiId: a.api})).or(t)
	one := &gw.GetDeploymentInput{ApiId: a.api, DeploymentId: first.DeploymentId}
	same(t, *got(a.GetDeployment(a.ctx, one)).or(t).Description, "first")
	same(t, *got(a.UpdateDeployment(a.ctx, &gw.UpdateDeploymentInput{ApiId: a.api, DeploymentId: first.DeploymentId, Description: aws.String("x")})).or(t).Description, "x")
	pages(t, 2, func(size, token *string) (int, *string, error) {
		page, err := a.GetDeployments(a.ctx, &gw.GetDeploymentsInput{ApiId: a.api, MaxResults: size, NextToken: token})
		if err != nil {
			return 0, nil, err
		}
		return len(page.Items), page.NextToken, nil
	})
	got(a.CreateStage(a.ctx, &gw.CreateStageInput{ApiId: a.api, StageName: aws.String("prod"), DeploymentId: first.DeploymentId})).or(t)
	remove := &gw.DeleteDeploymentInput{ApiId: a.api, DeploymentId: first.DeploymentId}
	code(t, "BadRequestException", "Active stages pointing to this deployment must be moved or deleted")(a.DeleteDeployment(a.ctx, remove))
	got(a.DeleteStage(a.ctx, &gw.DeleteStageInput{ApiId: a.api, StageName: aws.String("prod")})).or(t)
	status(t, got(a.DeleteDeployment(a.ctx, remove)).or(t).ResultMetadata, 204)
	refused[*types.NotFoundException](t, *first.DeploymentId)(a.GetDeployment(a.ctx, one))
}

func lifeOfStage(t *testing.T, a apis) {
	for _, name := range []string{"prod", "test"} {
		got(a.CreateStage(a.ctx, &gw.CreateStageInput{ApiId: a.api, StageName: &name, StageVariables: map[string]string{"a": "1", "b": "2"}})).or(t)
	}
	prod := aws.String("prod")
	refused[*types.ConflictException](t, "Stage already exists")(a.CreateStage(a.ctx, &gw.CreateStageInput{ApiId: a.api, StageName: prod}))
	changed := got(a.UpdateStage(a.ctx, &gw.UpdateStageInput{
		ApiId: a.api, StageName: prod, StageVariables: map[string]string{"a": ""}, DefaultRouteSettings: &types.RouteSettings{ThrottlingRateLimit: aws.Float64(2000.5)},
		RouteSettings: map[string]types.RouteSettings{"$connect": {LoggingLevel: types.LoggingLevelInfo}}, AccessLogSettings: &types.AccessLogSettings{Format: aws.String("$context.requestId"), DestinationArn: aws.String("arn:aws:logs:us-east-1:1:log-group:g")},
	})).or(t)
	same(t, len(changed.StageVariables), 1)
	read := got(a.GetStage(a.ctx, &gw.GetStageInput{ApiId: a.api, StageName: prod})).or(t)
	same(t, *read.DefaultRouteSettings.ThrottlingRateLimit, 2000.5)
	same(t, read.RouteSettings["$connect"].LoggingLevel, types.LoggingLevelInfo)
	got(a.DeleteAccessLogSettings(a.ctx, &gw.DeleteAccessLogSettingsInput{ApiId: a.api, StageName: prod})).or(t)
	settings := &gw.DeleteRouteSettingsInput{ApiId: a.api, StageName: prod, RouteKey: aws.String("$connect")}
	got(a.DeleteRouteSettings(a.ctx, settings)).or(t)
	refused[*types.NotFoundException](t, "$connect")(a.DeleteRouteSettings(a.ctx, settings))
	got(a.ResetAuthorizersCache(a.ctx, &gw.ResetAuthorizersCacheInput{ApiId: a.api, StageName: prod})).or(t)
	pages(t, 2, func(size, token *string) (int, *string, error) {
		page, err := a.GetStages(a.ctx, &gw.GetStagesInput{ApiId: a.api, MaxResults: size, NextToken: token})
		if err != nil {
			return 0, nil, err
		}
		return len(page.Items), page.NextToken, nil
	})
	arn := aws.String("arn:aws:apigateway:us-east-1::/apis/" + *a.api + "/stages/prod")
	got(a.TagResource(a.ctx, &gw.TagResourceInput{ResourceArn: arn, Tags: map[string]string{"a b": "ñ", "c": "d"}})).or(t)
	got(a.UntagResource(a.ctx, &gw.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"c"}})).or(t)
	same(t, got(a.GetTags(a.ctx, &gw.GetTagsInput{ResourceArn: arn})).or(t).Tags["a b"], "ñ")
	got(a.DeleteStage(a.ctx, &gw.DeleteStageInput{ApiId: a.api, StageName: prod})).or(t)
	refused[*types.NotFoundException](t, "Invalid stage identifier specified")(a.GetStage(a.ctx, &gw.GetStageInput{ApiId: a.api, StageName: prod}))
	refused[*types.NotFoundException](t, "")(a.GetTags(a.ctx, &gw.GetTagsInput{ResourceArn: arn}))
}

// domainNamed is a domain with the one configuration that it needs.
func domainNamed(name string) *gw.CreateDomainNameInput {
	return &gw.CreateDomainNameInput{DomainName: &name, DomainNameConfigurations: []types.DomainNameConfiguration{{
		CertificateArn: aws.String("arn:aws:acm:us-east-1:123456789012:certificate/x"), EndpointType: types.EndpointTypeRegional,
	}}}
}

func lifeOfDomain(t *testing.T, c *gw.Client) {
	ctx := t.Context()
	for _, name := range []string{"a.example.org", "*.example.org"} {
		made := got(c.CreateDomainName(ctx, domainNamed(name))).or(t)
		same(t, made.DomainNameConfigurations[0].DomainNameStatus, types.DomainNameStatusAvailable)
	}
	one := aws.String("a.example.org")
	same(t, *got(c.GetDomainName(ctx, &gw.GetDomainNameInput{DomainName: one})).or(t).ApiMappingSelectionExpression, "$request.basepath")
	refused[*types.ConflictException](t, "already exists")(c.CreateDomainName(ctx, domainNamed("a.example.org")))
	changed := got(c.UpdateDomainName(ctx, &gw.UpdateDomainNameInput{DomainName: one, MutualTlsAuthentication: &types.MutualTlsAuthenticationInput{TruststoreUri: aws.String("s3://b/k")}})).or(t)
	same(t, *changed.MutualTlsAuthentication.TruststoreUri, "s3://b/k")
	pages(t, 2, func(size, token *string) (int, *string, error) {
		page, err := c.GetDomainNames(ctx, &gw.GetDomainNamesInput{MaxResults: size, NextToken: token})
		if err != nil {
			return 0, nil, err
		}
		return len(page.Items), page.NextToken, nil
	})
	for _, name := range []string{"a.example.org", "*.example.org"} {
		status(t, got(c.DeleteDomainName(ctx, &gw.DeleteDomainNameInput{DomainName: &name})).or(t).ResultMetadata, 204)
	}
	refused[*types.NotFoundException](t, "was not found")(c.GetDomainName(ctx, &gw.GetDomainNameInput{DomainName: one}))
}

func lifeOfMapping(t *testing.T, a apis) {
	domain := got(a.CreateDomainName(a.ctx, domainNamed("b.example.com"))).or(t).DomainName
	prod := aws.String("prod")
	refused[*types.NotFoundException](t, "Invalid stage identifier specified")(a.CreateApiMapping(a.ctx, &gw.CreateApiMappingInput{DomainName: domain, ApiId: a.api, Stage: prod}))
	got(a.CreateStage(a.ctx, &gw.CreateStageInput{ApiId: a.api, StageName: prod})).or(t)
	var made *gw.CreateApiMappingOutput
	for _, key := range []string{"bills", "orders"} {
		made = got(a.CreateApiMapping(a.ctx, &gw.CreateApiMappingInput{DomainName: domain, ApiId: a.api, Stage: prod, ApiMappingKey: &key})).or(t)
	}
	refused[*types.ConflictException](t, "ApiMapping key already exists")(a.CreateApiMapping(a.ctx, &gw.CreateApiMappingInput{DomainName: domain, ApiId: a.api, Stage: prod, ApiMappingKey: aws.String("orders")}))
	one := &gw.GetApiMappingInput{DomainName: domain, ApiMappingId: made.ApiMappingId}
	same(t, *got(a.GetApiMapping(a.ctx, one)).or(t).ApiMappingKey, "orders")
	changed := got(a.UpdateApiMapping(a.ctx, &gw.UpdateApiMappingInput{DomainName: domain, ApiMappingId: made.ApiMappingId, ApiId: a.api, ApiMappingKey: aws.String("x")})).or(t)
	same(t, *changed.ApiMappingKey, "x")
	pages(t, 2, func(size, token *string) (int, *string, error) {
		page, err := a.GetApiMappings(a.ctx, &gw.GetApiMappingsInput{DomainName: domain, MaxResults: size, NextToken: token})
		if err != nil {
			return 0, nil, err
		}
		return len(page.Items), page.NextToken, nil
	})
	code(t, "BadRequestException", "Please remove all API mappings")(a.DeleteApi(a.ctx, &gw.DeleteApiInput{ApiId: a.api}))
	for _, mapping := range got(a.GetApiMappings(a.ctx, &gw.GetApiMappingsInput{DomainName: domain})).or(t).Items {
		got(a.DeleteApiMapping(a.ctx, &gw.DeleteApiMappingInput{DomainName: domain, ApiMappingId: mapping.ApiMappingId})).or(t)
	}
	refused[*types.NotFoundException](t, "")(a.GetApiMapping(a.ctx, one))
	got(a.DeleteDomainName(a.ctx, &gw.DeleteDomainNameInput{DomainName: domain})).or(t)
}

func lifeOfLink(t *testing.T, c *gw.Client) {
	ctx := t.Context()
	made := got(c.CreateVpcLink(ctx, &gw.CreateVpcLinkInput{Name: aws.String("l"), SubnetIds: []string{"subnet-1"}})).or(t)
	got(c.CreateVpcLink(ctx, &gw.CreateVpcLinkInput{Name: aws.String("m"), SubnetIds: []string{"subnet-1"}})).or(t)
	same(t, *got(c.GetVpcLink(ctx, &gw.GetVpcLinkInput{VpcLinkId: made.VpcLinkId})).or(t).Name, "l")
	same(t, *got(c.UpdateVpcLink(ctx, &gw.UpdateVpcLinkInput{VpcLinkId: made.VpcLinkId, Name: aws.String("n")})).or(t).Name, "n")
	pages(t, 2, func(size, token *string) (int, *string, error) {
		page, err := c.GetVpcLinks(ctx, &gw.GetVpcLinksInput{MaxResults: size, NextToken: token})
		if err != nil {
			return 0, nil, err
		}
		return len(page.Items), page.NextToken, nil
	})
	status(t, got(c.DeleteVpcLink(ctx, &gw.DeleteVpcLinkInput{VpcLinkId: made.VpcLinkId})).or(t).ResultMetadata, 202)
	refused[*types.NotFoundException](t, *made.VpcLinkId)(c.GetVpcLink(ctx, &gw.GetVpcLinkInput{VpcLinkId: made.VpcLinkId}))
}
