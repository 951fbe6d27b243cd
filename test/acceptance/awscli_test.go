package acceptance

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// awsCLI is one AWS CLI of the machine.
type awsCLI struct {
	path   string
	v2     bool
	server *server
}

// awsCLIs are those that the machine has: Debian's, of version 2, and the first
// on the PATH.
func awsCLIs(t *testing.T) map[string]awsCLI {
	found := map[string]awsCLI{}
	for name, path := range map[string]string{"Debian": "/usr/bin/aws", "first on the PATH": "aws"} {
		resolved, err := exec.LookPath(path)
		if err != nil {
			t.Logf("MISSING CLIENT: no AWS CLI at %s", path)
			continue
		}
		version, err := exec.Command(resolved, "--version").CombinedOutput()
		if err != nil {
			t.Logf("MISSING CLIENT: %s does not run: %v", resolved, err)
			continue
		}
		found[name+", "+strings.Fields(string(version))[0]] = awsCLI{path: resolved, v2: strings.Contains(string(version), "aws-cli/2")}
	}
	if len(found) == 0 {
		testkit.MissingClient(t, "no AWS CLI on this machine; apt install awscli")
	}
	return found
}

// anyAWSCLI is one of them, for tests that are about the server.
func anyAWSCLI(t *testing.T) (one awsCLI) {
	for _, one = range awsCLIs(t) {
		break
	}
	return one
}

// run makes a call and returns what it printed, without the newline.
func (c awsCLI) run(t testing.TB, args ...string) string {
	t.Helper()
	out, err := c.try(args...)
	if err != nil {
		t.Fatalf("aws %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// fails makes a call that must fail and returns what it said.
func (c awsCLI) fails(t testing.TB, args ...string) string {
	t.Helper()
	out, err := c.try(args...)
	if err == nil {
		t.Fatalf("aws %s did not fail:\n%s", strings.Join(args, " "), out)
	}
	return out
}

func (c awsCLI) try(args ...string) (string, error) {
	if args[0] != "apigatewaymanagementapi" {
		args = append([]string{"--endpoint-url", c.server.endpoint}, args...)
	}
	cmd := exec.Command(c.path, args...)
	cmd.Env = c.server.environ()
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// environ is this process's environment without any other AWS account, with the
// server's administrator.
func (s *server) environ() []string {
	var env []string
	for _, line := range os.Environ() {
		if !strings.HasPrefix(line, "AWS_") {
			env = append(env, line)
		}
	}
	for name, value := range s.env {
		env = append(env, name+"="+value)
	}
	return append(env, "AWS_PAGER=", "AWS_DEFAULT_OUTPUT=json", "AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null")
}

// post pushes a message: version 2 of the CLI must be told that it is no base64.
func (c awsCLI) post(endpoint, connectionID, text string) []string {
	args := []string{"apigatewaymanagementapi", "post-to-connection", "--endpoint-url", endpoint, "--connection-id", connectionID, "--data", text}
	if c.v2 {
		args = append(args, "--cli-binary-format", "raw-in-base64-out")
	}
	return args
}
