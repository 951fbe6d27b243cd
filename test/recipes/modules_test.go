package recipes

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// TestModulesForTests runs the tests that lie beside the modules for Node.js, Python, Java
// and Go, which start the program by themselves. The same tests pass in a container where
// PASARELA_BIN is left out (docs/recipes.md).
func TestModulesForTests(t *testing.T) {
	folder := moduleFolder(t)
	modules := filepath.Join(folder, "..", "..", "test", "clients", "node_modules")
	classes := t.TempDir()
	cache, err := exec.Command("go", "env", "GOCACHE").Output()
	fatal(t, err)
	for _, module := range []struct {
		name     string
		needs    []string
		commands [][]string
	}{
		{
			"node",
			[]string{"node", "-e", "require(process.argv[1])", modules + "/@aws-sdk/client-apigatewayv2"},
			[][]string{{"node", "--test", "pasarela.test.js", "guide.test.js"}},
		},
		{"python", []string{"/usr/bin/python3", "-c", "import boto3, websockets"}, [][]string{{"/usr/bin/python3", "-B", "-W", "error", "-m", "unittest"}}},
		{"java", []string{"javac", "-version"}, [][]string{
			{"javac", "-Xlint:all", "-Werror", "-d", classes, "Pasarela.java", "PasarelaTest.java"},
			{"java", "-cp", classes, "PasarelaTest"},
		}},
		// A module of its own, which the program's dependencies know nothing of.
		{"go", nil, [][]string{{"go", "vet", "."}, {"go", "test", "-count=1", "."}}},
	} {
		t.Run(module.name, func(t *testing.T) {
			t.Parallel()
			if module.needs != nil {
				needed(t, module.needs...)
			}
			for _, command := range module.commands {
				cmd := exec.Command(command[0], command[1:]...)
				cmd.Dir = filepath.Join(folder, module.name)
				cmd.Env = append(os.Environ(), "PASARELA_BIN="+pasarelaProgram, "NODE_PATH="+modules,
					"XDG_CACHE_HOME="+t.TempDir(), "GOCACHE="+strings.TrimSpace(string(cache)))
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("%v: %v\n%s", command, err, out)
				}
			}
		})
	}
}

// TestTheGitHubAction runs the script of the composite action as a runner does, and holds
// what it reads and writes against action.yml.
func TestTheGitHubAction(t *testing.T) {
	folder := filepath.Join(moduleFolder(t), "github")
	text, err := os.ReadFile(filepath.Join(folder, "action.yml"))
	fatal(t, err)
	var action struct {
		Inputs map[string]struct{ Default string }
		Runs   struct {
			Using string
			Steps []struct {
				ID, Shell, Run string
				Env            map[string]string
			}
		}
	}
	fatal(t, yaml.Unmarshal(text, &action))
	if action.Runs.Using != "composite" || len(action.Runs.Steps) != 1 {
		t.Fatalf("the action is %+v", action.Runs)
	}
	step := action.Runs.Steps[0]
	// The program inherits one end of a pipe: the other reads its end when the program is gone.
	ended, inherited, err := os.Pipe()
	fatal(t, err)
	defer ended.Close()
	given := map[string]string{"program": pasarelaProgram, "listen": "127.0.0.1:0"}
	run := func(given map[string]string) (environment, outputs map[string]string, out string, err error) {
		files := t.TempDir()
		cmd := exec.Command(step.Shell, "-e", "-c", step.Run)
		cmd.Env = append(os.Environ(), "GITHUB_ACTION_PATH="+folder, "GITHUB_ENV="+files+"/env", "GITHUB_OUTPUT="+files+"/output",
			"RUNNER_TEMP="+files, "XDG_CACHE_HOME="+files)
		for name, value := range step.Env {
			for input := range action.Inputs {
				value = strings.ReplaceAll(value, "${{ inputs."+input+" }}", given[input])
			}
			cmd.Env = append(cmd.Env, name+"="+value)
		}
		cmd.ExtraFiles = []*os.File{inherited}
		text, err := cmd.Output()
		return pairs(files + "/env"), pairs(files + "/output"), string(text), err
	}
	environment, outputs, out, err := run(given)
	_ = inherited.Close()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	id, err := strconv.Atoi(environment["PASARELA_PID"])
	fatal(t, err)
	process, err := os.FindProcess(id)
	fatal(t, err)
	defer func() {
		fatal(t, process.Signal(syscall.SIGTERM))
		fatal(t, ended.SetReadDeadline(time.Now().Add(testkit.WaitLimit)))
		_, err := io.ReadAll(ended)
		fatal(t, err)
	}()
	if outputs["endpoint"] == "" || environment["AWS_ENDPOINT_URL"] != outputs["endpoint"] || environment["AWS_ACCESS_KEY_ID"] != "test" {
		t.Errorf("exported %v, output %v", environment, outputs)
	}
	deploy(t, environment["AWS_ENDPOINT_URL"], "action", "http://127.0.0.1:9/")

	given["program"] = "/bin/false"
	inherited, err = os.Open(os.DevNull)
	fatal(t, err)
	defer inherited.Close()
	if _, _, out, err := run(given); err == nil || !strings.Contains(out, "::error::") {
		t.Errorf("a program that ends: %v\n%s", err, out)
	}
}

// pairs reads lines of name=value; a file that is not there has none.
func pairs(file string) map[string]string {
	text, _ := os.ReadFile(file)
	found := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			found[name] = value
		}
	}
	return found
}

// moduleFolder is the folder of the modules.
func moduleFolder(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs(filepath.Join(root, "examples", "testing"))
	fatal(t, err)
	return folder
}
