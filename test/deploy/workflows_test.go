package deploy_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheWorkflows has actionlint read the workflows of GitHub Actions: their form, the
// expressions, and the inputs of the actions that they use.
func TestTheWorkflows(t *testing.T) {
	files, err := filepath.Glob("../../.github/workflows/*.yml")
	if err != nil || len(files) < 2 {
		t.Fatalf("%v, %v", files, err)
	}
	linter := filepath.Join(t.TempDir(), "actionlint")
	if said, err := exec.CommandContext(t.Context(), "go", "build", "-modfile=../../tools/go.mod", "-o", linter, "github.com/rhysd/actionlint/cmd/actionlint").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	// What is on this machine by chance makes no difference.
	if said, err := exec.CommandContext(t.Context(), linter, append([]string{"-shellcheck=", "-pyflakes="}, files...)...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}

// TestTheShellScripts: the shell that a script names takes its syntax.
func TestTheShellScripts(t *testing.T) {
	listed, err := exec.CommandContext(t.Context(), "git", "-C", "../..", "ls-files", "-z", ".ci", "deploy", "examples", "test", "tools").Output()
	if err != nil {
		t.Skipf("NOT CHECKED: git does not list the files: %v", err)
	}
	found := 0
	for name := range strings.SplitSeq(string(listed), "\x00") {
		text, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil || !bytes.HasPrefix(text, []byte("#!")) {
			continue // a file that a change removes is still listed
		}
		line, _, _ := strings.Cut(string(text[2:]), "\n")
		shell := filepath.Base(strings.Fields(line)[len(strings.Fields(line))-1])
		if shell != "sh" && shell != "bash" {
			continue
		}
		found++
		if said, err := exec.CommandContext(t.Context(), shell, "-n", filepath.Join("../..", name)).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, said)
		}
	}
	if found < 5 {
		t.Errorf("%d scripts", found)
	}
}
