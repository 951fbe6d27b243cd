package recipes

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// TestTryOne runs the commands of "Try one" of docs/recipes.md as they stand there, but for the
// ports: the API of the template, a backend, a client that gets its link.
func TestTryOne(t *testing.T) {
	t.Parallel()
	needed(t, "/usr/bin/python3", "-c", "import boto3")
	page, err := os.ReadFile(filepath.Join(root, "docs", "recipes.md"))
	fatal(t, err)
	_, section, _ := strings.Cut(string(page), "\n## Try one\n")
	section, _, _ = strings.Cut(section, "\n## ")
	blocks := fence.FindAllString(section, -1)
	if len(blocks) != 4 {
		t.Fatalf("%d blocks", len(blocks))
	}
	lines := func(block string) []string {
		body := strings.TrimSuffix(strings.TrimPrefix(comment.ReplaceAllString(block, ""), "```sh\n"), "\n```")
		return strings.Split(strings.TrimSpace(body), "\n")
	}
	gateway, backend, client := lines(blocks[0]), lines(blocks[1]), lines(blocks[2])
	at, backendAt := testkit.FreeAddress(t), testkit.FreeAddress(t)
	_, port, _ := strings.Cut(backendAt, ":")
	moved := strings.NewReplacer("127.0.0.1:8080", backendAt, "127.0.0.1:4566", at, "PORT=8080", "PORT="+port, "python3 ", "exec /usr/bin/python3 ")
	run := func(command []string) *testkit.Program {
		t.Helper()
		bin := filepath.Dir(pasarelaProgram)
		return testkit.Start(t, []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "PASARELA_LISTEN=" + at, "PASARELA_DATA=" + t.TempDir()},
			"sh", "-c", "cd "+root+"\n"+moved.Replace(strings.Join(command, "\n")))
	}
	gateway[0] = "exec " + gateway[0]
	run(gateway).WaitFor(t, `(?m)^(Ready\.)$`)
	run(backend[:3]).WaitFor(t, "listens at ")
	client[0] = "exec " + client[0]
	run(client).WaitFor(t, `"url": ?"https://files.example.com/ventas.xlsx"`)
}
