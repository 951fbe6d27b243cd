package verdict_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/verdict"
)

// Each row breaks the guide in one way and names the resource, the field and a
// word of the sentence that must come of it.
func TestFaultsNameTheFieldToChange(t *testing.T) {
	cases := []struct {
		name     string
		edit     func(*pasarela.Definition)
		ask      verdict.Questions
		severity string
		resource string
		field    string
		says     string
	}{
		{"no routes", func(d *pasarela.Definition) { d.Routes = nil }, verdict.Questions{}, verdict.Error, "API ExcelGeneratorAPI", "routes", "at least one route"},
		{
			"a message route without integration",
			func(d *pasarela.Definition) {
				d.Routes = append(d.Routes, pasarela.Route{RouteID: "r000002", RouteKey: "join"})
			},
			verdict.Questions{},
			verdict.Error, "Route join", "target", "Internal server error",
		},
		{
			"the expression of HTTP APIs", func(d *pasarela.Definition) { d.API.RouteSelectionExpression = "$request.method $request.path" },
			verdict.Questions{},
			verdict.Error, "API ExcelGeneratorAPI", "routeSelectionExpression", "which the API does not have",
		},
		{
			"the expression of HTTP APIs with $default",
			func(d *pasarela.Definition) {
				d.API.RouteSelectionExpression = "${request.method} ${request.path}"
				d.Routes = append(d.Routes, pasarela.Route{RouteKey: "$default", Target: "integrations/i000001"})
			},
			verdict.Questions{},
			verdict.Warning, "API ExcelGeneratorAPI", "routeSelectionExpression", "all of them select $default",
		},
		{"$connect without integration", func(d *pasarela.Definition) { d.Routes[0].Target = "" }, verdict.Questions{}, verdict.Warning, "Route $connect", "target", "no backend hears of it"},
		{"integration gone", func(d *pasarela.Definition) { d.Routes[0].Target = "integrations/gone123" }, verdict.Questions{}, verdict.Error, "Route $connect", "target", "gone123"},
		{"no integration response", func(d *pasarela.Definition) { d.Integrations[0].Responses = nil }, verdict.Questions{}, verdict.Error, "Integration i000001", "integrationResponses", "$default"},
		{"statuses without a response", func(*pasarela.Definition) {}, verdict.Questions{}, verdict.Advice, "Integration i000001", "integrationResponses", "a status other than 201"},
		{
			"no success has a response",
			func(d *pasarela.Definition) { d.Integrations[0].Responses[0].IntegrationResponseKey = "/4\\d\\d/" },
			verdict.Questions{},
			verdict.Error, "Integration i000001", "integrationResponses", "no integration response matches any success",
		},
		{
			"role that does not trust", func(*pasarela.Definition) {},
			verdict.Questions{Trusted: func(arn, api, stage, route string) error {
				return errors.New(arn + " does not trust apigateway.amazonaws.com on behalf of " + api + "/" + stage + "/" + route)
			}},
			verdict.Error, "Integration i000001", "credentialsArn", "does not trust apigateway.amazonaws.com on behalf of abcdef1234/*/$connect",
		},
		{
			"template that is not JSON", func(*pasarela.Definition) {},
			verdict.Questions{Render: func(string, string) string { return "the output is not JSON" }},
			verdict.Warning, "Integration i000001", "requestTemplates.application/json", "on route $connect",
		},
		{
			"authorizer gone",
			func(d *pasarela.Definition) {
				d.Routes[0].AuthorizationType, d.Routes[0].AuthorizerID = "CUSTOM", "a00001"
			},
			verdict.Questions{},
			verdict.Error, "Route $connect", "authorizerId", "no such authorizer",
		},
		{
			"authorizer that cannot answer",
			func(d *pasarela.Definition) {
				d.Authorizers = []pasarela.Authorizer{{AuthorizerID: "a00001", Name: "tokens", AuthorizerURI: "my-function"}}
			},
			verdict.Questions{Compile: broken},
			verdict.Error, "Authorizer tokens", "authorizerUri", "invocations",
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := guide()
			c.edit(&d)
			for _, f := range verdict.Faults(d, nil, c.ask) {
				if f.Severity == c.severity && f.Resource == c.resource && f.Field == c.field && strings.Contains(f.Message, c.says) {
					return
				}
			}
			t.Errorf("no fault %s %s %s %q in %+v", c.severity, c.resource, c.field, c.says, verdict.Faults(d, nil, c.ask))
		})
	}
}

// broken is a compiler that takes no authorizer.
func broken(d pasarela.Definition, _ *pasarela.Stage) (faults []verdict.Fault) {
	for _, a := range d.Authorizers {
		faults = append(faults, verdict.Fault{Severity: verdict.Error, Resource: "Authorizer " + a.Name, Field: "authorizerUri", Message: a.AuthorizerURI + " is no .../invocations"})
	}
	return faults
}

func TestAnAPIWithADefaultResponseHasNoFault(t *testing.T) {
	d := guide()
	d.Integrations[0].Responses = append(d.Integrations[0].Responses, pasarela.IntegrationResponse{IntegrationResponseKey: "$default"})
	if faults := verdict.Faults(d, nil, verdict.Questions{}); len(faults) > 0 {
		t.Errorf("got %+v", faults)
	}
}

// The guide as it is written has no fault: a status that its backend does not
// answer is advice, and advice stands below what is broken.
func TestAdviceStandsLast(t *testing.T) {
	for _, f := range verdict.Faults(guide(), nil, verdict.Questions{}) {
		if f.Severity != verdict.Advice {
			t.Errorf("the guide has %+v", f)
		}
	}
	deployed := guide()
	deployed.Authorizers = []pasarela.Authorizer{{Name: "tokens", AuthorizerURI: "my-function"}}
	faults := verdict.Faults(deployed, nil, verdict.Questions{Compile: broken})
	if len(faults) != 2 || faults[0].Severity != verdict.Error || faults[1].Severity != verdict.Advice {
		t.Errorf("got %+v", faults)
	}
}
