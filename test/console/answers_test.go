package console

import "testing"

// The page of a route says what becomes of an answer that no integration response matches:
// $connect refuses the client, a two-way route sends an error, and on a one-way route the
// client hears nothing (aws-dataplane §3.2). A key that no status can match is told in its form.
func TestARouteSaysWhatItsClientsHear(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	api := o.rest("POST", "/v2/apis", object{"name": apiName, "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action"}).text("apiId")
	pages := map[string]string{}
	for _, key := range []string{"$connect", "order", "$disconnect"} {
		integration := o.rest("POST", "/v2/apis/"+api+"/integrations", object{"integrationType": "HTTP", "integrationMethod": "POST", "integrationUri": "http://127.0.0.1:1"}).text("integrationId")
		pages[key] = "#/apis/" + api + "/routes/" + o.rest("POST", "/v2/apis/"+api+"/routes", object{"routeKey": key, "target": "integrations/" + integration}).text("routeId")
	}
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.sees(apiName)
	p.open(pages["$connect"])
	p.sees("whatever the backend answers, the client is refused with 500")
	p.open(pages["$disconnect"])
	p.sees("the client hears nothing, and every event counts as failed")
	p.open(pages["order"])
	p.sees("the client hears nothing, and every event counts as failed")
	p.click("switch|checkbox", "Two-way*")
	p.sees(`whatever the backend answers, the client gets "Internal server error"`)
	p.opens(p.words.createResponse)
	p.fill(p.responseKey, "5xx")
	p.sees(`No HTTP status matches 5xx`, `Write it as /5\d\d/`)
}
