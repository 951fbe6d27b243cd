package acceptance

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience bounds every wait for a program.
const patience = 30 * time.Second

// server is a pasarela that runs.
type server struct {
	dir      string
	endpoint string
	env      map[string]string // what "pasarela credentials" exports
	process  *process
}

// serve starts "pasarela serve" on a free port, or on the one given.
func serve(t testing.TB, dir, listen string, flags ...string) *server {
	t.Helper()
	args := append([]string{"serve", "--data", dir, "--listen", listen, "--log-level", "warn"}, flags...)
	s := &server{dir: dir, process: launch(t, nil, pasarelaProgram, args...)}
	s.endpoint = s.process.await(t, `serves (http\S+) `)
	s.env = exports(t, dir)
	return s
}

// exports reads what "pasarela credentials" prints.
func exports(t testing.TB, dir string) map[string]string {
	t.Helper()
	out, err := exec.Command(pasarelaProgram, "credentials", "--data", dir).Output()
	if err != nil {
		t.Fatalf("credentials: %v", err)
	}
	env := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, value, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		env[name] = value
	}
	return env
}

// pasarela runs a command of the program against the server.
func (s *server) pasarela(t testing.TB, args ...string) string {
	t.Helper()
	out, err := exec.Command(pasarelaProgram, append(args, "--data", s.dir)...).CombinedOutput()
	if err != nil {
		t.Fatalf("pasarela %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// process is a program that runs, and what it has printed.
type process struct {
	cmd  *exec.Cmd
	done chan error

	mu     sync.Mutex
	text   bytes.Buffer
	closed bool
	news   chan struct{}
}

func launch(t testing.TB, env []string, program string, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(program, args...), done: make(chan error, 1), news: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), env...)
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stdout, p.cmd.Stderr = write, write
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = write.Close()
	go p.read(read)
	go func() { p.done <- p.cmd.Wait() }()
	t.Cleanup(func() { p.end(t) })
	return p
}

func (p *process) read(from *os.File) {
	defer from.Close()
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadString('\n')
		p.mu.Lock()
		p.text.WriteString(line)
		p.closed = err != nil
		close(p.news)
		p.news = make(chan struct{})
		p.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// await waits until what was printed matches, and returns the first group.
func (p *process) await(t testing.TB, pattern string) string {
	t.Helper()
	form, late := regexp.MustCompile(pattern), time.After(patience)
	for {
		p.mu.Lock()
		found, closed, news := form.FindStringSubmatch(p.text.String()), p.closed, p.news
		p.mu.Unlock()
		switch {
		case found != nil:
			return found[len(found)-1]
		case closed:
			t.Fatalf("%s ended without saying %q:\n%s", p.cmd.Path, pattern, p.printed())
		}
		select {
		case <-news:
		case <-late:
			t.Fatalf("%s does not say %q:\n%s", p.cmd.Path, pattern, p.printed())
		}
	}
}

func (p *process) printed() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// interrupt is Ctrl-C: the program must end by itself, and well.
func (p *process) interrupt(t testing.TB) {
	t.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-p.done:
		p.done <- err
		if err != nil {
			t.Fatalf("after Ctrl-C: %v\n%s", err, p.printed())
		}
	case <-time.After(patience):
		t.Fatalf("Ctrl-C does not end it\n%s", p.printed())
	}
}

// kill is kill -9.
func (p *process) kill() {
	_ = p.cmd.Process.Signal(syscall.SIGKILL)
	err := <-p.done
	p.done <- err
}

func (p *process) end(t testing.TB) {
	select {
	case <-p.done:
		return
	default:
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(patience):
		_ = p.cmd.Process.Kill()
		t.Errorf("%s does not end", p.cmd.Path)
	}
}
