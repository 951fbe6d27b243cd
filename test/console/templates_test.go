package console

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// Every page that shows a CloudFormation template shows one that this server deploys: what
// the page shows is removed and made again by a stack of the template, from what stands
// alone to what others need.
func TestTemplatesOfThePagesAreDeployed(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	stock := o.stock(newBackend(t).URL)
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.sees(apiName)
	shown := map[string][]string{}
	for _, at := range stock.places() {
		if at.name == "wizard" || at.name == "api-wizard" || at.name == "stack" {
			continue
		}
		p.open(at.address)
		shown[at.name] = p.templates()
	}
	p.open("#/apis/" + stock.apiID + "/deployments")
	p.opens("Deploy API")
	shown["deploy"] = p.templates()
	p.click("button", "Cancel")
	p.closes()
	p.open("#/wizard")
	p.reviewsWizard()
	shown["wizard"] = p.templates()

	api := "/v2/apis/" + stock.apiID
	o.deploys(shown, "deploy", 1, func() {
		o.rest("PATCH", api+"/stages/prod", object{"deploymentId": stock.deployment})
	})
	o.removeAll(api+"/routes", "routeId")
	o.deploys(shown, "routes", 1)
	o.deploys(shown, "route", 3) // its own, its integration's, and the responses of that
	o.rest("DELETE", "/v2/domainnames/ws.example.com/apimappings/"+o.firstOf("/v2/domainnames/ws.example.com/apimappings", "apiMappingId"), nil)
	o.deploys(shown, "domain", 1)
	o.rest("DELETE", "/v2/domainnames/ws.example.com", nil)
	o.deploys(shown, "domains", 1)
	o.rest("DELETE", "/usageplans/"+stock.plan+"/keys/"+stock.key, nil)
	o.deploys(shown, "usageplan", 1)
	o.rest("PATCH", "/usageplans/"+stock.plan, object{"patchOperations": []object{{"op": "remove", "path": "/apiStages", "value": stock.apiID + ":prod"}}})
	o.rest("DELETE", "/usageplans/"+stock.plan, nil)
	o.deploys(shown, "usageplans", 1)
	o.rest("DELETE", "/apikeys/"+stock.key, nil)
	o.deploys(shown, "apikeys", 1)
	o.rest("DELETE", api+"/stages/prod", nil)
	o.deploys(shown, "stages", 1)
	o.deploys(shown, "stage", 1)
	o.removeAll(api+"/integrations/"+stock.integration+"/integrationresponses", "integrationResponseId")
	o.deploys(shown, "integration", 2)
	o.removeAll(api+"/authorizers", "authorizerId")
	o.deploys(shown, "authorizers", 1)
	o.removeAll(api+"/models", "modelId")
	o.deploys(shown, "models", 1)
	o.deploys(shown, "integrations", 1)
	o.deploys(shown, "api-settings", 1)
	o.deploys(shown, "vpclinks", 1)

	o.iam("DeleteGroupPolicy", "GroupName", "pushers", "PolicyName", "push")
	o.iam("RemoveUserFromGroup", "GroupName", "pushers", "UserName", "reports")
	o.deploys(shown, "group", 2)
	o.iam("DeleteUserPolicy", "UserName", "reports", "PolicyName", "push")
	o.deploys(shown, "user", 2)
	o.iam("DetachGroupPolicy", "GroupName", "pushers", "PolicyArn", "arn:aws:iam::"+o.account()+":policy/"+polName)
	o.iam("DeleteGroup", "GroupName", "pushers")
	o.deploys(shown, "groups", 1)
	o.iam("DeleteAccessKey", "UserName", "reports", "AccessKeyId", o.keyOf("reports"))
	o.iam("DeleteUser", "UserName", "reports")
	o.deploys(shown, "users", 1)
	o.iam("DeletePolicy", "PolicyArn", "arn:aws:iam::"+o.account()+":policy/"+polName)
	o.deploys(shown, "policies", 1)
	o.iam("DeleteRole", "RoleName", roleName)
	o.deploys(shown, "roles", 1)
	o.deploys(shown, "role", 1)
	o.deploys(shown, "wizard", 1)
	o.deploys(shown, "apis", 1)
	for page, left := range shown {
		if len(left) > 0 {
			t.Errorf("nothing deployed what page %q shows: %s", page, left[0])
		}
	}
}

// What a template can be made of is put into it by clicks, where the cursor is.
func TestVariablesAreInserted(t *testing.T) {
	t.Parallel()
	server := serve(t)
	stock := operator{t, server}.stock(newBackend(t).URL)
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.open("#/apis/" + stock.apiID + "/integrations")
	p.opens("Create integration")
	p.click("button", "Add")
	p.sees(`"routeKey": "$context.routeKey"`)
	p.fill(p.template, "")
	p.click("button", "Insert")
	p.click("menuitem", "A template to begin with")
	p.sees(`"message": $input.json('$')`)
	p.fill(p.template, "{\"who\": \"")
	p.click("button", "Insert")
	p.click("menuitem", "$context")
	p.page.photograph("insert")
	p.click("menuitem", "$context.connectionId*")
	p.sees(`"who": "$context.connectionId`)
}

// templates are those that the page shows, once they are opened.
func (p page) templates() []string {
	p.t.Helper()
	var texts []string
	p.do(chromedp.Evaluate(`(async () => {
		const later = () => new Promise((done) => setTimeout(done, 50));
		const sections = [...document.querySelectorAll('[class*=expandable] [role=button], [class*=expandable] button')].filter((one) => one.innerText.trim() === 'Show as commands');
		sections.filter((one) => one.getAttribute('aria-expanded') === 'false').forEach((one) => one.click());
		await later();
		const found = [];
		for (const tab of [...document.querySelectorAll('[role=tab]')].filter((one) => one.innerText.trim() === 'CloudFormation')) {
			tab.click();
			await later();
			found.push(document.getElementById(tab.getAttribute('aria-controls')).querySelector('pre').innerText);
		}
		return found;
	})()`, &texts, awaited))
	return texts
}

// reviewsWizard goes to the wizard's last step.
func (p guided) reviewsWizard() {
	p.t.Helper()
	p.fill("API name", apiName)
	p.click("button", "Next")
	p.sees("apigateway.amazonaws.com")
	p.click("button", "Next")
	p.fill("Integration target", "http://127.0.0.1:1/")
	for _, seen := range []string{p.validJSON, "201", "Show as commands"} {
		p.click("button", "Next")
		p.sees(seen)
	}
}

// deploys makes a stack of each template that a page showed, and removes it again; before
// does what the removal needs.
func (o operator) deploys(shown map[string][]string, page string, templates int, before ...func()) {
	o.t.Helper()
	if len(shown[page]) != templates {
		o.t.Errorf("page %q shows %d templates, want %d", page, len(shown[page]), templates)
	}
	for _, text := range shown[page] {
		o.query("cloudformation", "2010-05-15", "CreateStack", "StackName", "shown", "TemplateBody", text, "Capabilities.member.1", "CAPABILITY_NAMED_IAM")
		if status := o.settled("shown"); !strings.Contains(status, ">CREATE_COMPLETE<") {
			o.t.Errorf("page %q: %s\n%s", page, status, text)
		}
		for _, prepare := range before {
			prepare()
		}
		o.query("cloudformation", "2010-05-15", "DeleteStack", "StackName", "shown")
		testkit.EventuallyNil(o.t, func() error {
			if list := o.stacks(); strings.Contains(list, "<StackName>shown<") {
				return errors.New(list)
			}
			return nil
		})
	}
	delete(shown, page)
}

// settled is what is said of a stack when nothing of it moves any more.
func (o operator) settled(name string) string {
	o.t.Helper()
	var said string
	testkit.Eventually(o.t, "the stack to settle", func() bool {
		_, said, _ = strings.Cut(o.stacks(), "<StackName>"+name+"<")
		return !strings.Contains(said, "_IN_PROGRESS<")
	})
	if strings.Contains(said, ">CREATE_COMPLETE<") {
		return said
	}
	form := url.Values{"Action": {"DescribeStackEvents"}, "Version": {"2010-05-15"}, "StackName": {name}}
	return string(o.send("cloudformation", "POST", "/", "application/x-www-form-urlencoded", []byte(form.Encode())))
}

func (o operator) stacks() string {
	o.t.Helper()
	form := url.Values{"Action": {"DescribeStacks"}, "Version": {"2010-05-15"}}
	return string(o.send("cloudformation", "POST", "/", "application/x-www-form-urlencoded", []byte(form.Encode())))
}

// removeAll deletes every item of a list.
func (o operator) removeAll(list, id string) {
	o.t.Helper()
	for _, item := range o.items(list) {
		o.rest("DELETE", list+"/"+item.text(id), nil)
	}
}

func (o operator) firstOf(list, id string) string {
	o.t.Helper()
	return o.items(list)[0].text(id)
}

func (o operator) items(list string) []object {
	o.t.Helper()
	var found struct{ Items []object }
	if err := json.Unmarshal(o.send("apigateway", "GET", list, "application/json", nil), &found); err != nil {
		o.t.Fatal(err)
	}
	return found.Items
}

// keyOf is the access key of a user.
func (o operator) keyOf(user string) string {
	o.t.Helper()
	form := url.Values{"Action": {"ListAccessKeys"}, "Version": {"2010-05-08"}, "UserName": {user}}
	_, rest, _ := strings.Cut(string(o.send("iam", "POST", "/", "application/x-www-form-urlencoded", []byte(form.Encode()))), "<AccessKeyId>")
	id, _, _ := strings.Cut(rest, "<")
	return id
}
