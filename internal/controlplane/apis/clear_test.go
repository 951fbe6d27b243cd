package apis_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
)

// Replacing with an empty value does what remove does (A-WIRE-16).
func TestEmptyValuesClear(t *testing.T) {
	for _, op := range []string{"remove", "replace"} {
		s, ctx := newService(t, nil), t.Context()
		id := newAPI(t, s)
		must(s.Stages.CreateStage(ctx, apis.CreateStageInput{APIID: id, StageName: new("prod")}))(t)
		patch := func(paths ...string) apis.PatchInput {
			var in apis.PatchInput
			for _, path := range paths {
				in.PatchOperations = append(in.PatchOperations, apis.PatchOperation{Op: op, Path: path})
			}
			return in
		}
		set := apis.PatchInput{PatchOperations: []apis.PatchOperation{{Op: "replace", Path: "/cloudwatchRoleArn", Value: "arn:aws:iam::123456789012:role/x"}}}
		if got := must(s.Account.UpdateAccount(ctx, set))(t); got.CloudWatchRoleARN == "" {
			t.Error("no role was set")
		}
		if got := must(s.Account.UpdateAccount(ctx, patch("/cloudwatchRoleArn")))(t); got.CloudWatchRoleARN != "" {
			t.Errorf("%s: the account has %s", op, got.CloudWatchRoleARN)
		}
		key := must(s.UsagePlans.CreateAPIKey(ctx, apis.CreateAPIKeyInput{Name: new("n"), Description: new("d"), CustomerID: new("c"), Enabled: new(true)}))(t)
		cleared := must(s.UsagePlans.UpdateAPIKey(ctx, apis.UpdateAPIKeyInput{APIKeyInput: apis.APIKeyInput{ID: key.ID}, PatchInput: patch("/name", "/description", "/customerId", "/enabled")}))(t)
		if cleared.Name+cleared.Description+cleared.CustomerID != "" || cleared.Enabled {
			t.Errorf("%s: key %+v", op, cleared)
		}
		certificate := must(s.ClientCertificates.GenerateClientCertificate(ctx, apis.GenerateClientCertificateInput{Description: new("d")}))(t)
		if got := must(s.ClientCertificates.UpdateClientCertificate(ctx, apis.UpdateClientCertificateInput{ClientCertificateInput: apis.ClientCertificateInput{ClientCertificateID: certificate.ClientCertificateID}, PatchInput: patch("/description")}))(t); got.Description != "" {
			t.Errorf("%s: certificate %+v", op, got)
		}
		plan := must(s.UsagePlans.CreateUsagePlan(ctx, apis.CreateUsagePlanInput{
			Name: new("p"), Description: new("d"), Throttle: &pasarela.ThrottleSettings{BurstLimit: 1, RateLimit: 1}, Quota: &pasarela.QuotaSettings{Limit: 7, Offset: 1, Period: "WEEK"},
			APIStages: []pasarela.UsagePlanStage{{APIID: id, Stage: "prod", Throttle: map[string]pasarela.ThrottleSettings{"r/ANY": {BurstLimit: 1}}}},
		}))(t)
		change := func(paths ...string) apis.UsagePlan {
			return must(s.UsagePlans.UpdateUsagePlan(ctx, apis.UpdateUsagePlanInput{UsagePlanInput: apis.UsagePlanInput{UsagePlanID: plan.ID}, PatchInput: patch(paths...)}))(t)
		}
		if got := change("/description", "/productCode", "/throttle", "/quota/offset", "/apiStages/"+id+":prod/throttle/r/ANY"); got.Description+got.ProductCode != "" || got.Throttle != nil || got.Quota.Offset != 0 || len(got.APIStages[0].Throttle) != 0 {
			t.Errorf("%s: plan %+v", op, got)
		}
		if got := change("/quota"); got.Quota != nil {
			t.Errorf("%s: plan %+v", op, got)
		}
		if got := change("/apiStages"); len(got.APIStages) != 0 {
			t.Errorf("%s: plan %+v", op, got)
		}
		if _, err := s.UsagePlans.UpdateUsagePlan(ctx, apis.UpdateUsagePlanInput{UsagePlanInput: apis.UsagePlanInput{UsagePlanID: plan.ID}, PatchInput: patch("/name")}); err == nil {
			t.Errorf("%s: a plan without a name", op)
		}
	}
}

// AWS returns of a route's settings the booleans always and the rest as it was given
// (A-WIRE-15).
func TestRouteSettingsAnswerWhatWasGiven(t *testing.T) {
	s, ctx := newService(t, nil), t.Context()
	id := newAPI(t, s)
	must(s.Stages.CreateStage(ctx, apis.CreateStageInput{APIID: id, StageName: new("prod"), StageFields: apis.StageFields{RouteSettings: map[string]pasarela.RouteSettings{
		"bare": {}, "level": {LoggingLevel: "ERROR"}, "off": {LoggingLevel: "OFF"}, "limits": {ThrottlingBurstLimit: new(5), ThrottlingRateLimit: new(2.0)}, "traced": {DataTraceEnabled: new(true)},
	}}}))(t)
	const rest = `"dataTraceEnabled":false,"detailedMetricsEnabled":false`
	want := `{"bare":{` + rest + `},"level":{` + rest + `,"loggingLevel":"ERROR"},"limits":{` + rest + `,"throttlingBurstLimit":5,"throttlingRateLimit":2},` +
		`"off":{` + rest + `,"loggingLevel":"OFF"},"traced":{"dataTraceEnabled":true,"detailedMetricsEnabled":false}}`
	if d := cmp.Diff(want, members(t, must(s.Stages.GetStage(ctx, apis.StageInput{APIID: id, StageName: "prod"}))(t).RouteSettings)); d != "" {
		t.Error(d)
	}
	must(s.Stages.UpdateStage(ctx, apis.UpdateStageInput{StageInput: apis.StageInput{APIID: id, StageName: "prod"}, StageFields: apis.StageFields{RouteSettings: map[string]pasarela.RouteSettings{"bare": {ThrottlingBurstLimit: new(1)}}}}))(t)
	if got := must(s.Stages.GetStage(ctx, apis.StageInput{APIID: id, StageName: "prod"}))(t).RouteSettings["bare"]; got.LoggingLevel != "" || *got.ThrottlingBurstLimit != 1 {
		t.Errorf("%+v", got)
	}
}
