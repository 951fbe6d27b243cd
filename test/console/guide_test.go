package console

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

const (
	apiName  = "ExcelGeneratorAPI"
	roleName = "APIGatewayInvokeHTTPRole"
	polName  = "APIGatewayInvokeHTTPPolicy"
	template = "{\n  \"connectionId\": \"$context.connectionId\",\n  \"type\": \"$input.params('reportType')\"\n}"
)

// The guide's five sections and its test, by clicks alone: from an empty server
// to the link to a report.
func TestTheGuideByClicks(t *testing.T) {
	for _, w := range []words{spanish, english} {
		t.Run(w.language, func(t *testing.T) {
			t.Parallel()
			server, reports := serve(t), testkit.FreeAddress(t)
			p := guided{browse(t, server), w}
			p.signIn(server)
			p.createAPI()
			p.createRole()
			p.attachIntegration("http://" + reports + "/api/reports/create")
			p.createResponse("201")
			p.deploy(p.firstChanges)
			p.logsWork("the guide's sections")
			stage := server.endpoint + "/" + p.apiID() + "/prod"
			startReports(t, reports, stage, p.createReportsKey())
			p.waitForReport()
			p.logsWork("the guide")
		})
	}
}

// guided is a person at the page who reads the guide.
type guided struct {
	page
	words
}

func (p guided) signIn(s server) {
	p.t.Helper()
	p.click("radio|button|tab", p.language)
	p.fill(p.accessKeyID, s.accessKeyID)
	p.fill(p.secretAccessKey, s.secretAccessKey)
	p.click("button", p.words.signIn)
}

// photograph keeps the pictures of the Spanish guide.
func (p guided) photograph(name string) {
	p.t.Helper()
	if p.language == spanish.language && os.Getenv("PASARELA_PICTURES") != "" {
		p.settles()
		p.page.photograph(name)
	}
}

// createAPI is section 1.
func (p guided) createAPI() {
	p.t.Helper()
	p.opens(p.words.createAPI)
	p.fill(p.apiName, apiName)
	p.photograph("1-api")
	p.click("button", p.words.createAPI)
	p.click("link", p.routes)
}

// createRole is section 2: both documents are there already.
func (p guided) createRole() {
	p.t.Helper()
	p.click("link", p.apis)
	p.click("link", p.policies)
	p.opens(p.createPolicy)
	p.fill(p.policyName, polName)
	p.click("button", p.createPolicy)
	p.sees(p.created)
	p.click("link", p.roles)
	p.opens(p.words.createRole)
	p.fill(p.words.roleName, roleName)
	p.click("button", p.words.createRole)
	p.click("link", roleName)
	p.sees(p.trusts)
	p.opens(p.attachPolicy)
	p.choose(p.policy, polName)
	p.click("button", p.attachPolicy)
	p.sees("policy/" + polName)
	p.photograph("2-role")
}

// attachIntegration is section 3, the template included.
func (p guided) attachIntegration(target string) {
	p.t.Helper()
	p.click("link", p.apis)
	p.click("link", apiName)
	p.opens(p.createRoute)
	p.fill(p.routeKey, "$connect")
	p.click("button", p.createRoute)
	p.click("link", "$connect")
	p.opens(p.words.attachIntegration)
	p.fill(p.target, target)
	p.choose(p.role, roleName)
	p.click("button", p.add)
	p.fill(p.template, template)
	p.sees(p.validJSON)
	p.photograph("3-integration")
	p.click("button", p.words.attachIntegration)
	p.sees(p.validJSON, `"type": "ventas"`)
}

// createResponse is section 4.
func (p guided) createResponse(key string) {
	p.t.Helper()
	p.opens(p.words.createResponse)
	p.fill(p.responseKey, key)
	p.click("button", p.words.createResponse)
	p.closes()
	const cell = `[...document.querySelectorAll('tbody :is(td, th)')].find((cell) => cell.innerText === '%s')`
	p.do(chromedp.Poll("!!"+fmt.Sprintf(cell, key), nil)) // the page says this number elsewhere too
	p.do(chromedp.Evaluate(fmt.Sprintf(cell, key)+`.scrollIntoView({ block: 'center' })`, nil))
	p.photograph("4-response")
}

// deploy is section 5; says are what the page tells of the changes.
func (p guided) deploy(says ...string) {
	p.t.Helper()
	p.opens(p.deployAPI)
	p.sees(p.noFault)
	p.sees(says...)
	p.photograph("5-deploy")
	p.click("button", p.words.deploy)
	p.sees(p.deployedTo+" prod", p.socketURL, "npx wscat -c")
	p.click("button", p.close)
	p.closes()
}

func (p guided) apiID() string {
	p.t.Helper()
	_, after, _ := strings.Cut(p.address(), "#/apis/")
	id, _, _ := strings.Cut(after, "/")
	return id
}

// createReportsKey makes the backend's user and returns the key as the page shows
// it, once.
func (p guided) createReportsKey() string {
	p.t.Helper()
	p.click("link", p.apis)
	p.click("link", p.users)
	p.opens(p.createUser)
	p.fill(p.userName, "reports")
	p.click("button", p.createUser)
	p.click("link", "reports")
	p.opens(p.createInlinePolicy)
	p.fill(p.policyName, "push")
	p.click("button", p.createInlinePolicy)
	p.sees(p.created)
	p.opens(p.createKey)
	p.click("button", p.createKey)
	p.sees(p.keyOnce, "AWS_SECRET_ACCESS_KEY=")
	said := p.said()
	p.acknowledges()
	return said
}

// acknowledges says that the secret in front of the page was saved: nothing else
// takes it away.
func (p guided) acknowledges() {
	p.t.Helper()
	p.do(key(kb.Escape))
	p.sees("AWS_SECRET_ACCESS_KEY=")
	p.click("checkbox", p.saved)
	p.click("button", p.close)
	p.closes()
}

// waitForReport is the guide's test: a client connects and gets the link.
func (p guided) waitForReport() {
	p.t.Helper()
	p.click("link", p.apis)
	p.click("link", apiName)
	p.click("link", p.testClient)
	p.click("button", p.connect)
	p.sees(p.connected, `"accepted"`, `"ready"`, ".xlsx")
	p.show("link", "http*")
	p.do(chromedp.Evaluate(`document.querySelector('main button[class*=variant-primary], h1').scrollIntoView()`, nil))
	p.photograph("6-test")
}
