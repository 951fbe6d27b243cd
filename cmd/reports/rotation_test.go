package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// TestTheProgramAsAnOperatorRunsIt starts the program in a folder of its
// with a credentials file that is rotated while it runs: it signs with the new ones
// without a restart, writes nothing where it was started, and its log tells in JSON
// who had what made.
func TestTheProgramAsAnOperatorRunsIt(t *testing.T) {
	var mu sync.Mutex
	keys := map[string]bool{}
	gateway := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, rest, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
		key, _, _ := strings.Cut(rest, "/")
		mu.Lock()
		defer mu.Unlock()
		keys[key+" "+r.Header.Get("X-Amz-Security-Token")] = true
	}))
	defer gateway.Close()
	home, folder := t.TempDir(), t.TempDir()
	file := filepath.Join(home, "credentials")
	rotate := func(key string) {
		t.Helper()
		content := fmt.Sprintf("[default]\naws_access_key_id = %s\naws_secret_access_key = secret\naws_session_token = of-%s\n", key, key)
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rotate("FIRST")
	address := testkit.FreeAddress(t)
	var log bytes.Buffer
	command := exec.Command(reportsProgram, "serve", "--listen", address, "--endpoint", gateway.URL+"/prod", "--credentials-file", file, "--log-format", "json", "--source-limit", "sample=1")
	command.Dir, command.Stderr = folder, &log
	command.Env = append(os.Environ(), "HOME="+home, "XDG_DATA_HOME=", "REPORTS_TOKEN=")
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = command.Process.Kill() }() // ended by then
	ask := func(connection, wantKey string) {
		t.Helper()
		testkit.Eventually(t, "a call that is signed with "+wantKey, func() bool {
			body := fmt.Sprintf(`{"connectionId":"%s=","type":"existencias","caller":"ana"}`, connection)
			response, err := http.Post("http://"+address+"/api/reports/create", "application/json", strings.NewReader(body))
			if err != nil {
				return false // it is starting
			}
			response.Body.Close()
			mu.Lock()
			defer mu.Unlock()
			return keys[wantKey]
		})
	}
	ask("one", "FIRST of-FIRST")
	rotate("SECOND-KEY")
	ask("two", "SECOND-KEY of-SECOND-KEY")
	_ = command.Process.Signal(syscall.SIGTERM) // Wait tells
	if err := command.Wait(); err != nil {
		t.Errorf("stopping ended with %v", err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("where it was started it left %v, %v", left, err)
	}
	logged := map[string]bool{}
	for line := range strings.Lines(log.String()) {
		var entry struct{ Msg, Caller, Type string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("a line of the log is no JSON: %s", line)
		}
		logged[strings.Join([]string{entry.Msg, entry.Caller, entry.Type}, "|")] = true
	}
	for _, want := range []string{"report begins|ana|existencias", "report ended|ana|existencias", "the credentials were read again||"} {
		if !logged[want] {
			t.Errorf("the log lacks %q:\n%s", want, log.String())
		}
	}
}
