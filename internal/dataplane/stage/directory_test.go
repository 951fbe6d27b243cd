package stage_test

import (
	"testing"
	"testing/synctest"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/authorizer"
	"github.com/pasarela-ws/pasarela/internal/dataplane/integration"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/state/document"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

var regionAccount = pasarela.RegionAccount{Region: "us-east-1", AccountID: "123456789012"}

// node is a watcher of a store that may have others.
func node(t *testing.T, bucket pasarela.Bucket) *stage.Watcher {
	t.Helper()
	k := stage.NewWatcher(stage.Options{
		Bucket: bucket, RegionAccount: regionAccount, Endpoint: stage.Endpoint{Authority: "127.0.0.1:4566"},
		Integrations: &integration.Services{RegionAccount: regionAccount}, Authorizers: &authorizer.Services{RegionAccount: regionAccount},
	})
	<-k.Ready()
	return k
}

func keep[T any](t *testing.T, bucket pasarela.Bucket, key string, value T) {
	t.Helper()
	if _, err := document.NewStore[T](bucket).Upsert(t.Context(), key, func(v *T) error { *v = value; return nil }); err != nil {
		t.Fatal(err)
	}
}

func TestWhereAStageIsFound(t *testing.T) {
	const byHost = apiID + ".execute-api.us-east-1."
	for _, c := range []struct {
		host, path         string
		stage, rest, named string // named: $context.domainName
	}{
		{"127.0.0.1:4566", "/" + apiID + "/prod", "prod", "", "127.0.0.1:4566/" + apiID},
		{"127.0.0.1:4566", "/" + apiID + "/prod/", "prod", "/", "127.0.0.1:4566/" + apiID},
		{"127.0.0.1:4566", "/" + apiID + "/prod/@connections/x", "prod", "/@connections/x", "127.0.0.1:4566/" + apiID},
		{"evil.example.org", "/" + apiID + "/test", "test", "", "127.0.0.1:4566/" + apiID}, // never from the client
		{"", "/" + apiID + "/test", "test", "", "127.0.0.1:4566/" + apiID},
		{"[::1]:4566", "/" + apiID + "/prod", "prod", "", "127.0.0.1:4566/" + apiID},
		{"127.0.0.1:4566", "/" + apiID + "/none", "", "", ""},
		{"127.0.0.1:4566", "/" + apiID, "", "", ""},
		{"127.0.0.1:4566", "/" + apiID + "/", "", "", ""},
		{"127.0.0.1:4566", "//" + apiID + "/prod", "", "", ""},
		{"127.0.0.1:4566", "/", "", "", ""},
		{"127.0.0.1:4566", "", "", "", ""},
		{"127.0.0.1:4566", "/prod", "", "", ""},

		{byHost + "example.test", "/prod", "prod", "", byHost + "example.test:4566"},
		{byHost + "Example.TEST:99", "/prod/", "prod", "/", byHost + "example.test:4566"},
		{byHost + "example.test.", "/prod", "prod", "", byHost + "example.test:4566"},
		{byHost + "localhost:4566", "/test", "test", "", byHost + "localhost:4566"},
		{byHost + "example.test", "/none", "", "", ""},
		{byHost + "example.test", "/" + apiID + "/prod", "", "", ""},
		{byHost + "amazonaws.com", "/prod/@connections/x", "prod", "/@connections/x", byHost + "amazonaws.com:4566"}, // A-FUNCTIONS-5
		{apiID + ".execute-api.eu-west-1.amazonaws.com", "/prod", "", "", ""},
		{apiID + ".execute-api.eu-west-1.example.test", "/prod", "", "", ""},
		{"none.execute-api.us-east-1.example.test", "/prod", "", "", ""},
		{".execute-api.us-east-1.example.test", "/prod", "", "", ""},

		{"ws.example.com", "/orders", "prod", "", "ws.example.com:4566"},
		{"WS.example.com:4566", "/orders/", "prod", "/", "ws.example.com:4566"},
		{"ws.example.com", "/orders/new", "test", "", "ws.example.com:4566"},
		{"ws.example.com", "/orders/newer", "prod", "/newer", "ws.example.com:4566"},
		{"ws.example.com", "/ordersx", "", "", ""},
		{"ws.example.com", "/", "", "", ""},
		{"ws.example.com", "/" + apiID + "/prod", "", "", ""},
		{"ws.example.com", "/orders/@connections/x", "prod", "/@connections/x", "ws.example.com:4566"},
		{"all.example.com", "/", "prod", "/", "all.example.com:4566"},
		{"all.example.com", "/anything", "prod", "/anything", "all.example.com:4566"},
		{"lost.example.com", "/", "", "", ""},
		{"mtls.example.com", "/", "", "", ""},
	} {
		k := world(t)
		match, ok := k.Directory.Lookup(c.host, c.path)
		name := ""
		if ok {
			name = match.Stage.Name
		}
		if ok != (c.stage != "") || name != c.stage || ok && (match.Rest != c.rest || match.DomainName != c.named) {
			t.Errorf("%s%s: %v %q %+v", c.host, c.path, ok, name, match)
		}
	}
}

// An API whose default endpoint is disabled is found by its domains only.
func TestADisabledEndpoint(t *testing.T) {
	k := world(t)
	for _, c := range []struct {
		host, path string
		want       bool
	}{
		{"127.0.0.1:4566", "/hiddenhide/prod", false},
		{"hiddenhide.execute-api.us-east-1.example.test", "/prod", false},
		{"hidden.example.com", "/", true},
	} {
		if match, ok := k.Directory.Lookup(c.host, c.path); ok != c.want {
			t.Errorf("%s%s: %v %+v", c.host, c.path, ok, match)
		}
	}
}

// world is a directory of two APIs and four domains, stopped when it has everything.
func world(t *testing.T) (k *stage.Watcher) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		bucket := memory.NewBucket()
		for _, id := range []string{apiID, "hiddenhide"} {
			d := definition()
			d.API.APIID, d.API.DisableExecuteAPIEndpoint = id, id != apiID
			keep(t, bucket, pasarela.DeploymentKey(id, "d1"), d)
			keep(t, bucket, pasarela.APIDocumentKey(id), pasarela.APIDocument{Definition: d, Stages: []pasarela.Stage{{StageName: "prod", DeploymentID: "d1"}, {StageName: "test", DeploymentID: "d1"}}})
		}
		keep(t, bucket, pasarela.APIDocumentKey("stageless0"), pasarela.APIDocument{Definition: pasarela.Definition{API: pasarela.API{APIID: "stageless0"}}})
		for name, mappings := range map[string][]pasarela.APIMapping{
			"ws.example.com":     {{APIMappingKey: "orders", APIID: apiID, Stage: "prod"}, {APIMappingKey: "orders/new", APIID: apiID, Stage: "test"}, {APIMappingKey: "gone", APIID: "none", Stage: "prod"}},
			"all.example.com":    {{APIID: apiID, Stage: "prod"}},
			"lost.example.com":   {{APIID: apiID, Stage: "none"}},
			"hidden.example.com": {{APIID: "hiddenhide", Stage: "prod"}},
		} {
			keep(t, bucket, pasarela.DomainNameKey(name), pasarela.DomainName{DomainName: name, Mappings: mappings})
		}
		keep(t, bucket, pasarela.DomainNameKey("mtls.example.com"), pasarela.DomainName{
			DomainName: "mtls.example.com", Mappings: []pasarela.APIMapping{{APIID: apiID, Stage: "prod"}},
			MutualTLSAuthentication: &pasarela.MutualTLSAuthentication{TruststoreURI: "s3://b/k"},
		})
		k = stage.NewWatcher(stage.Options{
			Bucket: bucket, RegionAccount: regionAccount, Endpoint: stage.Endpoint{Authority: "127.0.0.1:4566", Suffix: "example.test"},
			Integrations: &integration.Services{RegionAccount: regionAccount}, Authorizers: &authorizer.Services{RegionAccount: regionAccount},
		})
		<-k.Ready()
		k.Stop()
	})
	return k
}
