package console

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

const wrongTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

// The wizard makes what the guide's clicks make. Then each warning of the guide is
// ignored in turn, and the page must say the cause and the field to change: before
// deploying where that can be known, and after the client was refused.
func TestTheGuidesWarnings(t *testing.T) {
	t.Parallel()
	backend := newBackend(t)
	server := serve(t)
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.followWizard(backend.URL + "/api/reports/create")
	p.connects()
	p.logsWork("the guide by the wizard")
	if body := backend.Last(t).Body; !strings.Contains(body, `"type": "ventas"`) {
		t.Errorf("the backend got %s", body)
	}
	t.Run("missing parameter", func(t *testing.T) {
		p := p.in(t)
		p.fill(p.query, "")
		p.connects()
		if body := backend.Last(t).Body; !strings.Contains(body, `"type": ""`) {
			t.Errorf("the backend got %s", body)
		}
		p.fill(p.query, "reportType=ventas")
	})
	t.Run("unmapped status", func(t *testing.T) {
		p := p.in(t)
		backend.Respond(testkit.Response{Status: http.StatusAccepted})
		defer backend.Respond(created)
		p.isRefused("202", "201", "integration response")
	})
	t.Run("wrong trust", func(t *testing.T) {
		p := p.in(t)
		p.editTrust(wrongTrust)
		p.sees("it does not trust apigateway.amazonaws.com")
		p.openTestClient()
		p.isRefused(roleName, "apigateway.amazonaws.com")
		p.previewSays("credentialsArn", roleName)
		p.editTrust(strings.Replace(wrongTrust, "lambda", "apigateway", 1))
		p.sees(p.trusts)
	})
	t.Run("no template", func(t *testing.T) {
		p := p.in(t)
		p.openConnectRoute()
		p.opens("Edit integration")
		p.click("button", "Remove")
		p.click("button", "Save changes")
		p.sees("None: the body passes through unchanged", "1 undeployed change")
		p.previewSays("requestTemplates")
		p.deploy()
		p.openTestClient()
		p.click("button", p.connect)
		p.sees("Every execution went well")
		if body := backend.Last(t).Body; strings.Contains(body, "type\"") {
			t.Errorf("without a template the backend got %s", body)
		}
	})
	t.Run("no role", func(t *testing.T) {
		p := p.in(t)
		p.openConnectRoute()
		p.opens("Edit integration")
		p.fill(p.role, "arn:aws:iam::000000000000:role/Gone")
		p.click("button", "Save changes")
		p.sees("Gone")
		p.previewSays("credentialsArn", "Gone")
	})
	t.Run("not deployed", func(t *testing.T) {
		p := p.in(t)
		p.click("link", "Stages")
		p.opens("Create stage")
		p.fill("Stage name", "next")
		p.click("button", "Create stage")
		p.openTestClient()
		p.choose("Stage prod", "next")
		p.isRefused("next", "deploy")
	})
}

// in is the same page in a subtest.
func (p guided) in(t *testing.T) guided {
	p.t = t
	return p
}

// followWizard does the guide in one form.
func (p guided) followWizard(target string) {
	p.t.Helper()
	p.click("button", "Create API with HTTP integration on $connect")
	p.fill("API name", apiName)
	p.click("button", "Next")
	p.sees("apigateway.amazonaws.com")
	p.click("button", "Next")
	p.fill("Integration target", target)
	p.click("button", "Next")
	p.sees(p.validJSON, `"type": "ventas"`)
	p.click("button", "Next")
	p.sees("201")
	p.click("button", "Next")
	p.sees("Show as commands")
	p.click("button", "Create and deploy")
	p.sees("The API is created and deployed")
}

// connects expects that the test client is let in.
func (p guided) connects() {
	p.t.Helper()
	p.click("button", p.connect)
	p.sees(p.connected, "Every execution went well")
	p.click("button", "Disconnect")
	p.sees("Not connected")
}

// isRefused expects that the test client is refused, and that the page says why.
func (p guided) isRefused(causes ...string) {
	p.t.Helper()
	p.click("button", p.connect)
	p.sees("Refused")
	p.sees(causes...)
}

func (p guided) openTestClient() {
	p.t.Helper()
	p.openAPI()
	p.click("link", p.testClient)
}

// openAPI comes from wherever the page is.
func (p guided) openAPI() {
	p.t.Helper()
	p.click("link", p.apis)
	p.click("link", apiName)
}

func (p guided) openConnectRoute() {
	p.t.Helper()
	p.openAPI()
	p.click("link", "$connect")
}

func (p guided) editTrust(document string) {
	p.t.Helper()
	p.click("link", p.apis)
	p.click("link", p.roles)
	p.click("link", roleName)
	p.opens("Edit trust policy")
	p.fill("Trust relationship", document)
	p.click("button", "Save changes")
}

// previewSays looks at what deploying would do, and does not deploy.
func (p guided) previewSays(texts ...string) {
	p.t.Helper()
	p.openAPI()
	p.click("link", "Deployments")
	p.opens(p.deployAPI)
	p.sees(append([]string{"What would fail"}, texts...)...)
	p.click("button", "Cancel")
}
