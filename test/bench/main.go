//go:build linux

// Command bench measures a pasarela that runs as its users run it, beside the
// baseline that net/http, a goroutine a connection and net/http's client make, in
// one run on one machine:
//
//	go run ./test/bench            # two minutes, a table
//	go run ./test/bench -check     # exit status 1 when a target is missed
//	go run ./test/bench -quick     # 20 seconds, for a look while working
//	go run ./test/bench -tls       # the same over TLS besides
//	go run ./test/bench -cluster   # a node of three besides
//	go run ./test/bench -resumable # connections with sessions besides
//	go run ./test/bench -fanout 10000 # one message to many, and nothing else
//	go run ./test/bench -profile d # CPU profiles of each operation into directory d
//
// The gateway is a real "pasarela serve", set up through the AWS APIs: $connect
// with an HTTP integration, template and response key 201; a two-way route on an
// HTTP backend with templates; throttles, access log and detailed metrics on. The
// backend stub and the clients are processes of their own, so that memory and CPU
// are the gateway's alone. Trust CPU per operation, bytes per connection and
// ratios of one run; operations a second share the machine with the load.
// docs/performance.md has the targets, what was measured, and its peers.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// plan is how much is measured.
type plan struct {
	from, to   int // connections of the two fills
	messages   int
	pushes     int
	inFlight   int
	idle       time.Duration
	rounds     int
	tls        bool
	tlsConns   int
	cluster    bool
	profile    string // directory
	only       string // one gateway's name
	perProcess int    // clients a process holds
	fanOut     fanOutPlan
	resumable  bool
}

func main() {
	if len(os.Args) > 1 {
		if role, ok := roles[os.Args[1]]; ok {
			if err := role(os.Args[2:]); err != nil {
				fmt.Fprintf(os.Stderr, "bench %s: %v\n", os.Args[1], err)
				os.Exit(1)
			}
			return
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ok, err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	if !ok {
		os.Exit(1)
	}
}

// roles are the functions in which this program starts itself as another
// process.
var roles = map[string]func(args []string) error{"backend": runBackend, "clients": runClients, "baseline": runBaseline, "nats": runNATS, "receivers": runReceivers, "writer": runWriter}

func flags(args []string) (p plan, check bool, err error) {
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.IntVar(&p.from, "from", 10_000, "idle connections of the first fill")
	f.IntVar(&p.to, "to", 18_000, "idle connections of the second fill (a process may hold 20,000 descriptors)")
	f.IntVar(&p.messages, "messages", 60_000, "messages")
	f.IntVar(&p.pushes, "pushes", 40_000, "signed pushes")
	f.IntVar(&p.inFlight, "c", 64, "operations in flight")
	f.DurationVar(&p.idle, "idle", 5*time.Second, "how long idle CPU is watched")
	f.IntVar(&p.rounds, "rounds", 1, "rounds, interleaved; medians are shown")
	f.BoolVar(&p.tls, "tls", false, "measure the same over TLS too, with a certificate made for it")
	f.IntVar(&p.tlsConns, "tls-conns", 10_000, "idle TLS connections, of which a quarter is the first fill")
	f.BoolVar(&p.cluster, "cluster", false, "measure a node of three on three NATS servers too, whose pushes go through another node")
	f.BoolVar(&p.resumable, "resumable", false, "measure idle connections with a session too")
	f.StringVar(&p.profile, "profile", "", "directory for CPU profiles and one heap profile of pasarela")
	f.StringVar(&p.only, "only", "", "measure this gateway alone: pasarela or baseline")
	f.IntVar(&p.fanOut.conns, "fanout", 0, "measure one message to so many connections, and nothing else")
	f.IntVar(&p.fanOut.messages, "fanout-messages", 20, "messages, with -fanout")
	f.StringVar(&p.fanOut.centrifugo, "centrifugo", "", "program of Centrifugo, which is measured too with -fanout")
	f.StringVar(&p.fanOut.nchan, "nchan", "", "module of nchan for the nginx of the path, which is measured too with -fanout")
	f.BoolVar(&p.fanOut.apart, "apart", false, "keep the sender on the first CPU, with -fanout")
	f.BoolVar(&check, "check", false, "exit status 1 when a target is missed")
	quick := f.Bool("quick", false, "small numbers: a first look, no result to publish")
	if err := f.Parse(args); err != nil {
		return p, check, err
	}
	p.perProcess = 15_000
	if p.fanOut.conns < 0 || p.fanOut.conns > 15_000 || p.fanOut.messages < 1 {
		return p, check, fmt.Errorf("-fanout %d -fanout-messages %d: at most 15000 connections, at least one message", p.fanOut.conns, p.fanOut.messages)
	}
	if *quick {
		p.from, p.to, p.messages, p.pushes, p.idle, p.tlsConns = 1000, 4000, 20_000, 10_000, time.Second, 1000
	}
	if p.from < 1 || p.from >= p.to || p.to > 19_000 || p.rounds < 1 || p.inFlight < 1 || p.inFlight > p.from {
		return p, check, fmt.Errorf("-from %d -to %d -rounds %d -c %d: from < to <= 19000, at least one round, and no more in flight than connections", p.from, p.to, p.rounds, p.inFlight)
	}
	return p, check, nil
}

func run(ctx context.Context, args []string) (met bool, err error) {
	p, check, err := flags(args)
	if err != nil {
		return false, err
	}
	dir, err := os.MkdirTemp("", "pasarela-bench")
	if err != nil {
		return false, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if p.fanOut.conns > 0 {
		p.only = "pasarela"
	}
	contestants, err := build(ctx, dir, p.only)
	if err != nil {
		return false, err
	}
	if p.fanOut.conns > 0 {
		return true, measureFanOut(ctx, p, contestants, dir)
	}
	results := map[string][]figures{}
	for range p.rounds {
		for _, c := range contestants {
			found, err := measure(ctx, p, c, dir)
			if err != nil {
				return false, fmt.Errorf("%s: %w", c.name, err)
			}
			results[c.name] = append(results[c.name], found)
		}
	}
	met = report(os.Stdout, p, results)
	return met || !check, nil
}
