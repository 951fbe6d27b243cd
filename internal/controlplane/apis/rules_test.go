package apis_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
)

func TestLoggingNeedsARoleWhenStrict(t *testing.T) {
	for _, strict := range []bool{false, true} {
		s := newService(t, func(o *apis.Options) { o.RequireCloudWatchRole = strict })
		id, ctx := newAPI(t, s), t.Context()
		for name, fields := range map[string]apis.StageFields{
			"level": {DefaultRouteSettings: &pasarela.RouteSettings{LoggingLevel: "INFO"}},
			"trace": {RouteSettings: map[string]pasarela.RouteSettings{"$connect": {DataTraceEnabled: new(true)}}},
			"log":   {AccessLogSettings: &pasarela.AccessLogSettings{DestinationARN: "arn:aws:logs:us-east-1:123456789012:log-group:x", Format: "$context.requestId"}},
		} {
			_, err := s.Stages.CreateStage(ctx, apis.CreateStageInput{APIID: id, StageName: &name, StageFields: fields})
			if strict {
				refused(t, err, "BadRequestException", "CloudWatch Logs role ARN must be set in account settings to enable logging")
			} else if err != nil {
				t.Error(err)
			}
		}
		must(s.Account.UpdateAccount(ctx, apis.PatchInput{PatchOperations: []apis.PatchOperation{{Op: "replace", Path: "/cloudwatchRoleArn", Value: "arn:aws:iam::123456789012:role/r"}}}))(t)
		must(s.Stages.CreateStage(ctx, apis.CreateStageInput{APIID: id, StageName: new("ok"), StageFields: apis.StageFields{DefaultRouteSettings: &pasarela.RouteSettings{LoggingLevel: "INFO"}}}))(t)
	}
}

func TestModelsInUseAreKept(t *testing.T) {
	s := newService(t, nil)
	id, ctx := newAPI(t, s), t.Context()
	m := must(s.CreateModel(ctx, apis.CreateModelInput{APIID: id, ModelFields: apis.ModelFields{Name: new("M"), Schema: new("{}")}}))(t)
	must(s.CreateRoute(ctx, apis.CreateRouteInput{APIID: id, RouteFields: apis.RouteFields{RouteKey: new("r"), RequestModels: map[string]string{"x": "M"}}}))(t)
	one := apis.ModelInput{APIID: id, ModelID: m.ModelID}
	refused(t, s.DeleteModel(ctx, one), "ConflictException", "Cannot delete model 'M', is referenced in route: r")
	must(s.UpdateModel(ctx, apis.UpdateModelInput{ModelInput: one, ModelFields: apis.ModelFields{Name: new("N")}}))(t)
	if got := must(s.GetRoutes(ctx, apis.APIInput{APIID: id}))(t)[0].RequestModels["x"]; got != "N" {
		t.Errorf("the route refers to %q", got)
	}
	refused(t, s.DeleteModel(ctx, one), "ConflictException", "Cannot delete model 'N'")
}

func TestModelTemplates(t *testing.T) {
	s := newService(t, nil)
	id, ctx := newAPI(t, s), t.Context()
	for _, c := range []struct{ schema, want string }{
		{`{"type":"string"}`, `"$inputRoot"`},
		{
			`{"type":"object","properties":{"b":{"type":"number"},"a":{"type":"array","items":{"type":"object","properties":{"c":{"type":"string"}}}}}}`,
			"{\n  \"a\" : [#foreach($elem1 in $inputRoot.a)\n    {\n      \"c\" : \"$elem1.c\"\n    }#if($foreach.hasNext),#end\n  #end],\n  \"b\" : $inputRoot.b\n}",
		},
	} {
		m := must(s.CreateModel(ctx, apis.CreateModelInput{APIID: id, ModelFields: apis.ModelFields{Name: new("M"), Schema: &c.schema}}))(t)
		one := apis.ModelInput{APIID: id, ModelID: m.ModelID}
		if got, want := must(s.GetModelTemplate(ctx, one))(t).Value, "#set($inputRoot = $input.path('$'))\n"+c.want; got != want {
			t.Errorf("%s:\n%s\nwant\n%s", c.schema, got, want)
		}
		must(0, s.DeleteModel(ctx, one))(t)
	}
}

func TestInputsSayWhatIsWrong(t *testing.T) {
	s := newService(t, nil)
	id, ctx := newAPI(t, s), t.Context()
	long := strings.Repeat("ñ", 1025)
	integration := func(f apis.IntegrationFields) error {
		_, err := s.CreateIntegration(ctx, apis.CreateIntegrationInput{APIID: id, IntegrationFields: f})
		return err
	}
	http := func(uri string) error {
		return integration(apis.IntegrationFields{IntegrationType: new("HTTP"), IntegrationMethod: new("GET"), IntegrationURI: &uri})
	}
	routeOf := func(f apis.RouteFields) error {
		_, err := s.CreateRoute(ctx, apis.CreateRouteInput{APIID: id, RouteFields: f})
		return err
	}
	stageOf := func(f apis.StageFields) error {
		_, err := s.Stages.CreateStage(ctx, apis.CreateStageInput{APIID: id, StageName: new("s"), StageFields: f})
		return err
	}
	aws := func(kind, uri string) error {
		return integration(apis.IntegrationFields{IntegrationType: &kind, IntegrationURI: &uri, IntegrationMethod: new("POST")})
	}
	authorizerOf := func(uri string) error {
		_, err := s.CreateAuthorizer(ctx, apis.CreateAuthorizerInput{APIID: id, AuthorizerFields: apis.AuthorizerFields{Name: new("a"), AuthorizerType: new("REQUEST"), AuthorizerURI: &uri}})
		return err
	}
	for _, c := range []struct {
		err  error
		want string
	}{
		{integration(apis.IntegrationFields{IntegrationType: new("FTP")}), `Invalid member 'integrationType': "FTP" is none of [AWS, HTTP, MOCK, HTTP_PROXY, AWS_PROXY].`},
		{integration(apis.IntegrationFields{}), "Invalid member 'integrationType': it is required."},
		{integration(apis.IntegrationFields{IntegrationType: new("MOCK"), Description: &long}), "Invalid member 'description': it has 1025 characters, at most 1024 are allowed."},
		{integration(apis.IntegrationFields{IntegrationType: new("MOCK"), TimeoutInMillis: new(49)}), "Invalid member 'timeoutInMillis': 49 is not between 50 and 29000."},
		{integration(apis.IntegrationFields{IntegrationType: new("MOCK"), RequestTemplates: map[string]string{"k": strings.Repeat("x", 32769)}}), "Invalid member 'requestTemplates.k'"},
		{integration(apis.IntegrationFields{IntegrationType: new("HTTP"), IntegrationURI: new("http://x")}), "Invalid member 'integrationMethod': it is required for integrationType HTTP."},
		{integration(apis.IntegrationFields{IntegrationType: new("HTTP"), IntegrationURI: new("http://x"), IntegrationMethod: new("GET"), ConnectionType: new("VPC_LINK")}), "Invalid member 'connectionId'"},
		{integration(apis.IntegrationFields{IntegrationType: new("AWS"), IntegrationURI: new("nonsense"), IntegrationMethod: new("GET")}), "Invalid ARN specified in the request"},
		{http("ftp://x"), "Invalid HTTP endpoint specified for URI"},
		{http("http://"), "Invalid HTTP endpoint"},
		{http("http://a b/"), "Invalid HTTP endpoint"},
		{routeOf(apis.RouteFields{RouteKey: new("$x")}), "Invalid member 'routeKey'"},
		{routeOf(apis.RouteFields{RouteKey: new("$connect"), AuthorizationType: new("CUSTOM")}), "Invalid member 'authorizerId': it is required when authorizationType is CUSTOM."},
		{routeOf(apis.RouteFields{RouteKey: new("x"), Target: new("nowhere")}), "Invalid member 'target'"},
		{routeOf(apis.RouteFields{RouteKey: new("x"), RequestParameters: map[string]pasarela.ParameterConstraints{"route.request.body.x": {}}}), "Invalid mapping expression parameter specified: route.request.body.x"},
		{routeOf(apis.RouteFields{RouteKey: new("x"), RouteResponseSelectionExpression: new("$x")}), "none of [$default]"},
		{stageOf(apis.StageFields{StageVariables: map[string]string{"a-b": "c"}}), `the name "a-b" must begin with a letter`},
		{stageOf(apis.StageFields{StageVariables: map[string]string{"a": "b c"}}), "Invalid member 'stageVariables.a'"},
		{stageOf(apis.StageFields{DefaultRouteSettings: &pasarela.RouteSettings{LoggingLevel: "LOUD"}}), "'defaultRouteSettings.loggingLevel'"},
		{stageOf(apis.StageFields{RouteSettings: map[string]pasarela.RouteSettings{"a": {ThrottlingRateLimit: new(-1.0)}}}), "'routeSettings.a.throttlingRateLimit': -1 is negative"},
		{stageOf(apis.StageFields{AccessLogSettings: &pasarela.AccessLogSettings{Format: "x"}}), "must include either $context.requestId"},
		{stageOf(apis.StageFields{AccessLogSettings: &pasarela.AccessLogSettings{Format: "$context.requestId"}}), "'accessLogSettings.destinationArn'"},
		{stageOf(apis.StageFields{AccessLogSettings: &pasarela.AccessLogSettings{Format: "$context.requestId", DestinationARN: "arn:aws:s3:::x"}}), "'accessLogSettings.destinationArn'"},
		{aws("AWS", "arn:aws:lambda:us-east-1:123456789012:function:f"), "AWS ARN for integration must contain path or action"},
		{aws("AWS", "arn:aws:lambda:us-east-1:123456789012:function:f"), "write that of its invocation, arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations"},
		{aws("AWS_PROXY", "arn:aws:lambda:us-east-1:123456789012:function:f"), "AWS ARN for integration must contain path or action"},
		{aws("AWS_PROXY", "arn:aws:apigateway:us-east-1:sqs:path/1/q"), "Integrations of type 'AWS_PROXY' currently only supports Lambda function"},
		{aws("AWS", "arn:aws:apigateway:us-east-1:evil.invalid/.s3:path/x"), "Invalid ARN specified in the request"},
		{authorizerOf("arn:aws:lambda:us-east-1:123456789012:function:auth"), "Invalid Authorizer URI: arn:aws:lambda:us-east-1:123456789012:function:auth. Authorizer URI should be a valid API Gateway ARN"},
		{authorizerOf("arn:aws:lambda:us-east-1:123456789012:function:auth"), "invoke_arn"},
		{stageOf(apis.StageFields{DeploymentID: new("abcdef")}), "Invalid Deployment identifier specified abcdef"},
		{stageOf(apis.StageFields{ClientCertificateID: new("../iam")}), "Invalid client certificate identifier"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("got %v, want %q", c.err, c.want)
		}
	}
	doc := must(s.Backup.Read(ctx, true))(t).APIs[0]
	if len(doc.Routes)+len(doc.Integrations)+len(doc.Stages) != 0 {
		t.Errorf("a refused input was kept: %+v", doc)
	}
}

func TestURIsMayHoldStageVariables(t *testing.T) {
	s := newService(t, nil)
	id := newAPI(t, s)
	for _, uri := range []string{
		"http://${stageVariables.host}/x", "https://${stageVariables.host}:${stageVariables.port}/x?y=${stageVariables.y}", "${stageVariables.uri}",
		"${stageVariables.scheme}://host/x", "http://a.${stageVariables.zone}.example.com", "http://[::1]:8080/x", "http://x/{proxy}/y", "http://127.0.0.1:8080/api/reports/create",
	} {
		_, err := s.CreateIntegration(t.Context(), apis.CreateIntegrationInput{APIID: id, IntegrationFields: apis.IntegrationFields{IntegrationType: new("HTTP_PROXY"), IntegrationMethod: new("ANY"), IntegrationURI: &uri}})
		if err != nil {
			t.Errorf("%s: %v", uri, err)
		}
	}
}

// TestIdentifiersThatCannotBeNameNothing keeps hostile labels out of keys.
func TestIdentifiersThatCannotBeNameNothing(t *testing.T) {
	s := newService(t, nil)
	for _, id := range []string{"", "../account", "A", "a/b", strings.Repeat("a", 65), "ñ", "a=", "*"} {
		_, err := s.GetAPI(t.Context(), apis.APIInput{APIID: id})
		refused(t, err, "NotFoundException", "Invalid API identifier specified 123456789012:"+id)
		refused(t, s.DeleteAPI(t.Context(), apis.APIInput{APIID: id}), "NotFoundException", id)
		_, err = s.UsagePlans.GetAPIKey(t.Context(), apis.GetAPIKeyInput{APIKeyInput: apis.APIKeyInput{ID: id}})
		refused(t, err, "NotFoundException", "API Key")
		_, err = s.UsagePlans.GetUsagePlan(t.Context(), apis.UsagePlanInput{UsagePlanID: id})
		refused(t, err, "NotFoundException", "Usage Plan")
		_, err = s.VPCLinks.GetVPCLink(t.Context(), apis.VPCLinkInput{VPCLinkID: id})
		refused(t, err, "NotFoundException", "VpcLink")
		_, err = s.Tagging.GetTags(t.Context(), apis.TagInput{ResourceARN: "arn:aws:apigateway:us-east-1::/apikeys/" + id})
		refused(t, err, "NotFoundException", "")
	}
}

// TestViewsSpellWhatAWSSpells holds the JSON of fresh resources byte for byte.
func TestViewsSpellWhatAWSSpells(t *testing.T) {
	s := newService(t, nil)
	id, ctx := newAPI(t, s), t.Context()
	r := createRoute(t, s, id, "$connect")
	mock := must(s.CreateIntegration(ctx, apis.CreateIntegrationInput{APIID: id, IntegrationFields: apis.IntegrationFields{IntegrationType: new("MOCK")}}))(t)
	stage := must(s.Stages.CreateStage(ctx, apis.CreateStageInput{APIID: id, StageName: new("prod"), StageFields: apis.StageFields{DefaultRouteSettings: &pasarela.RouteSettings{ThrottlingRateLimit: new(2000.0), ThrottlingBurstLimit: new(5)}}}))(t)
	at, _ := stage.CreatedDate.MarshalText()
	for _, c := range []struct {
		value any
		want  string
	}{
		{r, `{"routeId":"` + r.RouteID + `","routeKey":"$connect","authorizationType":"NONE","apiKeyRequired":false}`},
		{mock, `{"integrationId":"` + mock.IntegrationID + `","integrationType":"MOCK","connectionType":"INTERNET","passthroughBehavior":"WHEN_NO_MATCH","payloadFormatVersion":"1.0","timeoutInMillis":29000,"integrationResponseSelectionExpression":"${integration.response.statuscode}"}`},
		{stage, `{"stageName":"prod","createdDate":"` + string(at) + `","lastUpdatedDate":"` + string(at) + `","defaultRouteSettings":{"dataTraceEnabled":false,"detailedMetricsEnabled":false,"loggingLevel":"OFF","throttlingBurstLimit":5,"throttlingRateLimit":2000.0},"routeSettings":{},"stageVariables":{},"tags":{}}`},
	} {
		got, err := json.Marshal(c.value)
		if err != nil || string(got) != c.want {
			t.Errorf("%v\n got %s\nwant %s", err, got, c.want)
		}
	}
	if len(at) != len("2026-01-02T03:04:05Z") || at[len(at)-1] != 'Z' {
		t.Errorf("time %s", at)
	}
}

func TestPlansWithoutAQuotaAreUnlimited(t *testing.T) {
	s := newService(t, nil)
	ctx := t.Context()
	k := must(s.UsagePlans.CreateAPIKey(ctx, apis.CreateAPIKeyInput{}))(t)
	p := must(s.UsagePlans.CreateUsagePlan(ctx, apis.CreateUsagePlanInput{Name: new("p")}))(t)
	plan := apis.UsagePlanInput{UsagePlanID: p.ID}
	must(s.UsagePlans.CreateUsagePlanKey(ctx, apis.CreateUsagePlanKeyInput{UsagePlanInput: plan, KeyID: &k.ID, KeyType: new("API_KEY")}))(t)
	got := must(s.UsagePlans.GetUsage(ctx, apis.GetUsageInput{UsagePlanInput: plan, StartDate: new("2026-03-01"), EndDate: new("2026-03-01")}))(t)
	if days := got.Values[k.ID]; len(days) != 1 || days[0] != [2]int{0, 2147483647} {
		t.Errorf("got %v", days)
	}
}
