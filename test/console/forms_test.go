package console

import (
	"context"
	"fmt"
	"strconv"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// No form is lost: cancelling asks first, a reload shows the form as it was, leaving the page
// offers to return, another tab and a later visit find the draft. Starting again and discarding ask, and remove it.
func TestNoFormIsLost(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	api := o.rest("POST", "/v2/apis", object{"name": apiName, "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action"}).text("apiId")
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.openAPI()
	for _, form := range []struct{ link, button, field, text string }{
		{"Routes", "Create route", "Route key", "orders"},
		{"Models", "Create model", "Description", "what is sold"},
		{"Stages", "Create stage", "Stage name", "next"},
		{"Deployments", "Deploy API", "Description", "a second try"},
		{"API settings", "Edit", "Description", "of the guide"},
	} {
		t.Run(form.link, func(t *testing.T) {
			p := p.in(t)
			p.click("link", form.link)
			p.opens(form.button)
			p.fill(form.field, form.text)
			p.click("button", "Cancel")
			p.sees("Discard your changes?")
			p.click("button", "Keep editing")
			p.click("link", "Test client")
			p.sees("kept as a draft")
			p.click("link", "Go on editing")
			p.lacks("link", "Go on editing")
			p.holds(form.field, form.text)
			p.do(chromedp.Reload())
			p.sees("What you typed is back")
			p.holds(form.field, form.text)
			p.do(chromedp.NavigateBack())
			p.closes()
			p.do(chromedp.Navigate(server.endpoint + "/console/#/apis/" + api + "/routes"))
			p.click("link", form.link)
			p.opens(form.button)
			p.holds(form.field, form.text)
			p.click("button", "Start again")
			p.click("button", "Keep editing")
			p.holds(form.field, form.text)
			p.click("button", "Start again")
			p.click("button", "Discard changes")
			p.holds(form.field, "")
			p.fill(form.field, form.text)
			p.click("button", "Cancel")
			p.click("button", "Discard changes")
			p.closes()
			p.opens(form.button)
			p.holds(form.field, "")
			p.click("button", "Cancel")
			p.closes()
			p.hasFocus(form.button)
		})
	}
}

// What the API refuses is told with the label of its field, which is marked; AWS's sentence is
// quoted.
func TestARefusalNamesItsField(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	o.rest("POST", "/v2/apis", object{"name": apiName, "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action"})
	for _, c := range []struct {
		w                           words
		stages, create, field, says string
		marked                      string
	}{
		{english, "Stages", "Create stage", "Stage name", "Refused: “Stage name”", "Refused: see below"},
		{spanish, "Etapas", "Crear etapa", "Nombre de la etapa", "Rechazado: «Nombre de la etapa»", "Se rechazó: mira abajo"},
	} {
		p := guided{browse(t, server), c.w}
		p.signIn(server)
		p.openAPI()
		p.click("link", c.stages)
		p.opens(c.create)
		p.fill(c.field, "not a name")
		p.click("button", c.create)
		p.sees(c.says, c.marked, "BadRequestException", "Invalid member 'stageName'")
		p.page.photograph("refusal-" + c.w.language)
	}
}

// holds waits until a field has that text.
func (p page) holds(field, text string) {
	p.t.Helper()
	p.on("textbox|searchbox|combobox", field, func(ctx context.Context, node cdp.BackendNodeID) error {
		object, err := dom.ResolveNode().WithBackendNodeID(node).Do(ctx)
		if err != nil {
			return err
		}
		has, _, err := runtime.CallFunctionOn("function () { return this.value }").WithObjectID(object.ObjectID).WithReturnByValue(true).Do(ctx)
		if err == nil && string(has.Value) != strconv.Quote(text) {
			err = fmt.Errorf("holds %s, not %q", has.Value, text)
		}
		return err
	})
}

// What is deleted with open connections on it asks for its name, and says how many.
func TestAnAPIInUseIsDeletedByItsName(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	o.stock(newBackend(t).URL)
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.selects(apiName)
	p.opens("Delete")
	p.sees("1 open connection on stage prod is closed.", "ws.example.com/ leads here", "Usage plan basic covers it")
	p.click("button", "Cancel")
	p.closes()
	o.rest("DELETE", "/v2/domainnames/ws.example.com", nil)
	p.opens("Delete")
	p.lacks("button", "Delete")
	p.fill("Type the name to confirm", "Excel")
	p.lacks("button", "Delete")
	p.fill("Type the name to confirm", apiName)
	p.click("button", "Delete")
	p.sees("APIs (1)") // the stack's is left
	p.click("link", "Roles")
	p.selects(roleName)
	p.opens("Delete")
	p.click("button", "Cancel")
	p.closes()
}

// Several things are removed by one question that names them all.
func TestSeveralAreRemovedAtOnce(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	for _, name := range []string{"one", "two", "three"} {
		o.iam("CreateGroup", "GroupName", name)
	}
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.click("link", "Groups")
	p.selects("one")
	p.marks("three")
	p.opens("Delete")
	p.sees("Delete (2)", "Its members stay")
	p.click("button", "Delete")
	p.closes()
	p.lacks("checkbox", "Select one")
	p.lacks("checkbox", "Select three")
	p.show("checkbox", "Select two")
}

// Each class of screen width has its own stored state of the navigation: a visit from
// a phone does not fold it on a desktop.
func TestNavigationIsRememberedPerWidth(t *testing.T) {
	t.Parallel()
	server := serve(t)
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.show("link", "Usage plans")
	p.do(emulation.SetDeviceMetricsOverride(390, 900, 1, true))
	p.lacks("link", "Usage plans")
	p.do(chromedp.Reload())
	p.sees("There is no API yet")
	p.lacks("link", "Usage plans")
	p.do(emulation.SetDeviceMetricsOverride(1280, 900, 1, false))
	p.show("link", "Usage plans")
	p.click("button", "Navigation")
	p.lacks("link", "Usage plans")
	p.do(chromedp.Reload())
	p.sees("There is no API yet")
	p.lacks("link", "Usage plans")
}
