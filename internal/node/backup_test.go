package node_test

import (
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
	"github.com/pasarela-ws/pasarela/internal/controlplane/lambda"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// backedUp is a stack with a function, its permission, an API, a parameter and a bucket.
const backedUp = `
Parameters:
  Word: {Type: String, NoEcho: true}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Timeout: 60
      Environment: {Variables: {WORD: !Ref Word}}
      Code: {ZipFile: "import os\ndef handler(event, context):\n    return os.environ['WORD']\n"}
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: a, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}
  Proxy:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Api
      IntegrationType: AWS_PROXY
      IntegrationUri: !Sub 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function.Arn}/invocations'
  Route:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: $default, Target: !Sub 'integrations/${Proxy}'}
  Permission:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref Function, Action: 'lambda:InvokeFunction', Principal: apigateway.amazonaws.com}
  Parameter:
    Type: AWS::SSM::Parameter
    Properties: {Name: /chat/function, Type: String, Value: !Ref Function}
  Bucket:
    Type: AWS::S3::Bucket
Outputs:
  Function: {Value: !Ref Function}
`

// A stack and what it made are exported, applied to a server that has nothing, and go on
// there: the function runs, an update changes it, a deletion leaves nothing.
func TestAStackComesBackFromAFile(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		testkit.MissingClient(t, "python3")
	}
	from := start(t, node.Settings{Functions: true})
	in := stack.DesiredInput{
		StackName: "s", Template: stack.TemplateInput{TemplateBody: backedUp}, Capabilities: []string{"CAPABILITY_IAM"},
		Parameters: []stack.Parameter{{Key: "Word", Value: new("before")}},
	}
	if _, err := from.Stacks().CreateStack(t.Context(), from.Root(), stack.CreateStackInput{DesiredInput: in}); err != nil {
		t.Fatal(err)
	}
	settled(t, from, "CREATE_COMPLETE")
	secret, file := exported(t, from, from.Credentials(), false), exported(t, from, from.Credentials(), true)
	if strings.Contains(secret, "\nstacks:") || strings.Contains(secret, "\ndata:") || !strings.Contains(secret, "name: /chat/function") {
		t.Errorf("without secrets there are no stacks and no code, but parameters:\n%s", secret)
	}

	place := from.RegionAccount()
	to := start(t, node.Settings{Functions: true, Region: place.Region, AccountID: place.AccountID})
	if _, err := client(to, to.Credentials()).Apply(t.Context(), []byte(file), false); err != nil {
		t.Fatal(err)
	}
	made, err := to.Stacks().Stack(t.Context(), "s")
	if err != nil {
		t.Fatal(err)
	}
	name := made.Outputs[0].Value
	if got := invoked(t, to, name); got != `"before"` {
		t.Errorf("the function that came back returns %s", got)
	}
	in.Parameters[0].Value = new("after")
	if _, err := to.Stacks().UpdateStack(t.Context(), to.Root(), stack.UpdateStackInput{ChangedInput: stack.ChangedInput{DesiredInput: in}}); err != nil {
		t.Fatal(err)
	}
	settled(t, to, "UPDATE_COMPLETE")
	if got := invoked(t, to, name); got != `"after"` {
		t.Errorf("after an update the function returns %s", got)
	}
	if err := to.Stacks().DeleteStack(t.Context(), to.Root(), stack.DeleteStackInput{StackName: "s"}); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "the end of the deletion", func() bool {
		gone, err := to.Stacks().Stack(t.Context(), made.ID)
		return err == nil && gone.Status == "DELETE_COMPLETE"
	})
	if left := exported(t, to, from.Credentials(), true); strings.Contains(left, name) || strings.Contains(left, made.Resources["Api"].ID) || strings.Contains(left, "/chat/function") || strings.Contains(left, "\ndata:") {
		t.Errorf("the deletion left\n%s", left)
	}
}

// settled waits for the end of what happens to the stack s.
func settled(t *testing.T, n *node.Node, want string) {
	t.Helper()
	var made *stack.Stack
	testkit.Eventually(t, "the end of the operation", func() bool {
		var err error
		made, err = n.Stacks().Stack(t.Context(), "s")
		return err == nil && made.Operation == nil
	})
	if made.Status != want {
		t.Fatalf("%s %s", made.Status, made.StatusReason)
	}
}

func client(n *node.Node, key node.Credentials) *extension.Client {
	return &extension.Client{
		Endpoint: n.Endpoint(), Region: key.Region, Credentials: aws.Credentials{AccessKeyID: key.AccessKeyID, SecretAccessKey: key.SecretAccessKey},
	}
}

func exported(t *testing.T, n *node.Node, key node.Credentials, secrets bool) string {
	t.Helper()
	reader, err := client(n, key).Export(t.Context(), secrets)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	text, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func invoked(t *testing.T, n *node.Node, name string) string {
	t.Helper()
	answer, err := n.Lambda().Invoke(t.Context(), lambda.InvokeInput{FunctionInput: lambda.FunctionInput{FunctionName: name}, Payload: []byte("{}")})
	if err != nil {
		t.Fatal(err)
	}
	return string(answer.Payload)
}
