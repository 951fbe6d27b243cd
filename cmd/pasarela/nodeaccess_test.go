package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/node"
)

func credentialsFile(t *testing.T, dir, key, endpoint string) {
	t.Helper()
	write(t, node.CredentialsPath(dir), "[default]\naws_access_key_id = "+key+"\naws_secret_access_key = s\nregion = eu-west-1\nendpoint_url = "+endpoint+"\n")
}

// By a URL the credentials of its own node are found, in whatever directory of this
// machine they are, and never another node's.
func TestTheURLFindsTheNodesCredentials(t *testing.T) {
	t.Setenv("HOME", t.TempDir()) // no node of this user runs
	t.Setenv("XDG_CACHE_HOME", "")
	t.Chdir(t.TempDir())
	credentialsFile(t, "data/serve", "OF-SERVE", "http://127.0.0.1:4566")
	credentialsFile(t, "data/dev", "OF-DEV", "http://127.0.0.1:4570")
	credentialsFile(t, "data", "OF-DATA", "https://gateway.example.com")
	credentialsFile(t, "data/third", "OF-THIRD", "http://10.0.0.7")
	credentialsFile(t, "elsewhere", "OF-ELSEWHERE", "http://127.0.0.1:1")
	aws := map[string]string{"AWS_ACCESS_KEY_ID": "OF-AWS", "AWS_SECRET_ACCESS_KEY": "s", "AWS_ENDPOINT_URL": "http://127.0.0.1:9000/", "AWS_SESSION_TOKEN": "token"}
	stranger := httptest.NewServer(http.NotFoundHandler())
	defer stranger.Close()
	ended := httptest.NewServer(http.NotFoundHandler())
	silent := ended.URL
	ended.Close()
	noNode := map[string]string{"AWS_ACCESS_KEY_ID": "OF-AWS", "AWS_SECRET_ACCESS_KEY": "s"}
	for _, c := range []struct {
		endpoint, data                     string
		environment                        map[string]string
		key, wantEndpoint, source, wantErr string
	}{
		{endpoint: "ws://127.0.0.1:4566/abc/prod?x=1", key: "OF-SERVE", wantEndpoint: "http://127.0.0.1:4566", source: "data/serve"},
		{endpoint: "http://localhost:4570", key: "OF-DEV", wantEndpoint: "http://127.0.0.1:4570", source: "data/dev"},
		{endpoint: "wss://gateway.example.com/abc/prod", key: "OF-DATA", wantEndpoint: "https://gateway.example.com", source: "data"},
		{endpoint: "ws://10.0.0.7:80/x/y", key: "OF-THIRD", wantEndpoint: "http://10.0.0.7", source: "data/third"},
		{endpoint: "ws://127.0.0.1:4570/x/y", environment: aws, key: "OF-DEV", wantEndpoint: "http://127.0.0.1:4570", source: "data/dev"},
		{endpoint: "ws://127.0.0.1:9000/x/y", environment: aws, key: "OF-AWS", wantEndpoint: "http://127.0.0.1:9000", source: "the environment"},
		{endpoint: "ws://192.0.2.1/x/y", environment: noNode, key: "OF-AWS", wantEndpoint: "http://192.0.2.1", source: "the environment"},
		{endpoint: stranger.URL, environment: aws, wantErr: "no credentials of the node " + stranger.URL + " in data/serve, data/dev, data, data/third"},
		{endpoint: stranger.URL, wantErr: "give --data with its data directory"},
		{endpoint: silent, wantErr: "nothing listens at " + silent},
		{endpoint: "ws://192.0.2.1/x/y", data: "elsewhere", key: "OF-ELSEWHERE", wantEndpoint: "http://192.0.2.1", source: "elsewhere"},
		{data: "elsewhere", key: "OF-ELSEWHERE", wantEndpoint: "http://127.0.0.1:1", source: "elsewhere"},
		{environment: aws, key: "OF-AWS", wantEndpoint: "http://127.0.0.1:9000", source: "the environment"},
		{environment: noNode, key: "OF-SERVE", wantEndpoint: "http://127.0.0.1:4566", source: "data/serve"},
		{key: "OF-SERVE", wantEndpoint: "http://127.0.0.1:4566", source: "data/serve"},
	} {
		d := nodeAccess{language: language.English, dataDir: c.data, endpoint: c.endpoint}
		got, err := d.find(t.Context(), func(name string) string { return c.environment[name] })
		if c.wantErr != "" {
			if err == nil || !strings.Contains(err.Error(), c.wantErr) {
				t.Errorf("%+v: %v", c, err)
			}
			continue
		}
		if err != nil || got.AccessKeyID != c.key || got.Endpoint != c.wantEndpoint || !strings.HasPrefix(got.source, c.source) {
			t.Errorf("%+v: %+v, %v", c, got, err)
		}
		if (got.sessionToken != "") != (c.key == "OF-AWS" && c.environment["AWS_SESSION_TOKEN"] != "") {
			t.Errorf("%+v: session token %q", c, got.sessionToken)
		}
	}
}

// Where nodes of several directories had one address, one after another, the key of the
// one that runs is found: by its note, and where there is none by what the node refuses.
func TestTheKeyOfTheNodeThatRunsIsFound(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Chdir(t.TempDir())
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL"} {
		t.Setenv(name, "")
	}
	n := startNode(t, "data")
	credentialsFile(t, "data/dev", "OF-DEV", n.Endpoint())
	lines := [][]string{{"connections", "--endpoint", n.Endpoint()}, {"connections"}}
	for _, args := range lines {
		if out, err := run(t, "", args...); err != nil || out != "No connection is open.\n" {
			t.Errorf("%v without a note: %q, %v", args, out, err)
		}
	}
	defer noteRunning(n, "data")()
	for _, endpoint := range []string{"", n.Endpoint()} {
		d := nodeAccess{language: language.English, endpoint: endpoint}
		if a, err := d.find(t.Context(), func(string) string { return "" }); err != nil || a.source != "data" || len(a.others) != 1 {
			t.Errorf("%q with a note: %+v, %v", endpoint, a, err)
		}
	}
	if out, err := run(t, "", "credentials"); err != nil || !strings.Contains(out, n.Credentials().AccessKeyID) {
		t.Errorf("credentials: %q, %v", out, err)
	}
}

// Without a URL or directory the only running node is called, and the command says so.
func TestANodeOfAnotherFolderIsNamed(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Chdir(t.TempDir())
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL"} {
		t.Setenv(name, "")
	}
	dir := t.TempDir()
	n := startNode(t, dir)
	endpoint := n.Endpoint()
	defer noteRunning(n, dir)()
	for _, command := range []string{"connections", "credentials"} {
		root, problems := newRoot(language.English), new(strings.Builder)
		root.SetOut(io.Discard)
		root.SetErr(problems)
		root.SetArgs([]string{command})
		if err := root.ExecuteContext(t.Context()); err != nil || problems.String() != "asked: "+endpoint+" (data directory "+dir+")\n" {
			t.Errorf("%s: %q, %v", command, problems, err)
		}
	}
	second := t.TempDir()
	other := startNode(t, second)
	defer noteRunning(other, second)()
	for _, command := range []string{"connections", "credentials"} {
		_, err := run(t, "", command)
		if err == nil || !strings.Contains(err.Error(), "several nodes run") || !strings.Contains(err.Error(), endpoint+" (--data "+dir+")") || !strings.Contains(err.Error(), other.Endpoint()) {
			t.Errorf("%s: %v", command, err)
		}
	}
	if err := other.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, "", "connections"); err != nil {
		t.Errorf("the note of a node that has ended counts: %v", err)
	}
}

func startNode(t *testing.T, data string) *node.Node {
	t.Helper()
	n, err := node.Start(t.Context(), node.Options{Settings: node.Settings{DataDir: data, Listen: "127.0.0.1:0"}, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.Stop(context.WithoutCancel(t.Context())) })
	return n
}

// An error says which node was asked and with which credentials.
func TestRefusalsNameNodeAndCredentials(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL"} {
		t.Setenv(name, "")
	}
	kind := "UnrecognizedClientException"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Amzn-Errortype", kind)
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte(`{"message":"The security token included in the request is invalid."}`))
	}))
	credentialsFile(t, "data/serve", "AKIAOTHER", server.URL)
	write(t, "backup.yaml", "pasarela: 1\n")
	lines := [][]string{{"explain", "x"}, {"explain", "--last"}, {"connections"}, {"logs"}, {"logs", "-f"}, {"export"}, {"apply", "--plan", "backup.yaml"}, {"console"}}
	for _, args := range lines {
		_, err := run(t, "", args...)
		if want := server.URL + " was asked with key AKIAOTHER of data/serve"; err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "security token") {
			t.Errorf("%v: %v", args, err)
		}
	}
	kind = "AccessDeniedException"
	if _, err := run(t, "", "explain", "x"); err == nil || strings.Contains(err.Error(), "was asked") {
		t.Errorf("the key is good: %v", err)
	}
	server.Close()
	for _, args := range lines {
		if _, err := run(t, "", args...); err == nil || !strings.Contains(err.Error(), "no pasarela answers at "+server.URL+" (named by data/serve)") {
			t.Errorf("%v: %v", args, err)
		}
	}
}

func TestAProgramOfGoRunIsRecognized(t *testing.T) {
	for path, built := range map[string]bool{
		"/home/u/.cache/go-build/ab/ab" + strings.Repeat("0", 62) + "-d/pasarela": true,
		"/tmp/gocache/ab/ab" + strings.Repeat("0", 62) + "-d/pasarela":            true,
		"/tmp/go-build123/b001/exe/pasarela":                                      true,
		"/usr/local/bin/pasarela":                                                 false,
		"bin/pasarela":                                                            false,
		"/home/u/exe/pasarela":                                                    false,
	} {
		if builtByGoRun(path) != built {
			t.Errorf("%s: %v", path, !built)
		}
	}
}

func TestAWordIsQuotedForTheShell(t *testing.T) {
	for text, want := range map[string]string{"bin/pasarela": "bin/pasarela", "my programs/p": "'my programs/p'", "it's": `'it'\''s'`, "$x": "'$x'"} {
		if got := shellWord(text); got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
}

func TestGoRunNamesThePackageFromEverywhere(t *testing.T) {
	t.Chdir("../..")
	if got := goRun(); got != "go run ./cmd/pasarela" {
		t.Errorf("in the checkout: %s", got)
	}
	t.Chdir("docs")
	if got := goRun(); !strings.HasPrefix(got, "go run github.com/pasarela-ws/pasarela/cmd/pasarela") {
		t.Errorf("below it: %s", got)
	}
}

// A running node is found from every folder, with and without its URL, until it stops;
// the note that a killed one leaves is ignored.
func TestARunningNodeIsFoundFromEverywhere(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	data := t.TempDir()
	n := startNode(t, data)
	t.Chdir(t.TempDir())
	none := func(string) string { return "" }
	forget := noteRunning(n, data)
	for _, endpoint := range []string{"", "ws" + strings.TrimPrefix(n.Endpoint(), "http") + "/abc/prod"} {
		d := nodeAccess{language: language.English, endpoint: endpoint}
		if got, err := d.find(t.Context(), none); err != nil || got.Credentials != n.Credentials() || got.source != data {
			t.Errorf("%q: %+v, %v", endpoint, got, err)
		}
	}
	forget()
	if dirs := runningDirs(); len(dirs) != 0 {
		t.Errorf("a node that has stopped is found in %v", dirs)
	}
	noteRunning(n, filepath.Join(data, "gone"))
	if dirs := runningDirs(); len(dirs) != 0 {
		t.Errorf("a folder without a node is found: %v", dirs)
	}
	if where, err := runningDir(); err != nil {
		t.Error(err)
	} else if left, err := os.ReadDir(where); err != nil || len(left) != 0 {
		t.Errorf("stale notes stay: %v, %v", left, err)
	}
}
