// Package lives_test takes every resource that an operator can make through its
// whole life, by every client that people use: made, read, changed, listed page by
// page, deleted, and refused with the client's own typed errors. Each client talks
// to a whole node of its own, and the same life is written in the client's words.
// A client that is not installed is skipped, and the test says which; with
// PASARELA_REQUIRE_CLIENTS set it fails.
package lifecycle_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/pasarelatest"
)

// waitLimit bounds one client's whole life on a busy machine.
const waitLimit = 5 * time.Minute

// live runs a client's program against a new gateway; it must end well.
func live(t *testing.T, environ []string, program string, arguments ...string) {
	t.Helper()
	gateway := pasarelatest.Start(t)
	ctx, cancel := context.WithTimeout(t.Context(), waitLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, arguments...)
	for _, line := range os.Environ() {
		if !strings.HasPrefix(line, "AWS_") {
			cmd.Env = append(cmd.Env, line)
		}
	}
	who := gateway.Credentials()
	cmd.Env = append(cmd.Env, "ENDPOINT="+gateway.Endpoint(), "AWS_ACCESS_KEY_ID="+who.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+who.SecretAccessKey,
		"AWS_DEFAULT_REGION="+gateway.Region(), "AWS_REGION="+gateway.Region(), "AWS_EC2_METADATA_DISABLED=true", "AWS_PAGER=",
		"AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "PYTHONDONTWRITEBYTECODE=1")
	cmd.Env = append(cmd.Env, environ...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s %s: %v\n%s", program, strings.Join(arguments, " "), err, out)
	}
}

// pythons are Debian's and the first on the PATH: they have different ages of
// boto3 and of the command line.
var pythons = map[string]string{"Debian": "/usr/bin/python3", "first on the PATH": "python3"}

// eachPython runs f for every python that can import the module.
func eachPython(t *testing.T, module string, f func(t *testing.T, python string)) {
	for name, program := range pythons {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			python, err := exec.LookPath(program)
			if err != nil {
				testkit.MissingClient(t, "there is no "+program)
			}
			out, err := exec.CommandContext(t.Context(), python, "-c", "import "+module+"; print("+module+".__version__)").CombinedOutput()
			if err != nil {
				testkit.MissingClient(t, program+" has no "+module+": "+string(out))
			}
			t.Logf("%s %s", module, out)
			f(t, python)
		})
	}
}
