package node_test

import (
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/node"
)

func TestUsageOfAKeyIsShown(t *testing.T) {
	n := start(t, node.Settings{})
	system := deployGuide(t, n, "http://127.0.0.1:1")
	key, err := n.APIs().UsagePlans.CreateAPIKey(t.Context(), apis.CreateAPIKeyInput{Name: new("k"), Enabled: new(true)})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := n.APIs().UsagePlans.CreateUsagePlan(t.Context(), apis.CreateUsagePlanInput{
		Name: new("p"), Quota: &pasarela.QuotaSettings{Limit: 10, Period: "DAY"},
		APIStages: []pasarela.UsagePlanStage{{APIID: system.APIID, Stage: "prod"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	named := apis.UsagePlanInput{UsagePlanID: plan.ID}
	if _, err := n.APIs().UsagePlans.CreateUsagePlanKey(t.Context(), apis.CreateUsagePlanKeyInput{UsagePlanInput: named, KeyID: new(key.ID), KeyType: new("API_KEY")}); err != nil {
		t.Fatal(err)
	}
	today := time.Now().UTC().Format(time.DateOnly)
	grant := func(remaining string) error {
		_, err := n.APIs().UsagePlans.UpdateUsage(t.Context(), apis.UpdateUsageInput{
			UsagePlanKeyInput: apis.UsagePlanKeyInput{UsagePlanInput: named, KeyID: key.ID},
			PatchInput:        apis.PatchInput{PatchOperations: []apis.PatchOperation{{Op: "replace", Path: "/remaining", Value: remaining}}},
		})
		return err
	}
	if err := grant("4"); err != nil {
		t.Fatal(err)
	}
	usage, err := n.APIs().UsagePlans.GetUsage(t.Context(), apis.GetUsageInput{UsagePlanInput: named, StartDate: new(today), EndDate: new(today)})
	if err != nil || len(usage.Values[key.ID]) != 1 || usage.Values[key.ID][0] != [2]int{0, 4} {
		t.Errorf("%+v, %v", usage, err)
	}
}
