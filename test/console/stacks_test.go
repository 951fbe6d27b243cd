package console

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

const wholeTemplate = `Resources:
  Chat:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: ChatAPI, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}
  Backend:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {ApiId: !Ref Chat, IntegrationType: HTTP_PROXY, IntegrationMethod: POST, IntegrationUri: 'http://127.0.0.1:9000/hello'}
  Hello:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Chat, RouteKey: hello, Target: !Sub 'integrations/${Backend}'}
  Tokens:
    Type: AWS::ApiGatewayV2::Authorizer
    Properties: {ApiId: !Ref Chat, Name: tokens, AuthorizerType: REQUEST, AuthorizerUri: 'http://127.0.0.1:9000/authorize', IdentitySource: [route.request.querystring.token]}
  Prod:
    Type: AWS::ApiGatewayV2::Stage
    Properties: {ApiId: !Ref Chat, StageName: prod}
  Key:
    Type: AWS::ApiGateway::ApiKey
    Properties: {Name: partner}
`

// What a stack made is known by its names and leads to its pages; an update that fails is told
// with the resource at which it did.
func TestStackResourcesByName(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	o.query("cloudformation", "2010-05-15", "CreateStack", "StackName", "whole", "TemplateBody", wholeTemplate)
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.click("link", "Stacks")
	p.click("link", "whole")
	p.sees("CREATE_COMPLETE", "Name and physical ID")
	for _, name := range []string{"ChatAPI", "hello", "tokens", "prod", "partner", "POST 127.0.0.1:9000/hello"} {
		p.show("link", name)
	}
	p.page.photograph("stack-resources")
	o.query("cloudformation", "2010-05-15", "UpdateStack", "StackName", "whole", "TemplateBody", wholeTemplate+`  Twice:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Chat, RouteKey: hello}
`)
	p.sees("UPDATE_ROLLBACK_COMPLETE", "It failed at: Twice", "The last update failed and was taken back")
	p.page.photograph("stack-failed")
	p.click("link", "tokens")
	p.holds("Name", "tokens")
	p.click("button", "Cancel")
	p.closes()
	p.click("link", "Routes")
	p.sees("hello")
}

const chatTemplate = `Description: a chat
Parameters:
  Name: {Type: String, Default: ChatAPI}
Resources:
  Chat:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: !Ref Name, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}
Outputs:
  Endpoint: {Value: !GetAtt Chat.ApiEndpoint}
`

// A stack is made of a template, says what it made and what happened, is updated with
// another parameter, and goes by its name once the page said what goes with it. Before each
// of it the change set says what changes.
func TestStacksByClicks(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.click("link", "Stacks")
	p.opens("Create stack")
	p.fill("Stack name", "chat")
	p.fill("Template (YAML or JSON)", "Resources: {Chat: {Type: 'AWS::ApiGatewayV2::Api', Properties: {Name: !Ref Gone}}}")
	p.click("button", "Preview changes")
	p.sees("Gone")
	p.fill("Template (YAML or JSON)", chatTemplate)
	p.holds("Name", "ChatAPI")
	p.click("button", "Preview changes")
	p.sees("create: 1", "Chat", "AWS::ApiGatewayV2::Api")
	p.lacks("textbox", "Type the name to confirm")
	p.click("button", "Execute change set")
	p.closes()
	p.lacks("link", "Go on editing")
	p.sees("a chat", "CREATE_COMPLETE", "Outputs", "ws://", "AWS::ApiGatewayV2::Api", "Events")
	p.opens("Update stack")
	p.holds("Name", "ChatAPI")
	p.click("button", "Preview changes")
	p.sees("Nothing would change")
	p.fill("Name", "TalkAPI")
	p.click("button", "Preview changes")
	p.sees("change: 1", "ChatAPI", "TalkAPI")
	p.click("button", "Edit again")
	p.holds("Name", "TalkAPI")
	p.click("button", "Preview changes")
	p.sees("change: 1")
	p.click("button", "Execute change set")
	p.closes()
	p.sees("UPDATE_COMPLETE", "Name=TalkAPI", "Executed: console-")
	p.lacks("link", "Go on editing")
	p.click("button", "Detect drift")
	p.sees("No drift: everything is as the template says")
	o.rest("PATCH", "/v2/apis/"+o.firstOf("/v2/apis", "apiId"), object{"name": "HandmadeAPI"})
	p.click("button", "Detect drift")
	p.sees("Drifted: chat", "Changed by hand", "/Name", "HandmadeAPI")
	p.page.photograph("drift")
	o.rest("PATCH", "/v2/apis/"+o.firstOf("/v2/apis", "apiId"), object{"name": "TalkAPI"})
	p.click("link", "APIs")
	p.selects("TalkAPI")
	p.opens("Delete")
	p.sees("Stack chat made it: without it", "Type the name to confirm")
	p.page.photograph("stack-owned")
	p.click("button", "Cancel")
	p.closes()
	p.click("link", "Stacks")
	p.click("link", "chat")
	p.sees("UPDATE_COMPLETE")
	p.opens("Delete")
	p.sees("Everything that the stack created is deleted with it", "chat: Chat (AWS::ApiGatewayV2::Api)")
	p.lacks("button", "Delete")
	p.fill("Type the name to confirm", "chat")
	p.click("button", "Delete")
	p.closes()
	p.sees("There is no stack yet")
	p.click("link", "APIs")
	p.lacks("link", "TalkAPI")
}

// What a change set deletes or replaces is told with what that breaks, and is not done before the
// stack's name was typed. Who leaves it finds it on the stack's page, beside those that
// others made, where it is executed or deleted.
func TestAChangeSetSaysWhatItDeletes(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	o.rest("POST", "/v2/domainnames", object{"domainName": "ws.example.com", "domainNameConfigurations": []object{{"certificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/11111111-2222-3333-4444-555555555555", "endpointType": "REGIONAL", "securityPolicy": "TLS_1_2"}}})
	template := wholeTemplate + `  Own:
    Type: AWS::ApiGatewayV2::ApiMapping
    Properties: {ApiId: !Ref Chat, DomainName: ws.example.com, Stage: !Ref Prod, ApiMappingKey: own}
`
	o.query("cloudformation", "2010-05-15", "CreateStack", "StackName", "whole", "TemplateBody", template)
	api := o.firstOf("/v2/apis", "apiId")
	o.rest("POST", "/v2/apis/"+api+"/deployments", object{"stageName": "prod"})
	o.connect(api + "/prod")
	o.rest("POST", "/v2/domainnames/ws.example.com/apimappings", object{"apiId": api, "stage": "prod"})
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.open("#/stacks/whole")
	p.opens("Update stack")
	p.fill("Template (YAML or JSON)", strings.Replace(template, "StageName: prod", "StageName: live", 1))
	p.click("button", "Preview changes")
	p.sees("replace: 1", "A new one is created in its place, and this one is deleted.", "StageName: cannot be changed without a replacement",
		"Prod: 1 open connection on stage prod is closed.", "Prod: Nobody can connect to stage prod any more.", "Prod: ws.example.com/ leads here",
		"Stage: follows from Prod")
	if said := p.said(); strings.Contains(said, "ws.example.com/own leads here") {
		t.Errorf("a mapping that the change set moves is to be removed first:\n%s", said)
	}
	p.page.photograph("changeset")
	t.Run("accessible", func(t *testing.T) {
		p := p.in(t)
		p.isAccessible(axeScript(t), "changeset")
		p.fits("changeset", phone)
		p.do(emulation.SetDeviceMetricsOverride(1280, 900, 1, false))
	})
	p.shows("the button to wait for the name", `[...document.querySelectorAll('.sub-page button')].find((one) => one.innerText === 'Execute change set').disabled`)
	p.click("button", "Keep for later")
	p.closes()
	p.sees("The change set is kept: console-", "Change sets (1)")
	p.shows("the focus to be back", `document.activeElement.innerText === 'Update stack'`)
	if stages := o.items("/v2/apis/" + api + "/stages"); len(stages) != 1 || stages[0].text("stageName") != "prod" {
		t.Fatalf("a change set that was not executed left the stages %v", stages)
	}
	o.query("cloudformation", "2010-05-15", "CreateChangeSet", "StackName", "whole", "ChangeSetName", "by-hand", "TemplateBody", wholeTemplate[:strings.Index(wholeTemplate, "  Prod:")])
	p.do(chromedp.Reload())
	p.sees("Change sets (2)")
	p.click("link", "by-hand")
	p.sees("delete: 3", "It is deleted; no Undo brings it back.", "Prod", "Key")
	p.page.photograph("changeset-delete")
	p.click("button", "Delete change set")
	p.closes()
	p.sees("Change set deleted: by-hand", "Change sets (1)")
	for _, mapping := range o.items("/v2/domainnames/ws.example.com/apimappings") {
		if mapping.text("apiMappingKey") == "" {
			o.rest("DELETE", "/v2/domainnames/ws.example.com/apimappings/"+mapping.text("apiMappingId"), nil)
		}
	}
	p.click("checkbox", "Select console-*")
	p.click("button", "Execute")
	p.fill("Type the name to confirm", "whole")
	p.click("button", "Execute change set")
	p.closes()
	p.sees("UPDATE_COMPLETE")
	p.lacks("button", "Execute")
	if stages := o.items("/v2/apis/" + api + "/stages"); len(stages) != 1 || stages[0].text("stageName") != "live" {
		t.Fatalf("the executed change set left the stages %v", stages)
	}
}

const askingTemplate = `Parameters:
  Size: {Type: String, Default: small, AllowedValues: [small, large], Description: how much of it}
  Token: {Type: String, NoEcho: true, Description: what backends are asked with}
  Where: {Type: String}
Resources:
  Chat:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: !Sub '${Where}-${Size}', ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action, Description: !Ref Token}
  Caller:
    Type: AWS::IAM::Role
    Properties:
      RoleName: caller
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: apigateway.amazonaws.com}, Action: 'sts:AssumeRole'}]}
`

// A template that is chosen as a file asks for what it declares: a field for each parameter, with
// its default and choices, secrets that no draft keeps, and a capability with the reason for it.
// A stack that was looked at alone is not left behind.
func TestATemplateAsksForWhatItDeclares(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	file := filepath.Join(t.TempDir(), "chat.yaml")
	if err := os.WriteFile(file, []byte(askingTemplate), 0o600); err != nil {
		t.Fatal(err)
	}
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.open("#/stacks")
	p.opens("Create stack")
	p.fill("Stack name", "asking")
	p.do(chromedp.SetUploadFiles(`input[type=file]`, []string{file}))
	p.sees("how much of it", "what backends are asked with", "The template creates AWS::IAM::Role, some with names of its own", "CAPABILITY_NAMED_IAM")
	p.page.photograph("stack-form")
	var height int
	p.do(chromedp.EmulateViewport(1400, 900), chromedp.Evaluate(settled+`.then(() => Math.round(document.querySelector('.sub-page').getBoundingClientRect().bottom + scrollY))`, &height, awaited))
	if t.Logf("the form is %d px high", height); height > 920 {
		t.Errorf("the form is %d px high", height)
	}
	p.click("button", "Preview changes")
	p.sees("This parameter has no default: it needs a value", "The template needs it")
	p.choose("Size", "large")
	p.fill("Token", "s3cr3t")
	p.fill("Where", "here")
	p.shows("the secret to be hidden", `document.querySelector('input[aria-label=Token]').type === 'password'`)
	p.shows("no draft to keep the secret", `!JSON.stringify(localStorage).includes('s3cr3t') && JSON.stringify(localStorage).includes('here')`)
	p.click("checkbox", "The stack may do that*")
	p.click("button", "Show as commands")
	p.sees("cloudformation create-change-set", "--capabilities", `"ParameterValue":"****"`)
	p.click("button", "Preview changes")
	p.sees("create: 2", "Caller")
	p.click("button", "Show as commands")
	p.sees("cloudformation execute-change-set")
	p.page.photograph("stack-create")
	p.click("button", "Delete change set")
	p.closes()
	p.sees("There is no stack yet")
	p.opens("Create stack")
	p.holds("Stack name", "")
	p.fill("Stack name", "asking")
	p.fill("Template (YAML or JSON)", askingTemplate)
	p.fill("Token", "s3cr3t")
	p.fill("Where", "here")
	p.click("checkbox", "The stack may do that*")
	p.click("button", "Preview changes")
	p.click("button", "Keep for later")
	p.closes()
	p.sees("REVIEW_IN_PROGRESS")
	p.click("link", "asking")
	p.click("link", "console-*")
	p.click("button", "Execute change set")
	p.closes()
	p.sees("CREATE_COMPLETE", "Size=small", "Token=****")
	if name := o.firstOf("/v2/apis", "name"); name != "here-small" {
		t.Fatalf("the stack made %q", name)
	}
	p.opens("Update stack")
	p.choose("Size", "large")
	p.click("checkbox", "The stack may do that*")
	p.click("button", "Preview changes")
	p.sees("change: 1", "here-large")
	p.click("button", "Execute change set")
	p.closes()
	p.sees("UPDATE_COMPLETE", "Size=large")
	if chat := o.items("/v2/apis")[0]; chat.text("name") != "here-large" || chat.text("description") != "s3cr3t" {
		t.Fatalf("the update made %v", chat)
	}
}
