package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/node"
)

// nasty has escape sequences of terminals, and the characters that separate columns
// and rows of tables.
const nasty = "x\x1b[31m\x1b]0;t\x07\u009b2J\x7f\u202eevil\u2066\u200b\ufeff\u2028\x00\r\b\v"

// tty is a terminal that records its output.
type tty struct{ bytes.Buffer }

func (*tty) IsTerminal() bool { return true }

// own are the styles that a command itself may print.
var own = regexp.MustCompile(`\x1b\[(1m|2m|32m|36m|0m|1A|2K)`)

// safe fails when the output has characters that move the cursor or are
// invisible.
func safe(t *testing.T, printed string, styles bool) {
	t.Helper()
	if styles {
		printed = own.ReplaceAllString(printed, "")
	}
	for i, r := range printed {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)) || r == utf8.RuneError {
			t.Fatalf("%U in %q", r, printed[max(0, i-40):min(len(printed), i+40)])
		}
	}
}

// nastyNode returns every call of the commands with nasty text.
func nastyNode(t *testing.T) *httptest.Server {
	t.Helper()
	response := func(value any) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(value) }
	}
	raw := func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, nasty+"\xff\n") }
	type object = map[string]any
	mux := http.NewServeMux()
	mux.HandleFunc("GET /pasarela/explain/{id}", response(object{"text": nasty + "\n"}))
	mux.HandleFunc("GET /pasarela/explain", response(object{"failures": []object{{"name": nasty, "summary": nasty, "requestId": nasty, "apiId": nasty, "stage": nasty}}}))
	mux.HandleFunc("GET /pasarela/connections", response(object{"connections": []object{{"connectionId": nasty, "apiId": nasty, "stage": nasty, "sourceIp": nasty, "userAgent": nasty}}}))
	mux.HandleFunc("GET /pasarela/nodes", response(object{
		"nodes": []object{
			{"node": nasty, "state": nasty, "lease": object{"host": nasty}, "now": object{"address": nasty, "host": nasty, "version": nasty, "stages": []object{{"apiId": nasty, "stage": nasty, "problem": nasty}}}},
			{"node": nasty, "state": "silent", "lease": object{"host": nasty}},
		},
		"missing": []object{{"node": nasty, "text": nasty}},
	}))
	mux.HandleFunc("GET /pasarela/apis/{api}/stages/{stage}/dead-letters", response(object{"deadLetters": []object{{"id": nasty, "routeKey": nasty, "connectionId": nasty, "reason": nasty}}}))
	mux.HandleFunc("GET /pasarela/logs", raw)
	mux.HandleFunc("GET /pasarela/export", raw)
	mux.HandleFunc("POST /pasarela/plan", response(object{"changes": []object{{"action": "update", "resource": nasty, "members": []object{{"member": nasty, "before": nasty, "after": nasty}}}}}))
	mux.HandleFunc("POST /pasarela/apply", response(object{"changes": []object{{"action": "update", "resource": nasty}}}))
	mux.HandleFunc("POST /pasarela/console/sign-in", response(object{"url": nasty}))
	mux.HandleFunc("GET /refuses", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Amzn-Requestid", "x'\u009b; rm -rf /")
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, nasty)
	})
	mux.HandleFunc("GET /talks", func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		quoted, _ := json.Marshal(nasty)
		for _, text := range []string{nasty, string(quoted), `{"a":"` + "\u009b31m\u202e" + `"}`} {
			_ = conn.Write(r.Context(), websocket.MessageText, []byte(text))
		}
		_ = conn.Write(r.Context(), websocket.MessageBinary, []byte(nasty+"\xff"))
		_ = conn.Close(4000, "bye\x1b[31m\u009b\u202e")
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Amzn-Errortype", "BadRequestException")
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]string{"message": nasty})
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

// Whatever texts servers, clients and files have, no escape sequence reaches a
// terminal. Every command is tried; those that print nothing from outside are listed
// here.
func TestNothingFromOutsideReachesATerminal(t *testing.T) {
	server := nastyNode(t)
	t.Chdir(t.TempDir())
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL"} {
		t.Setenv(name, "")
	}
	write(t, "backup.yaml", "pasarela: 1\n")
	write(t, "nasty.vtl", "x\x1b[31m\u009b #set($a = 1)\n#if($missing)\u202e\x1b#end$missing")
	write(t, "broken.vtl", "\x1b[31m\u009b#if(")
	write(t, "cases.jsonl", `{"name":"a\u001b[31m\u009b\u202e","template":"x\u001b\u009b\u202e","expected":"y"}`)
	write(t, node.CredentialsPath(serveData), "[default]\naws_access_key_id = AKIA\u009b\naws_secret_access_key = s\x1b[31m\nregion = us-east-1\nendpoint_url = "+server.URL+"\n")
	quiet := map[string]string{"dev": "prints what this program makes", "serve": "prints what this program makes", "version": "prints its own", "help": "prints its own"}
	lines := map[string][][]string{
		"connect":     {{"connect", server.URL + "/talks"}, {"connect", server.URL + "/refuses"}, {"connect", "ws://\u009b" + nasty + "/"}, {"connect", server.URL, "-H", nasty}},
		"explain":     {{"explain", nasty}, {"explain", "--last"}, {"explain", "x", "--endpoint", nasty}, {"explain", nasty, nasty}},
		"connections": {{"connections"}},
		"nodes":       {{"nodes"}, {"nodes", "--stages"}},
		"dead-letters": {
			{"dead-letters", "list", "api/prod"},
			{"dead-letters", "list", nasty},
			{"dead-letters", "list", "none/" + nasty},
			{"dead-letters", "replay", "api/prod", nasty},
			{"dead-letters", "delete", "api/prod", "--all"},
		},
		"logs":        {{"logs"}, {"logs", "--follow"}},
		"export":      {{"export"}, {"export", "--secrets"}, {"export", nasty}},
		"apply":       {{"apply", "--plan", "backup.yaml"}, {"apply", "--yes", "backup.yaml"}, {"apply", nasty}},
		"console":     {{"console"}},
		"store":       {{"store", "check", "--data", nasty}, {"store", "repair", "--data", nasty}, {"store", "check", nasty}},
		"healthcheck": {{"healthcheck", "--listen", strings.TrimPrefix(server.URL, "http://")}, {"healthcheck", "--listen", nasty}, {"healthcheck", nasty}},
		"credentials": {{"credentials"}, {"credentials", "--data", nasty}},
		"template": {
			{"template", "render", "nasty.vtl"},
			{"template", "render", "broken.vtl"},
			{"template", "lint", "nasty.vtl", "broken.vtl"},
			{"template", "test", "cases.jsonl"},
			{"template", "render", "none\u009b"},
		},
	}
	for _, cmd := range newRoot(language.English).Commands() {
		tried, ok := lines[cmd.Name()]
		if !ok && quiet[cmd.Name()] == "" {
			t.Errorf("no line tries %s", cmd.Name())
		}
		for _, args := range tried {
			for _, l := range []string{"en", "es"} {
				var out, problems tty
				execute(t.Context(), append(args, "--lang", l), strings.NewReader("a\x1b[31m\u009b\n"), &out, &problems, func(string) string { return "" })
				safe(t, out.String(), true)
				safe(t, problems.String(), true)
				if out.Len()+problems.Len() == 0 {
					t.Errorf("%q prints nothing", args)
				}
			}
			if args[0] == "export" || args[0] == "connect" || args[0] == "template" {
				continue // between programs these are as they are
			}
			var out, problems bytes.Buffer
			execute(t.Context(), args, strings.NewReader(""), &out, &problems, func(string) string { return "" })
			safe(t, out.String()+problems.String(), false)
		}
	}
}

// A payload that is printed to another program is not escaped.
func TestPayloadsAreAsTheyAreBetweenPrograms(t *testing.T) {
	server := nastyNode(t)
	t.Chdir(t.TempDir())
	write(t, node.CredentialsPath(serveData), "[default]\naws_access_key_id = AKIA\naws_secret_access_key = s\nregion = us-east-1\nendpoint_url = "+server.URL+"\n")
	for name, args := range map[string][]string{"export": {"export"}, "messages": {"connect", server.URL + "/talks"}} {
		var out bytes.Buffer
		execute(t.Context(), args, strings.NewReader(""), &out, io.Discard, func(string) string { return "" })
		if !strings.Contains(out.String(), nasty+"\xff\n") {
			t.Errorf("%s: %q", name, out.String())
		}
	}
}

func TestTheServersLogIsSafeToRead(t *testing.T) {
	for _, out := range []interface {
		io.Writer
		String() string
	}{new(tty), new(bytes.Buffer)} {
		log, err := newLog(out, "info")
		if err != nil {
			t.Fatal(err)
		}
		log.Info(nasty, "agent", nasty+"\xff", slog.Group(nasty, "x", []string{nasty}), "in", 90*time.Second)
		if !strings.Contains(out.String(), "1m30s") {
			t.Errorf("a duration is not written as such: %s", out.String())
		}
		safe(t, out.String(), false)
		if _, terminal := out.(*tty); !terminal && !json.Valid([]byte(out.String())) {
			t.Errorf("no JSON: %s", out.String())
		}
	}
}

// Commands print to the terminal only.
func TestCommandsPrintByTheTerminal(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	allowed := regexp.MustCompile(`newTerminal\(cmd\.(OutOrStdout|ErrOrStderr)\(\)\)|newLog\(cmd\.ErrOrStderr\(\), `)
	direct := regexp.MustCompile(`OutOrStdout|ErrOrStderr|os\.Std(out|err)|fmt\.Print|cmd\.Print`)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || name == "main.go" {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			if direct.MatchString(allowed.ReplaceAllString(line, "")) {
				t.Errorf("%s:%d prints past the terminal: %s", name, i+1, strings.TrimSpace(line))
			}
		}
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
