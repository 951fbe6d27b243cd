package acceptance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// TestFunctionsByTheAWSCLI: a function's life by the CLI's own commands: made, invoked,
// changed, published under an alias, allowed to a caller, listed, tagged and deleted.
// It runs alone: a function has 10 s to start, as at AWS, which a busy machine needs for Python.
func TestFunctionsByTheAWSCLI(t *testing.T) {
	aws := anyAWSCLI(t)
	aws.server = serve(t, t.TempDir(), "127.0.0.1:0", "--functions")
	role := aws.run(t, "iam", "create-role", "--role-name", "runs", "--query", "Role.Arn", "--output", "text", "--assume-role-policy-document",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)
	code := "fileb://" + longZip(t)
	made := aws.run(t, "lambda", "create-function", "--function-name", "greet", "--runtime", "python3.13", "--handler", "index.handler", "--role", role, "--zip-file", code,
		"--environment", "Variables={GREETING=hello}", "--tags", "team=chat", "--query", "[State,Version,Runtime]", "--output", "text")
	if made != "Active\t$LATEST\tpython3.13" {
		t.Errorf("it was made as %s", made)
	}
	out := filepath.Join(t.TempDir(), "out.json")
	invoke := func(qualifier string) string {
		t.Helper()
		said := aws.run(t, "lambda", "invoke", "--function-name", "greet"+qualifier, "--query", "[StatusCode,ExecutedVersion]", "--output", "text", out)
		text, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		return said + " " + string(text)
	}
	if got := invoke(""); got != "200\t$LATEST 1" {
		t.Errorf("it answered %s", got)
	}
	aws.run(t, "lambda", "wait", "function-active-v2", "--function-name", "greet")
	if got := aws.run(t, "lambda", "update-function-configuration", "--function-name", "greet", "--timeout", "7", "--query", "[Timeout,LastUpdateStatus]", "--output", "text"); got != "7\tSuccessful" {
		t.Errorf("changed, it has %s", got)
	}
	aws.run(t, "lambda", "publish-version", "--function-name", "greet")
	aws.run(t, "lambda", "create-alias", "--function-name", "greet", "--name", "live", "--function-version", "1")
	if got := invoke(":live"); got != "200\t1 1" {
		t.Errorf("the alias answered %s", got)
	}
	aws.run(t, "lambda", "add-permission", "--function-name", "greet", "--statement-id", "api", "--action", "lambda:InvokeFunction", "--principal", "apigateway.amazonaws.com")
	if policy := aws.run(t, "lambda", "get-policy", "--function-name", "greet", "--query", "Policy", "--output", "text"); !strings.Contains(policy, "apigateway.amazonaws.com") {
		t.Errorf("the policy is %s", policy)
	}
	if got := aws.run(t, "lambda", "list-functions", "--query", "Functions[].FunctionName", "--output", "text"); got != "greet" {
		t.Errorf("listed are %s", got)
	}
	if said := aws.fails(t, "lambda", "create-function", "--function-name", "image", "--role", role, "--package-type", "Image", "--code", "ImageUri=1.dkr.ecr/x:1"); !strings.Contains(said, "zip files") {
		t.Errorf("an image: %s", said)
	}
	aws.run(t, "lambda", "delete-function", "--function-name", "greet")
	if said := aws.fails(t, "lambda", "get-function", "--function-name", "greet"); !strings.Contains(said, "ResourceNotFoundException") {
		t.Errorf("deleted, it is %s", said)
	}
	testkit.Eventually(t, "the log of the function", func() bool {
		return strings.Contains(aws.server.pasarela(t, "logs"), "REPORT RequestId")
	})
}
