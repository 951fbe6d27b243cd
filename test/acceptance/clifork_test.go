package acceptance

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// forkedCLI runs calls of an AWS CLI that is written in Python: testdata/forkcli.py loads
// the CLI once and forks for each call. The commands that users type start the CLI itself:
// [TestTheGuideByTheAWSCLI] and [TestTheDocumentsAreTrue].
type forkedCLI struct {
	socket string
	stdin  io.Closer // its end ends the process
	cmd    *exec.Cmd
	dir    string
}

// forkedCLIs are those that run, by the path of the CLI; nil for one that cannot be run so.
var forkedCLIs struct {
	mu sync.Mutex
	of map[string]*forkedCLI
}

// forkedOf starts the process of a CLI at its first call; nil for a CLI that is no script
// in Python.
func forkedOf(t testing.TB, path string) *forkedCLI {
	t.Helper()
	forkedCLIs.mu.Lock()
	defer forkedCLIs.mu.Unlock()
	running, known := forkedCLIs.of[path]
	if known {
		return running
	}
	if python, ok := interpreter(path); ok {
		var err error
		if running, err = startForked(python); err != nil {
			t.Fatalf("%s testdata/forkcli.py: %v", python, err)
		}
	}
	if forkedCLIs.of == nil {
		forkedCLIs.of = map[string]*forkedCLI{}
	}
	forkedCLIs.of[path] = running
	return running
}

// endForked ends the processes.
func endForked() {
	for _, running := range forkedCLIs.of {
		if running != nil {
			_ = running.stdin.Close()
			_ = running.cmd.Wait()
			_ = os.RemoveAll(running.dir) // files stay in the temporary folder
		}
	}
}

// interpreter is the Python that a script names in its first line, without arguments.
func interpreter(path string) (string, bool) {
	file, err := os.Open(path)
	if err != nil {
		return "", false
	}
	defer file.Close()
	line, _ := bufio.NewReader(io.LimitReader(file, 256)).ReadString('\n')
	python, script := strings.CutPrefix(strings.TrimSpace(line), "#!")
	return python, script && !strings.Contains(python, " ") && strings.HasPrefix(filepath.Base(python), "python")
}

func startForked(python string) (*forkedCLI, error) {
	dir, err := os.MkdirTemp("", "pasarela-aws")
	if err != nil {
		return nil, err
	}
	running := &forkedCLI{socket: filepath.Join(dir, "socket"), dir: dir}
	running.cmd = exec.Command(python, "testdata/forkcli.py", running.socket)
	// As [server.environ], with credentials that no server has.
	running.cmd.Env = append((&server{}).environ(), "AWS_ACCESS_KEY_ID=none", "AWS_SECRET_ACCESS_KEY=none")
	running.cmd.Stderr = os.Stderr
	out, err := running.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if running.stdin, err = running.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := running.cmd.Start(); err != nil {
		return nil, err
	}
	if line, _ := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		return nil, errors.Join(errors.New("it does not get ready"), running.cmd.Wait())
	}
	return running, nil
}

// call makes a call with that environment and returns what the CLI printed.
func (f *forkedCLI) call(env, args []string) (string, error) {
	connection, err := net.Dial("unix", f.socket)
	if err != nil {
		return "", err
	}
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(2 * testkit.WaitLimit)); err != nil {
		return "", err
	}
	request := struct {
		Args []string          `json:"args"`
		Env  map[string]string `json:"env"`
	}{args, map[string]string{}}
	for _, line := range env {
		name, value, _ := strings.Cut(line, "=")
		request.Env[name] = value
	}
	if err := json.NewEncoder(connection).Encode(request); err != nil {
		return "", err
	}
	said, err := io.ReadAll(connection)
	if err != nil {
		return string(said), err
	}
	at := strings.LastIndexByte(string(said), 0)
	if at < 0 {
		return string(said), errors.New("the AWS CLI ended without a status")
	}
	if status, err := strconv.Atoi(string(said[at+1:])); err != nil || status != 0 {
		return string(said[:at]), fmt.Errorf("exit status %s", said[at+1:])
	}
	return string(said[:at]), nil
}
