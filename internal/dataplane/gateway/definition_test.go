package gateway_test

import (
	"fmt"

	"github.com/pasarela-ws/pasarela"
)

// api makes a definition of routes, each with an integration of its own.
func api(routes ...route) pasarela.Definition {
	var d pasarela.Definition
	for i, r := range routes {
		def := pasarela.Route{RouteID: fmt.Sprint("route", i), RouteKey: r.key, AuthorizationType: pasarela.AuthorizationNone}
		if r.twoWay {
			def.Responses = []pasarela.RouteResponse{{RouteResponseKey: pasarela.KeyDefault}}
		}
		if r.integration != nil {
			one := *r.integration
			one.IntegrationID = fmt.Sprint("int", i)
			def.Target = "integrations/" + one.IntegrationID
			d.Integrations = append(d.Integrations, one)
		}
		if r.edit != nil {
			r.edit(&def)
		}
		d.Routes = append(d.Routes, def)
	}
	return d
}

type route struct {
	key         string
	twoWay      bool
	integration *pasarela.Integration
	edit        func(*pasarela.Route)
}

// toHTTP is an HTTP integration with integration responses of those keys.
func toHTTP(path, template string, keys ...string) *pasarela.Integration {
	i := &pasarela.Integration{IntegrationType: pasarela.IntegrationHTTP, IntegrationMethod: "POST", IntegrationURI: path}
	if template != "" {
		i.RequestTemplates = map[string]string{"application/json": template}
	}
	for _, key := range keys {
		i.Responses = append(i.Responses, pasarela.IntegrationResponse{IntegrationResponseKey: key})
	}
	return i
}

func toProxy(path string) *pasarela.Integration {
	return &pasarela.Integration{IntegrationType: pasarela.IntegrationHTTPProxy, IntegrationMethod: "POST", IntegrationURI: path}
}

func toMock(template, response string) *pasarela.Integration {
	return &pasarela.Integration{
		IntegrationType: pasarela.IntegrationMock, RequestTemplates: map[string]string{"$default": template}, TemplateSelectionExpr: `\$default`,
		Responses: []pasarela.IntegrationResponse{{IntegrationResponseKey: "/200/", TemplateSelectionExpr: `\$default`, ResponseTemplates: map[string]string{"$default": response}}},
	}
}
