package console

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// removal is an act that takes something away: what the page says before, whether the name
// must be typed, and whether "Undo" brings it back.
type removal struct {
	what, address, row, action string
	says                       []string
	typed, undo                bool
}

func (s stocked) removals(o operator) []removal {
	api := "#/apis/" + s.apiID
	policy := url.PathEscape("arn:aws:iam::" + o.account() + ":policy/" + polName)
	return []removal{
		{"an API", "#/apis", apiName, "Delete", []string{"1 open connection on stage prod is closed.", "Stages of " + apiName + " that are deleted: prod", "ws.example.com/ leads here", "Usage plan basic covers it."}, true, false},
		{"a route", api + "/routes", "order", "Delete", []string{"its messages go to $default or are refused", "Stage prod serves order until it is deployed again."}, false, true},
		{"an integration", api + "/integrations", "api/reports/create", "Delete", []string{"Give the routes that use it another integration first.", "Routes: ", "$connect"}, false, false},
		{"an integration response", api + "/integrations/" + s.integration, "201", "Delete", []string{"a status that only this key matches refuses the client with 500"}, false, true},
		{"an authorizer", api + "/authorizers", "bearer-tokens", "Delete", []string{"routes that use it refuse every client with 500"}, false, false},
		{"a model", api + "/models", "Order", "Delete", []string{"Routes that validate with it can no longer be deployed."}, false, true},
		{"a stage", api + "/stages", "prod", "Delete", []string{"clients are refused with 403", "1 open connection on stage prod is closed.", "Nobody can connect to stage prod any more."}, true, false},
		{"settings of a route", api + "/stages/prod", "order", "Delete", []string{"The route uses the settings of the stage again."}, false, true},
		{"a deployment", api + "/deployments", "first", "Delete", []string{"It can no longer be served again.", "Stage prod serves it."}, false, false},
		{"an API key", "#/apikeys", "partner", "Delete", []string{"Clients that send it are refused", "Usage plans: basic"}, false, false},
		{"a usage plan", "#/usageplans", "basic", "Delete", []string{"Its API keys stop working on its stages", "API keys: partner"}, true, false},
		{"a key of a plan", "#/usageplans/" + s.plan, "partner", "Remove", []string{"refused on stages that no other plan of the key covers"}, false, true},
		{"a domain name", "#/domains", "ws.example.com", "Delete", []string{"clients that use the name are refused", "Path / leads to stage prod of " + apiName + "."}, true, false},
		{"an API mapping", "#/domains/ws.example.com", "prod", "Delete", []string{"Clients that use this path of the domain are refused"}, false, true},
		{"a client certificate", "#/certificates", "for the backend", "Delete", []string{"Backends that ask for it refuse this gateway"}, false, false},
		{"a VPC link", "#/vpclinks", "office", "Delete", []string{"Integrations that use it fail with 500."}, false, false},
		{"a stack", "#/stacks", "chat", "Delete", []string{"Everything that the stack created is deleted with it", "chat: Chat (AWS::ApiGatewayV2::Api)"}, true, false},
		{"a role", "#/iam/roles", roleName, "Delete", []string{"Integrations that use this role fail with 500", "API " + apiName + ": POST "}, true, false},
		{"a policy", "#/iam/policies", polName, "Delete", []string{"It must be detached from every user, group and role first.", "Attached to: pushers"}, false, false},
		{"a version of a policy", "#/iam/policies/" + policy, "v2", "Delete", []string{"Its document is gone for good."}, false, false},
		{"a user", "#/iam/users", "reports", "Delete", []string{"programs that sign as this user are refused", "Active access keys: AKIA", "Groups: pushers", "Inline policies that are deleted: push"}, true, false},
		{"a user's access key", "#/iam/users/reports", "AKIA", "Delete", []string{"Programs that sign with it are refused"}, false, false},
		{"a user's inline policy", "#/iam/users/reports", "push", "Delete", []string{"reports loses what only this policy allows."}, false, true},
		{"a user's membership", "#/iam/users/reports", "pushers", "Remove", []string{"reports loses what only this group allows"}, false, true},
		{"a group", "#/iam/groups", "pushers", "Delete", []string{"Its members stay, but are refused what only this group allowed them", "Members: reports", "Policies that are detached: " + polName}, true, false},
		{"a member of a group", "#/iam/groups/pushers", "reports", "Remove", []string{"This user loses what only pushers allows"}, false, true},
		{"a policy of a group", "#/iam/groups/pushers", polName, "Detach", []string{"the policy itself stays"}, false, true},
		{"a connection", api + "/live/prod", "console-test/1.0", "Disconnect", []string{"The client is disconnected; it may connect again."}, false, false},
		{"a connection of any API", "#/live", "console-test/1.0", "Disconnect", []string{"The client is disconnected; it may connect again."}, false, false},
	}
}

// Nothing is removed before the page has said what breaks; a removal that breaks
// clients or a stack needs the name typed, and one that can be reverted has an "Undo"
// that does it. (Functions, dead letters, imports and deployments have tests of their
// own.)
func TestWhatBreaksIsSaidBefore(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	stock := o.stock(newBackend(t).URL)
	o.rest("PATCH", "/v2/apis/"+stock.apiID+"/stages/prod", object{"routeSettings": object{"order": object{"throttlingRateLimit": 7}}})
	o.iam("CreatePolicyVersion", "PolicyArn", "arn:aws:iam::"+o.account()+":policy/"+polName, "PolicyDocument", pushPolicy)
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.sees(apiName)
	for _, r := range stock.removals(o) {
		t.Run(r.what, func(t *testing.T) {
			p := p.in(t)
			p.closesMessages()
			p.open(r.address)
			p.picksRow(r.row)
			p.opens(r.action)
			p.sees(r.says...)
			p.settles()
			p.asksForTheName(r.typed)
			if !r.undo {
				p.do(key(kb.Escape))
				p.closes()
				return
			}
			p.click("button", r.action)
			p.closes()
			p.click("button", "Undo")
			p.sees("Undone: ")
			p.picksRow(r.row)
		})
	}
}

// picksRow selects the row with that text in one of its cells, and it alone.
func (p page) picksRow(text string) {
	p.t.Helper()
	quoted, err := json.Marshal(text)
	if err != nil {
		p.t.Fatal(err)
	}
	testkit.EventuallyNil(p.t, func() error {
		var found string
		p.do(chromedp.Evaluate(fmt.Sprintf(`(() => {
			const rows = [...document.querySelectorAll('tbody tr')].filter((row) => row.querySelector('input[type=checkbox]') && [...row.cells].some((cell) => cell.innerText.includes(%s)));
			if (rows.length === 0) return 'no row has it in\n' + document.querySelector('main').innerText;
			const boxes = [...document.querySelectorAll('tbody input[type=checkbox]')], box = rows[0].querySelector('input[type=checkbox]');
			for (const one of boxes) if (one.checked !== (one === box)) one.click();
			return '';
		})()`, quoted), &found))
		if found != "" {
			return errors.New(text + ": " + found)
		}
		return nil
	})
	p.shows("one row to be selected", marked+` === 1`)
}

// asksForTheName looks at a question: it can be confirmed at once, or only by its name.
func (p page) asksForTheName(wanted bool) {
	p.t.Helper()
	const field = `[...document.querySelectorAll('[role=dialog] input')].some((input) => input.getAttribute('aria-label') === 'Type the name to confirm')`
	p.shows(fmt.Sprintf("the name to be asked for: %v", wanted), fmt.Sprintf(`%s === %v`, field, wanted))
	p.shows("the button to fit", fmt.Sprintf(`document.querySelector('[role=dialog] button[class*=variant-primary]').disabled === %v`, wanted))
}

// What a form changed comes back by "Undo" on every page that has such a form.
func TestAChangeIsTakenBack(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	stock := o.stock(newBackend(t).URL)
	later := o.rest("POST", "/v2/apis/"+stock.apiID+"/deployments", object{"stageName": "prod", "description": "second"}).text("deploymentId")
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.sees(apiName)
	api, at := "#/apis/"+stock.apiID, "/v2/apis/"+stock.apiID
	for _, c := range []struct{ what, address, row, button, field, text, path, member string }{
		{"an API", api + "/settings", "", "Edit", "Description", "changed", at, "description"},
		{"a stage", api + "/stages/prod", "", "Edit", "Rate limit (requests per second)", "3", at + "/stages/prod", "defaultRouteSettings"},
		{"a route", api + "/routes/" + stock.connectRoute, "", "Edit route", "Operation name", "Open", at + "/routes/" + stock.connectRoute, "operationName"},
		{"an integration", api + "/integrations/" + stock.integration, "", "Edit integration", p.target, "http://127.0.0.1:1/other", at + "/integrations/" + stock.integration, "integrationUri"},
		{"a row of a list", api + "/models", "Order", "Edit", "Description", "changed", at + "/models/" + o.firstOf(at+"/models", "modelId"), "description"},
		{"a usage plan", "#/usageplans/" + stock.plan, "", "Edit", "Description", "changed", "/usageplans/" + stock.plan, "description"},
		{"a limit of a usage plan", "#/usageplans/" + stock.plan, "", "Edit", "Quota (connections per period)", "", "/usageplans/" + stock.plan, "quota"},
		{"a limit of a row of a list", "#/usageplans", "basic", "Edit", "Rate limit (connections per second)", "", "/usageplans/" + stock.plan, "throttle"},
		{"the account", "#/settings", "", "Edit", "CloudWatch role", "arn:aws:iam::" + o.account() + ":role/" + roleName, "/account", "cloudwatchRoleArn"},
	} {
		t.Run(c.what, func(t *testing.T) {
			p, o := p.in(t), operator{t, server}
			before := o.member(c.path, c.member)
			p.closesMessages()
			p.open(c.address)
			if c.row != "" {
				p.picksRow(c.row)
			}
			p.opens(c.button)
			p.fill(c.field, c.text)
			p.click("button", "Save changes")
			p.closes()
			p.sees("Saved: ")
			if now := o.member(c.path, c.member); now == before {
				t.Fatalf("nothing changed: %s", now)
			}
			p.settles() // what is read again after the change
			p.click("button", "Undo")
			p.sees("Undone: ")
			if now := o.member(c.path, c.member); now != before {
				t.Errorf("it is %s, and was %s", now, before)
			}
		})
	}
	t.Run("on another page, which stays where it is", func(t *testing.T) {
		p, o := p.in(t), operator{t, server}
		p.open(api + "/routes/" + stock.connectRoute)
		p.opens("Edit route")
		p.fill("Operation name", "Open")
		p.click("button", "Save changes")
		p.closes()
		p.sees("Saved: ")
		p.open("#/iam/roles")
		p.opens("Create role")
		p.click("button", "Cancel")
		p.closes()
		p.show("button", "Undo")
		const head = `Math.round(document.querySelector('h1').getBoundingClientRect().top)`
		var before, after int
		p.do(chromedp.Evaluate(head, &before))
		p.click("button", "Undo")
		p.sees("Undone: ")
		p.closesMessages()
		if p.do(chromedp.Evaluate(head, &after)); before != after {
			t.Errorf("the page moved by %d px", before-after)
		}
		if now := o.member(at+"/routes/"+stock.connectRoute, "operationName"); now != "" {
			t.Errorf("the route is called %s", now)
		}
	})
	t.Run("a two-way route", func(t *testing.T) {
		p, o := p.in(t), operator{t, server}
		p.closesMessages()
		routes := o.items(at + "/routes")
		order := routes[slices.IndexFunc(routes, func(one object) bool { return one.text("routeKey") == "order" })].text("routeId")
		p.open(api + "/routes/" + order)
		p.click("switch|checkbox", "Two-way*")
		p.sees("Two-way: order")
		p.click("button", "Undo")
		p.sees("Undone: order")
		if now := o.member(at+"/routes/"+order, "routeResponseSelectionExpression"); now != "" {
			t.Errorf("the route's expression is %s", now)
		}
	})
	t.Run("a moved stage", func(t *testing.T) {
		p, o := p.in(t), operator{t, server}
		p.open(api + "/deployments")
		p.opens("*· first")
		p.sees("It takes effect at once")
		p.click("button", "Serve on prod")
		p.closes()
		if now := o.member(at+"/stages/prod", "deploymentId"); now != `"`+stock.deployment+`"` {
			t.Fatalf("the stage serves %s", now)
		}
		p.click("button", "Undo")
		testkit.Eventually(t, "the stage to serve what it did", func() bool { return o.member(at+"/stages/prod", "deploymentId") == `"`+later+`"` })
		p.lacks("button", "Undo")
	})
}

// closesMessages closes the messages at the foot of the page.
func (p page) closesMessages() {
	p.t.Helper()
	p.shows("no message", `(() => {
		document.querySelectorAll('.messages button[aria-label="Close this message"]').forEach((one) => one.click());
		return document.querySelector('.messages li') === null;
	})()`)
}

// member is a member of what is at a path, as JSON; of what has none an empty text.
func (o operator) member(path, name string) string {
	o.t.Helper()
	text, err := json.Marshal(o.rest("GET", path, object{})[name])
	if err != nil {
		o.t.Fatal(err)
	}
	return strings.TrimSuffix(strings.TrimPrefix(string(text), "null"), `""`)
}
