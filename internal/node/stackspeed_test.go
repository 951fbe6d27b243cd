package node_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
	"github.com/pasarela-ws/pasarela/internal/node"
)

// speedTemplate is a stack of 60 resources: an API with 19 routes that have an integration
// and an answer each, a role and a stage. text is what one of its mapping templates says.
func speedTemplate(text string) string {
	var b strings.Builder
	b.WriteString(`
Resources:
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: speed, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: {Service: apigateway.amazonaws.com}, Action: 'sts:AssumeRole'}]}
  Stage:
    Type: AWS::ApiGatewayV2::Stage
    Properties: {ApiId: !Ref Api, StageName: prod, AutoDeploy: true}
`)
	for i := range 19 {
		said := "hello"
		if i == 0 {
			said = text
		}
		fmt.Fprintf(&b, `
  Integration%[1]d:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {ApiId: !Ref Api, IntegrationType: MOCK, TemplateSelectionExpression: '200', RequestTemplates: {'200': '{"statusCode":200,"said":"%[2]s"}'}}
  Answer%[1]d:
    Type: AWS::ApiGatewayV2::IntegrationResponse
    Properties: {ApiId: !Ref Api, IntegrationId: !Ref Integration%[1]d, IntegrationResponseKey: $default}
  Route%[1]d:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: route%[1]d, Target: !Sub 'integrations/${Integration%[1]d}'}
`, i, said)
	}
	return b.String()
}

// BenchmarkStack is how long a stack of 60 resources takes to be up, an update of it that
// changes one mapping template, and its deletion, over the store that syncs every write.
func BenchmarkStack(b *testing.B) {
	n := start(b, node.Settings{})
	ended := func(want string) {
		b.Helper()
		for {
			s, err := n.Stacks().Stack(b.Context(), "speed")
			if err != nil && want == "" {
				return
			}
			if err != nil {
				b.Fatal(err)
			}
			if s.Status == want {
				return
			}
			if !strings.HasSuffix(s.Status, "_IN_PROGRESS") {
				b.Fatalf("%s %s", s.Status, s.StatusReason)
			}
			time.Sleep(time.Millisecond) // as a tool that asks often
		}
	}
	desired := func(text string) stack.DesiredInput {
		return stack.DesiredInput{StackName: "speed", Template: stack.TemplateInput{TemplateBody: speedTemplate(text)}, Capabilities: []string{"CAPABILITY_IAM"}}
	}
	took := map[string]time.Duration{}
	step := func(name, want string, act func() error) {
		b.Helper()
		began := time.Now()
		if err := act(); err != nil {
			b.Fatal(err)
		}
		ended(want)
		took[name] += time.Since(began)
	}
	for b.Loop() {
		step("create", "CREATE_COMPLETE", func() error {
			_, err := n.Stacks().CreateStack(b.Context(), n.Root(), stack.CreateStackInput{DesiredInput: desired("hello")})
			return err
		})
		step("update", "UPDATE_COMPLETE", func() error {
			_, err := n.Stacks().UpdateStack(b.Context(), n.Root(), stack.UpdateStackInput{ChangedInput: stack.ChangedInput{DesiredInput: desired("changed")}})
			return err
		})
		step("delete", "", func() error {
			return n.Stacks().DeleteStack(b.Context(), n.Root(), stack.DeleteStackInput{StackName: "speed"})
		})
	}
	for name, all := range took {
		b.ReportMetric(float64(all.Milliseconds())/float64(b.N), name+"-ms")
	}
}
