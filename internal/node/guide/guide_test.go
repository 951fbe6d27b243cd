package guide_test

import (
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/node/guide"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

const backend = "127.0.0.1:8080"

func services(t *testing.T) guide.Services {
	regionAccount := pasarela.RegionAccount{Region: "us-east-1", AccountID: "123456789012"}
	bucket := memory.NewBucket()
	who, err := identity.Open(t.Context(), identity.Options{Bucket: bucket, RegionAccount: regionAccount})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(who.Close)
	return guide.Services{Identity: who, RegionAccount: regionAccount, APIs: apis.New(apis.Options{
		Bucket: bucket, RegionAccount: regionAccount, Log: slog.New(slog.DiscardHandler),
		Endpoint: func(apiID string) string { return "ws://127.0.0.1:4566/" + apiID },
	})}
}

func ensure(t *testing.T, s guide.Services, backend string) guide.System {
	t.Helper()
	system, err := guide.Ensure(t.Context(), s, backend)
	if err != nil {
		t.Fatal(err)
	}
	return system
}

func TestTheGuidesSystemIsMade(t *testing.T) {
	s := services(t)
	system := ensure(t, s, backend)
	stage, err := s.APIs.Stages.GetStage(t.Context(), apis.StageInput{APIID: system.APIID, StageName: "prod"})
	if err != nil || stage.DeploymentID == "" || stage.StageVariables["backend"] != backend || stage.Tags["pasarela:resumeSeconds"] != "300" {
		t.Errorf("stage: %+v, %v", stage, err)
	}
	integrations, err := s.APIs.GetIntegrations(t.Context(), apis.APIInput{APIID: system.APIID})
	if err != nil || len(integrations) != 1 || integrations[0].CredentialsARN != "arn:aws:iam::123456789012:role/APIGatewayInvokeHTTPRole" {
		t.Fatalf("integrations: %+v, %v", integrations, err)
	}
	if err := s.Identity.ServiceRoles.AssumeForService(integrations[0].CredentialsARN, pasarela.ServiceAPIGateway, "", s.RegionAccount.AccountID); err != nil {
		t.Errorf("the role: %v", err)
	}
}

func TestTheBackendsKeyReachesThatStagesConnectionsOnly(t *testing.T) {
	s := services(t)
	system := ensure(t, s, backend)
	_, who, err := s.Identity.Key(t.Context(), system.ReportsKey.AccessKeyID, "")
	if err != nil {
		t.Fatal(err)
	}
	for resource, allowed := range map[string]bool{
		s.RegionAccount.ConnectionsARN(system.APIID, "prod", "POST", "abc="): true,
		s.RegionAccount.ConnectionsARN(system.APIID, "test", "POST", "abc="): false,
		s.RegionAccount.ConnectionsARN("otherother", "prod", "POST", "abc="): false,
	} {
		if err := s.Identity.Authorize(t.Context(), who, "execute-api:ManageConnections", resource, nil); (err == nil) != allowed {
			t.Errorf("%s: %v", resource, err)
		}
	}
	if err := s.Identity.Authorize(t.Context(), who, "apigateway:GET", s.RegionAccount.APIGatewayARN("/apis"), nil); err == nil {
		t.Error("it may read APIs")
	}
}

func TestASecondStartChangesNothing(t *testing.T) {
	s := services(t)
	first := ensure(t, s, backend)
	if diff := cmp.Diff(first, ensure(t, s, backend)); diff != "" {
		t.Error(diff)
	}
	if all, err := s.APIs.GetAPIs(t.Context(), apis.Nothing{}); err != nil || len(all) != 1 {
		t.Errorf("%d APIs, %v", len(all), err)
	}
}

// A start writes the descriptions of the APIs in its language, unless a user has edited them.
func TestDescriptionsAreInTheLanguageOfTheStart(t *testing.T) {
	s := services(t)
	said := func(l language.Language) (guides, pages string) {
		t.Helper()
		s.Language = l
		ensure(t, s, backend)
		if _, err := guide.EnsurePage(t.Context(), s, backend, "http://127.0.0.1:4566"); err != nil {
			t.Fatal(err)
		}
		all, err := s.APIs.GetAPIs(t.Context(), apis.Nothing{})
		if err != nil || len(all) != 2 {
			t.Fatalf("%d APIs, %v", len(all), err)
		}
		for _, api := range all {
			if api.Name == guide.APIName {
				guides = api.Description
			} else {
				pages = api.Description
			}
		}
		return guides, pages
	}
	for _, l := range []language.Language{language.English, language.Spanish, language.English} {
		if guides, pages := said(l); guides != l.Say("dev.guide_api") || pages != l.Say("dev.page_api") {
			t.Errorf("in %s: %q and %q", l, guides, pages)
		}
	}
	system := ensure(t, s, backend)
	edit := apis.UpdateAPIInput{APIID: system.APIID}
	edit.Description = new("ours")
	if _, err := s.APIs.UpdateAPI(t.Context(), edit); err != nil {
		t.Fatal(err)
	}
	if guides, _ := said(language.Spanish); guides != "ours" {
		t.Errorf("an edited description became %q", guides)
	}
}

func TestAMovedBackendIsFollowed(t *testing.T) {
	s := services(t)
	system := ensure(t, s, backend)
	ensure(t, s, "127.0.0.1:9090")
	stage, err := s.APIs.Stages.GetStage(t.Context(), apis.StageInput{APIID: system.APIID, StageName: "prod"})
	if err != nil || stage.StageVariables["backend"] != "127.0.0.1:9090" {
		t.Errorf("%v, %v", stage.StageVariables, err)
	}
}

func TestAStartThatWasCutShortIsFinished(t *testing.T) {
	s := services(t)
	half := ensure(t, s, backend)
	if err := s.APIs.Stages.DeleteStage(t.Context(), apis.StageInput{APIID: half.APIID, StageName: "prod"}); err != nil {
		t.Fatal(err)
	}
	whole := ensure(t, s, backend)
	if _, err := s.APIs.Stages.GetStage(t.Context(), apis.StageInput{APIID: whole.APIID, StageName: "prod"}); err != nil {
		t.Error(err)
	}
	if all, err := s.APIs.GetAPIs(t.Context(), apis.Nothing{}); err != nil || len(all) != 1 {
		t.Errorf("%d APIs, %v", len(all), err)
	}
}

func TestAnAPIOfTheSameNameIsLeftAlone(t *testing.T) {
	s := services(t)
	in := apis.CreateAPIInput{ProtocolType: new(pasarela.ProtocolWebSocket)}
	in.Name, in.RouteSelectionExpression = new(guide.APIName), new("$request.body.action")
	theirs, err := s.APIs.CreateAPI(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if ours := ensure(t, s, backend); ours.APIID == theirs.APIID {
		t.Error("somebody else's API was taken")
	}
}

// The page's API stands beside the guide's, is made once, follows the backend and
// the node, and may be pushed to by the backend's user.
func TestThePagesAPIStandsBesideTheGuides(t *testing.T) {
	s := services(t)
	system := ensure(t, s, backend)
	first, err := guide.EnsurePage(t.Context(), s, backend, "http://127.0.0.1:4566")
	if err != nil || first == system.APIID {
		t.Fatalf("%s, %v", first, err)
	}
	again, err := guide.EnsurePage(t.Context(), s, "127.0.0.1:9090", "http://127.0.0.1:4567")
	if err != nil || again != first {
		t.Errorf("the second is %s, %v", again, err)
	}
	stage, err := s.APIs.Stages.GetStage(t.Context(), apis.StageInput{APIID: first, StageName: "prod"})
	want := map[string]string{"backend": "127.0.0.1:9090", "gateway": "127.0.0.1:4567/" + first}
	if diff := cmp.Diff(want, stage.StageVariables); err != nil || diff != "" {
		t.Errorf("the stage leads elsewhere: %v\n%s", err, diff)
	}
	routes, err := s.APIs.GetRoutes(t.Context(), apis.APIInput{APIID: first})
	if err != nil || len(routes) != 1 || routes[0].RouteKey != guide.PageAction || routes[0].RouteResponseSelectionExpression != "$default" {
		t.Errorf("routes: %+v, %v", routes, err)
	}
	_, who, err := s.Identity.Key(t.Context(), system.ReportsKey.AccessKeyID, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, apiID := range []string{system.APIID, first} {
		if err := s.Identity.Authorize(t.Context(), who, "execute-api:ManageConnections", s.RegionAccount.ConnectionsARN(apiID, "prod", "POST", "abc="), nil); err != nil {
			t.Errorf("pushing to %s: %v", apiID, err)
		}
	}
}
