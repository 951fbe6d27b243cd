package node_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/node/guide"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// metered is an API whose connects need an API key of a plan.
type metered struct {
	apiID, deploymentID, keyID, value string
	plan                              apis.UsagePlanInput
}

func meter(t *testing.T, n *node.Node, backend string, limit int) (m metered) {
	t.Helper()
	ctx, service := t.Context(), n.APIs()
	fatal := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	system, err := guide.Ensure(ctx, guide.Services{APIs: service, Identity: n.Identity(), RegionAccount: n.RegionAccount()}, backend)
	fatal(err)
	m.apiID = system.APIID
	routes, err := service.GetRoutes(ctx, apis.APIInput{APIID: m.apiID})
	fatal(err)
	for _, route := range routes {
		if route.RouteKey == pasarela.RouteConnect {
			_, err := service.UpdateRoute(ctx, apis.UpdateRouteInput{RouteInput: apis.RouteInput{APIID: m.apiID, RouteID: route.RouteID}, RouteFields: apis.RouteFields{APIKeyRequired: new(true)}})
			fatal(err)
		}
	}
	key, err := service.UsagePlans.CreateAPIKey(ctx, apis.CreateAPIKeyInput{Name: new("k"), Enabled: new(true)})
	fatal(err)
	m.keyID, m.value = key.ID, key.Value
	plan, err := service.UsagePlans.CreateUsagePlan(ctx, apis.CreateUsagePlanInput{
		Name: new("p"), Quota: &pasarela.QuotaSettings{Limit: limit, Period: "MONTH"},
		APIStages: []pasarela.UsagePlanStage{{APIID: m.apiID, Stage: guide.StageName}},
	})
	fatal(err)
	m.plan = apis.UsagePlanInput{UsagePlanID: plan.ID}
	_, err = service.UsagePlans.CreateUsagePlanKey(ctx, apis.CreateUsagePlanKeyInput{UsagePlanInput: m.plan, KeyID: &m.keyID, KeyType: new("API_KEY")})
	fatal(err)
	deployment, err := service.Deployments.CreateDeployment(ctx, apis.CreateDeploymentInput{APIID: m.apiID, StageName: new(guide.StageName)})
	fatal(err)
	m.deploymentID = deployment.DeploymentID
	return m
}

// connect tries a connect with the key and tells the status.
func (m metered) connect(t *testing.T, n *node.Node) int {
	t.Helper()
	return testkit.Status(t, strings.Replace(n.Endpoint(), "http", "ws", 1)+"/"+m.apiID+"/prod?reportType=ventas", testkit.Header("X-Api-Key", m.value))
}

func (m metered) used(t *testing.T, n *node.Node) [2]int {
	t.Helper()
	today := time.Now().UTC().Format(time.DateOnly)
	usage, err := n.APIs().UsagePlans.GetUsage(t.Context(), apis.GetUsageInput{UsagePlanInput: m.plan, StartDate: &today, EndDate: &today})
	if err != nil {
		t.Fatal(err)
	}
	return usage.Values[m.keyID][0]
}

func TestAQuotaHoldsOnAllNodesAndOverARestart(t *testing.T) {
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusCreated) }))
	defer backend.Close()
	url := natsServer(t)
	here := start(t, node.Settings{NATSURL: url, NodeName: "here"})
	there := start(t, node.Settings{NATSURL: url, NodeName: "there"})
	m := meter(t, here, strings.TrimPrefix(backend.URL, "http://"), 4)
	for _, n := range []*node.Node{here, there} {
		if err := n.WaitDeployed(t.Context(), m.apiID, guide.StageName, m.deploymentID); err != nil {
			t.Fatal(err)
		}
		// A 403 means that the plan has not reached the node yet, and counts
		// nothing.
		testkit.Eventually(t, "the plan reaches the nodes", func() bool { return m.connect(t, n) == http.StatusSwitchingProtocols })
	}
	if status := m.connect(t, there); status != http.StatusSwitchingProtocols {
		t.Fatalf("the third: %d", status)
	}
	testkit.Eventually(t, "a node knows what the other counted", func() bool { return m.used(t, here) == [2]int{3, 1} })
	stop(t, there)
	there = start(t, node.Settings{NATSURL: url, NodeName: "there"})
	for i, want := range []int{101, 429, 429} {
		if status := m.connect(t, there); status != want {
			t.Errorf("after the restart, %d: %d, want %d", i, status, want)
		}
	}
	testkit.Eventually(t, "the other node refuses too", func() bool { return m.connect(t, here) == http.StatusTooManyRequests })
	// The other node may have admitted some before it got the counts. A query makes a
	// node write its part.
	m.used(t, there)
	spent := m.used(t, here)[0]
	usage, err := there.APIs().UsagePlans.UpdateUsage(t.Context(), apis.UpdateUsageInput{
		UsagePlanKeyInput: apis.UsagePlanKeyInput{UsagePlanInput: m.plan, KeyID: m.keyID},
		PatchInput:        apis.PatchInput{PatchOperations: []apis.PatchOperation{{Op: "replace", Path: "/remaining", Value: "1"}}},
	})
	if err != nil || usage.Values[m.keyID][0] != [2]int{spent, 1} {
		t.Errorf("%+v, %v", usage, err)
	}
	testkit.Eventually(t, "the grant reaches the other node", func() bool { return m.connect(t, here) == http.StatusSwitchingProtocols })
	if status := m.connect(t, here); status != http.StatusTooManyRequests {
		t.Errorf("after the grant: %d", status)
	}
	if got := m.used(t, here); got != [2]int{spent + 1, 0} {
		t.Errorf("at last %v", got)
	}
	if err := here.APIs().UsagePlans.DeleteAPIKey(t.Context(), apis.APIKeyInput{ID: m.keyID}); err != nil {
		t.Error(err)
	}
}
