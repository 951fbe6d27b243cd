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
	holders         = 2 // processes that hold the connections
	handshakesAt    = 48
	openPatience    = 10 * time.Minute
	recoverPatience = 3 * time.Minute
	// secondComes is how long after the last $disconnect repeated ones are
	// waited for.
	secondComes = 2 * time.Second
	// leaseAtLeast is how much of its lease a node has left at its kill at least: ten
	// seconds, renewed every three.
	leaseAtLeast = 7 * time.Second
)

// atOnceVerdict is the outcome for the connections of a node that was killed while it held
// all of them.
type atOnceVerdict struct {
	Opened, Lost, Doubled int
	Repeated              int // doubled, but the first was run in the last moment before the successor's kill
	OtherRequest          int // a second one under another request id
	// From the kill, and of the single node from its start, to the first and the last.
	First, Last time.Duration
	Bound       time.Duration // of Last
	Worst       []string
}

func (v atOnceVerdict) ok() bool {
	return v.Lost == 0 && v.Doubled == 0 && v.OtherRequest == 0 && v.Last <= v.Bound
}

func (v atOnceVerdict) String() string {
	return fmt.Sprintf("connections %d, lost %d, doubled %d (in the last moment before the successor's kill: %d; other request ids %d), first $disconnect after %s, last after %s of at most %s",
		v.Opened, v.Lost, v.Doubled, v.Repeated, v.OtherRequest, v.First.Round(time.Millisecond), v.Last.Round(time.Millisecond), v.Bound)
}

// atOnce is one such run.
type atOnce struct {
	options
	c       *cluster
	out     io.Writer
	backend string // its address
	helpers []*process
	log     *watchedLog
	failed  map[string]bool // clients whose handshake failed
}

// runAtOnce opens connections at one node, kills it, and judges when every $disconnect has
// come or its time is over.
func (o options) runAtOnce(ctx context.Context, out io.Writer) (v atOnceVerdict, err error) {
	if !slices.Contains([]string{"single", "one", "two"}, o.atOnce) {
		return v, fmt.Errorf("-at-once is single, one or two, and not %q", o.atOnce)
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
	a := &atOnce{options: o, out: out, log: &watchedLog{to: file}, failed: map[string]bool{}}
	defer a.close()
	if o.atOnce == "single" {
		a.c, err = newSingle(ctx, o.program, dir, a.log)
	} else {
		a.c, err = newCluster(ctx, o.program, dir, a.log, 0)
	}
	if err == nil {
		err = a.open(ctx)
	}
	if err != nil {
		return v, err
	}
	return a.kill(ctx)
}

func (a *atOnce) close() {
	for _, p := range a.helpers {
		p.kill()
	}
	if a.c != nil {
		a.c.close()
	}
}

// helper is a process of this program in a role, to be started.
func (a *atOnce) helper(name, role, argument, ready string, log io.Writer) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{name: name, program: self, args: []string{role, argument}, log: log, ready: regexp.MustCompile(ready)}
	a.helpers = append(a.helpers, p)
	return p, nil
}

// open deploys the API and has the holders open all connections at the first node.
func (a *atOnce) open(ctx context.Context) (err error) {
	if a.backend, err = free(); err != nil {
		return err
	}
	backend, err := a.helper("backend", backendArgument, a.backend, "serves", a.log)
	if err == nil {
		err = backend.start()
	}
	if err != nil {
		return err
	}
	api, err := a.c.deploy(ctx, "http://"+a.backend, nil)
	if err != nil {
		return err
	}
	began := time.Now()
	lines, failed := make([]bytes.Buffer, holders), make([]error, holders)
	var opening sync.WaitGroup
	for i := range holders {
		count := a.sockets / holders
		if i == 0 {
			count += a.sockets % holders
		}
		what, err := json.Marshal(holding{
			URL: a.c.urls[0] + "/" + api + "/prod", From: fmt.Sprint("127.0.0.", i+2), Prefix: fmt.Sprint(i, "-"), Count: count, AtOnce: handshakesAt,
		})
		if err != nil {
			return err
		}
		p, err := a.helper(fmt.Sprint("holder", i), holderArgument, string(what), "^"+heldLine, &lines[i])
		if err != nil {
			return err
		}
		p.patience = openPatience
		opening.Go(func() { failed[i] = p.start() })
	}
	opening.Wait()
	for i := range holders {
		if failed[i] != nil {
			return fmt.Errorf("%w: %s", failed[i], lines[i].String())
		}
		_, names, _ := strings.Cut(lines[i].String(), heldLine)
		for _, name := range strings.Fields(names) {
			a.failed[name] = true
		}
	}
	_, _ = fmt.Fprintf(a.out, "%s %d connections are open after %s; %d handshakes failed\n", clock(time.Now()), a.sockets, time.Since(began).Round(time.Millisecond), len(a.failed))
	return nil
}

// kill kills the nodes, waits for the $disconnects, and judges.
func (a *atOnce) kill(ctx context.Context) (v atOnceVerdict, err error) {
	wait(ctx, time.Second) // so that the last batch of the journal is written: its loss is not measured by this run
	var second time.Time
	first := time.Now()
	a.c.nodes[0].kill()
	_, _ = fmt.Fprintf(a.out, "%s the node is killed\n", clock(first))
	v.Bound = leaseAtLeast + 15*time.Second
	switch a.atOnce {
	case "single":
		first = time.Now()
		if err := a.c.nodes[0].start(); err != nil {
			return v, err
		}
		v.Bound = 15 * time.Second
		_, _ = fmt.Fprintf(a.out, "%s it serves again, %s after its start\n", clock(time.Now()), time.Since(first).Round(time.Millisecond))
	case "two":
		if second, err = a.killSuccessor(ctx); err != nil {
			return v, err
		}
		v.Bound = second.Sub(first) + leaseAtLeast + 15*time.Second
	}
	count := 0
	for began := time.Now(); count < a.sockets && time.Since(began) < recoverPatience; wait(ctx, 100*time.Millisecond) {
		if err := ask(a.backend, "/count", &count); err != nil {
			return v, err
		}
	}
	wait(ctx, secondComes)
	var all []told
	if err := ask(a.backend, "/told", &all); err != nil {
		return v, err
	}
	a.judge(&v, all, first, second)
	_, _ = fmt.Fprintln(a.out, v)
	for _, worst := range v.Worst[:min(len(v.Worst), 20)] {
		_, _ = fmt.Fprintln(a.out, " ", worst)
	}
	return v, nil
}

// killSuccessor kills the node that took the first one over when it has run a third of the
// $disconnects.
func (a *atOnce) killSuccessor(ctx context.Context) (at time.Time, err error) {
	for began, count := time.Now(), 0; count < a.sockets/3; wait(ctx, 10*time.Millisecond) {
		if err := ask(a.backend, "/count", &count); err != nil {
			return at, err
		}
		if time.Since(began) > recoverPatience {
			return at, fmt.Errorf("%d $disconnects after %s", count, recoverPatience)
		}
	}
	for i := 1; i < size; i++ {
		if !a.log.said(a.c.nodes[i].name) {
			continue
		}
		at = time.Now()
		a.c.nodes[i].kill()
		_, _ = fmt.Fprintf(a.out, "%s %s, which took it over, is killed\n", clock(at), a.c.nodes[i].name)
		return at, nil
	}
	return at, fmt.Errorf("no node says that it took the first one over")
}

func (a *atOnce) judge(v *atOnceVerdict, all []told, first, second time.Time) {
	for _, of := range all {
		if a.failed[of.Client] && len(of.Disconnects) == 0 {
			continue // its handshake was refused
		}
		if !a.failed[of.Client] {
			v.Opened++
		}
		if len(of.Disconnects) == 0 {
			v.Lost++
			v.Worst = append(v.Worst, of.ID+" has no $disconnect")
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
		v.Worst = append(v.Worst, fmt.Sprintf("%s %s and %s", of.ID, clock(of.Disconnects[0].At), clock(of.Disconnects[1].At)))
	}
	if missing := a.sockets - v.Opened; missing > 0 {
		v.Lost += missing
		v.Worst = append(v.Worst, fmt.Sprintf("the backend knows nothing of %d connections", missing))
	}
}

// watchedLog is a log that notes which nodes logged a takeover.
type watchedLog struct {
	to io.Writer

	mu   sync.Mutex
	took []string // nodes
}

var (
	tookOver = []byte("a run ended with open connections")
	whoSays  = regexp.MustCompile(`^\S+ (\S+): `)
)

func (w *watchedLog) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if found := whoSays.FindSubmatch(line); found != nil && bytes.Contains(line, tookOver) {
		w.took = append(w.took, string(found[1]))
	}
	return w.to.Write(line)
}

func (w *watchedLog) said(node string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Contains(w.took, node)
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
