package acceptance

import (
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// TestNestedStacksByTheAWSCLI: a stack of a stack, whose template lies in a bucket, made
// by the CLI, changed through its parameter by change sets of both, and deleted with what is
// in it.
func TestNestedStacksByTheAWSCLI(t *testing.T) {
	t.Parallel()
	aws := anyAWSCLI(t)
	aws.server = serve(t, t.TempDir(), "127.0.0.1:0")
	aws.run(t, "s3", "mb", "s3://deployments")
	aws.run(t, "s3", "cp", "--only-show-errors", "testdata/nested/api.yaml", "s3://deployments/api.yaml")
	greets := func(greeting string) string {
		t.Helper()
		address := aws.run(t, "cloudformation", "describe-stacks", "--stack-name", "chat", "--query", "Stacks[0].Outputs[0].OutputValue", "--output", "text")
		if got := testkit.Connect(t, address).Ask("x"); got != greeting {
			t.Errorf("the client heard %q", got)
		}
		return address
	}
	aws.run(t, "cloudformation", "deploy", "--stack-name", "chat", "--template-file", "testdata/nested/template.yaml", "--parameter-overrides", "Greeting=hello")
	address := greets("hello")
	if kept := aws.run(t, "ssm", "get-parameter", "--name", "/chat/address", "--query", "Parameter.Value", "--output", "text"); kept != address {
		t.Errorf("the parameter has %s, the output %s", kept, address)
	}
	aws.run(t, "cloudformation", "create-change-set", "--stack-name", "chat", "--change-set-name", "greet", "--include-nested-stacks",
		"--template-body", "file://testdata/nested/template.yaml", "--parameters", "ParameterKey=Greeting,ParameterValue=moin")
	nested := aws.run(t, "cloudformation", "describe-change-set", "--stack-name", "chat", "--change-set-name", "greet", "--query", "Changes[].ResourceChange.ChangeSetId | [0]", "--output", "text")
	if changed := aws.run(t, "cloudformation", "describe-change-set", "--change-set-name", nested, "--query", "[Parameters[].ParameterValue, Changes[].ResourceChange.Action]", "--output", "text"); !strings.Contains(changed, "moin") || !strings.Contains(changed, "Modify") {
		t.Errorf("the change set of the nested stack, %s, shows %s", nested, changed)
	}
	aws.run(t, "cloudformation", "execute-change-set", "--stack-name", "chat", "--change-set-name", "greet")
	if again := greets("moin"); again != address {
		t.Errorf("a change in place has made %s of %s", again, address)
	}
	aws.run(t, "cloudformation", "delete-stack", "--stack-name", "chat")
	if left := aws.run(t, "cloudformation", "describe-stacks", "--query", "Stacks[].StackName", "--output", "text") + aws.run(t, "apigatewayv2", "get-apis", "--query", "Items", "--output", "text"); left != "" {
		t.Errorf("left is %s", left)
	}
}
