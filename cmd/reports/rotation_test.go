package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

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
	refusesAmbiguous(t, address)
	rotate("SECOND-KEY")
	ask("two", "SECOND-KEY of-SECOND-KEY")
	var list struct{ Reports []struct{ Link string } }
	testkit.Eventually(t, "a report that is ready", func() bool {
		response, err := http.Get("http://" + address + "/api/reports?state=ready")
		if err != nil {
			return false
		}
		defer response.Body.Close()
		return json.NewDecoder(response.Body).Decode(&list) == nil && len(list.Reports) > 0
	})
	download, err := http.Get(list.Reports[0].Link)
	if err != nil {
		t.Fatal(err)
	}
	download.Body.Close()
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
	for _, want := range []string{"report begins|ana|existencias", "report ended|ana|existencias", "report downloaded|ana|existencias", "the credentials were read again||"} {
		if !logged[want] {
			t.Errorf("the log lacks %q:\n%s", want, log.String())
		}
	}
}

// refusesAmbiguous sends requests whose length can be read in two ways: a proxy in front may
// read the other.
func refusesAmbiguous(t *testing.T, address string) {
	t.Helper()
	for _, fields := range []string{"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "Content-Length: 4\r\nContent-Length: 5\r\n", "Transfer-Encoding: xchunked\r\n"} {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(testkit.WaitLimit))
		fmt.Fprintf(conn, "POST /api/reports/create HTTP/1.1\r\nHost: %s\r\n%s\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: %s\r\n\r\n", address, fields, address)
		got, err := io.ReadAll(conn) // ends with the connection
		conn.Close()
		if err != nil || !strings.HasPrefix(string(got), "HTTP/1.1 400 ") && !strings.HasPrefix(string(got), "HTTP/1.1 501 ") || strings.Count(string(got), "HTTP/1.1 ") != 1 {
			t.Errorf("%q: %v\n%s", fields, err, got)
		}
	}
}
