package functions

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// renewal is how long credentials must still be valid for a process to get another event.
const renewal = 10 * time.Minute

// process is one process of a function. Its goroutine is [process.run].
type process struct {
	runner         *Runner
	pool           *pool
	token          string // the secret part of the Runtime API's address that only it knows
	stream         string // its log stream
	output         *output
	suppressedInit bool // AWS's term: it follows one that was not ready in time, and has the function's timeout

	idleSince, answeredAt time.Time // guarded by the runner's lock
	expires               time.Time // of its credentials; zero: never. Set before it is initialized

	mu        sync.Mutex
	command   *exec.Cmd // nil until it is started
	killed    bool
	ready     bool // it has asked for an event
	free      bool // it was offered since its last event
	ended     bool // it has ended
	slow      bool // it was not ready in time
	started   time.Time
	initTook  time.Duration
	current   *invocation
	pending   *invocation     // the current one while no request has taken it
	waiting   []chan struct{} // of requests for an event, in the order they came; see next
	initError []byte          // what it said to init/error
}

func newProcess(r *Runner, p *pool, suppressedInit bool) *process {
	id := make([]byte, 16)
	_, _ = rand.Read(id) // it never fails
	token := hex.EncodeToString(id)
	stream := time.Now().UTC().Format("2006/01/02") + "/[" + p.version.Version + "]" + pasarela.NewUUID()
	return &process{
		runner: r, pool: p, token: token, stream: stream, suppressedInit: suppressedInit, started: time.Now(),
		output: newOutput(r.options.Lines(LogName(p.name)), p.name),
	}
}

// run starts the process and stays until it has ended.
func (p *process) run() {
	err := p.start()
	if err == nil {
		err = p.wait()
	}
	p.mu.Lock()
	ready, current, said, slow := p.ready, p.current, p.initError, p.slow
	p.current, p.pending, p.ended = nil, nil, true
	p.mu.Unlock()
	why := failure{"Runtime.ExitError", "Runtime exited without providing a reason"}
	if err != nil {
		why.message = "Runtime exited with error: " + err.Error()
	}
	switch {
	case slow:
		why = timeout(p.startLimit())
		p.output.line(p.initReport())
	case said != nil:
		why = failure{"", string(said)}
	}
	if current != nil {
		p.finish(current, p.failed(current, why))
	}
	p.runner.ended(p, ready, slow && !p.suppressedInit, why)
}

// start makes the process, with its code and its credentials.
func (p *process) start() error {
	r, v := p.runner, p.pool.version
	folder, err := r.codeFolder(r.ctx, v)
	if err != nil {
		return err
	}
	args, err := r.command(v, folder)
	if err != nil {
		return err
	}
	var credentials Credentials
	if r.options.Credentials != nil && v.RoleARN != "" {
		if credentials, err = r.options.Credentials(v.RoleARN, p.pool.name); err != nil {
			return fmt.Errorf("credentials of its role: %w", err)
		}
		p.expires = credentials.Expiration
	}
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	command := exec.Command(args[0], args[1:]...) // running code that is given is the purpose of this package
	command.Dir, command.Env = folder, p.environment(folder, credentials)
	command.Stdout, command.Stderr = write, write
	confine(command, r.user)
	p.output.open(read) // before it can print and get an event
	err = r.startOnThread(command, v.MemorySize)
	err = errors.Join(err, write.Close())
	if err != nil {
		p.output.open(nil)
		return errors.Join(err, read.Close())
	}
	r.work.Go(func() { p.output.read(read) })
	p.mu.Lock()
	defer p.mu.Unlock()
	p.command = command
	if p.killed {
		killGroup(command)
	}
	return nil
}

// startOnThread starts a command on the thread that exists as long as the runner: Linux
// kills a process with the thread, not the process, that started it (PR_SET_PDEATHSIG).
// memory is the function's, in MB.
func (r *Runner) startOnThread(command *exec.Cmd, memory int) error {
	started := make(chan error, 1)
	start := func() {
		err := command.Start()
		if err == nil {
			r.limitResources(command.Process.Pid, memory)
		}
		started <- err
	}
	select {
	case r.starts <- start:
		return <-started
	case <-r.ctx.Done():
		return r.ctx.Err()
	}
}

// startLimit is how long the process may take until it asks for its first event: ten
// seconds, and once that was not enough, the function's timeout (aws-lambda §4).
func (p *process) startLimit() time.Duration {
	if p.suppressedInit {
		return timeoutOf(p.pool.version)
	}
	return p.runner.options.InitLimit
}

// initReport is the line about a start that took too long.
func (p *process) initReport() string {
	phase := "init"
	if p.suppressedInit {
		phase = "invoke"
	}
	return fmt.Sprintf("INIT_REPORT Init Duration: %.2f ms\tPhase: %s\tStatus: timeout", float64(time.Since(p.started).Microseconds())/1000, phase)
}

// wait returns when the process has ended, and ends it when it does not get ready in time.
func (p *process) wait() error {
	limit := time.AfterFunc(p.startLimit(), func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if !p.ready {
			p.slow = true
			p.killLocked()
		}
	})
	defer limit.Stop()
	err := p.command.Wait()
	killGroup(p.command) // what it has started too, in its process group and elsewhere
	killMarked(addressVariable, p.runtimeAPI())
	p.output.ended()
	return err
}

// kill ends the process; it may be called at any time.
func (p *process) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.killLocked()
}

func (p *process) killLocked() {
	p.killed = true
	if p.command != nil {
		killGroup(p.command)
	}
}

// mustEnd says whether the process must not get another event, since its credentials
// expire.
func (p *process) mustEnd(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.killed || !p.expires.IsZero() && p.expires.Sub(now) < renewal
}

// timeout is the failure of what took longer than limit (aws-lambda §4).
func timeout(limit time.Duration) failure {
	return failure{"Sandbox.Timedout", fmt.Sprintf("Task timed out after %.2f seconds", limit.Seconds())}
}

// timeoutOf is how long an invocation of a version may take.
func timeoutOf(v *pasarela.FunctionVersion) time.Duration {
	return time.Duration(v.Timeout) * time.Second
}

// failed is the result of an invocation to which the process did not respond.
func (p *process) failed(inv *invocation, why failure) Result {
	body := []byte(why.message)
	if why.kind != "" {
		body = errorBody(why.kind, "RequestId: "+inv.id+" Error: "+why.message)
	}
	return Result{Payload: body, FunctionError: Unhandled, Version: p.pool.version.Version, RequestID: inv.id}
}
