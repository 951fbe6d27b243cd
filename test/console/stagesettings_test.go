package console

import "testing"

// The settings of a stage that are pasarela's own are a section of its form and of its page,
// and stay tags: one that is emptied is a tag less.
func TestStageSettingsAreFieldsAndStayTags(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	api := o.rest("POST", "/v2/apis", object{"name": apiName, "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action"}).text("apiId")
	stage := "/v2/apis/" + api + "/stages/prod"
	o.rest("POST", "/v2/apis/"+api+"/stages", object{"stageName": "prod", "tags": object{"team": "payments", "pasarela:async": "true"}})
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.sees(apiName)
	p.open("#/apis/" + api + "/stages/prod")
	p.sees("pasarela settings (1 set)", "Resume (seconds)", "docs/resume.md", "team=payments", "as the account")
	p.click("link", "Edit settings")
	p.fill("Resume (seconds)*", "120")
	p.click("button", "Show as commands")
	p.sees("tag-resource", "pasarela:resumeSeconds")
	p.page.photograph("stage-form-settings")
	p.click("button", "Save changes")
	p.closes()
	p.sees("pasarela settings (2 set)")
	p.page.photograph("stage-settings")
	if tags, _ := o.rest("GET", stage, nil)["tags"].(map[string]any); tags["pasarela:resumeSeconds"] != "120" || tags["pasarela:async"] != "true" || tags["team"] != "payments" {
		t.Errorf("the tags are %v", tags)
	}
	p.click("button", "Undo")
	p.sees("pasarela settings (1 set)")
	if tags, _ := o.rest("GET", stage, nil)["tags"].(map[string]any); len(tags) != 2 {
		t.Errorf("after the undo the tags are %v", tags)
	}
}

// A server that offers only what AWS has shows none of them.
func TestAStrictServerHasNoStageSettings(t *testing.T) {
	t.Parallel()
	server := serve(t, "--strict")
	o := operator{t, server}
	api := o.rest("POST", "/v2/apis", object{"name": apiName, "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action"}).text("apiId")
	o.rest("POST", "/v2/apis/"+api+"/stages", object{"stageName": "prod"})
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.sees(apiName)
	p.open("#/apis/" + api + "/stages/prod")
	p.sees("as the account")
	p.lacks("link", "Edit settings")
}

// A route's form makes the integration that it lacks, and comes back with it chosen.
func TestARouteMakesItsIntegration(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	api := o.rest("POST", "/v2/apis", object{"name": apiName, "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action"}).text("apiId")
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.sees(apiName)
	p.open("#/apis/" + api + "/routes?form=routes-create")
	p.fill("Route key*", "order")
	p.click("button", "No integration for it yet? Create one here")
	p.fill("Integration target", "http://backend:8080/orders")
	p.click("button", "Create the integration and choose it")
	p.sees("Created and chosen", "POST backend:8080/orders")
	p.click("button", "Create route")
	p.closes()
	p.sees("Routes: created order", "POST backend:8080/orders")
}
