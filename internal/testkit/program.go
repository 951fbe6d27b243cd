package testkit

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"sync"
	"testing"
	"time"
)

// Program is a program that runs, and what it has printed on both outputs.
type Program struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when the program has ended
	err  error         // of Wait; valid after done

	mu      sync.Mutex
	text    bytes.Buffer
	ended   bool          // nothing more will be printed
	printed chan struct{} // closed and replaced at every line
}

// Start starts a program with env added to the test's environment. It ends with the
// test, which fails when the program does not end within [WaitLimit] of SIGTERM.
func Start(t testing.TB, env []string, path string, arguments ...string) *Program {
	t.Helper()
	p := &Program{cmd: exec.Command(path, arguments...), done: make(chan struct{}), printed: make(chan struct{})}
	// Running nodes are noted in this folder on Linux, apart from those of the person who runs
	// the test.
	p.cmd.Env = append(append(os.Environ(), "XDG_CACHE_HOME="+t.TempDir()), env...)
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stdout, p.cmd.Stderr = write, write
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = write.Close()                                   // the program has its own copy
	go p.read(read)                                     // ends with the program's output
	go func() { p.err = p.cmd.Wait(); close(p.done) }() // ends with the program
	t.Cleanup(func() { p.end(t) })
	return p
}

func (p *Program) read(from *os.File) {
	defer from.Close()
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadString('\n')
		p.mu.Lock()
		p.text.WriteString(line)
		p.ended = err != nil
		close(p.printed)
		p.printed = make(chan struct{})
		p.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// WaitFor waits until the output matches pattern, and returns the last group of the
// match.
func (p *Program) WaitFor(t testing.TB, pattern string) string {
	t.Helper()
	form, late := regexp.MustCompile(pattern), time.After(WaitLimit)
	for {
		p.mu.Lock()
		found, ended, printed := form.FindStringSubmatch(p.text.String()), p.ended, p.printed
		p.mu.Unlock()
		switch {
		case found != nil:
			return found[len(found)-1]
		case ended:
			t.Fatalf("%s ended without printing %q:\n%s", p.cmd.Path, pattern, p.Output())
		}
		select {
		case <-printed:
		case <-late:
			t.Fatalf("%s does not print %q:\n%s", p.cmd.Path, pattern, p.Output())
		}
	}
}

// Output is what the program has printed so far.
func (p *Program) Output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// PID is the program's process id.
func (p *Program) PID() int { return p.cmd.Process.Pid }

// Signal sends a signal.
func (p *Program) Signal(t testing.TB, s os.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Fatalf("%s: %v", p.cmd.Path, err)
	}
}

// Interrupt is Ctrl-C: the program must end by itself within [WaitLimit], with exit
// status 0.
func (p *Program) Interrupt(t testing.TB) {
	t.Helper()
	p.Signal(t, os.Interrupt)
	if err := p.Wait(t); err != nil {
		t.Fatalf("after Ctrl-C: %v\n%s", err, p.Output())
	}
}

// Terminate ends the program as a service manager does: it must end by itself within
// [WaitLimit], with exit status 0.
func (p *Program) Terminate(t testing.TB) {
	t.Helper()
	if err := terminate(p.cmd.Process); err != nil {
		t.Fatalf("%s: %v", p.cmd.Path, err)
	}
	if err := p.Wait(t); err != nil {
		t.Fatalf("after SIGTERM: %v\n%s", err, p.Output())
	}
}

// Kill is kill -9. It returns when the program is gone.
func (p *Program) Kill() {
	_ = p.cmd.Process.Kill() // it may have ended by itself
	<-p.done
}

// Wait waits until the program has ended, and returns the error of
// [exec.Cmd.Wait].
func (p *Program) Wait(t testing.TB) error {
	t.Helper()
	select {
	case <-p.done:
		return p.err
	case <-time.After(WaitLimit):
		t.Fatalf("%s does not end:\n%s", p.cmd.Path, p.Output())
		return nil
	}
}

func (p *Program) end(t testing.TB) {
	select {
	case <-p.done:
		return
	default:
	}
	_ = terminate(p.cmd.Process)
	select {
	case <-p.done:
	case <-time.After(WaitLimit):
		p.Kill()
		t.Errorf("%s does not end", p.cmd.Path)
	}
}
