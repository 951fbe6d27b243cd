package acceptance

import (
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// stack is the guide's API as a stack of the AWS CLI's.
type stack struct {
	awsCLI
	t       testing.TB
	backend backend
}

// deploy runs `aws cloudformation deploy` with parameters over the defaults. The CLI
// names a change set by the second, so two deploys within one second have the same name.
func (s stack) deploy(parameters ...string) (said string, err error) {
	args := []string{
		"cloudformation", "deploy", "--stack-name", "guide", "--template-file", "testdata/guide.yaml", "--capabilities", "CAPABILITY_IAM",
		"--no-fail-on-empty-changeset", "--parameter-overrides", "BackendUrl=" + s.backend.URL,
	}
	args = append(args, parameters...)
	testkit.Eventually(s.t, "a second in which no change set was made", func() bool {
		said, err = s.try(args...)
		return err == nil || !strings.Contains(said, "AlreadyExistsException")
	})
	return said, err
}

func (s stack) mustDeploy(parameters ...string) {
	s.t.Helper()
	if said, err := s.deploy(parameters...); err != nil {
		s.t.Fatalf("%v\n%s\n%s", err, said, s.run(s.t, "cloudformation", "describe-stack-events", "--stack-name", "guide"))
	}
}

// socket is the stage's address, an output of the stack.
func (s stack) socket() string {
	s.t.Helper()
	return s.run(s.t, "cloudformation", "describe-stacks", "--stack-name", "guide", "--query", "Stacks[0].Outputs[0].OutputValue", "--output", "text")
}

// connects a client and returns what the backend got.
func (s stack) connects(socket string) string {
	s.t.Helper()
	testkit.Connect(s.t, socket+"?reportType=ventas")
	return s.backend.Next(s.t).Body
}

// TestAStackByTheAWSCLI: create, change nothing, change in place, replace, fail and roll
// back, delete.
func TestAStackByTheAWSCLI(t *testing.T) {
	t.Parallel()
	aws := anyAWSCLI(t)
	aws.server = serve(t, t.TempDir(), "127.0.0.1:0")
	s := stack{aws, t, newBackend(t)}
	s.mustDeploy()
	prod := s.socket()
	if got := s.connects(prod); !strings.Contains(got, `"type": "ventas"`) {
		t.Errorf("the backend got %s", got)
	}
	if said, err := s.deploy(); err != nil || !strings.Contains(said, "No changes to deploy. Stack guide is up to date") {
		t.Errorf("the same again: %v %s", err, said)
	}
	const changed = `Body={"changed": "$input.params('reportType')"}`
	s.mustDeploy(changed)
	if got := s.connects(prod); got != `{"changed": "ventas"}` {
		t.Errorf("after a change in place the backend got %s", got)
	}
	s.mustDeploy(changed, "StageName=test")
	if status, _ := refused(t, prod); status != 403 {
		t.Errorf("the replaced stage answers %d", status)
	}
	test := s.socket()
	if said, err := s.deploy("StageName=test", "IntegrationType=NOTHING"); err == nil || !strings.Contains(said, "Failed to create/update the stack") {
		t.Errorf("a type of integration that is not there: %v %s", err, said)
	}
	events := s.run(t, "cloudformation", "describe-stack-events", "--stack-name", "guide", "--query", "StackEvents[].[LogicalResourceId,ResourceStatus,ResourceStatusReason]", "--output", "text")
	if !strings.Contains(events, "Integration\tUPDATE_FAILED") || !strings.Contains(events, "NOTHING") || !strings.HasPrefix(events, "guide\tUPDATE_ROLLBACK_COMPLETE") {
		t.Errorf("the events do not say why:\n%s", events)
	}
	if got := s.connects(test); got != `{"changed": "ventas"}` {
		t.Errorf("after the rollback the backend got %s", got)
	}
	s.drifts(t)
	s.run(t, "cloudformation", "delete-stack", "--stack-name", "guide")
	s.run(t, "cloudformation", "wait", "stack-delete-complete", "--stack-name", "guide")
	if said := s.fails(t, "cloudformation", "describe-stacks", "--stack-name", "guide"); !strings.Contains(said, "Stack with id guide does not exist") {
		t.Errorf("after the end: %s", said)
	}
	if left := s.run(t, "apigatewayv2", "get-apis", "--query", "Items", "--output", "text") + s.run(t, "iam", "list-policies", "--scope", "Local", "--query", "Policies", "--output", "text"); left != "" {
		t.Errorf("the stack has left %s", left)
	}
}

// drifts edits the API of the stack without the stack, and checks that the CLI
// detects it.
func (s stack) drifts(t *testing.T) {
	t.Helper()
	api := s.run(t, "cloudformation", "describe-stack-resource", "--stack-name", "guide", "--logical-resource-id", "Api", "--query", "StackResourceDetail.PhysicalResourceId", "--output", "text")
	s.run(t, "apigatewayv2", "update-api", "--api-id", api, "--name", "edited")
	detection := s.run(t, "cloudformation", "detect-stack-drift", "--stack-name", "guide", "--query", "StackDriftDetectionId", "--output", "text")
	if got := s.run(t, "cloudformation", "describe-stack-drift-detection-status", "--stack-drift-detection-id", detection, "--query", "[DetectionStatus,StackDriftStatus,DriftedStackResourceCount]", "--output", "text"); got != "DETECTION_COMPLETE\tDRIFTED\t1" {
		t.Errorf("the detection says %s", got)
	}
	found := s.run(t, "cloudformation", "describe-stack-resource-drifts", "--stack-name", "guide", "--stack-resource-drift-status-filters", "MODIFIED",
		"--query", "StackResourceDrifts[].[LogicalResourceId,PropertyDifferences[0].PropertyPath,PropertyDifferences[0].ActualValue]", "--output", "text")
	if found != "Api\t/Name\t\"edited\"" {
		t.Errorf("the drift is %s", found)
	}
}
