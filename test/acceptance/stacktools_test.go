package acceptance

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// stackTool is a program that deploys an app of its own form.
type stackTool struct {
	server *server
	dir    string // of a copy of the app; the folder above it has the tools
	words  []string
	env    []string
}

// newStackTool copies an app of test/stacktools to where the tool may leave its files.
func newStackTool(t *testing.T, app string, words ...string) stackTool {
	t.Helper()
	tools, err := filepath.Abs(root + "/test/stacktools")
	if err != nil {
		t.Fatal(err)
	}
	modules := filepath.Join(tools, "node_modules")
	if _, err := os.Stat(filepath.Join(modules, words[0])); err != nil {
		testkit.MissingClient(t, "npm ci --prefix test/stacktools has not been run")
	}
	if _, err := exec.LookPath("node"); err != nil {
		testkit.MissingClient(t, "there is no node to run functions with")
	}
	dir := t.TempDir()
	if err := os.Symlink(modules, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(dir, app)
	if err := os.CopyFS(copied, os.DirFS(filepath.Join(tools, app))); err != nil {
		t.Fatal(err)
	}
	words = append([]string{"node", filepath.Join(dir, "node_modules", words[0])}, words[1:]...)
	// No settings of the developer's, and no telemetry.
	env := []string{
		"HOME=" + t.TempDir(), "CI=true", "NODE_NO_WARNINGS=1", "CDK_DISABLE_CLI_TELEMETRY=true",
		"SLS_TELEMETRY_DISABLED=1", "SLS_NOTIFICATIONS_MODE=off", "SLS_AWS_MONITORING_FREQUENCY=200", // milliseconds between looks at a stack
	}
	s := serve(t, t.TempDir(), "127.0.0.1:0", "--functions")
	return stackTool{server: s, dir: copied, words: words, env: append(env, "AWS_ENDPOINT_URL="+s.endpoint)}
}

func (s stackTool) try(env []string, args ...string) (string, error) {
	cmd := exec.Command(s.words[0], append(s.words[1:len(s.words):len(s.words)], args...)...)
	cmd.Dir, cmd.Env = s.dir, append(append(s.server.environ(), s.env...), env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (s stackTool) run(t *testing.T, env []string, args ...string) string {
	t.Helper()
	out, err := s.try(env, args...)
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", s.words[1], strings.Join(args, " "), err, out)
	}
	return out
}

// fails makes a deployment that must fail, and be rolled back by saying why.
func (s stackTool) fails(t *testing.T, env []string, args ...string) {
	t.Helper()
	if out, err := s.try(env, args...); err == nil || !strings.Contains(out, "a routeSelectionExpression cannot read $context.stage") {
		t.Errorf("a route selection expression that AWS refuses: %v\n%s", err, out)
	}
}

// greets connects at a stage and asks its function, which knows where to push.
func (s stackTool) greets(t *testing.T, stage, route, greeting string) {
	t.Helper()
	host := strings.TrimPrefix(s.server.endpoint, "http://")
	if !strings.HasPrefix(stage, "ws://"+host+"/") {
		t.Fatalf("the stack's address is %s", stage)
	}
	want := greeting + " by http" + strings.TrimPrefix(stage, "ws")
	if got := testkit.Connect(t, stage).Ask(`{"action":"` + route + `"}`); got != want {
		t.Errorf("the function said %q, want %q", got, want)
	}
}

// nothingIsLeft checks that a tool has removed what it created.
func (s stackTool) nothingIsLeft(t *testing.T) {
	t.Helper()
	aws := anyAWSCLI(t)
	aws.server = s.server
	left := aws.run(t, "apigatewayv2", "get-apis", "--query", "Items[].Name", "--output", "text") +
		aws.run(t, "lambda", "list-functions", "--query", "Functions[].FunctionName", "--output", "text") +
		aws.run(t, "cloudformation", "describe-stacks", "--query", "Stacks[?StackName!='CDKToolkit'].StackName", "--output", "text")
	if left != "" {
		t.Errorf("left are %s", left)
	}
}

// TestStacksOfTheCDK: deploy, diff, change in place, replace, roll back, destroy, with the
// CDK's default synthesizer, first without a bootstrap, then by the roles of one.
func TestStacksOfTheCDK(t *testing.T) {
	t.Parallel()
	cdk := newStackTool(t, "cdk", "aws-cdk/bin/cdk", "--app", "node app.js", "--no-notices", "--no-color")
	synthesized := cdk // what the run before has left, where the app would say the same again
	synthesized.words = slices.Clone(cdk.words)
	synthesized.words[slices.Index(cdk.words, "node app.js")] = "cdk.out"
	deploy := func(context ...string) []string {
		return append([]string{"deploy", "--require-approval", "never", "--outputs-file", "out.json"}, context...)
	}
	url := func() string {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(cdk.dir, "out.json"))
		if err != nil {
			t.Fatal(err)
		}
		return between(string(text), `"Url": "`, `"`)
	}
	cdk.run(t, nil, deploy()...)
	prod := url()
	cdk.greets(t, prod, "greet", "hello")
	changed := []string{"--context", "greeting=moin", "--context", "stage=test"}
	if said := cdk.run(t, nil, append([]string{"diff"}, changed...)...); !strings.Contains(said, "moin") || !strings.Contains(said, "requires replacement") && !strings.Contains(said, "replace") {
		t.Errorf("diff says\n%s", said)
	}
	synthesized.run(t, nil, "bootstrap") // from here on by the roles that it makes
	synthesized.run(t, nil, deploy()...)
	test := url()
	cdk.greets(t, test, "greet", "moin")
	if status, _ := refused(t, prod); status != 403 {
		t.Errorf("the replaced stage answers %d", status)
	}
	cdk.fails(t, nil, deploy("--context", "greeting=moin", "--context", "stage=test", "--context", "selection=$context.stage")...)
	cdk.greets(t, test, "greet", "moin")
	synthesized.run(t, nil, "destroy", "--force")
	cdk.nothingIsLeft(t)
}

// between is the part of a text between two others, "" when one is missing.
func between(text, before, after string) string {
	_, rest, _ := strings.Cut(text, before)
	found, _, _ := strings.Cut(rest, after)
	return found
}

// TestStacksOfServerless: deploy, change in place, replace, roll back, remove, by osls,
// which goes on with Serverless 3, and by Serverless 3 itself.
func TestStacksOfServerless(t *testing.T) {
	t.Parallel()
	for name, program := range map[string]string{"osls 4": "osls/bin/serverless.js", "Serverless 3": "serverless/bin/serverless.js"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sls := newStackTool(t, "serverless", program)
			if name == "Serverless 3" {
				sls.plugIn(t)
			}
			aws := anyAWSCLI(t)
			aws.server = sls.server
			sls.run(t, nil, "deploy")
			url := aws.run(t, "cloudformation", "describe-stacks", "--stack-name", "chat-prod", "--output", "text",
				"--query", "Stacks[0].Outputs[?OutputKey=='ServiceEndpointWebsocket'].OutputValue")
			sls.greets(t, url, "greet", "hello")
			changed := []string{"GREETING=moin", "FUNCTION=replacing", "ROUTE=moin"}
			sls.run(t, changed, "deploy")
			sls.greets(t, url, "moin", "moin")
			sls.fails(t, append(changed, "SELECTION=$context.stage"), "deploy")
			sls.greets(t, url, "moin", "moin")
			sls.run(t, nil, "remove")
			sls.nothingIsLeft(t)
		})
	}
}

// plugIn adds the plugin by which users of Serverless 3, whose SDK does not read
// AWS_ENDPOINT_URL, reach another server than AWS.
func (s stackTool) plugIn(t *testing.T) {
	t.Helper()
	file, err := os.OpenFile(filepath.Join(s.dir, "serverless.yml"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = fmt.Fprint(file, "plugins: [serverless-localstack]\ncustom: {localstack: {stages: [prod]}}\n")
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
}
