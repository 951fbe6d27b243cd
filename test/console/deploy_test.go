package console

import (
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// The page lists what deploying would change, each fault opens the field to
// correct, and an earlier deployment is served again after the page has listed
// what that changes.
func TestDeployAndGoBackByClicks(t *testing.T) {
	t.Parallel()
	backend := newBackend(t)
	server := serve(t)
	stock := operator{t, server}.stock(backend.URL)
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
	p.opens("*· first")
	p.sees("It takes effect at once", `"type": "$input.params('reportType')"`)
	p.click("button", "Serve on prod")
	p.closes()
	p.sees("· first", "undeployed change")
	p.open("#/apis/" + stock.apiID + "/stages/prod")
	p.sees("This stage serves an earlier deployment", "· first; the newest is", "Serve the newest")
	p.openTestClient()
	p.fill(p.query, "reportType=ventas")
	p.connects()
	if body := backend.Last(t).Body; !strings.Contains(body, `"type": "ventas"`) {
		t.Errorf("after going back the backend got %s", body)
	}
	p.open("#/apis/" + stock.apiID + "/stages/prod")
	p.opens("Serve the newest")
	p.sees(`"type": "$input.params('kind')"`)
	p.click("button", "Serve on prod")
	p.closes()
	p.lacks("button", "Serve the newest")
}

// The page of a stage with AutoDeploy says that the last changes are not served, and why.
func TestAStageThatServesOlderSaysWhy(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	api := "/v2/apis/" + o.rest("POST", "/v2/apis", object{"name": "Auto", "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action"}).text("apiId")
	target := o.rest("POST", api+"/integrations", object{"integrationType": "MOCK", "requestTemplates": object{"200": `{"statusCode":200}`}}).text("integrationId")
	o.rest("POST", api+"/routes", object{"routeKey": "$default", "target": "integrations/" + target})
	o.rest("POST", api+"/stages", object{"stageName": "prod", "autoDeploy": true})
	said := func(part string) func() bool {
		return func() bool {
			return strings.Contains(o.rest("GET", api+"/stages/prod", nil).text("lastDeploymentStatusMessage"), part)
		}
	}
	testkit.Eventually(t, "the first deployment", said("Successfully deployed"))
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.open("#" + strings.TrimPrefix(api, "/v2") + "/stages/prod")
	p.sees("Serves deployment")
	o.rest("PATCH", api+"/integrations/"+target, object{"requestTemplates": object{"200": "#if(true)"}})
	testkit.Eventually(t, "the fault", said("expected #end of #if"))
	p.open("#/apis")
	p.open("#" + strings.TrimPrefix(api, "/v2") + "/stages/prod")
	p.sees("AutoDeploy could not deploy the last changes of the API", "expected #end of #if")
}
