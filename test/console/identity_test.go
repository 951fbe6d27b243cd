package console

import (
	"regexp"
	"testing"

	"github.com/chromedp/chromedp"
)

const denyPush = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"execute-api:*","Resource":"*"},
{"Effect":"Deny","Action":"execute-api:ManageConnections","Resource":"*"}]}`

const groupDeny = `{"Version":"2012-10-17","Statement":[{"Sid":"NotByThisGroup","Effect":"Deny","Action":"execute-api:*","Resource":"*"}]}`

// Users, groups, roles and policies by clicks; the editor that says where a policy is
// wrong; the simulator; and what a key without permissions gets to read.
func TestIdentityByClicks(t *testing.T) {
	t.Parallel()
	server := serve(t)
	p := guided{browse(t, server), english}
	p.signIn(server)
	t.Run("policies", func(t *testing.T) {
		p := p.in(t)
		p.click("link", "Policies")
		p.opens("Create policy")
		p.fill("Policy name", "Pushers")
		p.fill("Policy document", "{\n\"Version\":\"2012-10-17\",\n\"Statement\":[\n{\"Effect\":\"Allow\",\"Action\":\"push\",\"Resource\":\"*\"}]}")
		p.sees("Line 4, column", "Actions/Conditions must be prefaced by a vendor")
		p.fill("Policy document", pushPolicy)
		p.click("button", "Create policy")
		p.closes()
		p.edit("Pushers", "Policy document", denyPush)
		p.click("link", "Pushers")
		p.sees("Attached to: nothing", "v2")
		p.selects("v1")
		p.opens("Set as default")
		p.sees("It takes effect at once")
		p.click("button", "Set as default")
		p.closes()
	})
	t.Run("roles", func(t *testing.T) {
		p := p.in(t)
		p.click("link", "Roles")
		p.create("Create role", "Role name", roleName)
		p.edit(roleName, "Description", "for the guide")
		p.tag(roleName, "team", "reports")
		p.remove(roleName, "Integrations that use this role")
	})
	t.Run("users", func(t *testing.T) {
		p := p.in(t)
		p.click("link", "Users")
		p.create("Create user", "User name", "bakend")
		p.edit("bakend", "User name", "backend")
		p.click("link", "backend")
		p.opens("Attach policy")
		p.choose("Policy", "Pushers")
		p.click("button", "Attach policy")
		p.sees("policy/Pushers")
	})
	t.Run("simulator", func(t *testing.T) {
		p := p.in(t)
		p.asks("Allowed", "Pushers")
		p.click("link", "Policies")
		p.edit("Pushers", "Policy document", denyPush)
		p.asks("Denied by a statement", "lines 2–2", `"Effect": "Deny"`)
	})
	t.Run("groups", func(t *testing.T) {
		p := p.in(t)
		p.click("link", "Users")
		p.click("link", "backend")
		p.takes("Detach", "Pushers", "backend loses what only this policy allows")
		p.click("link", "Groups")
		p.create("Create group", "Group name", "pusher")
		p.edit("pusher", "Group name", "pushers")
		p.click("link", "pushers")
		p.picks("Add user", "User", "backend")
		p.picks("Attach policy", "Policy", "Pushers")
		p.create("Create inline policy", "Policy name", "push", "Policy document", groupDeny)
		p.click("button", "Show as commands")
		p.sees("Members", "policy/Pushers", "iam add-user-to-group", "--group-name pushers", "--user-name backend")
		p.asks("Denied by a statement", `"Sid": "NotByThisGroup"`)
		p.click("link", "Users")
		p.click("link", "backend")
		p.takes("Remove", "pushers", "backend loses what only this group allows")
		p.picks("Add to group", "Group", "pushers")
		p.click("link", "pushers")
		p.takes("Remove", "backend", "This user loses what only pushers allows")
		p.takes("Detach", "Pushers", "pushers loses what only this policy allows")
		p.takes("Delete", "push", "pushers loses what only this policy allows")
		p.click("button", "Undo")
		p.sees("Undone: push")
		p.show("checkbox", "Select push")
		p.picks("Add user", "User", "backend")
		p.click("link", "Groups")
		p.selects("pushers")
		p.opens("Delete")
		p.sees("Its members stay", "Members: backend", "Inline policies that are deleted: push")
		p.page.photograph("group-in-use")
		p.fill("Type the name to confirm", "pushers")
		p.click("button", "Delete")
		p.closes()
		p.lacks("checkbox", "Select pushers")
	})
	t.Run("a key without permissions", func(t *testing.T) {
		p := p.in(t)
		p.click("link", "Users")
		p.click("link", "backend")
		p.opens("Create access key")
		p.click("button", "Create access key")
		p.sees("This secret is shown once")
		said := p.said()
		p.acknowledges()
		words := regexp.MustCompile(`AWS_\w+=(\S+)`).FindAllStringSubmatch(said, -1)
		p.click("button", "Signed in: *")
		p.click("menuitem", "Sign out")
		p.fill(p.accessKeyID, words[0][1])
		p.fill(p.secretAccessKey, words[1][1])
		p.click("button", p.words.signIn)
		p.sees("AccessDenied", "user/backend is not authorized to perform: iam:GetUser")
		p.show("button", "Signed in: backend")
	})
}

// picks adds to a list one of what there is.
func (p guided) picks(button, label, option string) {
	p.t.Helper()
	p.opens(button)
	p.choose(label, option)
	p.click("button", button)
	p.closes()
	p.show("checkbox", "Select "+option)
}

// asks the simulator whether the backend may push, and reads the answer.
func (p guided) asks(responses ...string) {
	p.t.Helper()
	p.click("link", "Policy simulator")
	p.click("textbox|combobox", "Principal")
	p.click("option", "*user/backend")
	p.click("button", "Check")
	p.sees(responses...)
}

// The form of a trust policy says what stops working before the gateway may no longer take a
// role that is in use.
func TestATrustPolicyInUseSaysWhatStops(t *testing.T) {
	t.Parallel()
	server := serve(t)
	operator{t, server}.stock(newBackend(t).URL)
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.do(chromedp.Navigate(server.endpoint + "/console/#/iam/roles/" + roleName))
	p.opens("Edit trust policy")
	p.fill("Trust relationship", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)
	p.sees("What uses the role fails with 500 from then on: API " + apiName + ": POST ")
}
