package console

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// The title of a page and the way to it name what it shows, by its name where it has one.
func TestTitlesAndBreadcrumbsNameWhatIsShown(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	stock := o.stock(newBackend(t).URL)
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.sees(apiName)
	api := "#/apis/" + stock.apiID
	_, stack, _ := strings.Cut(o.stacks(), "<StackId>")
	stack, _, _ = strings.Cut(stack, "<")
	for _, c := range []struct{ address, title, way string }{
		{"#/apis", "APIs", ""},
		{"#/wizard", "HTTP integration on $connect · APIs", "APIs > HTTP integration on $connect"},
		{api + "/wizard", "HTTP integration on $connect · " + apiName + " · APIs", "APIs > " + apiName + " > HTTP integration on $connect"},
		{api + "/routes/" + stock.connectRoute, "$connect · Routes · " + apiName + " · APIs", "APIs > " + apiName + " > Routes > $connect"},
		{api + "/routes?form=routes-create", "Create route · Routes · " + apiName + " · APIs", "APIs > " + apiName + " > Routes > Create route"},
		{api + "/stages/prod?form=stage", "Edit stage prod · prod · Stages · " + apiName + " · APIs", "APIs > " + apiName + " > Stages > prod > Edit stage prod"},
		{"#/apis?form=apis-create", "Create API · APIs", "APIs > Create API"},
		{api + "/stages/prod", "prod · Stages · " + apiName + " · APIs", "APIs > " + apiName + " > Stages > prod"},
		{"#/usageplans/" + stock.plan, "basic · Usage plans", "Usage plans > basic"},
		{"#/stacks/" + url.PathEscape(stack), "chat · Stacks", "Stacks > chat"},
		{"#/iam/policies/" + url.PathEscape("arn:aws:iam::"+o.account()+":policy/"+polName), polName + " · Policies", "Policies > " + polName},
		{"#/explain/L0SM9cOFvHcCIhw%3D", "L0SM9cOFvHcCIhw= · Explain", "Explain > L0SM9cOFvHcCIhw="},
	} {
		p.open(c.address)
		testkit.EventuallyNil(t, func() error {
			var title, way string
			p.do(chromedp.Title(&title), chromedp.Evaluate(`[...document.querySelectorAll('nav[class*=breadcrumb] li')].filter((one) => !one.closest('[aria-hidden=true]') && getComputedStyle(one.closest('ol')).visibility !== 'hidden').map((one) => one.innerText.trim()).filter((one) => one && one !== '...').join(' > ')`, &way))
			if title != c.title+" · pasarela" || way != c.way {
				return fmt.Errorf("%s is called %q, its way %q", c.address, title, way)
			}
			return nil
		})
	}
}

// Two APIs of one name are told apart wherever their names stand: in lists and choices, and where
// one of them is about to be deleted, whose id is a part of the name to type.
func TestTwoAPIsOfOneNameAreToldApart(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	stock := o.stock(newBackend(t).URL)
	o.connect(stock.apiID + "/prod?reportType=ventas")
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.open("#/usageplans/" + stock.plan)
	p.sees(apiName + " · prod")
	p.open("#/wizard")
	p.holds(p.apiName, apiName+"-2")
	p.fill(p.apiName, apiName)
	p.sees("only their ids tell the two apart")
	twin := o.rest("POST", "/v2/apis", object{"name": apiName, "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action"}).text("apiId")
	o.rest("POST", "/v2/apis/"+twin+"/stages", object{"stageName": "prod"})
	mine, other := apiName+" ("+stock.apiID+")", apiName+" ("+twin+")"
	p.do(chromedp.Reload())
	p.open("#/usageplans/" + stock.plan)
	p.sees(mine + " · prod")
	p.opens("Edit")
	p.choose("API stages", other+" · prod")
	p.do(key(kb.Escape))
	p.open("#/nodes")
	p.sees(mine, other)
	p.open("#/apis/" + twin + "/routes")
	p.sees(other)
	p.open("#/iam/users/reports")
	p.sees("push to clients of " + other)
	p.open("#/iam/roles")
	p.picksRow(roleName)
	p.opens("Delete")
	p.sees("API " + mine + ": POST ")
	p.click("button", "Cancel")
	p.closes()
	p.open("#/apis")
	p.selects(mine)
	p.opens("Delete")
	p.sees("Delete "+mine, "open connections on stage prod are closed")
	p.fill("Type the name to confirm", apiName)
	p.lacks("button", "Delete")
	p.fill("Type the name to confirm", mine)
	p.show("button", "Delete")
}

// The usual forms fit a window, filled in too: what is seldom needed is folded, and open where
// it has a value; long texts and lists scroll in themselves.
func TestTheUsualFormsFitAWindow(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	stock := o.stock(newBackend(t).URL)
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.sees(apiName)
	p.do(chromedp.EmulateViewport(1400, 900))
	for _, c := range []struct {
		list, button string
		folded       bool
	}{{"integrations", "Create integration", true}, {"stages", "Create stage", true}, {"stages/prod", "Edit", false}} {
		p.open("#/apis/" + stock.apiID + "/" + c.list)
		p.opens(c.button)
		p.settles()
		var height int
		var folded bool
		p.do(chromedp.Evaluate(`Math.round(document.querySelector('.sub-page').getBoundingClientRect().bottom + scrollY)`, &height),
			chromedp.Evaluate(`[...document.querySelectorAll('.sub-page [aria-expanded]')].some((one) => one.innerText.trim() === 'Additional settings' && one.getAttribute('aria-expanded') === 'false')`, &folded))
		t.Logf("%s: %d px", c.button, height)
		if c.folded && height > 900 || folded != c.folded {
			t.Errorf("%s: %d px, folded %v", c.button, height, folded)
		}
		p.page.photograph("form-" + strings.ReplaceAll(c.list, "/", "-"))
		if c.list == "integrations" {
			p.click("button", p.add)
			p.fill(p.template, template)
			p.sees(p.validJSON)
			p.do(chromedp.Evaluate(`Math.round(document.querySelector('.sub-page').getBoundingClientRect().bottom + scrollY)`, &height))
			if t.Logf("with a template: %d px", height); height > 920 {
				t.Errorf("the form with a template is %d px high", height)
			}
			p.page.photograph("form-template")
			p.click("button", "Cancel")
			p.click("button", "Discard changes")
			p.closes()
			continue
		}
		p.click("button", "Cancel")
		p.closes()
	}
	o.iam("CreateRole", "RoleName", "NoTrust", "AssumeRolePolicyDocument", strings.Replace(gatewayTrust, "apigateway", "lambda", 1))
	faulty := o.rest("POST", "/v2/apis/"+stock.apiID+"/integrations", object{
		"integrationType": "HTTP", "integrationMethod": "POST", "integrationUri": "http://127.0.0.1:1/other",
		"credentialsArn":   "arn:aws:iam::" + o.account() + ":role/NoTrust",
		"requestTemplates": object{"application/json": `{"id":"$context.connetionId"}`},
	}).text("integrationId")
	o.rest("POST", "/v2/apis/"+stock.apiID+"/routes", object{"routeKey": "cancel", "target": "integrations/" + faulty})
	for _, c := range []struct{ address, says string }{
		{"#/apis/" + stock.apiID + "/deployments?form=deploy", "What would fail (2)"},
		{"#/usageplans/" + stock.plan + "?form=plan", "Burst limit (connections)"},
		{"#/stacks?form=stacks-create", "Template (YAML or JSON)"},
		{"#/apis?form=apis-create", "API key source"},
	} {
		p.open(c.address)
		p.sees(c.says)
		p.settles()
		if strings.HasSuffix(c.address, "form=deploy") {
			p.show("link", "Edit trust policy")
		}
		var height int
		p.do(chromedp.Evaluate(`Math.round(document.querySelector('.sub-page').getBoundingClientRect().bottom + scrollY)`, &height))
		if t.Logf("%s: %d px", c.address, height); height > 900 {
			t.Errorf("%s: %d px", c.address, height)
		}
	}
}
