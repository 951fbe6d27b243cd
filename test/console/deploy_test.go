package console

import (
	"strings"
	"testing"
)

// The page lists what deploying would change, each fault opens the field to
// correct, and an earlier deployment is served again after the page has listed
// what that changes.
func TestDeployAndGoBackByClicks(t *testing.T) {
	t.Parallel()
	backend := newBackend(t)
	server := serve(t)
	operator{t, server}.stock(backend.URL)
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.openConnectRoute()
	p.opens("Edit integration")
	p.fill(p.template, strings.Replace(template, "reportType", "kind", 1))
	p.fill(p.role, "arn:aws:iam::000000000000:role/Gone")
	p.click("button", "Save changes")
	p.closes()
	p.opens(p.deployAPI)
	p.sees("requestTemplates.application/json", `"type": "$input.params('kind')"`)
	p.click("link", "Open")
	p.sees("Credentials (IAM role)")
	p.hasFocus(p.role)
	p.fill(p.role, "arn:aws:iam::"+operator{t, server}.account()+":role/"+roleName)
	p.click("button", "Save changes")
	p.closes()
	p.deploy()
	p.openTestClient()
	p.fill(p.query, "kind=compras")
	p.connects()
	if body := backend.Last(t).Body; !strings.Contains(body, `"type": "compras"`) {
		t.Errorf("the backend got %s", body)
	}
	p.click("link", "Deployments")
	p.selects("*· first")
	p.opens("Serve again on prod")
	p.sees("It takes effect at once", `"type": "$input.params('reportType')"`)
	p.click("button", "Serve again on")
	p.closes()
	p.sees("· first", "undeployed change")
	p.openTestClient()
	p.fill(p.query, "reportType=ventas")
	p.connects()
	if body := backend.Last(t).Body; !strings.Contains(body, `"type": "ventas"`) {
		t.Errorf("after going back the backend got %s", body)
	}
}
