package console

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// Everything of API Gateway beside the guide is made, changed and deleted by
// clicks: authorizers, models, stages and their settings, tags, domains and their
// mappings, API keys, usage plans, client certificates.
func TestGatewayResourcesByClicks(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	api := o.rest("POST", "/v2/apis", object{"name": apiName, "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action"}).text("apiId")
	p := guided{browse(t, server), english}
	p.signIn(server)
	t.Run("authorizers", func(t *testing.T) {
		p := p.in(t)
		p.openAPI()
		p.click("link", "Authorizers")
		p.create("Create authorizer", "Name", "tokens", "Lambda function or HTTP endpoint", "http://127.0.0.1:1/authorize")
		p.edit("tokens", "Name", "bearers")
		p.remove("bearers", "routes that use it refuse every client")
	})
	t.Run("models", func(t *testing.T) {
		p := p.in(t)
		p.click("link", "Models")
		p.create("Create model", "Name", "Order")
		p.edit("Order", "Description", "what is sold")
		p.sees("what is sold")
		p.remove("Order", "Routes that validate with it")
		p.click("button", "Undo")
		p.sees("Undone: Order", "what is sold")
	})
	t.Run("routes", func(t *testing.T) {
		p := p.in(t)
		route := o.rest("POST", "/v2/apis/"+api+"/routes", object{"routeKey": "order", "routeResponseSelectionExpression": "$default"}).text("routeId")
		o.rest("POST", "/v2/apis/"+api+"/routes/"+route+"/routeresponses", object{"routeResponseKey": "$default"})
		o.rest("POST", "/v2/apis/"+api+"/stages", object{"stageName": "auto", "autoDeploy": true})
		o.connect(api + "/auto")
		p.click("link", "Routes")
		p.selects("order")
		p.opens("Delete")
		p.sees("Stage auto deploys by itself", "Open connections there: 1")
		p.page.photograph("route-in-use")
		p.fill("Type the name to confirm", "order")
		p.click("button", "Delete")
		p.closes()
		p.sees("Routes: deleted order")
		p.page.photograph("undo")
		p.click("button", "Undo")
		p.sees("Undone: order")
		p.click("link", "order")
		p.sees("Two-way")
		p.holdsTwoWay()
	})
	t.Run("stages", func(t *testing.T) {
		p := p.in(t)
		p.click("link", "Stages")
		p.opens("Create stage")
		p.fill("Stage name", "next")
		p.click("button", "Additional settings")
		p.fill("Burst limit (requests)", "7")
		p.click("button", "Create stage")
		p.closes()
		p.click("link", "next")
		p.sees("Rate limit (requests per second)\nas the account", "Burst limit (requests)\n7")
		p.opens("Edit")
		p.fill("Rate limit (requests per second)", "3")
		p.choose("Execution log", "INFO")
		p.click("switch|checkbox", "Data trace: log headers and bodies too")
		p.click("button", "Save changes")
		p.sees("Rate limit (requests per second)\n3", "Burst limit (requests)\n7", "INFO")
		p.opens("Edit")
		p.fill("Rate limit (requests per second)", "")
		p.click("button", "Save changes")
		p.sees("Rate limit (requests per second)\n10,000") // the account's
		p.opens("Add route settings")
		p.sees("The stage: on", "The stage: off", "As the stage: INFO")
		p.choose("Route key", "order")
		p.fill("Burst limit (requests)", "5")
		p.fill("Rate limit (requests per second)", "2")
		p.click("button", "Add route settings")
		p.closes()
		p.selects("order")
		p.do(chromedp.Click(`[...document.querySelectorAll('button')].findLast((one) => one.innerText === 'Edit' && !one.disabled)`, chromedp.ByJSPath)) // not the stage's
		p.fill("Burst limit (requests)", "")
		p.click("button", "Save changes")
		p.closes()
		p.sees("Saved: order", "As the stage: 7", "As the stage: INFO")
		if settings, _ := o.rest("GET", "/v2/apis/"+api+"/stages/next", object{})["routeSettings"].(map[string]any); !strings.Contains(fmt.Sprint(settings["order"]), "throttlingRateLimit:2") || strings.Contains(fmt.Sprint(settings["order"]), "Burst") || !strings.Contains(fmt.Sprint(settings["order"]), "dataTraceEnabled:true") {
			t.Errorf("the route has %v", settings["order"])
		}
		p.click("link", "Stages")
		p.tag("next", "team", "reports")
		p.remove("next", "Open connections of the stage are closed")
	})
	t.Run("keys", func(t *testing.T) {
		p := p.in(t)
		p.click("link", "APIs")
		p.click("link", "API keys")
		p.create("Create API key", "Name", "partner")
		p.sees("None: it is refused")
		p.click("link", "Usage plans")
		p.create("Create usage plan", "Name", "basic", "Quota (connections per period)", "1000")
		p.edit("basic", "Description", "for partners")
		p.opens("Create usage plan")
		p.fill("Name", "with a key")
		p.choose("API keys", "partner")
		p.do(key(kb.Escape))
		p.click("button", "Create usage plan")
		p.closes()
		p.click("link", "API keys")
		p.click("link", "with a key")
		p.sees("Keys of the usage plan", "partner", "no limit")
		p.click("link", "Usage plans")
		p.click("link", "basic")
		p.sees("1,000 / month", "No key is in this plan yet")
		p.opens("Add API key")
		p.choose("API key", "partner")
		p.click("button", "Add API key")
		p.sees("Used today", "partner")
		p.click("link", "API keys")
		p.remove("partner", "Clients that send it are refused")
		p.click("link", "Usage plans")
		p.remove("basic", "Its API keys stop working")
	})
	t.Run("certificates", func(t *testing.T) {
		p := p.in(t)
		p.click("link", "Client certificates")
		p.create("Generate client certificate", "Description", "for the backend")
		p.sees("for the backend", "PEM")
	})
	t.Run("domains", func(t *testing.T) {
		p := p.in(t)
		o.rest("POST", "/v2/apis/"+api+"/stages", object{"stageName": "prod"})
		p.click("link", "Custom domain names")
		p.create("Create domain name", "Domain name", "ws.example.com", "Certificate ARN", "arn:aws:acm:us-east-1:000000000000:certificate/11111111-2222-3333-4444-555555555555")
		p.click("link", "ws.example.com")
		p.opens("Create API mapping")
		p.choose("API", apiName)
		p.choose("Stage", "prod")
		p.click("button", "Create API mapping")
		p.sees("API mappings: created ws.example.com/", "prod", strings.TrimPrefix(strings.Replace(server.endpoint, "127.0.0.1", "ws.example.com", 1), "http://"))
		p.edit("/", "Path (empty: the root)", "chat")
		p.sees("/chat")
		p.remove("/chat", "Clients that use this path")
		p.click("link", "Custom domain names")
		p.remove("ws.example.com", "Its API mappings go with it")
	})
}

// holdsTwoWay waits until the page says of its route that it answers.
func (p guided) holdsTwoWay() {
	p.t.Helper()
	testkit.Eventually(p.t, "the route to answer", func() bool {
		var on bool
		p.do(chromedp.Evaluate(`document.querySelector('main input[type=checkbox]')?.checked === true`, &on))
		return on
	})
}

// create makes something in the list that is open: the button, then pairs of a
// field and what it gets.
func (p guided) create(button string, pairs ...string) {
	p.t.Helper()
	p.opens(button)
	for i := 0; i < len(pairs); i += 2 {
		p.fill(pairs[i], pairs[i+1])
	}
	p.click("button", button)
	p.closes() // it closes when the server agreed
}

// edit changes one field of what the list calls name.
func (p guided) edit(name, field, text string) {
	p.t.Helper()
	p.selects(name)
	p.opens("Edit")
	p.fill(field, text)
	p.click("button", "Save changes")
	p.closes()
}

// tag gives what the list calls name a tag, and looks that it was kept.
func (p guided) tag(name, key, value string) {
	p.t.Helper()
	p.selects(name)
	p.opens("Tags")
	p.click("button", "Add")
	p.fill("Key", key)
	p.fill("Value", value)
	p.click("button", "Save changes")
	p.closes()
	p.opens("Tags")
	p.show("button", "Remove")
	p.click("button", "Cancel")
	p.closes()
}

// remove deletes what the list calls name, once the page has said what breaks.
func (p guided) remove(name, warning string) {
	p.t.Helper()
	p.takes("Delete", name, warning)
}

// takes does an action that the page warns about: "Delete", "Detach", "Remove".
func (p guided) takes(action, name, warning string) {
	p.t.Helper()
	p.selects(name)
	p.opens(action)
	p.sees(warning)
	p.click("button", action)
	p.closes()
	p.lacks("checkbox", "Select "+name)
}
