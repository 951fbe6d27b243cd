//go:build linux

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Bounds of waiting for a process.
const (
	startLimit = 30 * time.Second
	stopLimit  = 25 * time.Second
)

// process is a child process.
type process struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	errors string // file of its standard error
}

// start runs a program that is killed when this one ends.
func start(dir, program string, args ...string) (*process, error) {
	errs, err := os.CreateTemp(dir, filepath.Base(program)+"-*.stderr")
	if err != nil {
		return nil, err
	}
	defer errs.Close()
	cmd := exec.Command(program, args...)
	cmd.Stderr = errs
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &process{cmd: cmd, in: in, out: bufio.NewReader(out), errors: errs.Name()}, nil
}

// role starts this program as something else.
func role(dir, name string, args ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return start(dir, self, append([]string{name}, args...)...)
}

// start runs a gateway, on the CPUs that it is kept on.
func (s *site) start(program string, args ...string) (*process, error) {
	if s.cpus == "" {
		return start(s.dir, program, args...)
	}
	return start(s.dir, "taskset", append([]string{"-c", s.cpus, program}, args...)...)
}

// role is [role] as a gateway.
func (s *site) role(name string, args ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return s.start(self, append([]string{name}, args...)...)
}

// line reads one line of its output within a bounded time.
func (p *process) line(within time.Duration) (string, error) {
	type output struct {
		text string
		err  error
	}
	got := make(chan output, 1)
	go func() {
		text, err := p.out.ReadString('\n')
		got <- output{text, err}
	}()
	select {
	case a := <-got:
		if a.err != nil {
			return "", fmt.Errorf("%s ended: %w\n%s", p.cmd.Path, a.err, p.complaints())
		}
		return strings.TrimSpace(a.text), nil
	case <-time.After(within):
		_ = p.cmd.Process.Kill() // ends the reader too
		return "", fmt.Errorf("%s says nothing within %v\n%s", p.cmd.Path, within, p.complaints())
	}
}

func (p *process) complaints() string {
	b, _ := os.ReadFile(p.errors)
	return string(b[max(0, len(b)-2000):])
}

// ask sends a command to a role and decodes its answer.
func (p *process) ask(ctx context.Context, into any, within time.Duration, format string, args ...any) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(p.in, format+"\n", args...); err != nil {
		return fmt.Errorf("%w\n%s", err, p.complaints())
	}
	text, err := p.line(within)
	if err != nil {
		return err
	}
	if message, failed := strings.CutPrefix(text, "error "); failed {
		return fmt.Errorf("%s: %s", fmt.Sprintf(format, args...), message)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal([]byte(text), into)
}

// serveCommands serves the commands of ask: one response a line.
func serveCommands(act func(command string, args []string) (any, error)) error {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) == 0 {
			continue
		}
		response, err := act(words[0], words[1:])
		if err != nil {
			fmt.Println("error", strings.ReplaceAll(err.Error(), "\n", " "))
			continue
		}
		text, err := json.Marshal(response)
		if err != nil {
			return err
		}
		fmt.Println(string(text))
	}
	return lines.Err()
}

// stop ends the process by SIGTERM, and by SIGKILL if that takes too long.
func (p *process) stop() {
	_ = p.in.Close()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	timer := time.AfterFunc(stopLimit, func() { _ = p.cmd.Process.Kill() })
	defer timer.Stop()
	_, _ = io.Copy(io.Discard, p.out)
	_ = p.cmd.Wait()
}

// ticksPerSecond is what Linux shows CPU time in, on every architecture of Go's.
const ticksPerSecond = 100

// cpu is the user and system time the process has used.
func (p *process) cpu() (time.Duration, error) {
	user, system, err := cpuOf(p.cmd.Process.Pid)
	return user + system, err
}

// cpuOf is the user and the system time that a process has used.
func cpuOf(pid int) (user, system time.Duration, err error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, err
	}
	_, rest, _ := strings.Cut(string(b), ") ") // the name may have spaces
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, 0, fmt.Errorf("/proc/%d/stat: %q", pid, b)
	}
	ticks, err1 := strconv.Atoi(fields[11])
	systemTicks, err2 := strconv.Atoi(fields[12])
	if err1 != nil || err2 != nil {
		return 0, 0, fmt.Errorf("/proc/%d/stat: %q", pid, b)
	}
	return time.Duration(ticks) * time.Second / ticksPerSecond, time.Duration(systemTicks) * time.Second / ticksPerSecond, nil
}

// rss is the resident memory of the process in bytes.
func (p *process) rss() (int, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "Rss:"); ok {
			kib, err := strconv.Atoi(strings.Fields(rest)[0])
			return kib << 10, err
		}
	}
	return 0, fmt.Errorf("/proc/%d/smaps_rollup has no Rss", p.cmd.Process.Pid)
}
