package apis_test

import (
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
)

// A mapping may read the parameters of a route that the route declares, by whichever
// call the two come together (A-WIRE-17).
func TestMappingsReadDeclaredParameters(t *testing.T) {
	for source, wants := range map[string]string{
		"route.request.header.Auth": "route.request.header.auth", "route.request.querystring.q": "route.request.querystring.q",
		"route.request.multivalueheader.A": "route.request.multivalueheader.A", "route.request.body.a": "", "context.stage": "", "stageVariables.x": "", "'text'": "",
	} {
		s, ctx := newService(t, nil), t.Context()
		id := newAPI(t, s)
		parameters := map[string]string{"integration.request.header.X": source}
		made := must(s.CreateIntegration(ctx, apis.CreateIntegrationInput{APIID: id, IntegrationFields: apis.IntegrationFields{
			IntegrationType: new("HTTP"), IntegrationMethod: new("POST"), IntegrationURI: new("http://x"), RequestParameters: parameters,
		}}))(t)
		refused := func(way string, err error) {
			t.Helper()
			switch {
			case wants == "" && err != nil:
				t.Errorf("%s, %s: %v", source, way, err)
			case wants != "" && (pasarelaCode(err) != pasarela.CodeBadRequest || !strings.Contains(err.Error(), "Error while validating the connection between the integration "+made.IntegrationID) || !strings.HasSuffix(err.Error(), "specified: "+source)):
				t.Errorf("%s, %s: %v", source, way, err)
			}
		}
		target := new("integrations/" + made.IntegrationID)
		_, err := s.CreateRoute(ctx, apis.CreateRouteInput{APIID: id, RouteFields: apis.RouteFields{RouteKey: new("a"), Target: target}})
		refused("a route is made", err)
		declared := map[string]pasarela.ParameterConstraints{}
		if wants != "" {
			declared[wants] = pasarela.ParameterConstraints{}
		}
		must(s.CreateRoute(ctx, apis.CreateRouteInput{APIID: id, RouteFields: apis.RouteFields{RouteKey: new("b"), Target: target, RequestParameters: declared}}))(t)
		route := must(s.CreateRoute(ctx, apis.CreateRouteInput{APIID: id, RouteFields: apis.RouteFields{RouteKey: new("c"), RequestParameters: declared}}))(t)
		if wants != "" {
			if err := s.DeleteRouteRequestParameter(ctx, apis.RequestParameterInput{RouteInput: apis.RouteInput{APIID: id, RouteID: route.RouteID}, RequestParameterKey: wants}); err != nil {
				t.Error(err)
			}
		}
		_, err = s.UpdateRoute(ctx, apis.UpdateRouteInput{RouteInput: apis.RouteInput{APIID: id, RouteID: route.RouteID}, RouteFields: apis.RouteFields{Target: target}})
		refused("a route is changed", err)
		bare := must(s.CreateIntegration(ctx, apis.CreateIntegrationInput{APIID: id, IntegrationFields: apis.IntegrationFields{IntegrationType: new("MOCK")}}))(t)
		must(s.UpdateRoute(ctx, apis.UpdateRouteInput{RouteInput: apis.RouteInput{APIID: id, RouteID: route.RouteID}, RouteFields: apis.RouteFields{Target: new("integrations/" + bare.IntegrationID)}}))(t)
		made.IntegrationID = bare.IntegrationID
		_, err = s.UpdateIntegration(ctx, apis.UpdateIntegrationInput{IntegrationInput: apis.IntegrationInput{APIID: id, IntegrationID: bare.IntegrationID}, IntegrationFields: apis.IntegrationFields{RequestParameters: parameters}})
		refused("an integration is changed", err)
	}
}
