package acceptance

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// TestStacksOfSAM: the calls that `sam deploy` and `sam delete` make, with boto3: SAM's own
// bucket, a template in it, a change in place, no change, and nothing left at the end. The
// tool itself is no package of the machines that this runs on. `samlocal` is the same tool with
// two things changed: every client of boto3 has the endpoint http://localhost:4566, unless
// AWS_ENDPOINT_URL names one, and the keys are "test" (localstack/aws-sam-cli-local, bin/samlocal).
func TestStacksOfSAM(t *testing.T) {
	t.Parallel()
	t.Run("sam", func(t *testing.T) {
		t.Parallel()
		s := serve(t, t.TempDir(), "127.0.0.1:0", "--functions")
		deployBySAM(t, append(s.environ(), "AWS_ENDPOINT_URL="+s.endpoint))
	})
	t.Run("samlocal", func(t *testing.T) {
		t.Parallel()
		s := serve(t, t.TempDir(), "127.0.0.1:0", "--functions", "--local")
		named := strings.Replace(s.endpoint, "127.0.0.1", "localhost", 1)
		deployBySAM(t, append(os.Environ(), "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_DEFAULT_REGION=us-east-1", "AWS_ENDPOINT_URL="+named))
	})
}

func deployBySAM(t *testing.T, environment []string) {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		testkit.MissingClient(t, "there is no node to run functions with")
	}
	const python = "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import boto3").Run(); err != nil {
		testkit.MissingClient(t, "no boto3; apt install python3-boto3")
	}
	folder, err := filepath.Abs(root + "/test/stacktools/sam")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), python, filepath.Join(folder, "deploy.py"), folder)
	cmd.Env = environment
	var problems bytes.Buffer
	cmd.Stderr = &problems
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	step := func(name string) []string {
		t.Helper()
		if !lines.Scan() || !strings.HasPrefix(lines.Text(), name+" ") {
			_ = cmd.Wait()
			t.Fatalf("instead of %s: %q\n%s", name, lines.Text(), problems.String())
		}
		return strings.Fields(lines.Text())[1:]
	}
	goOn := func() {
		t.Helper()
		if _, err := in.Write([]byte("\n")); err != nil {
			t.Fatal(err)
		}
	}
	greets := func(url, greeting string) {
		t.Helper()
		if got := testkit.Connect(t, url).Ask(`{"action":"greet"}`); got != greeting {
			t.Errorf("the function said %q, want %q", got, greeting)
		}
	}
	deployed := step("deployed")
	greets(deployed[0], "hello")
	goOn()
	if again := step("again"); again[0] != "None" {
		t.Errorf("the same again changes %v", again)
	}
	changed := step("changed")
	if changed[0] != deployed[0] || changed[1] != "1" {
		t.Errorf("a parameter of the function changes %s resources, at %s", changed[1], changed[0])
	}
	greets(changed[0], "moin")
	goOn()
	if original := step("template"); original[0] != "True" {
		t.Error("the original template is not what was given")
	}
	if left := step("deleted"); left[0] != "0" || left[1] != "0" {
		t.Errorf("left are %s stacks and %s buckets", left[0], left[1])
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, problems.String())
	}
}
