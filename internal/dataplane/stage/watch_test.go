package stage_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/authorizer"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/state/document"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

const apiID = "abcdefghij"

// definition is an API with one route to a mock.
func definition() pasarela.Definition {
	return pasarela.Definition{
		API: pasarela.API{APIID: apiID, RouteSelectionExpression: "$request.body.action"},
		Routes: []pasarela.Route{
			{RouteKey: "$connect", AuthorizationType: pasarela.AuthorizationNone, Target: "integrations/mock01"},
			{RouteKey: "order", Target: "integrations/mock01"},
		},
		Integrations: []pasarela.Integration{{
			IntegrationID: "mock01", IntegrationType: "MOCK", PassthroughBehavior: "WHEN_NO_MATCH",
			RequestTemplates: map[string]string{"$default": `{"statusCode":200}`},
		}},
	}
}

// deploy keeps a definition as a deployment and points the stage at it.
func deploy(t *testing.T, bucket pasarela.Bucket, id string, d pasarela.Definition, s pasarela.Stage) {
	t.Helper()
	keep(t, bucket, pasarela.DeploymentKey(apiID, id), d)
	s.DeploymentID = id
	if s.StageName == "" {
		s.StageName = "prod"
	}
	keep(t, bucket, pasarela.APIDocumentKey(apiID), pasarela.APIDocument{Definition: d, Stages: []pasarela.Stage{s}})
}

func served(t *testing.T, k *stage.Watcher) (deploymentID, problem string) {
	t.Helper()
	s, ok := k.Directory.Stage(apiID, "prod")
	if !ok {
		return "", ""
	}
	if d := s.Deployed(); d != nil {
		deploymentID = d.DeploymentID
	}
	return deploymentID, s.Problem().Error()
}

// A deployment that does not compile is not served: the old one is still served,
// and the stage says which resource and property is wrong.
func TestWhatDoesNotCompileIsNotServed(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*pasarela.Definition, *pasarela.Stage)
		want  []string
	}{
		"template": {func(d *pasarela.Definition, _ *pasarela.Stage) {
			d.Integrations[0].RequestTemplates["$default"] = "#if("
		}, []string{"integration mock01", "requestTemplates"}},
		"kind of integration": {func(d *pasarela.Definition, _ *pasarela.Stage) { d.Integrations[0].IntegrationType = "MAGIC" }, []string{"integration mock01", "integrationType"}},
		"response key": {func(d *pasarela.Definition, _ *pasarela.Stage) {
			d.Integrations[0].Responses = []pasarela.IntegrationResponse{{IntegrationResponseKey: "/(/"}}
		}, []string{"integration mock01", "integrationResponseKey"}},
		"target":          {func(d *pasarela.Definition, _ *pasarela.Stage) { d.Routes[1].Target = "integrations/none" }, []string{"route order", "integrations/none"}},
		"route selection": {func(d *pasarela.Definition, _ *pasarela.Stage) { d.API.RouteSelectionExpression = "$request.nonsense" }, []string{"routeSelectionExpression"}},
		"API key":         {func(d *pasarela.Definition, _ *pasarela.Stage) { d.API.APIKeySelectionExpression = "$request.body.key" }, []string{"apiKeySelectionExpression"}},
		"model": {func(d *pasarela.Definition, _ *pasarela.Stage) {
			d.Routes[1].ModelSelectionExpression, d.Routes[1].RequestModels = `\$default`, map[string]string{"$default": "none"}
		}, []string{"route order", "none"}},
		"certificate": {func(_ *pasarela.Definition, s *pasarela.Stage) { s.ClientCertificateID = "none" }, []string{"clientCertificateId none does not exist"}},
		"access log": {func(_ *pasarela.Definition, s *pasarela.Stage) {
			s.AccessLogSettings = &pasarela.AccessLogSettings{DestinationARN: "arn:aws:logs:x", Format: "$context.requestId"}
		}, []string{"accessLogSettings"}},
		"setting in a tag": {func(_ *pasarela.Definition, s *pasarela.Stage) {
			s.Tags = map[string]string{pasarela.TagPrefix + "idle-timeout": "soon"}
		}, []string{pasarela.TagPrefix + "idle-timeout"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				bucket := memory.NewBucket()
				k := node(t, bucket)
				defer k.Stop()
				deploy(t, bucket, "good01", definition(), pasarela.Stage{})
				synctest.Wait()
				if id, problem := served(t, k); id != "good01" || problem != "" {
					t.Fatalf("serves %q: %s", id, problem)
				}
				d, s := definition(), pasarela.Stage{}
				c.spoil(&d, &s)
				// A certificate is looked up when the stage is written.
				if faults := stage.Check(&d, &s); len(faults) == 0 && name != "certificate" {
					t.Error("the control plane would take it")
				}
				deploy(t, bucket, "bad001", d, s)
				synctest.Wait()
				id, problem := served(t, k)
				if id != "good01" {
					t.Errorf("serves %q", id)
				}
				for _, want := range append(c.want, "deployment bad001", "stage prod") {
					if !strings.Contains(problem, want) {
						t.Errorf("the stage says %q, not %q", problem, want)
					}
				}
				deploy(t, bucket, "good02", definition(), pasarela.Stage{})
				synctest.Wait()
				if id, problem := served(t, k); id != "good02" || problem != "" {
					t.Errorf("mended, it serves %q: %s", id, problem)
				}
			})
		})
	}
}

// After a restart there is no deployment before the one that does not compile: the
// stage's problem is the compile error, and not that nothing is deployed.
func TestWhyNothingCanBeServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := memory.NewBucket()
		d := definition()
		d.Integrations[0].RequestTemplates["$default"] = "#if("
		deploy(t, bucket, "bad001", d, pasarela.Stage{})
		k := node(t, bucket)
		defer k.Stop()
		synctest.Wait()
		why := k.Directory.WhyUnserved("127.0.0.1:4566", "/"+apiID+"/prod").Why.Error()
		if !strings.Contains(why, "requestTemplates") || !strings.Contains(why, "bad001") || strings.Contains(why, "deploy it") {
			t.Errorf("it says %q", why)
		}
	})
}

// A stage that AutoDeploy could never deploy to shows the error of AutoDeploy.
func TestWhyAutoDeployServesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := memory.NewBucket()
		at := pasarela.Stage{StageName: "prod", AutoDeploy: new(true), LastDeploymentStatusMessage: "Unable to deploy the Api. integration mock01"}
		keep(t, bucket, pasarela.APIDocumentKey(apiID), pasarela.APIDocument{Definition: definition(), Stages: []pasarela.Stage{at}})
		k := node(t, bucket)
		defer k.Stop()
		synctest.Wait()
		why := k.Directory.WhyUnserved("127.0.0.1:4566", "/"+apiID+"/prod").Why.Error()
		if want := "AutoDeploy of stage prod could not deploy API " + apiID + ": Unable to deploy the Api. integration mock01"; why != want {
			t.Errorf("it says %q, want %q", why, want)
		}
	})
}

// A deployment whose authorizer is broken is served, and refuses every client: the one
// before it may have had no authorizer at all.
func TestABrokenAuthorizerClosesTheStage(t *testing.T) {
	for name, spoil := range map[string]func(*pasarela.Definition){
		"unknown authorizer": func(d *pasarela.Definition) {
			d.Routes[0].AuthorizationType, d.Routes[0].AuthorizerID = "CUSTOM", "none"
		},
		"unknown type": func(d *pasarela.Definition) { d.Routes[0].AuthorizationType = "MAGIC" },
		"a function's own ARN": func(d *pasarela.Definition) {
			d.Routes[0].AuthorizationType, d.Routes[0].AuthorizerID = "CUSTOM", "auth01"
			d.Authorizers = []pasarela.Authorizer{{AuthorizerID: "auth01", AuthorizerType: "REQUEST", AuthorizerURI: "arn:aws:lambda:us-east-1:123456789012:function:auth"}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				bucket := memory.NewBucket()
				k := node(t, bucket)
				defer k.Stop()
				deploy(t, bucket, "good01", definition(), pasarela.Stage{})
				d := definition()
				spoil(&d)
				deploy(t, bucket, "bad001", d, pasarela.Stage{})
				synctest.Wait()
				if id, problem := served(t, k); id != "bad001" || problem != "" {
					t.Fatalf("serves %q: %s", id, problem)
				}
				s, _ := k.Directory.Stage(apiID, "prod")
				if _, err := s.Deployed().Connect.Authorizer.Authorize(authorizer.Request{HTTP: httptest.NewRequest(http.MethodGet, "/", nil)}); err == nil || err.Status != http.StatusInternalServerError {
					t.Errorf("admitted: %v", err)
				}
				if faults := stage.Check(&d, nil); len(faults) != 1 {
					t.Errorf("a deployment of it is refused for %+v", faults)
				}
			})
		})
	}
}

// A stage whose settings come back to what is served has no problem any more, nor
// has one to which nothing is deployed.
func TestAProblemEndsWithItsCause(t *testing.T) {
	for name, back := range map[string]func(*testing.T, pasarela.Bucket){
		"settings as they were": func(t *testing.T, b pasarela.Bucket) { deploy(t, b, "good01", definition(), pasarela.Stage{}) },
		"nothing deployed": func(t *testing.T, b pasarela.Bucket) {
			keep(t, b, pasarela.APIDocumentKey(apiID), pasarela.APIDocument{Definition: definition(), Stages: []pasarela.Stage{{StageName: "prod"}}})
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			bucket := memory.NewBucket()
			k := node(t, bucket)
			defer k.Stop()
			deploy(t, bucket, "good01", definition(), pasarela.Stage{})
			synctest.Wait()
			deploy(t, bucket, "good01", definition(), pasarela.Stage{ClientCertificateID: "none"})
			synctest.Wait()
			if _, problem := served(t, k); problem == "" {
				t.Fatal("no problem")
			}
			back(t, bucket)
			synctest.Wait()
			if _, problem := served(t, k); problem != "" {
				t.Errorf("%s: still %s", name, problem)
			}
		})
	}
}

// A deployment may come after the stage that names it, and a certificate after both.
func TestWhatComesLateIsServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := memory.NewBucket()
		k := node(t, bucket)
		defer k.Stop()
		d := definition()
		keep(t, bucket, pasarela.APIDocumentKey(apiID), pasarela.APIDocument{Definition: d, Stages: []pasarela.Stage{{StageName: "prod", DeploymentID: "late01"}}})
		synctest.Wait()
		if id, problem := served(t, k); id != "" || !strings.Contains(problem, "not in the store (yet)") {
			t.Errorf("serves %q: %s", id, problem)
		}
		keep(t, bucket, pasarela.DeploymentKey(apiID, "late01"), d)
		synctest.Wait()
		if id, problem := served(t, k); id != "late01" || problem != "" {
			t.Errorf("serves %q: %s", id, problem)
		}
	})
}

// Readers of a stage while deployments are swapped see complete ones only; the
// stage, its counters and its routes' buckets stay the same.
func TestDeploymentsAreSwappedUnderReaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := memory.NewBucket()
		k := node(t, bucket)
		defer k.Stop()
		deploy(t, bucket, "d0", definition(), pasarela.Stage{StageVariables: map[string]string{"v": "d0"}})
		synctest.Wait()
		first, _ := k.Directory.Stage(apiID, "prod")
		var done atomic.Bool
		var readers sync.WaitGroup
		for range 4 {
			readers.Go(func() {
				for !done.Load() {
					match, ok := k.Directory.Lookup("127.0.0.1:4566", "/"+apiID+"/prod")
					if !ok || match.Stage != first {
						t.Error("the stage is another, or gone")
						return
					}
					d := match.Stage.Deployed()
					if d.Variables[0].Value != d.DeploymentID || d.Connect == nil {
						t.Errorf("half of deployment %s", d.DeploymentID)
						return
					}
				}
			})
		}
		for i := range 50 {
			id := fmt.Sprint("d", i+1)
			deploy(t, bucket, id, definition(), pasarela.Stage{StageVariables: map[string]string{"v": id}})
		}
		for { // readers never sleep, so the bubble is never idle
			if id, _ := served(t, k); id == "d50" {
				break
			}
		}
		done.Store(true)
		readers.Wait()
	})
}

func TestStagesThatGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := memory.NewBucket()
		k := node(t, bucket)
		defer k.Stop()
		deploy(t, bucket, "d1", definition(), pasarela.Stage{})
		synctest.Wait()
		s, _ := k.Directory.Stage(apiID, "prod")
		if err := document.NewStore[pasarela.APIDocument](bucket).Delete(t.Context(), pasarela.APIDocumentKey(apiID), nil); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if _, ok := k.Directory.Lookup("127.0.0.1:4566", "/"+apiID+"/prod"); ok || s.Deployed() != nil {
			t.Error("a stage that is gone serves")
		}
	})
}
