package acceptance

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// awsCLI is one AWS CLI of the machine.
type awsCLI struct {
	path   string
	v2     bool
	server *server
	forked *forkedCLI // nil: each call starts the CLI
}

// awsCLIs are those that the machine has: Debian's, of version 2, and the first on the
// PATH, where that is another one.
func awsCLIs(t testing.TB) map[string]awsCLI {
	found := findAWSCLIs()
	for _, missing := range found.missing {
		t.Log("MISSING CLIENT: " + missing)
	}
	if len(found.clis) == 0 {
		testkit.MissingClient(t, "no AWS CLI on this machine; apt install awscli")
	}
	return maps.Clone(found.clis)
}

type foundCLIs struct {
	clis    map[string]awsCLI
	any     string // the name of the one that anyAWSCLI uses
	missing []string
}

// findAWSCLIs looks once: what says the version of a CLI starts Python.
var findAWSCLIs = sync.OnceValue(func() (found foundCLIs) {
	found.clis = map[string]awsCLI{}
	paths := map[string]bool{}
	for _, candidate := range [][2]string{{"Debian", "/usr/bin/aws"}, {"first on the PATH", "aws"}} {
		resolved, err := exec.LookPath(candidate[1])
		if err != nil {
			found.missing = append(found.missing, "no AWS CLI at "+candidate[1])
			continue
		}
		if paths[resolved] {
			continue
		}
		paths[resolved] = true
		version, err := exec.Command(resolved, "--version").CombinedOutput()
		if err != nil {
			found.missing = append(found.missing, fmt.Sprintf("%s does not run: %v", resolved, err))
			continue
		}
		name := candidate[0] + ", " + strings.Fields(string(version))[0]
		found.clis[name] = awsCLI{path: resolved, v2: strings.Contains(string(version), "aws-cli/2")}
		if found.any == "" {
			found.any = name
		}
	}
	return found
})

// anyAWSCLI is one of them, for tests that are about the server. Its calls are made as
// [forkedCLI] makes them, where that is possible.
func anyAWSCLI(t testing.TB) awsCLI {
	clis := awsCLIs(t)
	one := clis[findAWSCLIs().any]
	one.forked = forkedOf(t, one.path)
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
	if c.forked != nil {
		out, err := c.forked.call(c.server.environ(), args)
		return strings.TrimSpace(out), err
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
