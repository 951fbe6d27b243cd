package node_test

import (
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// A stack on a server without --functions, with a mapping template that is broken: the
// events say what does not work (A-STACK-9).
func TestEventsOfAStackSayWhatDoesNotWork(t *testing.T) {
	const text = `
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]}
  Function:
    Type: AWS::Lambda::Function
    Properties: {Runtime: nodejs22.x, Handler: index.handler, Role: !GetAtt Role.Arn, Code: {ZipFile: 'exports.handler = async () => 1'}}
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: a, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}
  Mock:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {ApiId: !Ref Api, IntegrationType: MOCK, TemplateSelectionExpression: '200', RequestTemplates: {'200': '#if'}}
  Route:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: $default, Target: !Sub 'integrations/${Mock}'}
  Stage:
    Type: AWS::ApiGatewayV2::Stage
    DependsOn: Route
    Properties: {ApiId: !Ref Api, StageName: prod, AutoDeploy: true}
`
	n := start(t, node.Settings{})
	in := stack.CreateStackInput{DesiredInput: stack.DesiredInput{
		StackName: "s", Template: stack.TemplateInput{TemplateBody: text}, Capabilities: []string{"CAPABILITY_IAM"},
	}}
	if _, err := n.Stacks().CreateStack(t.Context(), n.Root(), in); err != nil {
		t.Fatal(err)
	}
	var made *stack.Stack
	testkit.Eventually(t, "the end of the creation", func() bool {
		var err error
		made, err = n.Stacks().Stack(t.Context(), "s")
		return err == nil && !strings.HasSuffix(made.Status, "_IN_PROGRESS")
	})
	if made.Status != "CREATE_COMPLETE" {
		t.Fatalf("%s %s", made.Status, made.StatusReason)
	}
	for id, want := range map[string]string{"Function": "until the server is started with --functions", "Stage": `requestTemplates.200: 1:4: unexpected end of the template`} {
		if got := made.Resources[id].StatusReason; !strings.Contains(got, want) {
			t.Errorf("the event of %s says %q, want %q", id, got, want)
		}
	}
}
