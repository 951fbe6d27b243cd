package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"sync"
	"syscall"
	"time"
)

// startLimit bounds the start of one process.
const startLimit = 60 * time.Second

// process is a child that can be killed, frozen and started again.
type process struct {
	name    string
	program string
	args    []string
	ready   *regexp.Regexp // output line that says that it serves; nil: it serves at once
	log     io.Writer
	clock   string // file with its clock's offset; "": the machine's clock
	// limit bounds its start; 0: startLimit.
	limit time.Duration

	mu   sync.Mutex
	cmd  *exec.Cmd
	done chan struct{}
}

// start starts the process and waits until it serves.
func (p *process) start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cmd = exec.Command(p.program, p.args...)
	p.cmd.Env = append(os.Environ(), clockVariable+"="+p.clock)
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	p.cmd.Stderr = p.cmd.Stdout
	if err := p.cmd.Start(); err != nil {
		return err
	}
	serves, done, cmd := make(chan struct{}), make(chan struct{}), p.cmd
	p.done = done
	go func() {
		defer close(done)
		said := p.ready == nil
		if said {
			close(serves)
		}
		lines := bufio.NewScanner(out)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			_, _ = fmt.Fprintf(p.log, "%s %s: %s\n", time.Now().Format("15:04:05.000"), p.name, lines.Bytes())
			if !said && p.ready.Match(lines.Bytes()) {
				said = true
				close(serves)
			}
		}
		_ = cmd.Wait() // the harness itself ended it
	}()
	select {
	case <-serves:
		return nil
	case <-done:
		return fmt.Errorf("%s ended at its start; see the log", p.name)
	case <-time.After(cmp.Or(p.limit, startLimit)):
		return fmt.Errorf("%s does not serve after %s; see the log", p.name, cmp.Or(p.limit, startLimit))
	}
}

// signal sends a signal and, where it is to end the process, waits for the end.
func (p *process) signal(s os.Signal, ends bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Signal(s) // it may have ended
	if ends {
		<-p.done
	}
}

func (p *process) kill()   { p.signal(syscall.SIGKILL, true) }
func (p *process) stop()   { p.signal(syscall.SIGTERM, true) }
func (p *process) freeze() { p.signal(syscall.SIGSTOP, false) }
func (p *process) thaw()   { p.signal(syscall.SIGCONT, false) }
