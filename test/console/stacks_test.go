package console

import "testing"

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
// another parameter, and goes by its name once the page said what goes with it.
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
	p.click("button", "Create stack")
	p.sees("Refused", "Gone")
	p.fill("Template (YAML or JSON)", chatTemplate)
	p.click("button", "Create stack")
	p.closes()
	p.lacks("link", "Go on editing")
	p.sees("a chat", "CREATE_COMPLETE", "Outputs", "ws://", "AWS::ApiGatewayV2::Api", "Events")
	p.opens("Update stack")
	p.holds("Value", "ChatAPI")
	p.fill("Value", "TalkAPI")
	p.click("button", "Save changes")
	p.closes()
	p.sees("UPDATE_COMPLETE", "Name=TalkAPI")
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
	p.selects("chat")
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
