package gateway_test

import (
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// $context.domainName is a name at which @connections is served, and clients
// cannot choose it.
func TestDomainName(t *testing.T) {
	sys := start(t, api(route{key: "$connect", integration: &pasarela.Integration{
		IntegrationType: pasarela.IntegrationHTTP, IntegrationMethod: "POST", IntegrationURI: "/",
		RequestTemplates: map[string]string{"application/json": "$context.domainName"}, Responses: []pasarela.IntegrationResponse{{IntegrationResponseKey: "$default"}},
	}}))
	authority := sys.server.Listener.Addr().String()
	_, port, _ := strings.Cut(authority, ":")
	sys.connect("")
	if got := sys.backend.Next(t).Body; got != authority+"/"+apiID {
		t.Errorf("domainName %q", got)
	}
	sys.connect("", host("evil.test"))
	if got := sys.backend.Next(t).Body; got != authority+"/"+apiID {
		t.Errorf("a client chose domainName %q", got)
	}
	testkit.Connect(t, "ws://"+authority+"/prod", testkit.Host(apiID+".execute-api.us-east-1.example.test:1"))
	if got, want := sys.backend.Next(t).Body, apiID+".execute-api.us-east-1.example.test:"+port; got != want {
		t.Errorf("domainName %q, want %q", got, want)
	}
}

func TestCustomDomains(t *testing.T) {
	sys := start(t, api())
	put(sys, pasarela.DomainNameKey("api.example.com"), pasarela.DomainName{DomainName: "api.example.com", Mappings: []pasarela.APIMapping{
		{APIMappingKey: "orders", APIID: apiID, Stage: stageName},
	}})
	put(sys, pasarela.DomainNameKey("root.example.com"), pasarela.DomainName{DomainName: "root.example.com", Mappings: []pasarela.APIMapping{
		{APIID: apiID, Stage: stageName},
	}})
	testkit.Eventually(t, "the domains", func() bool {
		_, one := sys.watcher.Directory.Lookup("api.example.com", "/orders")
		_, two := sys.watcher.Directory.Lookup("root.example.com", "/")
		return one && two
	})
	base := "ws" + strings.TrimPrefix(sys.server.URL, "http")
	for _, test := range []struct {
		host, path string
		status     int
	}{
		{"api.example.com", "/orders", 101},
		{"API.example.com:443", "/orders/", 101},
		{"api.example.com", "/orders/x", 403},
		{"api.example.com", "/prod", 403},
		{"api.example.com", "/", 403},
		{"root.example.com", "/", 101},
		{"root.example.com", "/prod", 403},
	} {
		if status := testkit.Status(t, base+test.path, testkit.Host(test.host)); status != test.status {
			t.Errorf("%s%s: %d", test.host, test.path, status)
		}
	}
}

func TestDisabledDefaultEndpoint(t *testing.T) {
	d := api()
	d.API.DisableExecuteAPIEndpoint = true
	sys := start(t, d)
	sys.refuse("", 403)
}
