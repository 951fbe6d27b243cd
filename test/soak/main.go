//go:build linux

// Command soak puts a pasarela, run as its users run it, under mixed load, most
// of it misbehaving, and reports whether anything was lost, leaked or broken:
//
//	go run ./test/soak                # 30 minutes under the race detector
//	go run ./test/soak -minutes 1     # a look
//	go run ./test/soak -race=false -clients 400 -minutes 5
//
// The gateway is a real "pasarela serve", set up through the AWS APIs. Clients come
// and go in every way there is (clean closes, resets, readers that stop, handshakes
// that are given up), send valid and invalid messages, are pushed to and deleted;
// backends hang, close connections, respond with garbage or 100 MB; stages are
// changed, redeployed and deleted under the traffic. A report of one page follows;
// the exit status is 1 when any line of it failed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// plan is how much load there is.
type plan struct {
	lasts   time.Duration
	clients int // that come and go
	steady  int // that stay and must get responses all the time
	race    bool
	program string // a pasarela that is built already
	keep    bool   // leaves the directory with the gateway's standard error and profiles, as after a bad report
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	p, err := flags(os.Args[1:])
	var v *report
	if err == nil {
		v, err = run(ctx, p)
	}
	stop()
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
	v.print(os.Stdout)
	if !v.ok() {
		os.Exit(1)
	}
}

func flags(args []string) (p plan, err error) {
	f := flag.NewFlagSet("soak", flag.ContinueOnError)
	minutes := f.Float64("minutes", 30, "how long the load lasts")
	f.IntVar(&p.clients, "clients", 80, "clients that come and go, at a time")
	f.IntVar(&p.steady, "steady", 20, "clients that stay and must always be answered")
	f.BoolVar(&p.race, "race", true, "build pasarela with the race detector")
	f.StringVar(&p.program, "pasarela", "", "use this program instead of building one")
	f.BoolVar(&p.keep, "keep", false, "keep the directory with the gateway's output")
	if err := f.Parse(args); err != nil {
		return p, err
	}
	p.lasts = time.Duration(*minutes * float64(time.Minute))
	if p.lasts <= 0 || p.lasts > 24*time.Hour || p.clients < 1 || p.clients > 5000 || p.steady < 1 || p.steady > 1000 {
		return p, fmt.Errorf("-minutes %g -clients %d -steady %d: up to 1440 minutes, 1 to 5000 clients, 1 to 1000 steady ones", *minutes, p.clients, p.steady)
	}
	return p, nil
}

// run is the whole run; an error means that it could not be completed.
func run(ctx context.Context, p plan) (*report, error) {
	dir, err := os.MkdirTemp("", "pasarela-soak")
	if err != nil {
		return nil, err
	}
	v, err := runIn(ctx, p, dir)
	if p.keep || err != nil || !v.ok() {
		fmt.Fprintln(os.Stderr, "soak: the gateway's standard error and its profiles after the load are in", dir)
		return v, err
	}
	return v, os.RemoveAll(dir)
}

func runIn(ctx context.Context, p plan, dir string) (*report, error) {
	if p.program == "" {
		p.program = filepath.Join(dir, "pasarela")
		if err := build(ctx, p.program, p.race); err != nil {
			return nil, err
		}
	}
	b, err := startBackend()
	if err != nil {
		return nil, err
	}
	defer b.stop()
	g, err := startGateway(ctx, dir, p.program)
	if err != nil {
		return nil, err
	}
	defer g.kill()
	if err := g.deploy(ctx, b.addr); err != nil {
		return nil, err
	}
	return soak(ctx, p, g, b)
}

// soak warms up, measures, loads, and measures again.
func soak(ctx context.Context, p plan, g *gateway, b *backend) (*report, error) {
	v := &report{began: time.Now()}
	l := &load{plan: p, gateway: g, backend: b, kinds: map[string]bool{}}
	if err := l.openSteady(ctx); err != nil {
		return nil, err
	}
	defer l.closeSteady()
	l.mix(ctx, min(max(p.lasts/6, 3*time.Second), 15*time.Second))
	base, err := l.settle(ctx, v, "after warming up", nil)
	if err != nil {
		return nil, err
	}
	watch := g.watch(ctx)
	l.mix(ctx, p.lasts)
	peak := watch()
	after, err := l.settle(ctx, v, "after the load", &base)
	if err != nil {
		return nil, err
	}
	v.compare(base, after, peak, p)
	v.checkClients(l)
	v.end(l)
	return v, ctx.Err()
}
