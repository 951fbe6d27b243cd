package apis_test

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

// roles records the questions and denies roles whose name ends in secret, or all.
type roles struct {
	asked []string
	deny  bool
}

func (r *roles) PassRole(_ context.Context, arn string) error {
	r.asked = append(r.asked, arn)
	if r.deny || strings.HasSuffix(arn, "secret") {
		return pasarela.Errorf(pasarela.CodeAccessDenied, "not %s", arn)
	}
	return nil
}

// A role that stage variables complete is asked for as it will be, on every way by
// which a stage comes to use it.
func TestRolesAreAskedForAsStagesUseThem(t *testing.T) {
	const open, shut = "arn:aws:iam::123456789012:role/open", "arn:aws:iam::123456789012:role/secret"
	type api struct {
		*apis.Service
		t          *testing.T
		id, target string
	}
	start := func(t *testing.T) (*api, *roles) {
		asked := &roles{}
		a := &api{t: t, Service: apis.New(apis.Options{
			Bucket: memory.NewBucket(), RegionAccount: pasarela.RegionAccount{Region: "us-east-1", AccountID: "123456789012"}, Log: slog.New(slog.DiscardHandler),
			Checker: apis.EngineChecker{}, RolePasser: asked, Endpoint: func(string) string { return "wss://x" },
		})}
		made, err := a.CreateAPI(t.Context(), apis.CreateAPIInput{APIFields: apis.APIFields{Name: new("a"), RouteSelectionExpression: new("$request.body.action")}, ProtocolType: new("WEBSOCKET")})
		if err != nil {
			t.Fatal(err)
		}
		a.id = made.APIID
		return a, asked
	}
	integrate := func(a *api, credentials string) error {
		i, err := a.CreateIntegration(a.t.Context(), apis.CreateIntegrationInput{APIID: a.id, IntegrationFields: apis.IntegrationFields{
			IntegrationType: new("HTTP"), IntegrationMethod: new("POST"), IntegrationURI: new("http://127.0.0.1/"), CredentialsARN: &credentials,
		}})
		if err == nil {
			a.target = i.IntegrationID
			_, err = a.CreateRoute(a.t.Context(), apis.CreateRouteInput{APIID: a.id, RouteFields: apis.RouteFields{RouteKey: new("$default"), Target: new("integrations/" + a.target)}})
		}
		return err
	}
	deploy := func(a *api, stage *string) (string, error) {
		d, err := a.Deployments.CreateDeployment(a.t.Context(), apis.CreateDeploymentInput{APIID: a.id, StageName: stage})
		return d.DeploymentID, err
	}
	stage := func(a *api, deployment *string, auto bool, role string) error {
		_, err := a.Stages.CreateStage(a.t.Context(), apis.CreateStageInput{APIID: a.id, StageName: new("prod"), StageFields: apis.StageFields{
			DeploymentID: deployment, AutoDeploy: &auto, StageVariables: map[string]string{"r": role},
		}})
		return err
	}
	update := func(a *api, fields apis.StageFields) error {
		_, err := a.Stages.UpdateStage(a.t.Context(), apis.UpdateStageInput{StageInput: apis.StageInput{APIID: a.id, StageName: "prod"}, StageFields: fields})
		return err
	}
	const variable = "arn:aws:iam::123456789012:role/${stageVariables.r}"
	for name, way := range map[string]func(a *api, role string) error{
		"a stage is made on a deployment": func(a *api, role string) error {
			id, _ := deploy(a, nil)
			return stage(a, &id, false, role)
		},
		"a deployment moves a stage": func(a *api, role string) error {
			_ = stage(a, nil, false, role)
			_, err := deploy(a, new("prod"))
			return err
		},
		"a stage is moved": func(a *api, role string) error {
			id, _ := deploy(a, nil)
			_ = stage(a, nil, false, role)
			return update(a, apis.StageFields{DeploymentID: &id})
		},
		"a variable changes": func(a *api, role string) error {
			id, _ := deploy(a, nil)
			_ = stage(a, &id, false, "open")
			return update(a, apis.StageFields{StageVariables: map[string]string{"r": role}})
		},
		"a stage that follows is made": func(a *api, role string) error { return stage(a, nil, true, role) },
		"a stage begins to follow": func(a *api, role string) error {
			_ = stage(a, nil, false, role)
			return update(a, apis.StageFields{AutoDeploy: new(true)})
		},
		"a variable of one that follows": func(a *api, role string) error {
			_ = stage(a, nil, true, "open")
			return update(a, apis.StageFields{StageVariables: map[string]string{"r": role}})
		},
		"an integration of one that does": func(a *api, role string) error {
			_ = stage(a, nil, true, "open")
			return integrate(a, "arn:aws:iam::123456789012:role/"+role+"${stageVariables.none}")
		},
		"an integration of it is changed": func(a *api, role string) error {
			_ = stage(a, nil, true, "open")
			_, err := a.UpdateIntegration(a.t.Context(), apis.UpdateIntegrationInput{
				IntegrationInput: apis.IntegrationInput{APIID: a.id, IntegrationID: a.target}, IntegrationFields: apis.IntegrationFields{CredentialsARN: new("arn:aws:iam::123456789012:role/" + role + "${stageVariables.none}")},
			})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			a, asked := start(t)
			if err := integrate(a, variable); err != nil || len(asked.asked) != 0 {
				t.Fatalf("%v, asked %v", err, asked.asked)
			}
			if err := way(a, "secret"); pasarelaCode(err) != pasarela.CodeAccessDenied {
				t.Errorf("a role that is denied: %v, asked %v", err, asked.asked)
			}
			b, asked := start(t)
			if err := integrate(b, variable); err != nil {
				t.Fatal(err)
			}
			if err := way(b, "open"); err != nil && !strings.Contains(err.Error(), "Route") || len(asked.asked) == 0 || strings.Contains(strings.Join(asked.asked, " "), "$") {
				t.Errorf("one that is allowed: %v, asked %v", err, asked.asked)
			}
		})
	}
	a, asked := start(t)
	if err := integrate(a, shut); pasarelaCode(err) != pasarela.CodeAccessDenied || asked.asked[0] != shut {
		t.Errorf("a role without variables: %v", err)
	}
	if err := integrate(a, open); err != nil {
		t.Error(err)
	}
}

// A variable that completes the address at which a fixed role is used asks for the role when
// it changes on a stage that serves it, and then only.
func TestRolesAreAskedForAsVariablesMoveTheirAddress(t *testing.T) {
	const role = "arn:aws:iam::123456789012:role/writer"
	start := func(t *testing.T, auto bool) (*apis.Service, *roles, func(name, value string) error) {
		asked := &roles{}
		s := apis.New(apis.Options{
			Bucket: memory.NewBucket(), RegionAccount: pasarela.RegionAccount{Region: "us-east-1", AccountID: "123456789012"}, Log: slog.New(slog.DiscardHandler),
			Checker: apis.EngineChecker{}, RolePasser: asked, Endpoint: func(string) string { return "wss://x" },
		})
		api, err := s.CreateAPI(t.Context(), apis.CreateAPIInput{APIFields: apis.APIFields{Name: new("a"), RouteSelectionExpression: new("$request.body.action")}, ProtocolType: new("WEBSOCKET")})
		if err != nil {
			t.Fatal(err)
		}
		i, err := s.CreateIntegration(t.Context(), apis.CreateIntegrationInput{APIID: api.APIID, IntegrationFields: apis.IntegrationFields{
			IntegrationType: new("HTTP"), IntegrationMethod: new("POST"), IntegrationURI: new("http://${stageVariables.host}/"), CredentialsARN: new(role),
		}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.CreateRoute(t.Context(), apis.CreateRouteInput{APIID: api.APIID, RouteFields: apis.RouteFields{RouteKey: new("$default"), Target: new("integrations/" + i.IntegrationID)}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Stages.CreateStage(t.Context(), apis.CreateStageInput{APIID: api.APIID, StageName: new("prod"), StageFields: apis.StageFields{AutoDeploy: &auto, StageVariables: map[string]string{"host": "a.example.com"}}})
		if err != nil {
			t.Fatal(err)
		}
		if !auto {
			if _, err := s.Deployments.CreateDeployment(t.Context(), apis.CreateDeploymentInput{APIID: api.APIID, StageName: new("prod")}); err != nil {
				t.Fatal(err)
			}
		}
		return s, asked, func(name, value string) error {
			asked.asked, asked.deny = nil, true
			_, err := s.Stages.UpdateStage(t.Context(), apis.UpdateStageInput{StageInput: apis.StageInput{APIID: api.APIID, StageName: "prod"}, StageFields: apis.StageFields{StageVariables: map[string]string{name: value}}})
			return err
		}
	}
	for name, auto := range map[string]bool{"deployed": false, "follows": true} {
		t.Run(name, func(t *testing.T) {
			_, asked, set := start(t, auto)
			if err := set("host", "evil.example.com"); pasarelaCode(err) != pasarela.CodeAccessDenied || len(asked.asked) == 0 || asked.asked[0] != role {
				t.Errorf("%v, asked %v", err, asked.asked)
			}
			if err := set("other", "x"); err != nil || len(asked.asked) != 0 {
				t.Errorf("another variable: %v, asked %v", err, asked.asked)
			}
			if err := set("host", "a.example.com"); err != nil || len(asked.asked) != 0 {
				t.Errorf("the same: %v, asked %v", err, asked.asked)
			}
		})
	}
}

// An edit that does not name the role of a resource asks for it when it changes what
// the role is used for (A-WIRE-13), and changes nothing when it is denied.
func TestRolesAreAskedForAsTheirUseChanges(t *testing.T) {
	const role = "arn:aws:iam::123456789012:role/"
	lambda := func(name string) *string {
		return new("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:" + name + "/invocations")
	}
	integration := func(fields apis.IntegrationFields) func(context.Context, *apis.Service, string, string, string) error {
		return func(ctx context.Context, s *apis.Service, api, id, _ string) error {
			_, err := s.UpdateIntegration(ctx, apis.UpdateIntegrationInput{IntegrationInput: apis.IntegrationInput{APIID: api, IntegrationID: id}, IntegrationFields: fields})
			return err
		}
	}
	authorizer := func(fields apis.AuthorizerFields) func(context.Context, *apis.Service, string, string, string) error {
		return func(ctx context.Context, s *apis.Service, api, _, id string) error {
			_, err := s.UpdateAuthorizer(ctx, apis.UpdateAuthorizerInput{AuthorizerInput: apis.AuthorizerInput{APIID: api, AuthorizerID: id}, AuthorizerFields: fields})
			return err
		}
	}
	for name, c := range map[string]struct {
		edit  func(context.Context, *apis.Service, string, string, string) error
		asked bool
	}{
		"the address":             {integration(apis.IntegrationFields{IntegrationURI: new("arn:aws:apigateway:us-east-1:dynamodb:action/DeleteTable")}), true},
		"the type":                {integration(apis.IntegrationFields{IntegrationType: new("AWS_PROXY"), IntegrationURI: lambda("f")}), true},
		"the method":              {integration(apis.IntegrationFields{IntegrationMethod: new("PUT")}), true},
		"a parameter":             {integration(apis.IntegrationFields{RequestParameters: map[string]string{"integration.request.header.x": "'other'"}}), true},
		"a template":              {integration(apis.IntegrationFields{RequestTemplates: map[string]string{"$default": "{}"}}), true},
		"a removed role":          {integration(apis.IntegrationFields{CredentialsARN: new("")}), false},
		"the description":         {integration(apis.IntegrationFields{Description: new("d"), TimeoutInMillis: new(100)}), false},
		"the address as it is":    {integration(apis.IntegrationFields{IntegrationURI: new("arn:aws:apigateway:us-east-1:dynamodb:action/PutItem")}), false},
		"an authorizer's address": {authorizer(apis.AuthorizerFields{AuthorizerURI: lambda("other")}), true},
		"an authorizer's name":    {authorizer(apis.AuthorizerFields{Name: new("n")}), false},
	} {
		t.Run(name, func(t *testing.T) {
			asked := &roles{}
			s := apis.New(apis.Options{
				Bucket: memory.NewBucket(), RegionAccount: pasarela.RegionAccount{Region: "us-east-1", AccountID: "123456789012"}, Log: slog.New(slog.DiscardHandler),
				RolePasser: asked, Endpoint: func(string) string { return "wss://x" },
			})
			api, err := s.CreateAPI(t.Context(), apis.CreateAPIInput{APIFields: apis.APIFields{Name: new("a"), RouteSelectionExpression: new("$request.body.action")}, ProtocolType: new("WEBSOCKET")})
			if err != nil {
				t.Fatal(err)
			}
			i, err := s.CreateIntegration(t.Context(), apis.CreateIntegrationInput{APIID: api.APIID, IntegrationFields: apis.IntegrationFields{
				IntegrationType: new("AWS"), IntegrationMethod: new("POST"), IntegrationURI: new("arn:aws:apigateway:us-east-1:dynamodb:action/PutItem"),
				CredentialsARN: new(role + "writer"), RequestParameters: map[string]string{"integration.request.header.x": "'one'"},
			}})
			if err != nil {
				t.Fatal(err)
			}
			a, err := s.CreateAuthorizer(t.Context(), apis.CreateAuthorizerInput{APIID: api.APIID, AuthorizerFields: apis.AuthorizerFields{
				Name: new("a"), AuthorizerType: new("REQUEST"), AuthorizerURI: lambda("f"), AuthorizerCredentialsARN: new(role + "caller"), IdentitySource: []string{"route.request.header.Auth"},
			}})
			if err != nil {
				t.Fatal(err)
			}
			before, _ := s.Backup.Read(t.Context(), true)
			asked.deny, asked.asked = true, nil
			err = c.edit(t.Context(), s, api.APIID, i.IntegrationID, a.AuthorizerID)
			after, _ := s.Backup.Read(t.Context(), true)
			if denied := pasarelaCode(err) == pasarela.CodeAccessDenied; denied != c.asked || (len(asked.asked) > 0) != c.asked {
				t.Errorf("got %v, asked %v", err, asked.asked)
			}
			if c.asked && !reflect.DeepEqual(before.APIs, after.APIs) {
				t.Error("a denied edit changed the API")
			}
			asked.deny = false
			if err := c.edit(t.Context(), s, api.APIID, i.IntegrationID, a.AuthorizerID); err != nil {
				t.Errorf("allowed: %v", err)
			}
		})
	}
}

func pasarelaCode(err error) pasarela.ErrorCode {
	var known *pasarela.Error
	if errors.As(err, &known) {
		return known.Code
	}
	return ""
}
