package preview_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/preview"
	"github.com/pasarela-ws/pasarela/internal/language"
)

func guide() pasarela.Definition {
	return pasarela.Definition{
		API: pasarela.API{APIID: "abcdef1234", Name: "ExcelGeneratorAPI", RouteSelectionExpression: "$request.body.action"},
		Routes: []pasarela.Route{
			{RouteID: "r000001", RouteKey: "$connect", Target: "integrations/i000001", AuthorizationType: "NONE"},
		},
		Integrations: []pasarela.Integration{{
			IntegrationID: "i000001", IntegrationType: "HTTP", IntegrationMethod: "POST",
			IntegrationURI:   "http://127.0.0.1:8080/api/reports/create",
			CredentialsARN:   "arn:aws:iam::123456789012:role/APIGatewayInvokeHTTPRole",
			RequestTemplates: map[string]string{"application/json": `{"connectionId": "$context.connectionId", "type": "$input.params('reportType')"}`},
			Responses:        []pasarela.IntegrationResponse{{IntegrationResponseID: "s000001", IntegrationResponseKey: "201"}},
		}},
	}
}

func TestChanges(t *testing.T) {
	edited := func(edit func(*pasarela.Definition)) pasarela.Definition {
		d := guide()
		edit(&d)
		return d
	}
	was := guide()
	cases := []struct {
		name   string
		before *pasarela.Definition
		now    pasarela.Definition
		want   []preview.Change
	}{
		{"nothing", &was, guide(), []preview.Change{}},
		{
			"nothing served yet", nil, guide(),
			[]preview.Change{
				{Kind: preview.Added, Resource: language.ResourceAPI.Of("ExcelGeneratorAPI")},
				{Kind: preview.Added, Resource: language.ResourceIntegration.Of("i000001")},
				{Kind: preview.Added, Resource: language.ResourceResponse.Of("201", "i000001")},
				{Kind: preview.Added, Resource: language.ResourceRoute.Of("$connect")},
			},
		},
		{
			"an edited template", &was,
			edited(func(d *pasarela.Definition) {
				d.Integrations[0].RequestTemplates = map[string]string{"application/json": "{}"}
			}),
			[]preview.Change{{
				Kind: preview.Changed, Resource: language.ResourceIntegration.Of("i000001"), Field: "requestTemplates.application/json",
				Before: guide().Integrations[0].RequestTemplates["application/json"], After: "{}",
			}},
		},
		{
			"a route that goes", &was, edited(func(d *pasarela.Definition) { d.Routes = nil }),
			[]preview.Change{{Kind: preview.Removed, Resource: language.ResourceRoute.Of("$connect")}},
		},
		{
			"what clients cannot feel", &was,
			edited(func(d *pasarela.Definition) {
				d.API.Description, d.API.Tags = "new", map[string]string{"a": "b"}
				d.Integrations[0].Description = "new"
			}),
			[]preview.Change{},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, preview.Changes(c.before, c.now)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}
