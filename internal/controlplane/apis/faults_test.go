package apis_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/state/statetest"
)

// whole fails when a document names something that does not exist.
func whole(t *testing.T, bucket pasarela.Bucket, s *apis.Service, id string) {
	t.Helper()
	for _, stage := range must(s.Stages.GetStages(t.Context(), apis.APIInput{APIID: id}))(t) {
		if stage.DeploymentID == "" {
			continue
		}
		if _, err := bucket.Get(t.Context(), pasarela.DeploymentKey(id, stage.DeploymentID)); err != nil {
			t.Errorf("stage %s points at deployment %s: %v", stage.StageName, stage.DeploymentID, err)
		}
	}
	for _, d := range must(s.Deployments.GetDeployments(t.Context(), apis.APIInput{APIID: id}))(t) {
		if _, err := bucket.Get(t.Context(), pasarela.DeploymentKey(id, d.DeploymentID)); err != nil {
			t.Errorf("deployment %s is listed: %v", d.DeploymentID, err)
		}
	}
}

// Whatever the outcome of an operation's writes, no document names something
// that does not exist, neither before nor after a late write.
func TestNoFaultUndoesWhatMayHaveBeenWritten(t *testing.T) {
	operations := map[string]func(ctx context.Context, s *apis.Service, id, first string) error{
		"deploy": func(ctx context.Context, s *apis.Service, id, _ string) error {
			_, err := s.Deployments.CreateDeployment(ctx, apis.CreateDeploymentInput{APIID: id, StageName: new("prod")})
			return err
		},
		"move": func(ctx context.Context, s *apis.Service, id, first string) error {
			_, err := s.Stages.UpdateStage(ctx, apis.UpdateStageInput{StageInput: apis.StageInput{APIID: id, StageName: "prod"}, StageFields: apis.StageFields{DeploymentID: &first}})
			return err
		},
		"delete deployment": func(ctx context.Context, s *apis.Service, id, first string) error {
			return s.Deployments.DeleteDeployment(ctx, apis.DeploymentInput{APIID: id, DeploymentID: first})
		},
		"delete stage": func(ctx context.Context, s *apis.Service, id, _ string) error {
			return s.Stages.DeleteStage(ctx, apis.StageInput{APIID: id, StageName: "prod"})
		},
		"follow": func(ctx context.Context, s *apis.Service, id, _ string) error {
			_, err := s.Stages.UpdateStage(ctx, apis.UpdateStageInput{StageInput: apis.StageInput{APIID: id, StageName: "prod"}, StageFields: apis.StageFields{AutoDeploy: new(true)}})
			return err
		},
	}
	for name, operation := range operations {
		for _, verb := range []string{"put", "delete", "get", "list"} {
			for _, prefix := range []string{pasarela.PrefixAPI, pasarela.PrefixDeployment} {
				for _, fault := range []statetest.Fault{statetest.RequestLost, statetest.ResponseLost, statetest.Delayed} {
					t.Run(fmt.Sprint(name, " ", verb, " ", prefix, " ", fault), func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) {
							bucket := statetest.NewFaulty(memory.NewBucket(), nil)
							s := newService(t, func(o *apis.Options) { o.Bucket = bucket })
							id, ctx := newAPI(t, s), t.Context()
							createRoute(t, s, id, "join")
							first := must(s.Deployments.CreateDeployment(ctx, apis.CreateDeploymentInput{APIID: id}))(t).DeploymentID
							must(s.Stages.CreateStage(ctx, apis.CreateStageInput{APIID: id, StageName: new("prod")}))(t)
							must(s.Deployments.CreateDeployment(ctx, apis.CreateDeploymentInput{APIID: id, StageName: new("prod")}))(t)
							stop := running(t, s)
							synctest.Wait()
							bucket.SetPlan(statetest.Once(verb, prefix, fault))
							if err := operation(ctx, s, id, first); err != nil && !errors.Is(err, pasarela.ErrUnavailable) {
								t.Errorf("got %v", err)
							}
							time.Sleep(10 * time.Second) // automatic deployments have tried again
							stop()
							bucket.SetPlan(nil)
							whole(t, bucket, s, id)
							bucket.RunDelayed()
							whole(t, bucket, s, id)
						})
					})
				}
			}
		}
	}
}

// What a write of unknown outcome left is removed after an hour, and what it made
// stays: also when it is made while the cleanup looks.
func TestWhatNobodyNamesIsRemovedAfterAnHour(t *testing.T) {
	for fault, made := range map[statetest.Fault]bool{statetest.RequestLost: false, statetest.ResponseLost: true, statetest.Delayed: true} {
		synctest.Test(t, func(t *testing.T) {
			bucket := statetest.NewFaulty(memory.NewBucket(), nil)
			s := newService(t, func(o *apis.Options) { o.Bucket = bucket })
			id, ctx := newAPI(t, s), t.Context()
			createRoute(t, s, id, "join")
			must(s.Stages.CreateStage(ctx, apis.CreateStageInput{APIID: id, StageName: new("prod")}))(t)
			bucket.SetPlan(statetest.Once("put", pasarela.PrefixAPI, fault))
			if _, err := s.Deployments.CreateDeployment(ctx, apis.CreateDeploymentInput{APIID: id, StageName: new("prod")}); !errors.Is(err, pasarela.ErrUnavailable) {
				t.Fatalf("got %v", err)
			}
			frozen := func() int { return len(must(bucket.List(ctx, pasarela.PrefixDeployment))(t)) }
			defer running(t, s)()
			time.Sleep(50 * time.Minute)
			if frozen() != 1 {
				t.Error("it was removed within the hour")
			}
			bucket.RunDelayed()
			time.Sleep(3 * time.Hour)
			if want := map[bool]int{true: 1, false: 0}[made]; frozen() != want {
				t.Errorf("%d are frozen, want %d", frozen(), want)
			}
			whole(t, bucket, s, id)
		})
	}
}

// A refusal proves that nothing was written, so what was frozen for it goes at once.
func TestARefusedDeploymentLeavesNothing(t *testing.T) {
	bucket := statetest.NewFaulty(memory.NewBucket(), nil)
	s := newService(t, func(o *apis.Options) { o.Bucket = bucket })
	id, ctx := newAPI(t, s), t.Context()
	createRoute(t, s, id, "join")
	must(s.Stages.CreateStage(ctx, apis.CreateStageInput{APIID: id, StageName: new("prod")}))(t)
	elsewhere := newService(t, func(o *apis.Options) { o.Bucket = bucket.Bucket })
	deleted := false
	bucket.SetPlan(func(verb, key string) statetest.Fault {
		if verb == "put" && strings.HasPrefix(key, pasarela.PrefixDeployment) && !deleted {
			deleted = true
			must(0, elsewhere.Stages.DeleteStage(ctx, apis.StageInput{APIID: id, StageName: "prod"}))(t)
		}
		return statetest.None
	})
	_, err := s.Deployments.CreateDeployment(ctx, apis.CreateDeploymentInput{APIID: id, StageName: new("prod")})
	refused(t, err, "NotFoundException", "stage")
	if left := must(bucket.List(ctx, pasarela.PrefixDeployment))(t); len(left) != 0 {
		t.Errorf("%d definitions are left", len(left))
	}
}

// A stage whose deployment was lost reports it; the deployment is restored where
// its API's definition is still the one that was frozen.
func TestLostDeploymentsAreToldAndMended(t *testing.T) {
	for name, edit := range map[string]bool{"the API is as it was": false, "the API was edited": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				bucket := memory.NewBucket()
				s := newService(t, func(o *apis.Options) { o.Bucket = bucket })
				id, ctx := newAPI(t, s), t.Context()
				createRoute(t, s, id, "join")
				must(s.Stages.CreateStage(ctx, apis.CreateStageInput{APIID: id, StageName: new("prod")}))(t)
				d := must(s.Deployments.CreateDeployment(ctx, apis.CreateDeploymentInput{APIID: id, StageName: new("prod")}))(t)
				entry := must(bucket.Get(ctx, pasarela.DeploymentKey(id, d.DeploymentID)))(t)
				if edit {
					createRoute(t, s, id, "leave")
				}
				must(0, bucket.Delete(ctx, entry.Key, entry.Revision))(t)
				stop := running(t, s)
				time.Sleep(time.Second)
				stop()
				stage := must(s.Stages.GetStage(ctx, apis.StageInput{APIID: id, StageName: "prod"}))(t)
				back, err := bucket.Get(ctx, entry.Key)
				if !edit {
					if err != nil || !slices.Equal(back.Value, entry.Value) || stage.LastDeploymentStatusMessage != "" {
						t.Errorf("not brought back: %v, %q", err, stage.LastDeploymentStatusMessage)
					}
					return
				}
				if !errors.Is(err, pasarela.ErrNotFound) || !strings.Contains(stage.LastDeploymentStatusMessage, d.DeploymentID) {
					t.Errorf("the stage says %q, %v", stage.LastDeploymentStatusMessage, err)
				}
				must(s.Deployments.CreateDeployment(ctx, apis.CreateDeploymentInput{APIID: id, StageName: new("prod")}))(t)
				if got := must(s.Stages.GetStage(ctx, apis.StageInput{APIID: id, StageName: "prod"}))(t); got.LastDeploymentStatusMessage != "" {
					t.Errorf("deployed again, it says %q", got.LastDeploymentStatusMessage)
				}
			})
		})
	}
}

// followers records which revisions are waited for, and when they were written.
type followers struct {
	bucket pasarela.Bucket
	seen   []string
	slow   bool
}

func (f *followers) Await(ctx context.Context, change apis.Change) error {
	entry, err := f.bucket.Get(ctx, change.Key)
	switch {
	case change.Removed && !errors.Is(err, pasarela.ErrNotFound), !change.Removed && entry.Revision != change.Revision:
		return fmt.Errorf("%+v is not what is there: %+v, %w", change, entry, err)
	}
	f.seen = append(f.seen, change.Key)
	if f.slow {
		<-ctx.Done()
		return ctx.Err()
	}
	return nil
}

// Operations that change what clients meet wait for those who serve it, no longer
// than two seconds, and are not undone by them (A-APIS-17).
func TestOperationsWaitUntilTheyAreServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &followers{bucket: memory.NewBucket()}
		s := newService(t, func(o *apis.Options) { o.Bucket, o.ServingNodes = f.bucket, f })
		id, ctx := newAPI(t, s), t.Context()
		createRoute(t, s, id, "join")
		if len(f.seen) != 0 {
			t.Errorf("edits of a draft waited: %v", f.seen)
		}
		stage := apis.StageInput{APIID: id, StageName: "prod"}
		domain := apis.DomainNameInput{DomainName: "ws.example.com"}
		var mapping pasarela.APIMapping
		for _, o := range []struct {
			name string
			do   func() error
		}{
			{"CreateStage", func() error {
				_, err := s.Stages.CreateStage(ctx, apis.CreateStageInput{APIID: id, StageName: new("prod")})
				return err
			}},
			{"CreateDeployment", func() error {
				_, err := s.Deployments.CreateDeployment(ctx, apis.CreateDeploymentInput{APIID: id, StageName: new("prod")})
				return err
			}},
			{"UpdateStage", func() error {
				_, err := s.Stages.UpdateStage(ctx, apis.UpdateStageInput{StageInput: stage, StageFields: apis.StageFields{StageVariables: map[string]string{"a": "b"}}})
				return err
			}},
			{"CreateDomainName", func() error {
				_, err := s.DomainNames.CreateDomainName(ctx, apis.CreateDomainNameInput{DomainName: &domain.DomainName, DomainNameFields: apis.DomainNameFields{DomainNameConfigurations: []pasarela.DomainNameConfiguration{{CertificateARN: "arn:aws:acm:x"}}}})
				return err
			}},
			{"CreateApiMapping", func() (err error) {
				mapping, err = s.DomainNames.CreateAPIMapping(ctx, apis.CreateAPIMappingInput{DomainNameInput: domain, APIMappingFields: apis.APIMappingFields{APIID: &id, Stage: new("prod")}})
				return err
			}},
			{"DeleteApiMapping", func() error {
				return s.DomainNames.DeleteAPIMapping(ctx, apis.APIMappingInput{DomainNameInput: domain, APIMappingID: mapping.APIMappingID})
			}},
			{"DeleteDomainName", func() error { return s.DomainNames.DeleteDomainName(ctx, domain) }},
			{"DeleteStage", func() error { return s.Stages.DeleteStage(ctx, stage) }},
			{"DeleteApi", func() error { return s.DeleteAPI(ctx, apis.APIInput{APIID: id}) }},
		} {
			before := len(f.seen)
			f.slow = !f.slow
			began := time.Now()
			if err := o.do(); err != nil {
				t.Errorf("%s: %v", o.name, err)
			}
			want := time.Duration(0)
			if f.slow {
				want = 2 * time.Second
			}
			if took := time.Since(began); len(f.seen) != before+1 || took != want {
				t.Errorf("%s waited %s for %v", o.name, took, f.seen[before:])
			}
		}
	})
}
