package apis_test

import (
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
)

// Nobody would ask the clients for a certificate: a domain has mutual TLS or mappings of
// WebSocket APIs, never both (A-APIS-25).
func TestADomainWithMutualTLSTakesNoMapping(t *testing.T) {
	s := newService(t, nil)
	id, ctx := newAPI(t, s), t.Context()
	must(s.Stages.CreateStage(ctx, apis.CreateStageInput{APIID: id, StageName: new("prod")}))(t)
	domain := apis.DomainNameInput{DomainName: "ws.example.com"}
	on := &apis.MutualTLSAuthentication{TruststoreURI: new("s3://bucket/roots.pem")}
	must(s.DomainNames.CreateDomainName(ctx, apis.CreateDomainNameInput{DomainName: &domain.DomainName, DomainNameFields: apis.DomainNameFields{
		DomainNameConfigurations: []pasarela.DomainNameConfiguration{{CertificateARN: "arn:aws:acm:x"}}, MutualTLSAuthentication: on,
	}}))(t)
	mapping := apis.CreateAPIMappingInput{DomainNameInput: domain, APIMappingFields: apis.APIMappingFields{APIID: &id, Stage: new("prod")}}
	update := func(m *apis.MutualTLSAuthentication) error {
		_, err := s.DomainNames.UpdateDomainName(ctx, apis.UpdateDomainNameInput{DomainNameInput: domain, DomainNameFields: apis.DomainNameFields{MutualTLSAuthentication: m}})
		return err
	}
	refused := func(what string, err error) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), "Mutual TLS is not supported for WebSocket APIs: ws.example.com") {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := s.DomainNames.CreateAPIMapping(ctx, mapping)
	refused("a mapping", err)
	if err := update(&apis.MutualTLSAuthentication{TruststoreURI: new("")}); err != nil {
		t.Fatal(err)
	}
	must(s.DomainNames.CreateAPIMapping(ctx, mapping))(t)
	refused("switching it on", update(on))
}
