// Command chaos runs three nodes on three NATS servers, all processes of their own on
// loopback addresses, under faults that a seed chooses, and compares what the backend
// and the clients observed with the promises of docs/reliability.md.
//
//	go run ./test/chaos -for 10m -sockets 1000 -seed 7
//
// With -mass-disconnect it kills one node that holds all connections instead (massdisconnect.go),
// with -roll it restarts every node in turn (roll.go).
//
// A new promise needs notes in the ledger and a count in evaluate; a new fault needs a row
// in faults.go.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// disconnectLimit bounds the wait for $disconnects after the last fault: a lease, and 15 s.
const disconnectLimit = 45 * time.Second

// receiveLimit bounds the wait until resumable clients have received all pushes accepted
// for them.
const receiveLimit = 90 * time.Second

// findings is how many broken promises a run names.
const findings = 200

type options struct {
	program        string // pasarela; "": it is built
	seed           uint64
	lasting        time.Duration
	sockets        int
	stay           time.Duration
	faults         string
	pushes         int           // a second
	pace           float64       // by which pauses are multiplied
	share          float64       // with resume: the part of the clients that have sessions
	resume         bool          // clients come back to their connections, whose messages are durable
	cut            time.Duration // with resume: the mean time until a client's socket is cut; 0: never
	roll           int           // how often every node is restarted in turn, instead of faults; clients have sessions and stay
	massDisconnect string        // which nodes are killed while one holds all sockets; "": random faults
}

func main() {
	if code, ok := runRole(); ok {
		os.Exit(code)
	}
	var o options
	flag.Uint64Var(&o.seed, "seed", 1, "chooses faults, their targets and times")
	flag.DurationVar(&o.lasting, "for", time.Minute, "how long faults happen")
	flag.IntVar(&o.sockets, "sockets", 300, "clients that are connected at a time")
	flag.DurationVar(&o.stay, "stay", 30*time.Second, "mean time until a client leaves by itself; 0: never")
	flag.IntVar(&o.pushes, "pushes", 20, "posts to connections, a second")
	flag.Float64Var(&o.pace, "pace", 1, "by which the pauses between faults, and those within them, are multiplied: 0.2 has a kill every second or two")
	flag.BoolVar(&o.resume, "resume", false, "clients have sessions and come back to any node; every push that was accepted must reach its client")
	flag.Float64Var(&o.share, "share", 1, "with -resume: the part of the clients that have sessions; the others end with their sockets")
	flag.DurationVar(&o.cut, "cut", 20*time.Second, "with -resume: mean time until a client's socket is cut; 0: never")
	flag.StringVar(&o.faults, "faults", "", "names of faults, separated by commas; all by default")
	flag.IntVar(&o.roll, "roll", 0, "instead of faults by chance: how often every node is stopped and started again, one after the other; clients have sessions and stay, and each gets its messages in sequence")
	flag.StringVar(&o.massDisconnect, "mass-disconnect", "", "instead of faults by chance: a node that holds all -sockets is killed; \"single\": it has no others and starts again, \"one\": of three, \"two\": of three, and so is the one that takes it over")
	flag.Parse()
	kept, err := o.runAndEvaluate(context.Background(), os.Stdout)
	if err == nil && !kept {
		err = fmt.Errorf("promises were broken")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		os.Exit(1)
	}
}

// runAndEvaluate does the run and says whether the promises were kept.
func (o options) runAndEvaluate(ctx context.Context, out io.Writer) (kept bool, err error) {
	if o.massDisconnect != "" {
		v, err := o.runMassDisconnect(ctx, out)
		return v.ok(), err
	}
	v, err := o.run(ctx, out)
	return v.ok(), err
}

func (o options) run(ctx context.Context, out io.Writer) (v result, err error) {
	chosen, err := choose(o.faults)
	if err != nil {
		return v, err
	}
	if o.roll > 0 {
		chosen, o.resume, o.share, o.stay, o.cut = nil, true, 1, 0, 0
	}
	if needsOf(chosen)&disks != 0 {
		if here, err := withDisks(); err != nil || !here {
			return v, err
		}
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
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return v, err
	}
	defer log.Close()
	c, err := newCluster(ctx, o.program, dir, log, needsOf(chosen))
	if c != nil {
		defer c.close()
	}
	if err != nil {
		return v, err
	}
	return o.hurt(ctx, c, chosen, out)
}

// hurt connects clients, makes faults, lets the clients leave, and evaluates when every
// $disconnect has come or its time is over.
func (o options) hurt(ctx context.Context, c *cluster, chosen []fault, out io.Writer) (v result, err error) {
	l := newLedger()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return v, err
	}
	backend := &http.Server{Handler: l, ReadHeaderTimeout: time.Minute}
	go func() { _ = backend.Serve(listener) }() // until Close
	defer func() { _ = backend.Close() }()
	tags := map[string]string{}
	if o.resume {
		tags["pasarela:resumeSeconds"], tags["pasarela:delivery"] = strconv.Itoa(int(resumeWindow/time.Second)), "durable"
	}
	api, err := c.deploy(ctx, "http://"+listener.Addr().String(), tags)
	if err != nil {
		return v, err
	}
	random := rand.New(rand.NewPCG(o.seed, 0))
	k := &clients{c: c, ledger: l, path: "/" + api + "/prod", stay: o.stay, resume: o.resume, share: o.share, cut: o.cut}
	connected, leave := context.WithCancel(ctx)
	defer leave()
	k.run(connected, o.sockets, random)
	wait(ctx, 3*time.Second)
	for began := time.Now(); o.roll > 0 && l.attachedClients() < o.sockets; wait(ctx, 100*time.Millisecond) {
		if time.Since(began) > receiveLimit {
			return v, fmt.Errorf("%d of %d clients are connected after %s", l.attachedClients(), o.sockets, receiveLimit)
		}
	}
	pushing, stopPushes := context.WithCancel(ctx)
	defer stopPushes()
	p := &pusher{c: c, ledger: l, path: k.path}
	own := rand.New(rand.NewPCG(o.seed, 1))
	var pushes sync.WaitGroup
	post := p.run
	if o.roll > 0 {
		post = p.runInSequence
	}
	pushes.Go(func() { post(pushing, o.pushes, own) })
	enough, heard := signal.NotifyContext(ctx, os.Interrupt) // what came so far is evaluated
	defer heard()
	hurting, stop := context.WithTimeout(enough, o.lasting)
	defer stop()
	r := &run{cluster: c, ledger: l, random: random, out: out, pace: o.pace}
	done, err := o.make(hurting, r, chosen)
	if err != nil {
		return v, err
	}
	_, _ = fmt.Fprintf(out, "%s faults %v; the clients leave\n", clock(time.Now()), done)
	stopPushes()
	pushes.Wait()
	wait(ctx, time.Second) // pushes accepted last are still being delivered
	for began := time.Now(); o.resume && l.unread() > 0 && time.Since(began) < receiveLimit; {
		wait(ctx, 100*time.Millisecond)
	}
	early := 0
	if o.roll > 0 {
		early = l.disconnected()
	}
	leave()
	k.work.Wait()
	limit := disconnectLimit
	if o.resume {
		limit += time.Minute // connections of clients that could not send a close frame last until the resume window ends
	}
	for began := time.Now(); l.waiting() > 0 && time.Since(began) < limit; {
		wait(ctx, 100*time.Millisecond)
	}
	v = l.evaluate()
	v.Early = early
	_, _ = fmt.Fprintln(out, v)
	for _, problem := range v.Problems[:min(len(v.Problems), findings)] {
		_, _ = fmt.Fprintln(out, " ", problem)
	}
	for _, explained := range v.Explained[:min(len(v.Explained), findings)] {
		_, _ = fmt.Fprintln(out, "  allowed:", explained)
	}
	return v, nil
}

// make makes the faults: by chance until ctx ends, or restarts in turn.
func (o options) make(ctx context.Context, r *run, chosen []fault) (done map[string]int, err error) {
	if o.roll > 0 {
		return r.roll(o.roll)
	}
	return r.hurt(ctx, chosen)
}
