package apis

import (
	"errors"
	"maps"
	"slices"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/awsuri"
	"github.com/pasarela-ws/pasarela/internal/engine/mapping"
	"github.com/pasarela-ws/pasarela/internal/engine/schema"
	"github.com/pasarela-ws/pasarela/internal/engine/selection"
	"github.com/pasarela-ws/pasarela/internal/engine/stagevariable"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// EngineChecker is the [Checker] over the engines that the data plane serves with:
// selection expressions, templates, parameter mappings and schemas. It finds every
// fault, not the first alone.
type EngineChecker struct{}

// Check compiles everything in a definition.
func (EngineChecker) Check(d pasarela.Definition) []Fault {
	var f faults
	f.api(&d.API)
	f.models(&d)
	for i := range d.Routes {
		f.route(&d.Routes[i])
	}
	for i := range d.Integrations {
		f.integration(&d.Integrations[i])
	}
	for i := range d.Authorizers {
		f.authorizer(&d.Authorizers[i])
	}
	return f
}

// CheckStage finds nothing that Check did not: the engines do not depend on the stage.
func (e EngineChecker) CheckStage(d pasarela.Definition, _ *pasarela.Stage) []Fault {
	return e.Check(d)
}

type faults []Fault

// add keeps err about a member, without the member's name in front, since the fault names
// the member already.
func (f *faults) add(resource, id, member string, err error) {
	if err == nil {
		return
	}
	why, ok := errors.AsType[language.Message](err)
	if !ok {
		why = language.Reason(err)
	}
	if why.ID() == language.MappingTemplate.ID() { // its key is in the member's name
		why = *why.Why()
	}
	*f = append(*f, Fault{resource, id, member, why})
}

func (f *faults) api(api *pasarela.API) {
	_, err := selection.Compile(api.RouteSelectionExpression, selection.Route)
	f.add("api", "", "routeSelectionExpression", err)
	_, err = selection.CompileAPIKey(api.APIKeySelectionExpression)
	f.add("api", "", "apiKeySelectionExpression", err)
}

func (f *faults) models(d *pasarela.Definition) {
	if len(d.Models) == 0 {
		return
	}
	set := schema.NewSet(d.API.APIID, d.Models)
	for i := range d.Models {
		_, err := set.Compile(d.Models[i].Name)
		f.add("model", d.Models[i].ModelID, "schema", err)
	}
}

func (f *faults) route(r *pasarela.Route) {
	if r.ModelSelectionExpression != "" {
		_, err := selection.Compile(r.ModelSelectionExpression, selection.Model)
		f.add("route", r.RouteID, "modelSelectionExpression", err)
	}
	f.add("route", r.RouteID, "routeResponseSelectionExpression", selection.CheckRouteResponse(r.RouteResponseSelectionExpression))
}

func (f *faults) integration(i *pasarela.Integration) {
	f.expression("integration", i.IntegrationID, i.TemplateSelectionExpr, selection.RequestTemplate)
	if _, err := mapping.CompileRequest(i); err != nil {
		f.requestParts(i)
	}
	for n := range i.Responses {
		r := &i.Responses[n]
		f.add("integrationResponse", r.IntegrationResponseID, "integrationResponseKey", selection.CheckResponseKey(r.IntegrationResponseKey))
		f.expression("integrationResponse", r.IntegrationResponseID, r.TemplateSelectionExpr, selection.ResponseTemplate)
		if _, err := mapping.CompileResponse(r); err != nil {
			f.responseParts(r)
		}
	}
}

// authorizer checks addresses without stage variables.
func (f *faults) authorizer(a *pasarela.Authorizer) {
	if a.AuthorizerType == pasarela.AuthorizerRequest && !stagevariable.Uses(a.AuthorizerURI) {
		_, err := awsuri.ParseFunction(a.AuthorizerURI)
		f.add("authorizer", a.AuthorizerID, "authorizerUri", err)
	}
}

func (f *faults) expression(resource, id, text string, use selection.Use) {
	if text != "" {
		_, err := selection.Compile(text, use)
		f.add(resource, id, "templateSelectionExpression", err)
	}
}

// requestParts compiles templates and parameters one by one, since the engine
// stops at the first that is wrong.
func (f *faults) requestParts(i *pasarela.Integration) {
	for _, key := range slices.Sorted(maps.Keys(i.RequestTemplates)) {
		_, err := mapping.CompileRequest(&pasarela.Integration{IntegrationType: i.IntegrationType, RequestTemplates: map[string]string{key: i.RequestTemplates[key]}})
		f.add("integration", i.IntegrationID, "requestTemplates."+key, err)
	}
	for _, key := range slices.Sorted(maps.Keys(i.RequestParameters)) {
		_, err := mapping.CompileRequest(&pasarela.Integration{IntegrationType: i.IntegrationType, RequestParameters: map[string]string{key: i.RequestParameters[key]}})
		f.add("integration", i.IntegrationID, "requestParameters."+key, err)
	}
}

func (f *faults) responseParts(r *pasarela.IntegrationResponse) {
	for _, key := range slices.Sorted(maps.Keys(r.ResponseTemplates)) {
		_, err := mapping.CompileResponse(&pasarela.IntegrationResponse{ResponseTemplates: map[string]string{key: r.ResponseTemplates[key]}})
		f.add("integrationResponse", r.IntegrationResponseID, "responseTemplates."+key, err)
	}
	for _, key := range slices.Sorted(maps.Keys(r.ResponseParameters)) {
		_, err := mapping.CompileResponse(&pasarela.IntegrationResponse{ResponseParameters: map[string]string{key: r.ResponseParameters[key]}})
		f.add("integrationResponse", r.IntegrationResponseID, "responseParameters."+key, err)
	}
}
