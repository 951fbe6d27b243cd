package console

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"os/exec"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

const functionCode = `
def handler(event, context):
    print("hello from the function")
    if event.get("fail"):
        raise ValueError("asked to fail")
    return {"echo": event}
`

// function makes one Lambda function and an integration that calls it.
func (o operator) function(name string) {
	o.t.Helper()
	o.iam("CreateRole", "RoleName", "functions", "AssumeRolePolicyDocument",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)
	var code bytes.Buffer
	archive := zip.NewWriter(&code)
	file, err := archive.Create("app.py")
	if err != nil {
		o.t.Fatal(err)
	}
	if _, err := file.Write([]byte(functionCode)); err != nil {
		o.t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		o.t.Fatal(err)
	}
	body, err := json.Marshal(object{
		"FunctionName": name, "Runtime": "python3.13", "Handler": "app.handler", "Timeout": 30,
		"Role": "arn:aws:iam::" + o.account() + ":role/functions", "Code": object{"ZipFile": code.Bytes()},
	})
	if err != nil {
		o.t.Fatal(err)
	}
	var made object
	if err := json.Unmarshal(o.send("lambda", "POST", "/2015-03-31/functions", "application/json", body), &made); err != nil {
		o.t.Fatal(err)
	}
	api := o.rest("POST", "/v2/apis", object{"name": apiName, "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action"}).text("apiId")
	o.rest("POST", "/v2/apis/"+api+"/integrations", object{
		"integrationType": "AWS_PROXY", "integrationMethod": "POST",
		"integrationUri": "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/" + made.text("FunctionArn") + "/invocations",
	})
}

// A function is listed, invoked with what it returned and printed, also when it fails, and
// deleted only by its name while an API calls it.
func TestFunctionsByClicks(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("python3"); err != nil {
		testkit.MissingClient(t, "python3")
	}
	script := axeScript(t)
	server := serve(t, "--functions")
	operator{t, server}.function("chat")
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.click("link", "Functions")
	p.sees("chat", "Active", "python3.13")
	p.isAccessible(script, "functions")
	p.page.photograph("functions")
	p.click("link", "chat")
	p.sees("app.handler")
	p.fill("Event (JSON)", `{"name":"ana"`)
	p.sees("This is not valid JSON")
	p.fill("Event (JSON)", `{"name":"ana"}`)
	p.click("button", "Invoke")
	p.sees("The function returned", `{"echo": {"name": "ana"}}`, "hello from the function")
	p.isAccessible(script, "function")
	p.page.photograph("function")
	p.fill("Event (JSON)", `{"fail":true}`)
	p.click("button", "Invoke")
	p.sees("The function failed", "asked to fail")
	p.click("link", "View log")
	p.sees("/aws/lambda/chat", "hello from the function", "asked to fail")
	p.isAccessible(script, "logs")
	p.page.photograph("logs")
	p.do(chromedp.Navigate(server.endpoint + "/console/#/functions"))
	p.selects("chat")
	p.opens("Delete")
	p.sees("API "+apiName, "Type the name")
	p.fill("Type the name to confirm", "chat")
	p.click("button", "Delete")
	p.closes()
	p.sees("There are no functions yet")
	spanishPage := guided{p.page, spanish}
	spanishPage.do(chromedp.Evaluate(`localStorage.setItem('pasarela.language', 'es')`, nil), chromedp.Reload())
	spanishPage.sees("Funciones", "Todavía no hay funciones")
}
