package main_test

import (
	"bufio"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// A process is the program that a test starts and kills.
type process struct {
	t       *testing.T
	binary  string
	address string
	args    []string
	signs   aws.Credentials // its calls to @connections
	command *exec.Cmd
}

// start starts the program and waits until it says that it listens.
func (p *process) start() {
	p.t.Helper()
	p.command = exec.Command(p.binary, append([]string{"serve", "--listen", p.address}, p.args...)...)
	p.command.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID="+p.signs.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+p.signs.SecretAccessKey)
	out, err := p.command.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	p.command.Stderr = os.Stderr
	if err := p.command.Start(); err != nil {
		p.t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		p.t.Fatalf("the program said %q and ended: %v", line, err)
	}
}

func (p *process) kill() {
	_ = p.command.Process.Kill() // it may have ended
	_ = p.command.Wait()         // killed
}

// stop ends the program as an operator does.
func (p *process) stop() {
	p.t.Helper()
	_ = p.command.Process.Signal(syscall.SIGTERM) // Wait tells
	if err := p.command.Wait(); err != nil {
		p.t.Errorf("stopping ended with %v", err)
	}
}

func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "reports")
	if said, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, said)
	}
	return binary
}

func freeAddress(t *testing.T) string {
	t.Helper()
	free := httptest.NewServer(nil)
	defer free.Close()
	return free.Listener.Addr().String()
}
