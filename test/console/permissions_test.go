package console

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

const mayLook = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["apigateway:GET","pasarela:GET","iam:Get*","iam:List*","sts:AssumeRole"],"Resource":"*"}]}`

// reader makes a user who may look at everything and change nothing, and a role of the
// same rights that the user may assume; it returns the server with the user's key.
func (o operator) reader() (reader server, role string) {
	o.t.Helper()
	o.iam("CreateUser", "UserName", "reader")
	o.iam("PutUserPolicy", "UserName", "reader", "PolicyName", "look", "PolicyDocument", mayLook)
	o.iam("CreateRole", "RoleName", "Viewer", "AssumeRolePolicyDocument",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::`+o.account()+`:user/reader"},"Action":"sts:AssumeRole"}]}`)
	o.iam("PutRolePolicy", "RoleName", "Viewer", "PolicyName", "look", "PolicyDocument", mayLook)
	form := url.Values{"Action": {"CreateAccessKey"}, "Version": {"2010-05-08"}, "UserName": {"reader"}}
	made := string(o.send("iam", "POST", "/", "application/x-www-form-urlencoded", []byte(form.Encode())))
	reader = o.server
	reader.accessKeyID = regexp.MustCompile(`<AccessKeyId>(\w+)<`).FindStringSubmatch(made)[1]
	reader.secretAccessKey = regexp.MustCompile(`<SecretAccessKey>([^<]+)<`).FindStringSubmatch(made)[1]
	return reader, "arn:aws:iam::" + o.account() + ":role/Viewer"
}

// A user that may only read sees at the buttons which permission is missing,
// before trying; also as a role that the sign-in assumed.
func TestWhatOneMayNotDoIsSeenBefore(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	stock := o.stock(newBackend(t).URL)
	reader, role := o.reader()
	t.Run("a user", func(t *testing.T) {
		p := guided{browse(t, reader), english}
		p.signIn(reader)
		p.sees(apiName)
		p.denied("Create API", "apigateway:POST")
		p.denied("Create API with HTTP integration on $connect", "apigateway:POST")
		p.selects(apiName)
		p.denied("Delete", "apigateway:DELETE")
		p.denied("Edit", "apigateway:PATCH")
		p.do(chromedp.Navigate(server.endpoint + "/console/#/apis/" + stock.apiID + "/stages"))
		p.denied("Create stage", "apigateway:POST")
		p.photograph("may-not")
		for page, kind := range map[string]string{"users": "User", "roles": "Role", "groups": "Group", "policies": "Policy"} {
			p.do(chromedp.Navigate(server.endpoint + "/console/#/iam/" + page))
			p.denied("Create "+strings.ToLower(kind), "iam:Create"+kind)
		}
		for address, button := range map[string]string{
			"/routes/" + stock.connectRoute: "Edit route", "/integrations/" + stock.integration: "Edit integration", "/stages/prod": "Edit", "/deployments": "Deploy API", "/settings": "Edit",
		} {
			p.do(chromedp.Navigate(server.endpoint + "/console/#/apis/" + stock.apiID + address))
			p.denied(button, "apigateway:P")
		}
		p.do(chromedp.Navigate(server.endpoint + "/console/#/iam/users/reader"))
		for button, action := range map[string]string{"Create access key": "iam:CreateAccessKey", "Attach policy": "iam:AttachUserPolicy", "Create inline policy": "iam:PutUserPolicy", "Add to group": "iam:AddUserToGroup"} {
			p.denied(button, action)
		}
		p.do(chromedp.Navigate(server.endpoint + "/console/#/stacks"))
		p.denied("Create stack", "cloudformation:CreateChangeSet")
		p.do(chromedp.Navigate(server.endpoint + "/console/#/wizard"))
		p.sees("Your access key may not do this: apigateway:POST")
		p.do(chromedp.Navigate(server.endpoint + "/console/#/backup"))
		p.denied("Download with secrets", "pasarela:POST")
		p.open("#/functions")
		p.sees("This server runs no functions")
		p.denied("Create function", "lambda:CreateFunction")
	})
	t.Run("a role", func(t *testing.T) {
		p := guided{browse(t, reader), spanish}
		p.click("radio|button|tab", p.language)
		p.fill(p.accessKeyID, reader.accessKeyID)
		p.fill(p.secretAccessKey, reader.secretAccessKey)
		p.click("button", "Credenciales temporales y roles")
		p.fill("ARN del rol que se asume*", role)
		p.photograph("assume-role")
		p.click("button", p.words.signIn)
		p.sees(apiName, "Viewer")
		p.denied("Crear API", "apigateway:POST")
		p.do(chromedp.Reload())
		p.sees(apiName, "Viewer")
		p.do(chromedp.Evaluate(`(() => { const now = Date.now; Date.now = () => now() + 3_700_000; })()`, nil))
		p.sees("Tus credenciales temporales han caducado")
	})
	t.Run("a role that one may not assume", func(t *testing.T) {
		p := guided{browse(t, reader), english}
		p.fill(p.accessKeyID, reader.accessKeyID)
		p.fill(p.secretAccessKey, reader.secretAccessKey)
		p.click("button", "Temporary credentials and roles")
		p.fill("ARN of the role to assume*", role+"s")
		p.click("button", p.words.signIn)
		p.sees("AccessDenied")
	})
	t.Run("the owner", func(t *testing.T) {
		p := guided{browse(t, server), english}
		p.signIn(server)
		p.opens("Create API")
	})
}

// denied waits until a button is shown that may not be pressed, with a reason that names
// what lacks.
func (p page) denied(button, reason string) {
	p.t.Helper()
	testkit.EventuallyNil(p.t, func() error {
		var said string
		p.do(chromedp.Evaluate(fmt.Sprintf(`(() => {
			const found = [...document.querySelectorAll('button[aria-disabled=true], a[aria-disabled=true]')].find((one) => one.innerText.trim() === %q);
			if (!found) return 'no such button';
			return (found.getAttribute('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
		})()`, button), &said))
		if !strings.Contains(said, reason) {
			return fmt.Errorf("button %q: %q", button, said)
		}
		return nil
	})
}
