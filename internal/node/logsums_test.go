package node_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/logsum"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// Whatever in a node warns of each of many calls does not flood its log: the first lines
// are there, and when it stops one that sums up the others.
func TestALogIsNotFlooded(t *testing.T) {
	log := &testkit.Log{}
	n, err := node.Start(t.Context(), node.Options{
		Settings: node.Settings{DataDir: t.TempDir(), Listen: "127.0.0.1:0"}, Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, n) })
	api, err := n.APIs().CreateAPI(t.Context(), apis.CreateAPIInput{
		APIFields:    apis.APIFields{Name: new("many"), RouteSelectionExpression: new("$request.body.action")},
		ProtocolType: new("WEBSOCKET"),
	})
	if err != nil {
		t.Fatal(err)
	}
	const routes = 3 * logsum.Burst
	for i := range routes {
		route := apis.CreateRouteInput{APIID: api.APIID}
		route.RouteKey, route.AuthorizationType = new(fmt.Sprint("route", i)), new(string(pasarela.AuthorizationIAM))
		if _, err := n.APIs().CreateRoute(t.Context(), route); err != nil {
			t.Fatal(err)
		}
	}
	stop(t, n)
	about := 0
	var last string
	for line := range strings.Lines(log.String()) {
		if strings.Contains(line, "has no effect and is dropped") {
			about++
			last = line
		}
	}
	if about > logsum.Burst+1 || !strings.Contains(last, "repeated=20") || !strings.Contains(last, "route10") {
		t.Errorf("%d lines for %d routes, the last one is %s", about, routes, last)
	}
}
