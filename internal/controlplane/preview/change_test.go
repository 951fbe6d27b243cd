package preview_test

import (
	"slices"
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

// guideTwoWay has one part of each kind that the server gives an id.
func guideTwoWay() pasarela.Definition {
	d := guide()
	d.Routes[0].AuthorizationType, d.Routes[0].AuthorizerID = "CUSTOM", "a00001"
	d.Routes = append(d.Routes, pasarela.Route{
		RouteID: "r000002", RouteKey: "order", Target: "integrations/i000002", ModelSelectionExpression: "$request.body.kind", RequestModels: map[string]string{"$default": "Order"},
		Responses: []pasarela.RouteResponse{{RouteResponseID: "p00001", RouteResponseKey: "$default"}},
	})
	d.Integrations = append(d.Integrations, pasarela.Integration{IntegrationID: "i000002", IntegrationType: "MOCK"})
	d.Models = []pasarela.Model{{ModelID: "m00001", Name: "Order", Schema: "{}"}}
	d.Authorizers = []pasarela.Authorizer{{AuthorizerID: "a00001", Name: "doorman", AuthorizerURI: "http://127.0.0.1:8080/auth"}}
	return d
}

// madeAgain is d as it is once each of its parts was deleted and created again.
func madeAgain(d pasarela.Definition) pasarela.Definition {
	again := func(id string) string { return id[:1] + "1" + id[2:] }
	d.Routes, d.Integrations = slices.Clone(d.Routes), slices.Clone(d.Integrations)
	d.Models, d.Authorizers = slices.Clone(d.Models), slices.Clone(d.Authorizers)
	for i := range d.Routes {
		r := &d.Routes[i]
		r.RouteID, r.Target = again(r.RouteID), "integrations/"+again(r.IntegrationID())
		if r.AuthorizerID != "" {
			r.AuthorizerID = again(r.AuthorizerID)
		}
		r.Responses = slices.Clone(r.Responses)
		for n := range r.Responses {
			r.Responses[n].RouteResponseID = again(r.Responses[n].RouteResponseID)
		}
	}
	for i := range d.Integrations {
		integration := &d.Integrations[i]
		integration.IntegrationID, integration.Responses = again(integration.IntegrationID), slices.Clone(integration.Responses)
		for n := range integration.Responses {
			integration.Responses[n].IntegrationResponseID = again(integration.Responses[n].IntegrationResponseID)
		}
	}
	for i := range d.Models {
		d.Models[i].ModelID = again(d.Models[i].ModelID)
	}
	for i := range d.Authorizers {
		d.Authorizers[i].AuthorizerID = again(d.Authorizers[i].AuthorizerID)
	}
	return d
}

func TestChanges(t *testing.T) {
	edited := func(edit func(*pasarela.Definition)) pasarela.Definition {
		d := guide()
		edit(&d)
		return d
	}
	was, twoWay := guide(), guideTwoWay()
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
				d.API.Name, d.API.Description, d.API.Version, d.API.Tags = "Other", "new", "2", map[string]string{"a": "b"}
				d.Integrations[0].Description = "new"
			}),
			[]preview.Change{},
		},
		{
			"what nothing uses any more", &twoWay,
			edited(func(d *pasarela.Definition) {
				*d = guideTwoWay()
				d.Routes[0].RequestModels = map[string]string{"$default": "Order"}
				d.Integrations[1].IntegrationURI, d.Integrations[1].IntegrationMethod = "http://127.0.0.1:8080/", "POST"
			}),
			[]preview.Change{},
		},
		{"all made again, with other ids", &twoWay, madeAgain(twoWay), []preview.Change{}},
		{
			"an integration made again otherwise", &twoWay,
			func() pasarela.Definition {
				d := madeAgain(twoWay)
				d.Integrations[0].TimeoutInMillis = 1000
				return d
			}(),
			[]preview.Change{
				{Kind: preview.Removed, Resource: language.ResourceIntegration.Of("i000001")},
				{Kind: preview.Added, Resource: language.ResourceIntegration.Of("i100001")},
				{Kind: preview.Removed, Resource: language.ResourceResponse.Of("201", "i000001")},
				{Kind: preview.Added, Resource: language.ResourceResponse.Of("201", "i100001")},
				{Kind: preview.Changed, Resource: language.ResourceRoute.Of("$connect"), Field: "target", Before: "integrations/i000001", After: "integrations/i100001"},
			},
		},
		{
			"another authorizer", &twoWay,
			func() pasarela.Definition {
				d := madeAgain(twoWay)
				d.Authorizers[0].Name = "other"
				return d
			}(),
			[]preview.Change{
				{Kind: preview.Removed, Resource: language.ResourceAuthorizer.Of("doorman")},
				{Kind: preview.Added, Resource: language.ResourceAuthorizer.Of("other")},
				{Kind: preview.Changed, Resource: language.ResourceRoute.Of("$connect"), Field: "authorizerId", Before: "a00001", After: "a10001"},
			},
		},
		{
			"a route that becomes one-way", &twoWay,
			func() pasarela.Definition {
				d := madeAgain(twoWay)
				d.Routes[1].Responses = nil
				return d
			}(),
			[]preview.Change{{Kind: preview.Removed, Resource: language.ResourceRouteResponse.Of("$default", "order")}},
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
