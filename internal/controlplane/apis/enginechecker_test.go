package apis_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
)

func TestEnginesFindEveryFault(t *testing.T) {
	d := pasarela.Definition{
		API:    pasarela.API{RouteSelectionExpression: "${request.body.action", APIKeySelectionExpression: "$nothing"},
		Models: []pasarela.Model{{ModelID: "m1", Name: "Good", Schema: `{"type":"object"}`}, {ModelID: "m2", Name: "Bad", Schema: `{"type":"thing"}`}},
		Routes: []pasarela.Route{{RouteID: "r1", RouteKey: "a", ModelSelectionExpression: "${x"}},
		Integrations: []pasarela.Integration{{
			IntegrationID: "i1", IntegrationType: "HTTP", TemplateSelectionExpr: "${request.body.a",
			RequestTemplates:  map[string]string{"good": "$input.body", "bad": "#if(true)", "worse": "\n#set($x = )"},
			RequestParameters: map[string]string{"integration.request.header.a": "nonsense", "integration.request.header.b": "'x'"},
			Responses: []pasarela.IntegrationResponse{
				{IntegrationResponseID: "s1", IntegrationResponseKey: "/2(/", ResponseTemplates: map[string]string{"x": "#end"}},
				{IntegrationResponseID: "s2", IntegrationResponseKey: `/2\d\d/`, ResponseParameters: map[string]string{"nowhere": "'x'"}},
			},
		}},
	}
	var got []string
	for _, f := range (apis.EngineChecker{}).Check(d) {
		got = append(got, f.Resource+" "+f.ID+" "+f.Member)
		t.Log(f)
	}
	want := []string{
		"api  routeSelectionExpression", "api  apiKeySelectionExpression", "model m2 schema", "route r1 modelSelectionExpression",
		"integration i1 templateSelectionExpression", "integration i1 requestTemplates.bad", "integration i1 requestTemplates.worse",
		"integration i1 requestParameters.integration.request.header.a", "integrationResponse s1 integrationResponseKey",
		"integrationResponse s1 responseTemplates.x", "integrationResponse s2 responseParameters.nowhere",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
