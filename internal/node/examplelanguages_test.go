package node_test

import (
	"bytes"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/stackfolder"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// toolModules are the tools that examples in other languages are made with.
func toolModules(t *testing.T, tool string) string {
	t.Helper()
	modules, err := filepath.Abs("../../test/stacktools/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(modules, tool)); err != nil {
		testkit.MissingClient(t, "npm ci --prefix test/stacktools has not been run")
	}
	if _, err := exec.LookPath("node"); err != nil {
		testkit.MissingClient(t, "node")
	}
	return modules
}

// synthesize runs apps of the CDK after each other: its library alone takes a second to load.
const synthesize = `
const [, ...pairs] = process.argv;
for (let i = 0; i < pairs.length; i += 2) {
  process.env.CDK_OUTDIR = pairs[i + 1];
  require(pairs[i]);
}`

// The examples in the CDK's language come up and do the same.
func TestExamplesOfTheCDK(t *testing.T) {
	modules, out := toolModules(t, "aws-cdk-lib"), t.TempDir()
	args := []string{"-e", synthesize}
	for name, e := range examples {
		app, err := filepath.Abs(filepath.Join(examplesFolder, e.folder, "cdk.js"))
		if err != nil {
			t.Fatal(err)
		}
		args = append(args, app, filepath.Join(out, name))
	}
	runNode(t, ".", modules, args...)
	for name, e := range examples {
		t.Run(name, func(t *testing.T) {
			e.comesUp(t, testkit.NewBackend(t), readFolder(t, filepath.Join(out, name)))
		})
	}
}

// The examples in Serverless' language come up and do the same.
func TestExamplesOfServerless(t *testing.T) {
	modules := toolModules(t, "osls")
	for name, e := range examples {
		t.Run(name, func(t *testing.T) {
			backend, folder := testkit.NewBackend(t), filepath.Join(t.TempDir(), name)
			if err := os.CopyFS(folder, os.DirFS(filepath.Join(examplesFolder, e.folder))); err != nil {
				t.Fatal(err)
			}
			runNode(t, folder, modules, filepath.Join(modules, "osls/bin/serverless.js"), "package", "--param", "backend="+backend.URL)
			e.comesUp(t, backend, packaged(t, filepath.Join(folder, ".serverless")))
		})
	}
}

// packaged is what Serverless has made: a template, and zip files whose keys end in their names.
func packaged(t *testing.T, folder string) *stackfolder.Stack {
	t.Helper()
	template, err := os.ReadFile(filepath.Join(folder, "cloudformation-template-update-stack.json"))
	if err != nil {
		t.Fatal(err)
	}
	files := &stackfolder.Stack{Template: string(template), Objects: map[string][]byte{}}
	for _, part := range strings.Split(files.Template, `"`) {
		if path.Ext(part) != ".zip" {
			continue
		}
		if files.Objects[part], err = os.ReadFile(filepath.Join(folder, path.Base(part))); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func runNode(t *testing.T, folder, modules string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "node", args...)
	cmd.Dir = folder
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "NODE_PATH=" + modules, "NODE_NO_WARNINGS=1", "CI=true",
		"SLS_TELEMETRY_DISABLED=1", "SLS_NOTIFICATIONS_MODE=off", "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=none", "AWS_SECRET_ACCESS_KEY=none",
	}
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		t.Fatalf("node %s: %v\n%s", strings.Join(args, " "), err, &said)
	}
}
