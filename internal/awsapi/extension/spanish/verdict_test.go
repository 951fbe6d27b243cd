package spanish_test

import (
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/extension/spanish"
	"github.com/pasarela-ws/pasarela/internal/controlplane/verdict"
)

// withResponses is an API whose $connect calls one integration.
func withResponses(keys ...string) pasarela.Definition {
	i := pasarela.Integration{
		IntegrationID: "i000001", IntegrationType: "HTTP",
		RequestTemplates: map[string]string{"application/json": "x"},
	}
	for _, key := range keys {
		i.Responses = append(i.Responses, pasarela.IntegrationResponse{IntegrationResponseKey: key})
	}
	return pasarela.Definition{
		Routes:       []pasarela.Route{{RouteKey: "$connect", Target: "integrations/i000001"}},
		Integrations: []pasarela.Integration{i},
	}
}

// Whatever a verdict says, it says in Spanish too.
func TestFaultsAreTranslated(t *testing.T) {
	broken := withResponses("201")
	broken.Routes = append(broken.Routes, pasarela.Route{RouteKey: "join"}, pasarela.Route{RouteKey: "gone", Target: "integrations/gone123", AuthorizationType: "CUSTOM"})
	broken.Integrations = append(broken.Integrations, pasarela.Integration{IntegrationID: "unused1"})
	broken.Authorizers = []pasarela.Authorizer{{Name: "tokens", AuthorizerURI: "my-function"}}
	ask := verdict.Questions{Render: func(string, string) string { return "for a sample event the output is not JSON: x" }}
	seen := 0
	for _, d := range []pasarela.Definition{
		broken,
		{},
		withResponses(), withResponses("404"), withResponses("$default"),
		{Routes: []pasarela.Route{{RouteKey: "$connect"}}},
	} {
		for _, f := range verdict.Faults(d, ask) {
			seen++
			if _, ok := spanish.Of(f.Message); !ok {
				t.Errorf("nobody says in Spanish: %s", f.Message)
			}
		}
	}
	if seen < 12 {
		t.Errorf("only %d faults were looked at", seen)
	}
}
