package console

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
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

// A function is written in the console, with the role that it needs, is given other code, and
// decides as an authorizer that is chosen by its name: clients connect with a token that it knows.
func TestAnAuthorizerFromTheEditor(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("node"); err != nil {
		testkit.MissingClient(t, "node")
	}
	script := axeScript(t)
	server := serve(t, "--functions")
	o := operator{t, server}
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.click("link", "Functions")
	p.opens("Create function")
	p.fill("Function name", "door")
	p.click("button", "No role yet? Create one here")
	p.click("button", "Create and choose the role")
	p.sees("Created and chosen")
	p.click("button", "Example of an authorizer")
	p.sees("replace-this-token")
	p.click("button", "Show as commands")
	p.sees("cat > index.js", "zip function.zip index.js", "lambda create-function", "--zip-file fileb://function.zip")
	inline := p.templates()
	p.isAccessible(script, "function-form")
	p.page.photograph("function-form")
	p.click("button", "Create function")
	p.closes()
	p.sees("index.handler", "LambdaFunctionRole")
	p.fill("Event (JSON)", `{"queryStringParameters":{"token":"replace-this-token"},"methodArn":"arn:aws:execute-api:a"}`)
	p.click("button", "Invoke")
	p.sees("The function returned", `"principalId":"ana"`, `"Effect":"Allow"`)
	p.opens("Update code")
	p.sees("replace-this-token") // what was written is there again
	p.fill("Source code", strings.ReplaceAll(authorizerCode, "TOKEN", "sesame"))
	p.page.photograph("function-code")
	p.click("button", "Update code")
	p.closes()
	p.fill("Event (JSON)", `{"queryStringParameters":{"token":"sesame"},"methodArn":"arn:aws:execute-api:b"}`)
	p.click("button", "Invoke")
	p.sees(`"principalId":"eva"`)
	o.query("cloudformation", "2010-05-15", "CreateStack", "StackName", "gate", "TemplateBody", strings.ReplaceAll(inline[0], `"door"`, `"gate"`))
	p.open("#/stacks/gate")
	p.sees("CREATE_COMPLETE")
	p.click("link", "gate")
	p.fill("Event (JSON)", `{"queryStringParameters":{"token":"replace-this-token"},"methodArn":"arn:aws:execute-api:a"}`)
	p.click("button", "Invoke")
	p.sees(`"principalId":"ana"`)

	api := o.rest("POST", "/v2/apis", object{"name": apiName, "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action"}).text("apiId")
	p.click("link", "APIs")
	p.click("link", apiName)
	p.click("link", "Authorizers")
	p.opens("Create authorizer")
	p.fill("Name", "door")
	p.fill("Lambda function or HTTP endpoint", "http://127.0.0.1:1/authorize")
	p.sees("401 refuses the client with 401", `"principalId": "ana"`)
	p.isAccessible(script, "authorizer-form")
	p.page.photograph("authorizer-form-http")
	p.fill("Lambda function or HTTP endpoint", "")
	p.choose("Lambda function or HTTP endpoint", "door")
	p.sees("Let API Gateway invoke this function")
	p.page.photograph("authorizer-form")
	p.click("button", "Create authorizer")
	p.closes()
	p.sees("Lambda door")
	p.page.photograph("authorizers")
	p.click("link", "door")
	p.holds("Lambda function or HTTP endpoint", "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:"+o.account()+":function:door/invocations")
	p.click("button", "Cancel")
	p.closes()

	integration := o.rest("POST", "/v2/apis/"+api+"/integrations", object{"integrationType": "MOCK", "requestTemplates": object{"200": `{"statusCode":200}`}, "templateSelectionExpression": "200"}).text("integrationId")
	o.rest("POST", "/v2/apis/"+api+"/integrations/"+integration+"/integrationresponses", object{"integrationResponseKey": "$default"})
	o.rest("POST", "/v2/apis/"+api+"/routes", object{
		"routeKey": "$connect", "target": "integrations/" + integration, "authorizationType": "CUSTOM", "authorizerId": o.firstOf("/v2/apis/"+api+"/authorizers", "authorizerId"),
	})
	o.rest("POST", "/v2/apis/"+api+"/stages", object{"stageName": "prod"})
	o.rest("POST", "/v2/apis/"+api+"/deployments", object{"stageName": "prod"})
	p.click("link", "Test client")
	p.fill("Query string", "token=wrong")
	p.click("button", "Connect")
	p.sees("explicit deny")
	p.fill("Query string", "token=sesame")
	p.click("button", "Connect")
	p.sees("Connected")
}

const authorizerCode = `exports.handler = async (event) => ({
  principalId: 'eva',
  policyDocument: { Version: '2012-10-17', Statement: [{ Effect: event.queryStringParameters.token === 'TOKEN' ? 'Allow' : 'Deny', Action: '*', Resource: event.methodArn }] },
});
`
