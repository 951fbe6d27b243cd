package gateway_test

import (
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela"
)

// Conformance 22.
func TestOpenSocketsFollowADeployment(t *testing.T) {
	sys := start(t, api(route{key: "$default", twoWay: true, integration: toMock(`{"statusCode": 200}`, "old")}))
	c := sys.connect("")
	c.Send("x")
	if got := c.Read(); got != "old" {
		t.Fatal(got)
	}
	sys.edit(func(d *pasarela.APIDocument) { d.Definition = api(route{key: "$default"}); d.API.APIID = apiID }) // edited, not deployed
	c.Send("x")
	if got := c.Read(); got != "old" {
		t.Errorf("an edit without deployment changed the answer to %q", got)
	}
	sys.deploy(func(d *pasarela.APIDocument) {
		d.Definition = api(route{key: "$default", twoWay: true, integration: toMock(`{"statusCode": 200}`, "new")})
		d.API.APIID, d.API.RouteSelectionExpression = apiID, "$request.body.action"
	})
	c.Send("x")
	if got := c.Read(); got != "new" {
		t.Errorf("after the deployment: %q", got)
	}
}

func TestADeploymentThatDoesNotCompileChangesNothing(t *testing.T) {
	sys := start(t, api(route{key: "$default", twoWay: true, integration: toMock(`{"statusCode": 200}`, "good")}))
	c := sys.connect("")
	sys.deploy(func(d *pasarela.APIDocument) { d.Routes[0].Target = "integrations/nowhere" })
	at, _ := sys.watcher.Directory.Stage(apiID, stageName)
	if problem := at.Problem().Error(); !strings.Contains(problem, "integrations/nowhere") || !strings.Contains(problem, "$default") {
		t.Errorf("problem %q", problem)
	}
	c.Send("x")
	if got := c.Read(); got != "good" {
		t.Errorf("got %q", got)
	}
}

func TestDeletingTheStageClosesItsSockets(t *testing.T) {
	sys := start(t, api())
	c := sys.connect("")
	sys.edit(func(d *pasarela.APIDocument) { d.Stages = nil })
	if code, reason := c.Closed(); code != websocket.StatusGoingAway || reason != "Going away" {
		t.Errorf("closed with %d %q", code, reason)
	}
	sys.refuse("", 403)
}
