package types_test

import (
	"testing"

	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
)

// What was made by a template is read back as it was made; what is edited by hand differs
// in that property alone.
func TestWhatIsMadeIsReadBack(t *testing.T) {
	s := start(t)
	_, made := create(t, s, "AWS::ApiGatewayV2::Api", `{"Name":"a","ProtocolType":"WEBSOCKET","RouteSelectionExpression":"$request.body.action"}`)
	api := made.PhysicalID
	_, integration := create(t, s, "AWS::ApiGatewayV2::Integration", `{"ApiId":"`+api+`","IntegrationType":"MOCK"}`)
	_, route := create(t, s, "AWS::ApiGatewayV2::Route", `{"ApiId":"`+api+`","RouteKey":"$default","RouteResponseSelectionExpression":"$default"}`)
	in := `"ApiId":"` + api + `",`
	tests := []struct {
		name, typeName, properties string
		edit                       string // the operation, and the members besides the identifiers
		members                    map[string]any
		path                       string
	}{
		{
			"an API", "AWS::ApiGatewayV2::Api",
			`{"Name":"b","ProtocolType":"WEBSOCKET","RouteSelectionExpression":"$request.body.action","Description":"d","ApiKeySelectionExpression":"$request.header.x-api-key","DisableSchemaValidation":true,"Version":"1","Tags":{"own":"1"}}`,
			"UpdateApi",
			map[string]any{"description": "by hand"},
			"/Description",
		},
		{
			"a stage", "AWS::ApiGatewayV2::Stage",
			`{` + in + `"StageName":"prod","AutoDeploy":true,"Description":"d","StageVariables":{"a":"1"},"DefaultRouteSettings":{"LoggingLevel":"INFO","ThrottlingRateLimit":5.5},"RouteSettings":{"$default":{"ThrottlingBurstLimit":3}}}`,
			"UpdateStage",
			map[string]any{"defaultRouteSettings": map[string]any{"loggingLevel": "ERROR"}},
			"/DefaultRouteSettings/LoggingLevel",
		},
		{
			"a route", "AWS::ApiGatewayV2::Route", `{` + in + `"RouteKey":"send","Target":"integrations/` + integration.PhysicalID + `","ApiKeyRequired":true,"OperationName":"Send","RequestParameters":{"route.request.querystring.a":{"Required":true}}}`,
			"UpdateRoute",
			map[string]any{"operationName": "Sent"},
			"/OperationName",
		},
		{
			"a response of a route", "AWS::ApiGatewayV2::RouteResponse", `{` + in + `"RouteId":"` + route.PhysicalID + `","RouteResponseKey":"$default","ModelSelectionExpression":"$default"}`,
			"UpdateRouteResponse",
			map[string]any{"modelSelectionExpression": "none"},
			"/ModelSelectionExpression",
		},
		{
			"an integration", "AWS::ApiGatewayV2::Integration",
			`{` + in + `"IntegrationType":"HTTP","IntegrationMethod":"POST","IntegrationUri":"http://127.0.0.1:1/a","RequestTemplates":{"$default":"{}"},"TimeoutInMillis":"5000","PassthroughBehavior":"NEVER"}`,
			"UpdateIntegration",
			map[string]any{"integrationUri": "http://127.0.0.1:1/b"},
			"/IntegrationUri",
		},
		{
			"a response of an integration", "AWS::ApiGatewayV2::IntegrationResponse",
			`{` + in + `"IntegrationId":"` + integration.PhysicalID + `","IntegrationResponseKey":"/200/","ResponseTemplates":{"200":"{}"},"TemplateSelectionExpression":"200"}`,
			"UpdateIntegrationResponse",
			map[string]any{"templateSelectionExpression": "201"},
			"/TemplateSelectionExpression",
		},
		{
			"a model", "AWS::ApiGatewayV2::Model", `{` + in + `"Name":"m","Schema":{"type":"object"},"ContentType":"application/json"}`,
			"UpdateModel",
			map[string]any{"schema": `{"type":"array"}`},
			"/Schema",
		},
		{
			"an authorizer", "AWS::ApiGatewayV2::Authorizer",
			`{` + in + `"Name":"a","AuthorizerType":"REQUEST","AuthorizerUri":"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations","IdentitySource":["route.request.header.A"]}`,
			"UpdateAuthorizer",
			map[string]any{"identitySource": []any{"route.request.header.B"}},
			"/IdentitySource",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			kind, r := create(t, s, test.typeName, test.properties)
			differences := func() []resource.Difference {
				t.Helper()
				live, err := kind.Read(t.Context(), r)
				if err != nil {
					t.Fatal(err)
				}
				return kind.Properties.Differences(r.Properties, live)
			}
			if found := differences(); len(found) > 0 {
				t.Errorf("untouched it differs: %+v", found)
			}
			members := map[string]any{"apiId": api}
			if test.edit == "UpdateApi" {
				members["apiId"] = r.PhysicalID
			}
			for property, member := range map[string]string{"RouteId": "routeId", "IntegrationId": "integrationId", "StageName": "stageName"} {
				if value, given := r.Properties[property]; given {
					members[member] = value
				}
			}
			for property, value := range r.Attributes {
				if property != "ApiId" && property != "ApiEndpoint" {
					members[string(property[0]|0x20)+property[1:]] = value
				}
			}
			for name, value := range test.members {
				members[name] = value
			}
			if _, err := s.Call(t.Context(), "apigatewayv2", test.edit, members); err != nil {
				t.Fatal(err)
			}
			found := differences()
			if len(found) != 1 || found[0].Path != test.path {
				t.Errorf("edited by hand it differs: %+v, want %s", found, test.path)
			}
			if err := kind.Delete(t.Context(), r); err != nil {
				t.Fatal(err)
			}
			if _, err := kind.Read(t.Context(), r); !resource.IsGone(err) {
				t.Errorf("deleted, it is read: %v", err)
			}
		})
	}
}
