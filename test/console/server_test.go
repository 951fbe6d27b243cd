package console

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// patience bounds every wait.
const patience = 30 * time.Second

// program is a program that runs, and what it has said.
type program struct {
	cmd  *exec.Cmd
	mu   sync.Mutex
	said bytes.Buffer
}

// Write collects what the program prints.
func (p *program) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.Write(text)
}

func (p *program) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String()
}

// launch starts a program and waits until what it prints matches; it returns the
// first group. The program ends with the test.
func launch(t *testing.T, ready string, env []string, name string, args ...string) (found string, p *program) {
	t.Helper()
	p = &program{cmd: exec.Command(name, args...)}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = p, p
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
		_ = p.cmd.Wait()
	})
	form := regexp.MustCompile(ready)
	eventually(t, func() string {
		if groups := form.FindStringSubmatch(p.text()); groups != nil {
			found = groups[1]
			return ""
		}
		return fmt.Sprintf("%s does not say %q:\n%s", name, ready, p.text())
	})
	return found, p
}

// server is "pasarela serve", empty.
type server struct {
	endpoint, accessKeyID, secretAccessKey, data string
}

func serve(t *testing.T) server {
	t.Helper()
	dir := t.TempDir()
	var s server
	endpoint, running := launch(t, `serves (http\S+) `, nil, pasarelaProgram, "serve", "--data", dir, "--listen", "127.0.0.1:0", "--log-level", "debug")
	s.endpoint, s.data = endpoint, dir
	out, err := exec.Command(pasarelaProgram, "credentials", "--data", dir).Output()
	if err != nil {
		t.Fatalf("credentials: %v", err)
	}
	s.accessKeyID = regexp.MustCompile(`AWS_ACCESS_KEY_ID=(\S+)`).FindStringSubmatch(string(out))[1]
	s.secretAccessKey = regexp.MustCompile(`AWS_SECRET_ACCESS_KEY=(\S+)`).FindStringSubmatch(string(out))[1]
	t.Cleanup(func() {
		if strings.Contains(running.text(), s.secretAccessKey) {
			t.Error("the server's log has the secret access key")
		}
	})
	return s
}

// startReports starts the report backend on address with the keys that the
// console showed: lines of "export NAME=value".
func startReports(t *testing.T, address, connectionsEndpoint, exports string) {
	t.Helper()
	env := regexp.MustCompile(`AWS_\w+=\S+`).FindAllString(exports, -1)
	if len(env) != 2 {
		t.Fatalf("the console shows no access key: %q", exports)
	}
	launch(t, `reports: (http\S+)`, env, reportsProgram, "serve", "--listen", address, "--data", t.TempDir(), "--endpoint", connectionsEndpoint)
}

// freeAddress is an address that nothing listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// backend answers as its test set it up and remembers the last body it got.
type backend struct {
	*httptest.Server
	status atomic.Int64
	body   atomic.Value
}

func newBackend(t *testing.T) *backend {
	b := &backend{}
	b.status.Store(http.StatusCreated)
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body strings.Builder
		_ = r.Write(&body)
		b.body.Store(body.String())
		w.WriteHeader(int(b.status.Load()))
	}))
	t.Cleanup(b.Close)
	return b
}

// eventually asks until there is nothing to complain of.
func eventually(t *testing.T, complaint func() string) {
	t.Helper()
	again, late := time.NewTicker(20*time.Millisecond), time.After(patience)
	defer again.Stop()
	for {
		said := complaint()
		if said == "" {
			return
		}
		select {
		case <-again.C:
		case <-late:
			t.Fatal(said)
		}
	}
}

// served waits until a stage takes clients: a deployment is served a moment after it
// was acknowledged.
func served(t *testing.T, server server, path string) {
	t.Helper()
	eventually(t, func() string {
		answer, err := http.Get(server.endpoint + "/" + path)
		if err != nil {
			return err.Error()
		}
		_ = answer.Body.Close()
		if answer.StatusCode == http.StatusForbidden {
			return path + " is not served"
		}
		return ""
	})
}
