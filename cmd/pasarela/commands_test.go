package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"github.com/pasarela-ws/pasarela/internal/commandline"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// run runs the program with these arguments and returns what it printed.
func run(t *testing.T, in string, args ...string) (string, error) {
	t.Helper()
	root := newRoot(language.English)
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetErr(io.Discard)
	root.SetIn(strings.NewReader(in))
	root.SetArgs(args)
	err := root.ExecuteContext(t.Context())
	return out.String(), commandline.Rephrase(err)
}

func TestEveryCommandSaysWhatItDoes(t *testing.T) {
	for _, cmd := range newRoot(language.English).Commands() {
		if cmd.Short == "" {
			t.Errorf("%s has no description", cmd.Name())
		}
	}
	out, err := run(t, "")
	for _, want := range []string{"dev", "serve", "credentials", "connect", "template", "logs", "explain", "connections", "dead-letters", "export", "apply", "store", "nodes", "healthcheck", "version"} {
		if err != nil || !strings.Contains(out, "\n  "+want) {
			t.Errorf("no %s in the help (%v)", want, err)
		}
	}
}

// Settings are of the machine only: its address, its files and copies of them, its limits, whether it runs
// functions and as which user, who issues its certificates, the proxies before it, the way around the fast
// path and around io_uring, and whether programs made for LocalStack are served.
func TestANodeHasFewSettings(t *testing.T) {
	settings := -1 // a certificate and its key are one
	newServe(language.English).Flags().VisitAll(func(*pflag.Flag) { settings++ })
	if settings > 31 {
		t.Errorf("%d settings: everything else is an AWS resource and belongs in the API", settings)
	}
}

func TestSettingsComeFromFlagsThenTheEnvironment(t *testing.T) {
	cmd := newServe(language.English)
	if err := cmd.ParseFlags([]string{"--region", "eu-west-1"}); err != nil {
		t.Fatal(err)
	}
	environment := map[string]string{"PASARELA_REGION": "us-west-2", "PASARELA_DOMAIN_SUFFIX": "example.com", "PASARELA_STRICT": "true"}
	lookup := func(name string) (string, bool) { value, ok := environment[name]; return value, ok }
	if err := fromEnvironment(cmd.Flags(), lookup); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, name := range []string{"region", "domain-suffix", "strict", "listen"} {
		got[name] = cmd.Flag(name).Value.String()
	}
	want := map[string]string{"region": "eu-west-1", "domain-suffix": "example.com", "strict": "true", "listen": "127.0.0.1:4566"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	environment["PASARELA_STRICT"] = "perhaps"
	if err := fromEnvironment(newServe(language.English).Flags(), lookup); err == nil || !strings.Contains(err.Error(), `PASARELA_STRICT="perhaps"`) {
		t.Errorf("got %v", err)
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir()) // no node of this user runs
	t.Chdir(t.TempDir())
	t.Setenv("XDG_CACHE_HOME", t.TempDir()) // other nodes of this machine are noted in the user's own
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL"} {
		t.Setenv(name, "")
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"credentials", "--data", "none"}, "start pasarela with --data none once"},
		{[]string{"credentials"}, "start pasarela serve or pasarela dev here once"},
		{[]string{"explain", "abc"}, "give --data DIR"},
		{[]string{"explain", "abc", "--endpoint", "127.0.0.1"}, "is not a URL such as"},
		{[]string{"explain", "abc", "--endpoint", "ws://127.0.0.1:1/x/prod"}, "nothing listens at http://127.0.0.1:1"},
		{[]string{"explain", "--last", "x"}, `--last takes no id, "x" was given`},
		{[]string{"dev", "a", "b"}, "accepts at most one TEMPLATE, 2 were given"},
		{[]string{"store"}, "pasarela store needs a command: check, repair"},
		{[]string{"store", "chek"}, `unknown command "chek": did you mean check?`},
		{[]string{"template"}, "pasarela template needs a command: lint, render, test"},
		{[]string{"template", "xyz"}, `unknown command "xyz"`},
		{[]string{"explain", ""}, "accepts one CONNECTION_ID or REQUEST_ID, 0 were given"},
		{[]string{"explain"}, "accepts one CONNECTION_ID or REQUEST_ID, 0 were given; --last lists"},
		{[]string{"template", "render", "a", "b"}, "requires one file, a template"},
		{[]string{"apply", "none.yaml"}, "none.yaml"},
		{[]string{"connect", "http://127.0.0.1:1/", "-H", "no colon"}, `"no colon" is not "Name: value"`},
		{[]string{"serve", "--log-level", "loud"}, `"loud" is not debug, info, warn or error`},
		{[]string{"serve", "--region", "Madrid"}, "--region"},
		{[]string{"template", "render", "none.vtl"}, "none.vtl"},
	} {
		if _, err := run(t, "", c.args...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: got %v, want %q", c.args, err, c.want)
		}
	}
}

// The credentials of whichever node ran here are found without --data.
func TestCredentialsAreFoundWhereANodeRan(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir()) // no node of this user runs
	t.Chdir(t.TempDir())
	for _, dir := range []string{"data/dev", "data/serve"} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		text := "[default]\naws_access_key_id = of " + dir + "\naws_secret_access_key = secret\nendpoint_url = http://127.0.0.1:1\n"
		if err := os.WriteFile(node.CredentialsPath(dir), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := run(t, "", "credentials"); err != nil || !strings.Contains(out, "AWS_ACCESS_KEY_ID='of "+dir+"'") {
			t.Errorf("%s: %q, %v", dir, out, err)
		}
	}
}

func TestTemplatesAreTriedWithoutAGateway(t *testing.T) {
	dir := t.TempDir()
	good := filepath.Join(dir, "good.vtl")
	if err := os.WriteFile(good, []byte(`{"id": "$context.connectionId"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := run(t, "", "template", "render", good); err != nil || !strings.Contains(out, `{"id": "`) {
		t.Errorf("%q, %v", out, err)
	}
	if out, err := run(t, "", "template", "lint", good); err != nil {
		t.Errorf("%q, %v", out, err)
	}
	if out, err := run(t, "#if(", "template", "lint", "-"); err == nil {
		t.Errorf("a broken template has no problem: %q", out)
	}
}

func TestConnectPrintsOneLineAMessage(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"v2"}})
		if err != nil {
			return
		}
		for _, text := range []string{`{"event":"accepted"}`, r.Header.Get("X-Name") + " " + conn.Subprotocol()} {
			if conn.Write(r.Context(), websocket.MessageText, []byte(text)) != nil {
				return
			}
		}
		_, typed, err := conn.Read(r.Context())
		if err == nil {
			_ = conn.Write(r.Context(), websocket.MessageText, append([]byte("heard "), typed...))
		}
		_ = conn.Close(websocket.StatusNormalClosure, "enough")
	}))
	defer server.Close()
	out, err := run(t, "\nhello\n", "connect", server.URL, "-H", "X-Name: ana", "-s", "v2")
	if want := "{\"event\":\"accepted\"}\nana v2\nheard hello\n"; err != nil || out != want {
		t.Errorf("%q, %v", out, err)
	}
}

// With --resume the URL names a session, and a connection that breaks is opened again under
// the same one, until the server closes it for good.
func TestConnectComesBack(t *testing.T) {
	var mu sync.Mutex
	var sessions []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		sessions = append(sessions, r.URL.Query().Get("pasarela-session"))
		asked := len(sessions)
		mu.Unlock()
		if asked == 2 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		_ = conn.Write(r.Context(), websocket.MessageText, fmt.Append(nil, "socket ", asked))
		switch asked {
		case 1:
			_ = conn.CloseNow()
		case 3:
			_ = conn.Close(websocket.StatusServiceRestart, "")
		default:
			_ = conn.Close(websocket.StatusNormalClosure, "enough")
		}
	}))
	defer server.Close()
	out, err := run(t, "", "connect", "--resume", "ws"+server.URL[len("http"):]+"/a/prod?x=1")
	if want := "socket 1\nsocket 3\nsocket 4\n"; err != nil || out != want {
		t.Errorf("%q, %v", out, err)
	}
	mu.Lock()
	defer mu.Unlock()
	for _, session := range sessions {
		if len(session) < 22 || session != sessions[0] {
			t.Errorf("sessions %q", sessions)
		}
	}
}

// A server that returns no pings any more is given up, without a close frame, which would end
// the connection there; one that does is not.
func TestASilentServerIsGivenUp(t *testing.T) {
	for name, reads := range map[string]bool{"silent": false, "alive": true} {
		t.Run(name, func(t *testing.T) {
			ended, pinged := make(chan error, 1), make(chan struct{}, 100)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{OnPingReceived: func(context.Context, []byte) bool {
					pinged <- struct{}{}
					return reads
				}})
				if err != nil {
					return
				}
				_, _, err = conn.Read(context.Background())
				ended <- err
			}))
			defer server.Close()
			conn := testkit.Connect(t, "ws"+strings.TrimPrefix(server.URL, "http")).Conn
			talk := newTranscript(newConnect(language.English), language.English)
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			interval := time.Millisecond
			if reads {
				interval = testkit.WaitLimit / 100
			}
			result := make(chan error, 1)
			go func() { result <- exchangeMessages(ctx, conn, nil, talk, interval) }()
			if reads {
				testkit.Receive(t, pinged, "a ping")
				testkit.Receive(t, pinged, "the next ping, after a pong")
				return
			}
			if err := testkit.Receive(t, result, "the end"); err == nil || !worthResuming(err) || !strings.Contains(err.Error(), "returned no ping") {
				t.Errorf("ended with %v", err)
			}
			if err := testkit.Receive(t, ended, "the end at the server"); websocket.CloseStatus(err) != -1 {
				t.Errorf("the server got %v", err)
			}
		})
	}
}

// A client that names a session which the server does not keep is warned, and
// no other one.
func TestConnectWarnsOfASessionThatIsNotKept(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("kept") {
			w.Header().Set("pasarela-session", "kept")
		}
		if conn, err := websocket.Accept(w, r, nil); err == nil {
			_ = conn.Close(websocket.StatusNormalClosure, "enough")
		}
	}))
	defer server.Close()
	for _, c := range []struct {
		args  []string
		warns bool
	}{
		{[]string{"/a/prod?pasarela-session=0123456789012345678901"}, true},
		{[]string{"/a/prod", "--resume"}, true},
		{[]string{"/a/prod?kept=1", "--resume"}, false},
		{[]string{"/a/prod"}, false},
	} {
		root := newRoot(language.English)
		var said bytes.Buffer
		root.SetOut(io.Discard)
		root.SetErr(&said)
		root.SetIn(strings.NewReader(""))
		root.SetArgs(append([]string{"connect", "ws" + strings.TrimPrefix(server.URL, "http") + c.args[0]}, c.args[1:]...))
		err := root.ExecuteContext(t.Context())
		if warned := strings.Contains(said.String(), "Give the stage the tag pasarela:resumeSeconds=300"); err != nil || warned != c.warns {
			t.Errorf("%q: %q, %v", c.args, &said, err)
		}
	}
}

func TestConnectTellsWhyItWasRefused(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Amz-Apigw-Id", "R1koeHsUtjMFbRw=")
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = w.Write([]byte(`{"message": "Internal server error"}`))
	}))
	defer server.Close()
	_, err := run(t, "", "connect", server.URL)
	if err == nil || !strings.Contains(err.Error(), "Internal server error") || !strings.Contains(err.Error(), " explain R1koeHsUtjMFbRw= --endpoint "+server.URL) {
		t.Errorf("got %v", err)
	}
}

// The error of a frequent mistake says what to type instead.
func TestConnectSaysWhatToDoWhenNobodyAnswers(t *testing.T) {
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	address := strings.TrimPrefix(plain.URL, "http://")
	own := httptest.NewTLSServer(http.NotFoundHandler())
	defer own.Close()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for url, want := range map[string]string{
		"foo":                                 "one begins with ws:// or wss://",
		"ftp://127.0.0.1/x":                   "one begins with ws:// or wss://",
		gone.URL[len("http://"):] + "/x/prod": "does a gateway listen there",
		"localhost:1/x/prod":                  "does a gateway listen there",
		"host with blanks/x":                  "one begins with ws:// or wss://",
		"ws" + gone.URL[len("http"):]:         "does a gateway listen there",
		"ws" + own.URL[len("http"):]:          "SSL_CERT_FILE",
		"wss://" + address + "/a/prod":        "use ws:// instead of wss://",
		"ws://" + address + "/a/prod":         "refused the connection: 404 Not Found",
	} {
		if _, err := run(t, "", "connect", url); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", url, err, want)
		}
	}
}

func TestWrongCommandLinesAreToldFromFailures(t *testing.T) {
	for _, args := range [][]string{{"frobnicate"}, {"connect"}, {"connect", "--bogus", "x"}, {"serve", "extra"}, {"template", "lint"}, {"explain"}, {"apply", "a", "b"}} {
		if _, err := run(t, "", args...); err == nil || !commandline.Misused(err) {
			t.Errorf("%v: %v", args, err)
		}
	}
	if _, err := run(t, "", "credentials", "--data", t.TempDir()); err == nil || commandline.Misused(err) {
		t.Errorf("no credentials: %v", err)
	}
}

// A template command without what it needs says what to do.
func TestTemplateCommandsExplainThemselves(t *testing.T) {
	file := filepath.Join(t.TempDir(), "t.vtl")
	if err := os.WriteFile(file, []byte(`{"q": "$input.params('q')"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		in, args, want string
	}{
		{"", "render", "requires one file, a template, or - for standard input: pasarela template render TEMPLATE"},
		{"", "render a b", "requires one file"},
		{"", "test", "requires one file, the cases, or - for standard input: pasarela template test CASES"},
		{"", "lint", "requires a template or several: pasarela template lint FILE FILE"},
		{"", "render nothing.vtl", "open nothing.vtl: no such file"},
		{"", "render " + file + " --sample nothing.json", "open nothing.json: no such file"},
		{"", "lint " + file, "1 problem"},
		{"", "test -", "-: there are no cases"},
		{"no json", "test -", "-: line 1: not JSON"},
		{`{"template": "x", "expected": "y"}`, "test -", "1 case failed"},
	}
	for _, test := range tests {
		out, err := run(t, test.in, append([]string{"template"}, strings.Fields(test.args)...)...)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("template %s: got %v, want %s\n%s", test.args, err, test.want, out)
		}
	}
}
