package acceptance

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/connectiontags"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// The signed calls of docs/fanout.md, as they stand there, and the client in Go.
func TestMessagesToManyByTheClients(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir(), "127.0.0.1:0")
	b := testkit.NewBackend(t)
	b.Respond(testkit.Response{Body: "{}"})
	socket := s.deployRoutes(t, b.URL, `$context.connectionId`, map[string]string{"pasarela:connectionTags": "true"}, "$connect")
	c := testkit.Connect(t, socket)
	id, endpoint := b.Next(t).Body, "http"+strings.TrimPrefix(socket, "ws")
	client := &connectiontags.Client{Endpoint: endpoint, Region: s.env["AWS_REGION"], Credentials: s.credentials()}
	if err := client.Tag(t.Context(), id, "dept:sales", "user:42"); err != nil {
		t.Fatal(err)
	}
	page, err := client.List(t.Context(), "dept:sales", "")
	if err != nil || len(page.Connections) != 1 || page.Connections[0].ConnectionID != id || page.NextToken != "" || len(page.Missing) != 0 {
		t.Errorf("%+v, %v", page, err)
	}
	if sent, err := client.Post(t.Context(), "dept:sales", []byte("from go"), 0); err != nil || sent.Sent != 1 {
		t.Errorf("%+v, %v", sent, err)
	}
	if got := c.Read(); got != "from go" {
		t.Errorf("got %q", got)
	}
	if _, err := client.Post(t.Context(), "no tag", nil, 0); err == nil || !strings.Contains(err.Error(), "is no tag of a connection") {
		t.Errorf("a tag that is none: %v", err)
	}
	t.Run("go, in a module of its own", func(t *testing.T) {
		if out, err := s.client(outsideProgram(t, documented(t, "go")), endpoint).CombinedOutput(); err != nil || string(out) != "1 sent\n" {
			t.Errorf("%s, %v", out, err)
		}
		if got := c.Read(); got != "from go" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("python", func(t *testing.T) {
		if out, err := exec.Command("python3", "-c", "import botocore").CombinedOutput(); err != nil {
			testkit.MissingClient(t, fmt.Sprintf("no botocore: %s", out))
		}
		cmd := s.client("python3", "-c", documented(t, "python")+"\nimport sys\nprint(post_to_tag(sys.argv[1], 'dept:sales', b'from python')['sent'])", endpoint)
		if out, err := cmd.CombinedOutput(); err != nil || string(out) != "1\n" {
			t.Errorf("%s, %v", out, err)
		}
		if got := c.Read(); got != "from python" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("node", func(t *testing.T) {
		cmd := s.client("node", "-", endpoint)
		cmd.Dir = nodeModules(t)
		cmd.Stdin = strings.NewReader(documented(t, "node") + "\npostToTag(process.argv[2], 'dept:sales', 'from node').then((sent) => console.log(sent.sent));")
		if out, err := cmd.CombinedOutput(); err != nil || string(out) != "1\n" {
			t.Errorf("%s, %v", out, err)
		}
		if got := c.Read(); got != "from node" {
			t.Errorf("got %q", got)
		}
	})
}

// documented is the code between two marks of docs/fanout.md.
func documented(t *testing.T, name string) string {
	t.Helper()
	page, err := os.ReadFile(root + "/docs/fanout.md")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)<!-- " + name + ":begin -->\n```[a-z]+\n(.*?)```\n<!-- " + name + ":end -->").FindSubmatch(page)
	if found == nil {
		t.Fatalf("docs/fanout.md has no code of %s", name)
	}
	return string(found[1])
}

// outsideProgram builds a program in another module that requires this one, as users of
// its packages do.
func outsideProgram(t *testing.T, source string) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	required, err1 := os.ReadFile(filepath.Join(root, "go.mod"))
	sums, err2 := os.ReadFile(filepath.Join(root, "go.sum"))
	_, rest, ok := strings.Cut(string(required), "\n")
	if err1 != nil || err2 != nil || !ok {
		t.Fatal(err1, err2)
	}
	for name, text := range map[string]string{
		"go.mod":  "module outside\n" + rest + "\nrequire github.com/pasarela-ws/pasarela v0.0.0\n\nreplace github.com/pasarela-ws/pasarela => " + root + "\n",
		"go.sum":  string(sums),
		"main.go": source,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-mod=mod", "-o", "program", ".")
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return filepath.Join(dir, "program")
}
