package node_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/node/guide"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// guided is a node that serves the guide's API, whose backend does what a test says.
func guided(t *testing.T, settings node.Settings, does http.HandlerFunc) (*node.Node, guide.System) {
	t.Helper()
	backend := httptest.NewServer(does)
	t.Cleanup(backend.Close)
	n := start(t, settings)
	system := deployGuide(t, n, backend.URL)
	return n, system
}

// The node says that it is not ready the moment a stop begins, and goes on to take
// connections for as long as --drain-delay (A-NODE-10).
func TestNotReadyComesBeforeRefusing(t *testing.T) {
	n, system := guided(t, node.Settings{DrainDelay: time.Second}, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusCreated) })
	for _, path := range []string{"/ready", "/readyz"} {
		if status, body := get(t, n.Endpoint()+path); status != http.StatusOK {
			t.Errorf("%s before: %d %s", path, status, body)
		}
	}
	stopped := make(chan struct{})
	go func() { defer close(stopped); stop(t, n) }()
	for {
		if status, body := get(t, n.Endpoint()+"/readyz"); status == http.StatusServiceUnavailable {
			if !strings.Contains(body, "draining") {
				t.Errorf("the reason is %s", body)
			}
			break
		}
	}
	conn := dial(t, n, system.APIID) // fails the test when it is refused
	if _, _, err := conn.Read(context.WithoutCancel(t.Context())); err == nil || !strings.Contains(err.Error(), "StatusServiceRestart") {
		t.Errorf("the connection ended with %v", err)
	}
	<-stopped
}

// Whatever hangs, a stop ends within --stop-patience and logs what was left.
func TestAStopEndsWithinItsTimeLimit(t *testing.T) {
	const timeout = 2 * time.Second
	release := make(chan struct{})
	var hanging atomic.Int64
	n, system := guided(t, node.Settings{StopPatience: timeout}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/hang" {
			hanging.Add(1)
			<-release
		}
		w.WriteHeader(http.StatusCreated)
	})
	t.Cleanup(func() { close(release) })
	addHangingRoutes(t, n, system.APIID)
	const clients = 20
	for range clients {
		conn := dial(t, n, system.APIID)
		if err := conn.Write(t.Context(), 1, []byte(`{"action":"hang"}`)); err != nil {
			t.Fatal(err)
		}
	}
	testkit.Eventually(t, "all messages to hang", func() bool { return hanging.Load() == clients })
	began := time.Now()
	err := n.Stop(context.WithoutCancel(t.Context()))
	if took := time.Since(began); took > timeout+500*time.Millisecond {
		t.Errorf("the stop took %v", took)
	}
	if err == nil || !strings.Contains(err.Error(), "$disconnects are not delivered") {
		t.Errorf("the stop says %v", err)
	}
}

// addHangingRoutes sends every message and $disconnect where nothing responds.
func addHangingRoutes(t *testing.T, n *node.Node, apiID string) {
	t.Helper()
	integrations, err := n.APIs().GetIntegrations(t.Context(), apis.APIInput{APIID: apiID})
	if err != nil {
		t.Fatal(err)
	}
	in := apis.CreateIntegrationInput{APIID: apiID}
	uri := integrations[0].IntegrationURI
	in.IntegrationType, in.IntegrationMethod = new(pasarela.IntegrationHTTPProxy), new("POST")
	in.IntegrationURI = new(uri[:strings.Index(uri, "/api/")] + "/hang")
	made, err := n.APIs().CreateIntegration(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"$default", "$disconnect"} {
		route := apis.CreateRouteInput{APIID: apiID}
		route.RouteKey, route.Target = new(key), new("integrations/"+made.IntegrationID)
		if _, err := n.APIs().CreateRoute(t.Context(), route); err != nil {
			t.Fatal(err)
		}
	}
	d, err := n.APIs().Deployments.CreateDeployment(t.Context(), apis.CreateDeploymentInput{APIID: apiID, StageName: new("prod")})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.WaitDeployed(t.Context(), apiID, "prod", d.DeploymentID); err != nil {
		t.Fatal(err)
	}
}
