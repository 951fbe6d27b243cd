package acceptance

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// The commands of the documents are run as they stand, in one shell a document.
// Differences from a reader's machine are listed here only: the ports, the data
// directory, and programs that are built already.
func TestTheDocumentsAreTrue(t *testing.T) {
	t.Parallel()
	aws := anyAWSCLI(t)
	for name, begin := range map[string]string{"README.md": "## The guide with the AWS CLI", "docs/es/guia.md": "## 0. Arrancar"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(filepath.Join(root, name))
			if err != nil {
				t.Fatal(err)
			}
			_, part, found := strings.Cut(string(text), begin)
			if !found {
				t.Fatalf("%s has no section %q", name, begin)
			}
			follow(t, aws, part)
		})
	}
}

// block is the text of a fenced shell block, also inside a list item.
var block = regexp.MustCompile("(?ms)^ *```sh\\n(.*?)^ *```$")

func follow(t *testing.T, aws awsCLI, text string) {
	t.Helper()
	backend := newBackend(t)
	s := serve(t, t.TempDir(), "127.0.0.1:0")
	replace := strings.NewReplacer(
		"http://127.0.0.1:4566", s.endpoint,
		"http://127.0.0.1:8080", backend.URL,
		"--data ./data", "--data "+s.dir,
		"go run ./cmd/pasarela", pasarelaProgram,
		"bin/pasarela", pasarelaProgram,
		"go build -o bin/ ./cmd/...", "true",
		"alias aws='aws", "shopt -s expand_aliases\nalias aws='"+aws.path,
	)
	script := "set -e\n"
	for _, found := range block.FindAllStringSubmatch(text, -1) {
		script += replace.Replace(runnable(found[1])) + "\n"
	}
	cmd := s.client("bash", "-s")
	cmd.Stdin = strings.NewReader(script + "echo API=$API\n")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\nThe script was:\n%s", err, out, script)
	}
	api := regexp.MustCompile(`(?m)^API=(\w{10})$`).FindStringSubmatch(string(out))
	if api == nil {
		t.Fatalf("no API came of it:\n%s", out)
	}
	url := strings.Replace(s.endpoint, "http", "ws", 1) + "/" + api[1] + "/prod?reportType=ventas"
	testkit.Eventually(t, "the new deployment", func() bool { status, _ := refused(t, url); return status == http.StatusSwitchingProtocols })
	if got := orderOf(t, backend.Next(t)); got.Type != "ventas" || got.ConnectionID == "" {
		t.Errorf("the backend got %+v", got)
	}
}

// runnable are the commands of a block up to the first that needs a reader: a
// second terminal, the id of a connection, a client that stays. The gateway runs
// already.
func runnable(text string) (commands string) {
	command := ""
	for line := range strings.Lines(text) {
		if command += line; strings.HasSuffix(line, "\\\n") {
			continue // it goes on in the next line
		}
		for _, word := range []string{"CONNECTION_ID", "reports serve", "<connection id", "pasarela connect"} {
			if strings.Contains(command, word) {
				return commands
			}
		}
		if !strings.Contains(command, "pasarela serve") {
			commands += command
		}
		command = ""
	}
	return commands
}
