package apis_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

// code is the error code of an answer, "" for none.
func code(err error) pasarela.ErrorCode {
	var known *pasarela.Error
	if errors.As(err, &known) {
		return known.Code
	}
	if err != nil {
		return pasarela.ErrorCode(err.Error())
	}
	return ""
}

func refused(t testing.TB, err error, want pasarela.ErrorCode, text string) {
	t.Helper()
	if code(err) != want || !strings.Contains(err.Error(), text) {
		t.Errorf("got %v, want %s %q", err, want, text)
	}
}

// pickyChecker finds a fault in every template that says so.
type pickyChecker struct{}

func (c pickyChecker) CheckStage(d pasarela.Definition, s *pasarela.Stage) []apis.Fault {
	if s != nil && s.StageVariables["wrong"] != "" {
		return []apis.Fault{{Resource: "integration", ID: "i1", Member: "integrationUri", Message: language.Verbatim.Of("it is wrong with " + s.StageVariables["wrong"])}}
	}
	return c.Check(d)
}

func (pickyChecker) Check(d pasarela.Definition) []apis.Fault {
	var faults []apis.Fault
	if d.API.RouteSelectionExpression == "bad" {
		faults = append(faults, apis.Fault{Resource: "api", Member: "routeSelectionExpression", Message: language.Verbatim.Of("no such variable")})
	}
	for _, i := range d.Integrations {
		for key, template := range i.RequestTemplates {
			if strings.Contains(template, "#if") {
				faults = append(faults, apis.Fault{Resource: "integration", ID: i.IntegrationID, Member: "requestTemplates." + key, Message: language.Verbatim.Of("line 1: #if without #end")})
			}
		}
		for key, value := range i.RequestParameters {
			if value == "nonsense" {
				faults = append(faults, apis.Fault{Resource: "integration", ID: i.IntegrationID, Member: "requestParameters." + key, Message: language.Verbatim.Of(value)})
			}
		}
	}
	for _, m := range d.Models {
		if strings.Contains(m.Schema, "draft-99") {
			faults = append(faults, apis.Fault{Resource: "model", ID: m.ModelID, Member: "schema", Message: language.Verbatim.Of("unknown draft")})
		}
	}
	return faults
}

func createRoute(t testing.TB, s *apis.Service, id, key string) pasarela.Route {
	t.Helper()
	return must(s.CreateRoute(t.Context(), apis.CreateRouteInput{APIID: id, RouteFields: apis.RouteFields{RouteKey: &key}}))(t)
}

func TestDeploymentsAreCompiledFirst(t *testing.T) {
	s := newService(t, func(o *apis.Options) { o.Checker = pickyChecker{} })
	id, ctx := newAPI(t, s), t.Context()
	must(s.Stages.CreateStage(ctx, apis.CreateStageInput{APIID: id, StageName: new("prod")}))(t)
	deploy := func() error {
		_, err := s.Deployments.CreateDeployment(ctx, apis.CreateDeploymentInput{APIID: id, StageName: new("prod")})
		return err
	}
	refused(t, deploy(), "BadRequestException", "At least one route is required before deploying the Api.")
	r := createRoute(t, s, id, "join")
	must(s.UpdateRoute(ctx, apis.UpdateRouteInput{RouteInput: apis.RouteInput{APIID: id, RouteID: r.RouteID}, RouteFields: apis.RouteFields{RequestModels: map[string]string{"join": "Later"}}}))(t)
	refused(t, deploy(), "BadRequestException", "route join, requestModels.join: there is no model with name Later")
	must(s.CreateModel(ctx, apis.CreateModelInput{APIID: id, ModelFields: apis.ModelFields{Name: new("Later"), Schema: new("{}")}}))(t)
	i := must(s.CreateIntegration(ctx, apis.CreateIntegrationInput{APIID: id, IntegrationFields: apis.IntegrationFields{IntegrationType: new("MOCK"), RequestTemplates: map[string]string{"$default": "#if"}}}))(t)
	refused(t, deploy(), "BadRequestException", "integration "+i.IntegrationID+", requestTemplates.$default: line 1: #if without #end")
	stage := must(s.Stages.GetStage(ctx, apis.StageInput{APIID: id, StageName: "prod"}))(t)
	if got := must(s.Deployments.GetDeployments(ctx, apis.APIInput{APIID: id}))(t); len(got) != 0 || stage.DeploymentID != "" {
		t.Errorf("something was deployed: %v, %q", got, stage.DeploymentID)
	}
	if entries := must(s.Bucket.List(ctx, pasarela.PrefixDeployment))(t); len(entries) != 0 {
		t.Errorf("something was frozen: %d", len(entries))
	}
	one := apis.IntegrationInput{APIID: id, IntegrationID: i.IntegrationID}
	must(s.UpdateIntegration(ctx, apis.UpdateIntegrationInput{IntegrationInput: one, IntegrationFields: apis.IntegrationFields{RequestTemplates: map[string]string{}}}))(t)
	if err := deploy(); err != nil {
		t.Error(err)
	}
}

func TestCreatesAreCompiledWhereAWSDoes(t *testing.T) {
	s := newService(t, func(o *apis.Options) { o.Checker = pickyChecker{} })
	id, ctx := newAPI(t, s), t.Context()
	_, err := s.UpdateAPI(ctx, apis.UpdateAPIInput{APIID: id, APIFields: apis.APIFields{RouteSelectionExpression: new("bad")}})
	refused(t, err, "BadRequestException", "Invalid member 'routeSelectionExpression': no such variable")
	_, err = s.CreateIntegration(ctx, apis.CreateIntegrationInput{APIID: id, IntegrationFields: apis.IntegrationFields{IntegrationType: new("MOCK"), RequestParameters: map[string]string{"integration.request.header.a": "nonsense"}}})
	refused(t, err, "BadRequestException", "Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: integration.request.header.a: nonsense]")
	_, err = s.CreateModel(ctx, apis.CreateModelInput{APIID: id, ModelFields: apis.ModelFields{Name: new("M"), Schema: new(`{"$schema":"draft-99"}`)}})
	refused(t, err, "BadRequestException", "Invalid model schema specified: unknown draft")
	if got := must(s.GetAPI(ctx, apis.APIInput{APIID: id}))(t).RouteSelectionExpression; got != "$request.body.action" {
		t.Errorf("a refused update changed the API: %q", got)
	}
	if got := must(s.GetIntegrations(ctx, apis.APIInput{APIID: id}))(t); len(got) != 0 {
		t.Errorf("a refused integration was made: %v", got)
	}
}

func TestDeploymentsAreFrozen(t *testing.T) {
	s := newService(t, nil)
	id, ctx := newAPI(t, s), t.Context()
	createRoute(t, s, id, "a")
	d := must(s.Deployments.CreateDeployment(ctx, apis.CreateDeploymentInput{APIID: id}))(t)
	createRoute(t, s, id, "b")
	for _, c := range must(s.Backup.Read(ctx, false))(t).APIs {
		if got := len(c.Definitions[d.DeploymentID].Routes); got != 1 || len(c.Routes) != 2 {
			t.Errorf("%d routes frozen of %d", got, len(c.Routes))
		}
	}
	must(0, s.Deployments.DeleteDeployment(ctx, apis.DeploymentInput{APIID: id, DeploymentID: d.DeploymentID}))(t)
	if entries := must(s.Bucket.List(ctx, pasarela.PrefixDeployment))(t); len(entries) != 0 {
		t.Errorf("a deleted deployment left %d definitions", len(entries))
	}
}

func TestDeletingAnAPITakesEverythingWithIt(t *testing.T) {
	s := newService(t, nil)
	id, ctx := newAPI(t, s), t.Context()
	createRoute(t, s, id, "a")
	must(s.Deployments.CreateDeployment(ctx, apis.CreateDeploymentInput{APIID: id}))(t)
	must(0, s.DeleteAPI(ctx, apis.APIInput{APIID: id}))(t)
	if entries := must(s.Bucket.List(ctx, ""))(t); len(entries) != 0 {
		t.Errorf("%d entries are left, the first is %s", len(entries), entries[0].Key)
	}
}

// running runs the service's own work until the test's bubble ends.
func running(t *testing.T, s *apis.Service) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Deployments.Run(ctx) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func TestAutomaticDeployments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(t, func(o *apis.Options) { o.Checker = pickyChecker{} })
		defer running(t, s)()
		id, ctx := newAPI(t, s), t.Context()
		auto := apis.StageInput{APIID: id, StageName: "auto"}
		must(s.Stages.CreateStage(ctx, apis.CreateStageInput{APIID: id, StageName: new("auto"), StageFields: apis.StageFields{AutoDeploy: new(true)}}))(t)
		must(s.Stages.CreateStage(ctx, apis.CreateStageInput{APIID: id, StageName: new("manual")}))(t)
		time.Sleep(time.Second)
		if got := must(s.Stages.GetStage(ctx, auto))(t); got.DeploymentID != "" || got.LastDeploymentStatusMessage != "At least one route is required before deploying the Api." {
			t.Errorf("without routes: %q %q", got.DeploymentID, got.LastDeploymentStatusMessage)
		}
		if got, _ := s.Deployments.AutoDeployFault(ctx, id, "auto"); got != "At least one route is required before deploying the Api." {
			t.Errorf("the fault without routes: %q", got)
		}
		for i := range 20 {
			createRoute(t, s, id, fmt.Sprint("burst", i))
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(time.Second)
		first := must(s.Stages.GetStage(ctx, auto))(t)
		deployments := must(s.Deployments.GetDeployments(ctx, apis.APIInput{APIID: id}))(t)
		if len(deployments) != 1 || !deployments[0].AutoDeployed || deployments[0].DeploymentID != first.DeploymentID {
			t.Errorf("a burst made %+v, the stage serves %q", deployments, first.DeploymentID)
		}
		if want := "Successfully deployed stage with deployment ID '" + first.DeploymentID + "'"; first.LastDeploymentStatusMessage != want {
			t.Errorf("got %q", first.LastDeploymentStatusMessage)
		}
		if got := must(s.Stages.GetStage(ctx, apis.StageInput{APIID: id, StageName: "manual"}))(t); got.DeploymentID != "" {
			t.Error("a stage that does not deploy automatically was moved")
		}
		for _, name := range []string{"auto", "manual", "none"} {
			if got, _ := s.Deployments.AutoDeployFault(ctx, id, name); got != "" {
				t.Errorf("the fault of %s, which has none: %q", name, got)
			}
		}
		must(s.CreateIntegration(ctx, apis.CreateIntegrationInput{APIID: id, IntegrationFields: apis.IntegrationFields{IntegrationType: new("MOCK"), RequestTemplates: map[string]string{"$default": "#if"}}}))(t)
		time.Sleep(time.Second)
		if got, serves := s.Deployments.AutoDeployFault(ctx, id, "auto"); !strings.Contains(got, "#if without #end") || serves != first.DeploymentID {
			t.Errorf("the fault: %q", got)
		}
		if got := must(s.Stages.GetStage(ctx, auto))(t); got.DeploymentID != first.DeploymentID || !strings.Contains(got.LastDeploymentStatusMessage, "#if without #end") {
			t.Errorf("after a fault: %q %q", got.DeploymentID, got.LastDeploymentStatusMessage)
		}
	})
}

func TestAutomaticDeploymentsSurviveARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := memory.NewBucket()
		s := newService(t, func(o *apis.Options) { o.Bucket = bucket })
		id, ctx := newAPI(t, s), t.Context()
		must(s.Stages.CreateStage(ctx, apis.CreateStageInput{APIID: id, StageName: new("auto"), StageFields: apis.StageFields{AutoDeploy: new(true)}}))(t)
		createRoute(t, s, id, "acknowledged") // and Run does not run: the process died here
		must(0, apis.LeaveDefinition(ctx, s, "gonegonego", "abcdef"))(t)
		again := newService(t, func(o *apis.Options) { o.Bucket = bucket })
		defer running(t, again)()
		time.Sleep(80 * time.Minute)
		if got := must(again.Stages.GetStage(ctx, apis.StageInput{APIID: id, StageName: "auto"}))(t); got.DeploymentID == "" {
			t.Error("an acknowledged edit was not deployed after the restart")
		}
		if _, err := bucket.Get(ctx, pasarela.DeploymentKey("gonegonego", "abcdef")); !errors.Is(err, pasarela.ErrNotFound) {
			t.Errorf("what an interrupted DeleteApi left was not swept: %v", err)
		}
	})
}

func TestOldAutomaticDeploymentsAreDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(t, nil)
		defer running(t, s)()
		id, ctx := newAPI(t, s), t.Context()
		must(s.Stages.CreateStage(ctx, apis.CreateStageInput{APIID: id, StageName: new("auto"), StageFields: apis.StageFields{AutoDeploy: new(true)}}))(t)
		for i := range 15 {
			createRoute(t, s, id, fmt.Sprint("r", i))
			time.Sleep(2 * time.Second)
		}
		index := must(s.Deployments.GetDeployments(ctx, apis.APIInput{APIID: id}))(t)
		frozen := must(s.Bucket.List(ctx, pasarela.PrefixDeployment))(t)
		if len(index) != 11 || len(frozen) != 11 {
			t.Errorf("%d deployments, %d frozen, want 10 and the one in use", len(index), len(frozen))
		}
	})
}

// TestTwoNodesDeployOnce lets two services share a bucket, as two nodes do.
func TestTwoNodesDeployOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := memory.NewBucket()
		one := newService(t, func(o *apis.Options) { o.Bucket = bucket })
		two := newService(t, func(o *apis.Options) { o.Bucket = bucket })
		defer running(t, one)()
		defer running(t, two)()
		id, ctx := newAPI(t, one), t.Context()
		must(one.Stages.CreateStage(ctx, apis.CreateStageInput{APIID: id, StageName: new("auto"), StageFields: apis.StageFields{AutoDeploy: new(true)}}))(t)
		createRoute(t, two, id, "r")
		time.Sleep(3 * time.Second)
		if got := must(two.Deployments.GetDeployments(ctx, apis.APIInput{APIID: id}))(t); len(got) != 1 {
			t.Errorf("%d deployments", len(got))
		}
		if frozen := must(bucket.List(ctx, pasarela.PrefixDeployment))(t); len(frozen) != 1 {
			t.Errorf("%d frozen definitions", len(frozen))
		}
	})
}

// TestConcurrentEditsAreNeverLost lets many writers on two nodes edit one API.
func TestConcurrentEditsAreNeverLost(t *testing.T) {
	bucket := memory.NewBucket()
	nodes := []*apis.Service{newService(t, func(o *apis.Options) { o.Bucket = bucket }), newService(t, func(o *apis.Options) { o.Bucket = bucket })}
	id := newAPI(t, nodes[0])
	const writers, each = 8, 25
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			s := nodes[w%2]
			for i := range each {
				r, err := s.CreateRoute(context.Background(), apis.CreateRouteInput{APIID: id, RouteFields: apis.RouteFields{RouteKey: new(fmt.Sprint(w, "-", i))}})
				if err != nil {
					t.Error(err)
					return
				}
				// What a node has acknowledged it returns at once.
				if _, err := s.GetRoute(context.Background(), apis.RouteInput{APIID: id, RouteID: r.RouteID}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if got := must(nodes[0].GetRoutes(t.Context(), apis.APIInput{APIID: id}))(t); len(got) != writers*each {
		t.Errorf("%d of %d routes are there", len(got), writers*each)
	}
}

func TestUsageIsNamedByDay(t *testing.T) {
	s := newService(t, func(o *apis.Options) {
		o.Now = func() time.Time { return time.Date(2026, 3, 2, 23, 0, 0, 0, time.UTC) }
		o.Meter = meter{}
	})
	ctx := t.Context()
	k := must(s.UsagePlans.CreateAPIKey(ctx, apis.CreateAPIKeyInput{}))(t)
	p := must(s.UsagePlans.CreateUsagePlan(ctx, apis.CreateUsagePlanInput{Name: new("p"), Quota: &pasarela.QuotaSettings{Limit: 10, Period: "DAY"}}))(t)
	plan := apis.UsagePlanInput{UsagePlanID: p.ID}
	must(s.UsagePlans.CreateUsagePlanKey(ctx, apis.CreateUsagePlanKeyInput{UsagePlanInput: plan, KeyID: &k.ID, KeyType: new("API_KEY")}))(t)
	got := must(s.UsagePlans.GetUsage(ctx, apis.GetUsageInput{UsagePlanInput: plan, StartDate: new("2026-03-01"), EndDate: new("2026-03-02")}))(t)
	if diff := cmp.Diff(map[string][][2]int{k.ID: {{1, 9}, {2, 8}}}, got.Values); diff != "" {
		t.Error(diff)
	}
	granted, err := s.UsagePlans.UpdateUsage(ctx, apis.UpdateUsageInput{UsagePlanKeyInput: apis.UsagePlanKeyInput{UsagePlanInput: plan, KeyID: k.ID}, PatchInput: apis.PatchInput{PatchOperations: []apis.PatchOperation{{Op: "replace", Path: "/remaining", Value: "-1"}}}})
	refused(t, err, "BadRequestException", "/remaining")
	_ = granted
	for _, days := range [][2]string{{"2026-03-02", "2026-03-01"}, {"2026-01-01", "2026-06-01"}, {"x", "2026-03-01"}} {
		_, err := s.UsagePlans.GetUsage(ctx, apis.GetUsageInput{UsagePlanInput: plan, StartDate: &days[0], EndDate: &days[1]})
		refused(t, err, "BadRequestException", "Date'")
	}
}

// meter says that a key uses as many requests as the day of the month is.
type meter struct{}

func (meter) Usage(_ context.Context, plan pasarela.UsagePlan, _ string, from, to time.Time) (days [][2]int, _ error) {
	for d := from; !d.After(to); d = d.AddDate(0, 0, 1) {
		days = append(days, [2]int{d.Day(), plan.Quota.Limit - d.Day()})
	}
	return days, nil
}

func (meter) Grant(context.Context, pasarela.UsagePlan, string, int) error { return nil }
