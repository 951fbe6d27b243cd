package acceptance

import (
	"strings"
	"testing"
)

// TestParametersByTheAWSCLI: what the AWS CLI puts a stack reads, by its parameters' types
// and by a dynamic reference, and what the stack makes the AWS CLI reads.
func TestParametersByTheAWSCLI(t *testing.T) {
	t.Parallel()
	aws := anyAWSCLI(t)
	aws.server = serve(t, t.TempDir(), "127.0.0.1:0")
	aws.run(t, "ssm", "put-parameter", "--name", "/chat/title", "--type", "String", "--value", "one", "--tags", "Key=team,Value=red")
	aws.run(t, "ssm", "put-parameter", "--name", "/chat/title", "--value", "two", "--overwrite")
	said, err := aws.try("cloudformation", "deploy", "--stack-name", "parameters", "--template-file", "testdata/parameters.yaml")
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, said, aws.run(t, "cloudformation", "describe-stack-events", "--stack-name", "parameters"))
	}
	if got := aws.run(t, "ssm", "get-parameters-by-path", "--path", "/chat", "--query", "Parameters[].[Name,Value]", "--output", "text"); got != "/chat/made\ttwo after one\n/chat/title\ttwo" {
		t.Errorf("below /chat there is %q", got)
	}
	aws.run(t, "cloudformation", "delete-stack", "--stack-name", "parameters")
	if said := aws.fails(t, "ssm", "get-parameter", "--name", "/chat/made"); !strings.Contains(said, "An error occurred (ParameterNotFound)") {
		t.Errorf("after the end of the stack: %s", said)
	}
}
