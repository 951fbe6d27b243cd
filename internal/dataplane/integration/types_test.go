package integration_test

import (
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/integration"
)

func TestEveryTypeCanBeCompiled(t *testing.T) {
	env := integration.Environment{API: &pasarela.API{APIID: "a1"}, Services: new(integration.Services)}
	for _, row := range pasarela.IntegrationTypes {
		def := &pasarela.Integration{IntegrationID: "i1", IntegrationType: row.Name}
		i, err := integration.Compile(def, env)
		if err != nil {
			t.Errorf("%s: %v", row.Name, err)
			continue
		}
		if i.Proxy() != row.Proxy || i.Mocked() == row.Backend {
			t.Errorf("%s: proxy %t, without a backend %t", row.Name, i.Proxy(), i.Mocked())
		}
	}
	_, err := integration.Compile(&pasarela.Integration{IntegrationType: "GRPC"}, env)
	if err == nil || !strings.Contains(err.Error(), `"GRPC" is none of AWS, HTTP, MOCK, HTTP_PROXY, AWS_PROXY`) {
		t.Errorf("an unknown type: %v", err)
	}
}
