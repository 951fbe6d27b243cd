package apis_test

import (
	"context"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

// afterDomains runs a function once, after the custom domains were listed.
type afterDomains struct {
	pasarela.Bucket
	then func()
}

func (b *afterDomains) List(ctx context.Context, prefix string) ([]pasarela.Entry, error) {
	all, err := b.Bucket.List(ctx, prefix)
	if then := b.then; then != nil && prefix == pasarela.PrefixDomainName {
		b.then = nil
		then()
	}
	return all, err
}

// raced is a service with an API, its stage prod and a domain. Its bucket lists domains that have
// no mapping, and then makes one for the stage.
func raced(t *testing.T) (s *apis.Service, api string, domain apis.DomainNameInput) {
	t.Helper()
	bucket := &afterDomains{Bucket: memory.NewBucket()}
	s = newService(t, func(o *apis.Options) { o.Bucket = bucket })
	api, domain = newAPI(t, s), apis.DomainNameInput{DomainName: "ws.example.com"}
	must(s.Stages.CreateStage(t.Context(), apis.CreateStageInput{APIID: api, StageName: new("prod")}))(t)
	must(s.DomainNames.CreateDomainName(t.Context(), apis.CreateDomainNameInput{DomainName: &domain.DomainName, DomainNameFields: apis.DomainNameFields{
		DomainNameConfigurations: []pasarela.DomainNameConfiguration{{CertificateARN: "arn:aws:acm:x"}},
	}}))(t)
	bucket.then = func() {
		must(s.DomainNames.CreateAPIMapping(t.Context(), apis.CreateAPIMappingInput{DomainNameInput: domain, APIMappingFields: apis.APIMappingFields{APIID: &api, Stage: new("prod")}}))(t)
	}
	return s, api, domain
}

// A mapping that is made while its stage is deleted stays and leads nowhere; it can be deleted,
// and serves again when there is a stage of that name (A-APIS-9).
func TestAMappingMadeWhileItsStageIsDeleted(t *testing.T) {
	s, id, domain := raced(t)
	ctx, stage := t.Context(), apis.CreateStageInput{APIID: id, StageName: new("prod")}
	if err := s.Stages.DeleteStage(ctx, apis.StageInput{APIID: id, StageName: "prod"}); err != nil {
		t.Fatalf("the stage, whose mappings were read before: %v", err)
	}
	mappings := must(s.DomainNames.GetAPIMappings(ctx, domain))(t)
	if len(mappings) != 1 || mappings[0].Stage != "prod" {
		t.Fatalf("the mappings: %+v", mappings)
	}
	must(s.Stages.CreateStage(ctx, stage))(t) // the mapping names this one now
	if err := s.Stages.DeleteStage(ctx, apis.StageInput{APIID: id, StageName: "prod"}); err == nil {
		t.Error("a mapped stage was deleted")
	}
	if err := s.DomainNames.DeleteAPIMapping(ctx, apis.APIMappingInput{DomainNameInput: domain, APIMappingID: mappings[0].APIMappingID}); err != nil {
		t.Error(err)
	}
	if err := s.Stages.DeleteStage(ctx, apis.StageInput{APIID: id, StageName: "prod"}); err != nil {
		t.Errorf("without the mapping: %v", err)
	}
}

// A mapping that is made while its API is deleted stays and leads nowhere; it can be deleted, and
// so can its domain (A-APIS-9).
func TestAMappingMadeWhileItsAPIIsDeleted(t *testing.T) {
	s, id, domain := raced(t)
	ctx := t.Context()
	if err := s.DeleteAPI(ctx, apis.APIInput{APIID: id}); err != nil {
		t.Fatalf("the API, whose mappings were read before: %v", err)
	}
	mappings := must(s.DomainNames.GetAPIMappings(ctx, domain))(t)
	if len(mappings) != 1 || mappings[0].APIID != id {
		t.Fatalf("the mappings: %+v", mappings)
	}
	again := apis.CreateAPIMappingInput{DomainNameInput: domain, APIMappingFields: apis.APIMappingFields{APIID: &id, Stage: new("prod"), APIMappingKey: new("again")}}
	if _, err := s.DomainNames.CreateAPIMapping(ctx, again); err == nil {
		t.Error("a mapping was made to an API that is gone")
	}
	if err := s.DomainNames.DeleteAPIMapping(ctx, apis.APIMappingInput{DomainNameInput: domain, APIMappingID: mappings[0].APIMappingID}); err != nil {
		t.Error(err)
	}
	if err := s.DomainNames.DeleteDomainName(ctx, domain); err != nil {
		t.Errorf("the domain: %v", err)
	}
}
