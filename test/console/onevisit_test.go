package console

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// What belongs together is made in one visit: an integration with the role that it
// needs, a user with its policies, groups and key, and VPC links.
func TestMadeInOneVisit(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	o.rest("POST", "/v2/apis", object{"name": apiName, "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action"})
	o.iam("CreateGroup", "GroupName", "pushers")
	o.iam("CreatePolicy", "PolicyName", polName, "PolicyDocument", pushPolicy)
	p := guided{browse(t, server), english}
	p.signIn(server)
	t.Run("a role from the integration's form", func(t *testing.T) {
		p := p.in(t)
		p.openAPI()
		p.click("link", "Integrations")
		p.opens("Create integration")
		p.fill(p.target, "http://127.0.0.1:1/reports")
		p.click("button", "No role yet? Create one here")
		p.fill("Name of the new role", "made-here")
		p.click("button", "Create and choose the role")
		p.sees("Created and chosen")
		p.holds(p.role, "arn:aws:iam::"+o.account()+":role/made-here")
		p.click("button", "Create integration")
		p.closes()
		p.sees("POST 127.0.0.1:1/reports", "made-here")
	})
	t.Run("a user with all it needs", func(t *testing.T) {
		p := p.in(t)
		p.click("link", "APIs")
		p.click("link", "Users")
		p.opens("Create user")
		p.fill("User name", "backend")
		p.choose("Policies to attach", polName)
		p.do(key(kb.Escape)) // a list of which several are chosen stays open
		p.choose("Groups to join", "pushers")
		p.do(key(kb.Escape))
		p.click("switch|checkbox", "Create an access key too")
		p.click("button", "Create user")
		p.sees("This secret is shown once", "AWS_SECRET_ACCESS_KEY=")
		p.acknowledges()
		p.click("link", "backend")
		p.sees("policy/"+polName, "group/pushers", "Active")
	})
	t.Run("VPC links", func(t *testing.T) {
		p := p.in(t)
		p.click("link", "VPC links")
		p.create("Create VPC link", "Name", "office", "Subnets, one per line", "subnet-0a1b2c3d")
		p.sees("Available")
		p.edit("office", "Name", "plant")
		p.remove("plant", "Integrations that use it fail with 500")
	})
}

// A file is imported after the page said what it changes.
func TestImportByClicks(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	api := o.rest("POST", "/v2/apis", object{"name": apiName, "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action"}).text("apiId")
	file := filepath.Join(t.TempDir(), "backup.yaml")
	if err := os.WriteFile(file, o.send("pasarela", "GET", "/pasarela/export", "application/yaml", nil), 0o600); err != nil {
		t.Fatal(err)
	}
	o.rest("DELETE", "/v2/apis/"+api, nil)
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.click("link", "Export and import")
	p.show("button", "Download without secrets")
	p.do(chromedp.SetUploadFiles(`input[type=file]`, []string{file}))
	p.sees("What the file would change", "create: 1", "API "+apiName+" "+api)
	if said := p.said(); strings.Contains(said, "remove:") || strings.Contains(said, "apis[") {
		t.Errorf("the plan says what it does not do, or names members:\n%s", said)
	}
	p.opens("Apply")
	p.sees("All of these changes are made at once")
	p.click("button", "Apply")
	p.closes()
	p.sees("The file changes nothing here")
	p.click("link", "APIs")
	p.show("link", apiName)
	o.rest("PATCH", "/v2/apis/"+api, object{"name": "RenamedAPI"})
	o.rest("POST", "/v2/apis", object{"name": "LaterAPI", "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action"})
	p.click("link", "Export and import")
	p.do(chromedp.SetUploadFiles(`input[type=file]`, []string{file}))
	p.sees("change: 1", "API RenamedAPI "+api, apiName)
	p.click("checkbox", "Also remove what the file does not have")
	p.sees("remove: 1", "API LaterAPI")
	p.page.photograph("plan")
	p.opens("Apply")
	p.sees("Type the name to confirm")
	p.fill("Type the name to confirm", "backup.yaml")
	p.click("button", "Apply")
	p.closes()
	p.sees("The file changes nothing here")
	p.click("link", "APIs")
	p.show("link", apiName)
	p.lacks("link", "LaterAPI")
}
