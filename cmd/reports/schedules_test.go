package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// TestSchedulesByCommand: a person has a report made every Monday, sees it, runs it at
// once, finds the file, and deletes the schedule.
func TestSchedulesByCommand(t *testing.T) {
	t.Parallel()
	dir, folder, address := t.TempDir(), t.TempDir(), testkit.FreeAddress(t)
	environment := []string{"AWS_ACCESS_KEY_ID=A", "AWS_SECRET_ACCESS_KEY=s", "REPORTS_TOKEN=secret", "REPORTS_FOLDER_ACCOUNTS=" + folder, "LC_ALL=C"}
	serving := testkit.Start(t, environment, reportsProgram, "serve", "--data", dir, "--listen", address, "--endpoint", "http://127.0.0.1:1/prod")
	defer serving.Terminate(t)
	run := func(args ...string) (said string, err error) {
		command := exec.Command(reportsProgram, append([]string{"schedules", "--url", "http://" + address}, args...)...)
		command.Env = append(os.Environ(), environment...)
		content, err := command.CombinedOutput()
		return string(content), err
	}
	testkit.Eventually(t, "a service", func() bool { _, err := run("list"); return err == nil })
	add := []string{"add", "ventas", "-p", "year=2024", "--format", "csv", "--when", "every monday at 7:00", "--timezone", "Europe/Madrid"}
	made, err := run(append(add, "--folder", "accounts")...)
	id, next, _ := strings.Cut(made, ": next on ")
	if err != nil || !strings.Contains(next, " 07:00 +0") {
		t.Fatalf("%s, %v", made, err)
	}
	if said, err := run(append(add, "--mail", "ana@example.com")...); err == nil || !strings.Contains(said, "the operator of the service has set up no e-mail") {
		t.Errorf("%s, %v", said, err)
	}
	if said, err := run("list"); err != nil || !strings.Contains(said, id) || !strings.Contains(said, "Europe/Madrid") {
		t.Errorf("%s, %v", said, err)
	}
	if said, err := run("run", id); err != nil || !strings.Contains(said, "is being made") {
		t.Errorf("%s, %v", said, err)
	}
	testkit.Eventually(t, "a file", func() bool {
		names, _ := filepath.Glob(filepath.Join(folder, "ventas-2024 *.csv"))
		return len(names) == 1
	})
	testkit.Eventually(t, "a delivery in the list", func() bool {
		said, err := run("list")
		return err == nil && strings.Contains(said, "year=2024") && strings.Contains(said, "folder accounts") && strings.Contains(said, "delivered ")
	})
	if said, err := run("change", id, "--when", "every monday at 8:30", "-p", "year=2025"); err != nil || !strings.HasPrefix(said, id+": next on ") || !strings.Contains(said, " 08:30 +0") {
		t.Errorf("%s, %v", said, err)
	}
	if said, err := run("list"); err != nil || !strings.Contains(said, "year=2025") || !strings.Contains(said, "every Monday at 8:30") || !strings.Contains(said, "folder accounts") {
		t.Errorf("%s, %v", said, err)
	}
	if said, err := run("change", id, "--type", "clientes"); err == nil || !strings.Contains(said, "year: ") {
		t.Errorf("%s, %v", said, err)
	}
	if said, err := run("change", id, "--type", "existencias", "-p", "year="); err != nil || !strings.HasPrefix(said, id+": next on ") {
		t.Errorf("%s, %v", said, err)
	}
	if said, err := run("list"); err != nil || !strings.Contains(said, "existencias") {
		t.Errorf("%s, %v", said, err)
	}
	if said, err := run("change", "none", "--when", "every hour"); err == nil || !strings.Contains(said, "there is no such schedule") {
		t.Errorf("%s, %v", said, err)
	}
	if said, err := run("pause", id); err != nil || !strings.Contains(said, "paused") {
		t.Errorf("%s, %v", said, err)
	}
	if said, err := run("list"); err != nil || !strings.Contains(said, "  paused  ") {
		t.Errorf("%s, %v", said, err)
	}
	next = strings.Replace(next, "07:00", "08:30", 1)
	if said, err := run("resume", id); err != nil || !strings.Contains(said, next) {
		t.Errorf("%s, %v; next was %s", said, err, next)
	}
	if said, err := run("delete", id); err != nil || !strings.Contains(said, "deleted") {
		t.Errorf("%s, %v", said, err)
	}
	if said, err := run("delete", id); err == nil || !strings.Contains(said, "there is no such schedule") {
		t.Errorf("%s, %v", said, err)
	}
}
