package preview_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/preview"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// Each row breaks the guide in one way and names the resource, the field and a
// word of the sentence that must come of it.
func TestFaultsNameTheFieldToChange(t *testing.T) {
	cases := []struct {
		name     string
		edit     func(*pasarela.Definition)
		ask      preview.Checks
		severity string
		resource string
		field    string
		says     string
	}{
		{"no routes", func(d *pasarela.Definition) { d.Routes = nil }, preview.Checks{}, preview.Error, "API ExcelGeneratorAPI", "routes", "at least one route"},
		{
			"a message route without integration",
			func(d *pasarela.Definition) {
				d.Routes = append(d.Routes, pasarela.Route{RouteID: "r000002", RouteKey: "join"})
			},
			preview.Checks{},
			preview.Error, "Route join", "target", "Internal server error",
		},
		{
			"the expression of HTTP APIs", func(d *pasarela.Definition) { d.API.RouteSelectionExpression = "$request.method $request.path" },
			preview.Checks{},
			preview.Error, "API ExcelGeneratorAPI", "routeSelectionExpression", "which the API does not have",
		},
		{
			"the expression of HTTP APIs with $default",
			func(d *pasarela.Definition) {
				d.API.RouteSelectionExpression = "${request.method} ${request.path}"
				d.Routes = append(d.Routes, pasarela.Route{RouteKey: "$default", Target: "integrations/i000001"})
			},
			preview.Checks{},
			preview.Warning, "API ExcelGeneratorAPI", "routeSelectionExpression", "all of them select $default",
		},
		{"$connect without integration", func(d *pasarela.Definition) { d.Routes[0].Target = "" }, preview.Checks{}, preview.Warning, "Route $connect", "target", "no backend hears of it"},
		{"integration gone", func(d *pasarela.Definition) { d.Routes[0].Target = "integrations/gone123" }, preview.Checks{}, preview.Error, "Route $connect", "target", "gone123"},
		{"no integration response", func(d *pasarela.Definition) { d.Integrations[0].Responses = nil }, preview.Checks{}, preview.Error, "Integration i000001", "integrationResponses", "$default"},
		{
			"no integration response, one-way",
			func(d *pasarela.Definition) { d.Routes[0].RouteKey, d.Integrations[0].Responses = "hello", nil },
			preview.Checks{},
			preview.Advice, "Integration i000001", "integrationResponses", "whatever the backend answers, clients hear nothing, and the event is logged and counted as failed",
		},
		{"statuses without a response", func(*pasarela.Definition) {}, preview.Checks{}, preview.Advice, "Integration i000001", "integrationResponses", "a status other than 201"},
		{
			"no success has a response",
			func(d *pasarela.Definition) { d.Integrations[0].Responses[0].IntegrationResponseKey = "/4\\d\\d/" },
			preview.Checks{},
			preview.Error, "Integration i000001", "integrationResponses", "no integration response matches any success, such as 200 or 201: every client is refused with 500. The keys",
		},
		{
			"no success of a two-way route has a response",
			func(d *pasarela.Definition) {
				d.Integrations[0].Responses[0].IntegrationResponseKey = "5xx"
				d.Routes[0].RouteKey, d.Routes[0].Responses = "hello", []pasarela.RouteResponse{{RouteResponseKey: "$default"}}
			},
			preview.Checks{},
			preview.Error, "Integration i000001", "integrationResponses", `such as 200 or 201: the sender of a message gets "Internal server error". The keys`,
		},
		{
			"no success of a one-way route has a response",
			func(d *pasarela.Definition) {
				d.Integrations[0].Responses[0].IntegrationResponseKey = "5xx"
				d.Routes[0].RouteKey = "hello"
			},
			preview.Checks{},
			preview.Advice, "Integration i000001", "integrationResponses", "such as 200 or 201: clients hear nothing, and the event is logged and counted as failed. The keys",
		},
		{
			"a key that matches no status",
			func(d *pasarela.Definition) {
				d.Integrations[0].Responses = append(d.Integrations[0].Responses, pasarela.IntegrationResponse{IntegrationResponseKey: "5xx"})
			},
			preview.Checks{},
			preview.Warning, "Integration i000001", "integrationResponses", `no HTTP status matches the response key 5xx: it is never used; a pattern is written such as /5\d\d/`,
		},
		{
			"role that does not trust", func(*pasarela.Definition) {},
			preview.Checks{Trusted: func(arn, api, stage, route string) error {
				return errors.New(arn + " does not trust apigateway.amazonaws.com on behalf of " + api + "/" + stage + "/" + route)
			}},
			preview.Error, "Integration i000001", "credentialsArn", "does not trust apigateway.amazonaws.com on behalf of abcdef1234/*/$connect",
		},
		{
			"template that is not JSON", func(*pasarela.Definition) {},
			preview.Checks{Render: func(string, string) language.Message { return language.Verbatim.Of("the output is not JSON") }},
			preview.Warning, "Integration i000001", "requestTemplates.application/json", "on route $connect",
		},
		{
			"a name that no event has", func(*pasarela.Definition) {},
			preview.Checks{Misnamed: func(template string) []language.Message {
				return []language.Message{language.PreviewTemplateLine.Because(language.TemplateContextNear.Of("connetionId", "connectionId"), "3")}
			}},
			preview.Warning, "Integration i000001", "requestTemplates.application/json", "line 3: WebSocket APIs have no $context.connetionId; did you mean $context.connectionId?",
		},
		{
			"a name that no event has, in a response",
			func(d *pasarela.Definition) {
				d.Integrations[0].RequestTemplates, d.Integrations[0].Responses[0].ResponseTemplates = nil, map[string]string{"$default": "$nope"}
			},
			preview.Checks{Misnamed: func(template string) []language.Message { return []language.Message{language.Verbatim.Of(template)} }},
			preview.Warning, "Response 201 of integration i000001", "responseTemplates.$default", "$nope",
		},
		{
			"authorizer gone",
			func(d *pasarela.Definition) {
				d.Routes[0].AuthorizationType, d.Routes[0].AuthorizerID = "CUSTOM", "a00001"
			},
			preview.Checks{},
			preview.Error, "Route $connect", "authorizerId", "no such authorizer",
		},
		{
			"authorizer that cannot answer",
			func(d *pasarela.Definition) {
				d.Authorizers = []pasarela.Authorizer{{AuthorizerID: "a00001", Name: "tokens", AuthorizerURI: "my-function"}}
			},
			preview.Checks{Compile: broken},
			preview.Error, "Authorizer tokens", "authorizerUri", "invocations",
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := guide()
			c.edit(&d)
			for _, f := range preview.Faults(d, nil, c.ask) {
				if f.Severity == c.severity && f.Resource.Error() == c.resource && f.Field == c.field && strings.Contains(f.Message.Error(), c.says) {
					return
				}
			}
			t.Errorf("no fault %s %s %s %q in %+v", c.severity, c.resource, c.field, c.says, preview.Faults(d, nil, c.ask))
		})
	}
}

// broken is a checker that takes no authorizer.
func broken(d pasarela.Definition, _ *pasarela.Stage) (faults []preview.Fault) {
	for _, a := range d.Authorizers {
		faults = append(faults, preview.Fault{Severity: preview.Error, Resource: language.ResourceAuthorizer.Of(a.Name), Field: "authorizerUri", Message: language.Verbatim.Of(a.AuthorizerURI + " is no .../invocations")})
	}
	return faults
}

// A variable of the address that the stage lacks is named, with the stage to mend.
func TestStageVariablesThatAreNotSet(t *testing.T) {
	d := guide()
	d.Integrations[0].IntegrationURI = "http://${stageVariables.backend}:${stageVariables.port}/orders"
	for _, c := range []struct {
		name           string
		at             *pasarela.Stage
		severity, says string
		path           []string
	}{
		{"no stage yet", nil, preview.Advice, "it reads the stage variable backend, port", []string{"integrations", "i000001"}},
		{"one is missing", &pasarela.Stage{StageName: "dev", StageVariables: map[string]string{"port": "8080"}}, preview.Warning, "stage dev has no variable backend,", []string{"stages", "dev"}},
		{"none is missing", &pasarela.Stage{StageName: "dev", StageVariables: map[string]string{"port": "8080", "backend": ""}}, "", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var found preview.Fault
			for _, f := range preview.Faults(d, c.at, preview.Checks{}) {
				if f.Field == "integrationUri" {
					found = f
				}
			}
			if found.Severity != c.severity || !slices.Equal(found.Path, c.path) || c.says != "" && !strings.Contains(found.Message.Error(), c.says) {
				t.Errorf("got %+v", found)
			}
		})
	}
}

func TestAnAPIWithADefaultResponseHasNoFault(t *testing.T) {
	d := guide()
	d.Integrations[0].Responses = append(d.Integrations[0].Responses, pasarela.IntegrationResponse{IntegrationResponseKey: "$default"})
	if faults := preview.Faults(d, nil, preview.Checks{}); len(faults) > 0 {
		t.Errorf("got %+v", faults)
	}
}

// The guide as it is written has no fault: a status that its backend does not
// answer is advice, and advice is listed after faults.
func TestAdviceStandsLast(t *testing.T) {
	for _, f := range preview.Faults(guide(), nil, preview.Checks{}) {
		if f.Severity != preview.Advice {
			t.Errorf("the guide has %+v", f)
		}
	}
	deployed := guide()
	deployed.Authorizers = []pasarela.Authorizer{{Name: "tokens", AuthorizerURI: "my-function"}}
	faults := preview.Faults(deployed, nil, preview.Checks{Compile: broken})
	if len(faults) != 2 || faults[0].Severity != preview.Error || faults[1].Severity != preview.Advice {
		t.Errorf("got %+v", faults)
	}
}
