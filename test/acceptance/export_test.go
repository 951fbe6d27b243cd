package acceptance

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// TestABackUpBringsEverythingBack: a system exported and applied to an empty node
// serves the same clients, and applying again changes nothing.
func TestABackUpBringsEverythingBack(t *testing.T) {
	t.Parallel()
	aws := anyAWSCLI(t)
	backend := newBackend(t)
	aws.server = serve(t, t.TempDir(), "127.0.0.1:0")
	d := followGuide(t, aws, backend.URL)
	account := aws.run(t, "sts", "get-caller-identity", "--query", "Account", "--output", "text")
	if shown := aws.server.pasarela(t, "export"); strings.Contains(shown, aws.server.env["AWS_SECRET_ACCESS_KEY"]) {
		t.Error("the administrator's secret is in an export without secrets")
	}
	file := filepath.Join(t.TempDir(), "backup.yaml")
	if err := os.WriteFile(file, []byte(aws.server.pasarela(t, "export", "--secrets")), 0o600); err != nil {
		t.Fatal(err)
	}
	fresh := serve(t, t.TempDir(), "127.0.0.1:0", "--account-id", account)
	if planned := fresh.pasarela(t, "apply", file, "--plan"); !strings.Contains(planned, d.apiID) {
		t.Errorf("the plan does not name the API:\n%s", planned)
	}
	url := strings.Replace(d.socket, aws.server.endpoint[len("http"):], fresh.endpoint[len("http"):], 1) + "?reportType=ventas"
	if status, _ := refused(t, url); status != 403 {
		t.Errorf("before the file was applied: %d", status)
	}
	fresh.pasarela(t, "apply", "--yes", file)
	// The administrator may be another one now: the file brought the account's keys.
	fresh.process.Interrupt(t)
	fresh = serve(t, fresh.dir, "127.0.0.1:0")
	url = strings.Replace(d.socket, aws.server.endpoint[len("http"):], fresh.endpoint[len("http"):], 1) + "?reportType=ventas"
	testkit.Eventually(t, "the new deployment", func() bool { status, _ := refused(t, url); return status == 101 })
	if got := orderOf(t, backend.Next(t)); got.Type != "ventas" {
		t.Errorf("the backend got %+v", got)
	}
	if again := fresh.pasarela(t, "apply", "--yes", file); !strings.Contains(again, "nothing") && !strings.Contains(again, "Nothing") {
		t.Errorf("applied twice:\n%s", again)
	}
	out, err := exec.Command(pasarelaProgram, "apply", "--yes", file, "--data", aws.server.dir).CombinedOutput()
	if err != nil || !strings.Contains(strings.ToLower(string(out)), "nothing") {
		t.Errorf("applied to where it came from: %v\n%s", err, out)
	}
}
