package compatibility_test

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestBoto3 lets Python's SDK go through the life of every resource; the script
// holds what it must be answered.
func TestBoto3(t *testing.T) {
	for _, script := range []string{"life.py", "keys.py"} {
		t.Run(script, func(t *testing.T) { boto3(t, script) })
	}
}

func boto3(t *testing.T, script string) {
	python, err := exec.LookPath("python")
	if err != nil || exec.Command(python, "-c", "import boto3").Run() != nil {
		t.Skip("NOT TESTED: there is no python with boto3 on this machine")
	}
	url, _ := serve(t, root{})
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, python, "testdata/"+script, url)
	cmd.Env = append(cmd.Environ(), "AWS_ACCESS_KEY_ID="+accessKeyID, "AWS_SECRET_ACCESS_KEY="+secretKey, "AWS_DEFAULT_REGION="+region)
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
}

// TestAWSCLI creates and lists with every aws command line that is installed.
func TestAWSCLI(t *testing.T) {
	found := 0
	for _, program := range []string{"aws", "/usr/bin/aws"} {
		path, err := exec.LookPath(program)
		if err != nil {
			continue
		}
		found++
		t.Run(program, func(t *testing.T) { commandLine(t, path) })
	}
	if found == 0 {
		t.Skip("NOT TESTED: there is no aws command line on this machine")
	}
}

func commandLine(t *testing.T, path string) {
	url, _ := serve(t, root{})
	run := func(want string, arguments ...string) string {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, path, append([]string{"--endpoint-url", url, "--output", "text"}, arguments...)...)
		cmd.Env = append(cmd.Environ(), "AWS_ACCESS_KEY_ID="+accessKeyID, "AWS_SECRET_ACCESS_KEY="+secretKey, "AWS_DEFAULT_REGION="+region, "AWS_PAGER=")
		out, err := cmd.CombinedOutput()
		if text := string(out); !strings.Contains(text, want) || err != nil && !strings.Contains(want, "Exception") {
			t.Fatalf("aws %v: %v\n%s\nwant %q", arguments, err, text, want)
		}
		return strings.TrimSpace(string(out))
	}
	id := run("", "apigatewayv2", "create-api", "--name", "chat", "--protocol-type", "WEBSOCKET", "--route-selection-expression", "$request.body.action", "--query", "ApiId")
	integration := run("", "apigatewayv2", "create-integration", "--api-id", id, "--integration-type", "HTTP", "--integration-method", "POST", "--integration-uri", "http://127.0.0.1:8080/api",
		"--request-templates", `{"application/json":"{\"id\":\"$context.connectionId\"}"}`, "--query", "IntegrationId")
	run("/201/", "apigatewayv2", "create-integration-response", "--api-id", id, "--integration-id", integration, "--integration-response-key", "/201/")
	run("integrations/"+integration, "apigatewayv2", "create-route", "--api-id", id, "--route-key", "$connect", "--target", "integrations/"+integration)
	run("prod", "apigatewayv2", "create-stage", "--api-id", id, "--stage-name", "prod", "--stage-variables", "a=1")
	run("DEPLOYED", "apigatewayv2", "create-deployment", "--api-id", id, "--stage-name", "prod")
	run("a b", "apigatewayv2", "tag-resource", "--resource-arn", "arn:aws:apigateway:us-east-1::/apis/"+id, "--tags", `{"t":"a b"}`, "--debug")
	run("a b", "apigatewayv2", "get-tags", "--resource-arn", "arn:aws:apigateway:us-east-1::/apis/"+id)
	run("chat", "apigatewayv2", "get-apis", "--max-items", "1")
	run("ConflictException", "apigatewayv2", "delete-integration", "--api-id", id, "--integration-id", integration)
	run("NotFoundException", "apigatewayv2", "get-api", "--api-id", "aaaaaaaaaa")
	run("", "apigateway", "create-api-key", "--name", "k", "--enabled")
	run("UsagePlans", "apigateway", "get-account")
	run("", "apigatewayv2", "delete-api", "--api-id", id)
}
