package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	dialers            = 2 // processes that hold the connections
	parallelHandshakes = 48
	openLimit          = 10 * time.Minute
	recoverLimit       = 3 * time.Minute
	// repeatWait is how long after the last $disconnect repeated ones are
	// waited for.
	repeatWait = 2 * time.Second
	// minLeaseLeft is how much of its lease a node has left at its kill at least: ten
	// seconds, renewed every three.
	minLeaseLeft = 7 * time.Second
)

// massDisconnectResult is the outcome for the connections of a node that was killed while it held
// all of them.
type massDisconnectResult struct {
	Opened, Lost, Doubled int
	Repeated              int // doubled, but the first was run in the last moment before the successor's kill
	OtherRequest          int // a second one under another request id
	// From the kill, and of the single node from its start, to the first and the last.
	First, Last time.Duration
	Bound       time.Duration // of Last
	Problems    []string
}

func (v massDisconnectResult) ok() bool {
	return v.Lost == 0 && v.Doubled == 0 && v.OtherRequest == 0 && v.Last <= v.Bound
}

func (v massDisconnectResult) String() string {
	return fmt.Sprintf("connections %d, lost %d, doubled %d (in the last moment before the successor's kill: %d; other request ids %d), first $disconnect after %s, last after %s of at most %s",
		v.Opened, v.Lost, v.Doubled, v.Repeated, v.OtherRequest, v.First.Round(time.Millisecond), v.Last.Round(time.Millisecond), v.Bound)
}

// massDisconnect kills a node that holds all connections, which all end at once.
type massDisconnect struct {
	options
	c         *cluster
	out       io.Writer
	backend   string // its address
	processes []*process
	log       *watchedLog
	failed    map[string]bool // clients whose handshake failed
}

// runMassDisconnect opens connections at one node, kills it, and evaluates when every $disconnect has
// come or its time is over.
func (o options) runMassDisconnect(ctx context.Context, out io.Writer) (v massDisconnectResult, err error) {
	if !slices.Contains([]string{"single", "one", "two"}, o.massDisconnect) {
		return v, fmt.Errorf("-mass-disconnect is single, one or two, and not %q", o.massDisconnect)
	}
	dir, err := os.MkdirTemp("", "chaos-*")
	if err != nil {
		return v, err
	}
	defer func() {
		if err == nil && v.ok() {
			_ = os.RemoveAll(dir) // if removing fails, files stay in the temporary folder
			return
		}
		_, _ = fmt.Fprintln(out, "logs of all processes:", filepath.Join(dir, "log"))
	}()
	file, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return v, err
	}
	defer file.Close()
	m := &massDisconnect{options: o, out: out, log: &watchedLog{to: file}, failed: map[string]bool{}}
	defer m.close()
	if o.massDisconnect == "single" {
		m.c, err = newSingle(ctx, o.program, dir, m.log)
	} else {
		m.c, err = newCluster(ctx, o.program, dir, m.log, 0)
	}
	if err == nil {
		err = m.open(ctx)
	}
	if err != nil {
		return v, err
	}
	return m.kill(ctx)
}

func (m *massDisconnect) close() {
	for _, p := range m.processes {
		p.kill()
	}
	if m.c != nil {
		m.c.close()
	}
}

// roleProcess is a process of this program in a role, to be started.
func (m *massDisconnect) roleProcess(name, role, argument, ready string, log io.Writer) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{name: name, program: self, args: []string{role, argument}, log: log, ready: regexp.MustCompile(ready)}
	m.processes = append(m.processes, p)
	return p, nil
}

// open deploys the API and has the dialers open all connections at the first node.
func (m *massDisconnect) open(ctx context.Context) (err error) {
	if m.backend, err = free(); err != nil {
		return err
	}
	backend, err := m.roleProcess("backend", backendArgument, m.backend, "serves", m.log)
	if err == nil {
		err = backend.start()
	}
	if err != nil {
		return err
	}
	api, err := m.c.deploy(ctx, "http://"+m.backend, nil)
	if err != nil {
		return err
	}
	began := time.Now()
	lines, failed := make([]bytes.Buffer, dialers), make([]error, dialers)
	var opening sync.WaitGroup
	for i := range dialers {
		count := m.sockets / dialers
		if i == 0 {
			count += m.sockets % dialers
		}
		what, err := json.Marshal(dialerTask{
			URL: m.c.urls[0] + "/" + api + "/prod", From: fmt.Sprint("127.0.0.", i+2), Prefix: fmt.Sprint(i, "-"), Count: count, Parallel: parallelHandshakes,
		})
		if err != nil {
			return err
		}
		p, err := m.roleProcess(fmt.Sprint("dialer", i), dialerArgument, string(what), "^"+openedLine, &lines[i])
		if err != nil {
			return err
		}
		p.limit = openLimit
		opening.Go(func() { failed[i] = p.start() })
	}
	opening.Wait()
	for i := range dialers {
		if failed[i] != nil {
			return fmt.Errorf("%w: %s", failed[i], lines[i].String())
		}
		_, names, _ := strings.Cut(lines[i].String(), openedLine)
		for _, name := range strings.Fields(names) {
			m.failed[name] = true
		}
	}
	_, _ = fmt.Fprintf(m.out, "%s %d connections are open after %s; %d handshakes failed\n", clock(time.Now()), m.sockets, time.Since(began).Round(time.Millisecond), len(m.failed))
	return nil
}

// kill kills the nodes, waits for the $disconnects, and evaluates.
func (m *massDisconnect) kill(ctx context.Context) (v massDisconnectResult, err error) {
	wait(ctx, time.Second) // so that the last batch of the journal is written: its loss is not measured by this run
	var second time.Time
	first := time.Now()
	m.c.nodes[0].kill()
	_, _ = fmt.Fprintf(m.out, "%s the node is killed\n", clock(first))
	v.Bound = minLeaseLeft + 15*time.Second
	switch m.massDisconnect {
	case "single":
		first = time.Now()
		if err := m.c.nodes[0].start(); err != nil {
			return v, err
		}
		v.Bound = 15 * time.Second
		_, _ = fmt.Fprintf(m.out, "%s it serves again, %s after its start\n", clock(time.Now()), time.Since(first).Round(time.Millisecond))
	case "two":
		if second, err = m.killSuccessor(ctx); err != nil {
			return v, err
		}
		v.Bound = second.Sub(first) + minLeaseLeft + 15*time.Second
	}
	count := 0
	for began := time.Now(); count < m.sockets && time.Since(began) < recoverLimit; wait(ctx, 100*time.Millisecond) {
		if err := ask(m.backend, "/count", &count); err != nil {
			return v, err
		}
	}
	wait(ctx, repeatWait)
	var all []calls
	if err := ask(m.backend, "/calls", &all); err != nil {
		return v, err
	}
	m.evaluate(&v, all, first, second)
	_, _ = fmt.Fprintln(m.out, v)
	for _, problem := range v.Problems[:min(len(v.Problems), 20)] {
		_, _ = fmt.Fprintln(m.out, " ", problem)
	}
	return v, nil
}

// killSuccessor kills the node that took the first one over when it has run a third of the
// $disconnects.
func (m *massDisconnect) killSuccessor(ctx context.Context) (at time.Time, err error) {
	for began, count := time.Now(), 0; count < m.sockets/3; wait(ctx, 10*time.Millisecond) {
		if err := ask(m.backend, "/count", &count); err != nil {
			return at, err
		}
		if time.Since(began) > recoverLimit {
			return at, fmt.Errorf("%d $disconnects after %s", count, recoverLimit)
		}
	}
	for i := 1; i < size; i++ {
		if !m.log.tookOver(m.c.nodes[i].name) {
			continue
		}
		at = time.Now()
		m.c.nodes[i].kill()
		_, _ = fmt.Fprintf(m.out, "%s %s, which took it over, is killed\n", clock(at), m.c.nodes[i].name)
		return at, nil
	}
	return at, fmt.Errorf("no node says that it took the first one over")
}

func (m *massDisconnect) evaluate(v *massDisconnectResult, all []calls, first, second time.Time) {
	for _, of := range all {
		if m.failed[of.Client] && len(of.Disconnects) == 0 {
			continue // its handshake was refused
		}
		if !m.failed[of.Client] {
			v.Opened++
		}
		if len(of.Disconnects) == 0 {
			v.Lost++
			v.Problems = append(v.Problems, of.ID+" has no $disconnect")
			continue
		}
		took := of.Disconnects[0].At.Sub(first)
		if v.First == 0 || took < v.First {
			v.First = took
		}
		v.Last = max(v.Last, took)
		if len(of.Disconnects) == 1 {
			continue
		}
		if of.Disconnects[0].Request != of.Disconnects[1].Request {
			v.OtherRequest++
		}
		if before := second.Sub(of.Disconnects[0].At); before < window && before > -window {
			v.Repeated++
			continue
		}
		v.Doubled++
		v.Problems = append(v.Problems, fmt.Sprintf("%s %s and %s", of.ID, clock(of.Disconnects[0].At), clock(of.Disconnects[1].At)))
	}
	if missing := m.sockets - v.Opened; missing > 0 {
		v.Lost += missing
		v.Problems = append(v.Problems, fmt.Sprintf("the backend knows nothing of %d connections", missing))
	}
}

// watchedLog is a log that notes which nodes logged a takeover.
type watchedLog struct {
	to io.Writer

	mu         sync.Mutex
	successors []string // nodes
}

var (
	takeoverLine = []byte("a run ended with open connections")
	nodeOfLine   = regexp.MustCompile(`^\S+ (\S+): `)
)

func (w *watchedLog) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if found := nodeOfLine.FindSubmatch(line); found != nil && bytes.Contains(line, takeoverLine) {
		w.successors = append(w.successors, string(found[1]))
	}
	return w.to.Write(line)
}

func (w *watchedLog) tookOver(node string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Contains(w.successors, node)
}

// newSingle is one node with its store inside.
func newSingle(ctx context.Context, program, dir string, log io.Writer) (*cluster, error) {
	c := &cluster{dir: dir}
	program, _, err := c.build(ctx, program, 0)
	if err != nil {
		return nil, err
	}
	listen, err := free()
	if err != nil {
		return nil, err
	}
	c.urls[0] = "http://" + listen
	c.nodes[0] = &process{
		name: "node0", program: program, log: log, ready: regexp.MustCompile(`serves http`),
		args: []string{"serve", "--data", c.data(0), "--listen", listen, "--account-id", "123456789012", "--region", "us-east-1"},
	}
	if err := c.nodes[0].start(); err != nil {
		return c, err
	}
	return c, c.credentials(ctx, program)
}
