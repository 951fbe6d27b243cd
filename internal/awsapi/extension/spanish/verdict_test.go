package spanish_test

import (
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/extension/spanish"
	"github.com/pasarela-ws/pasarela/internal/controlplane/preview"
	"github.com/pasarela-ws/pasarela/internal/engine/awsuri"
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

// addresses finds what is wrong with those of authorizers.
func addresses(d pasarela.Definition, _ *pasarela.Stage) (faults []preview.Fault) {
	for _, a := range d.Authorizers {
		if _, err := awsuri.ParseFunction(a.AuthorizerURI); err != nil {
			faults = append(faults, preview.Fault{Severity: preview.Error, Resource: "Authorizer " + a.Name, Field: "authorizerUri", Message: err.Error()})
		}
	}
	return faults
}

// Whatever is wrong with an address is said in Spanish too.
func TestAddressesAreTranslated(t *testing.T) {
	const service, invocation = "arn:aws:apigateway:us-east-1:", "lambda:path/2015-03-31/functions/"
	for _, uri := range []string{
		"my-function", "http://", "arn:aws:lambda:us-east-1:1:function:f", service + "sqs", service + "s3/x:path/y", "arn:aws:apigateway:US:s3:path/y",
		service + "s3:action/a b", service + "s3:action/A&x y", service + "s3:path/../x", service + invocation + "f/x/invocations",
	} {
		_, err := awsuri.ParseService(uri)
		if err == nil {
			t.Fatalf("%s is taken", uri)
		}
		if _, ok := spanish.Of(err.Error()); !ok {
			t.Errorf("nobody says in Spanish: %s", err)
		}
	}
}

// Whatever a verdict says, it says in Spanish too.
func TestFaultsAreTranslated(t *testing.T) {
	broken := withResponses("201")
	broken.Routes = append(broken.Routes, pasarela.Route{RouteKey: "join"}, pasarela.Route{RouteKey: "gone", Target: "integrations/gone123", AuthorizationType: "CUSTOM"})
	broken.Integrations = append(broken.Integrations, pasarela.Integration{IntegrationID: "unused1"})
	broken.Authorizers = []pasarela.Authorizer{{Name: "tokens", AuthorizerURI: "my-function"}}
	ask := preview.Checks{Compile: addresses, Render: func(string, string) string { return "for a sample event the output is not JSON: x" }}
	seen := 0
	for _, d := range []pasarela.Definition{
		broken,
		{},
		withResponses(), withResponses("404"), withResponses("$default"),
		{Routes: []pasarela.Route{{RouteKey: "$connect"}}},
	} {
		for _, f := range preview.Faults(d, nil, ask) {
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
