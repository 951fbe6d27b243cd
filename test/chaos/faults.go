package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// fault is one fault and its repair.
type fault struct {
	name  string
	do    func(ctx context.Context, r *run, target int) error
	needs need
}

// need is what a fault needs of the cluster.
type need int

const (
	clocks need = 1 << iota // programs whose clocks can be stepped
	disks                   // a file system for each process
)

func needsOf(chosen []fault) (all need) {
	for _, f := range chosen {
		all |= f.needs
	}
	return all
}

// faults are what a run chooses from, by name.
var faults = []fault{
	{name: "kill-node", do: func(ctx context.Context, r *run, i int) error {
		r.ledger.killed(i)
		r.cluster.nodes[i].kill()
		r.ledger.killed(i)
		wait(ctx, r.pause(15*time.Second)) // half of the time another node takes over before
		return r.cluster.nodes[i].start()
	}},
	{name: "kill-nats", do: func(ctx context.Context, r *run, i int) error {
		defer r.ledger.stalled(time.Now())
		r.cluster.nats[i].kill()
		wait(ctx, r.pause(5*time.Second))
		return r.cluster.nats[i].start()
	}},
	{name: "kill-both", do: func(ctx context.Context, r *run, i int) error { // connections opened in between are in no server's journal
		defer r.ledger.stalled(time.Now())
		server := r.random.IntN(size)
		r.cluster.nats[server].kill()
		wait(ctx, r.pause(5*time.Second))
		r.ledger.killed(i)
		r.cluster.nodes[i].kill()
		r.ledger.killed(i)
		if err := r.cluster.nats[server].start(); err != nil {
			return err
		}
		wait(ctx, r.pause(5*time.Second))
		return r.cluster.nodes[i].start()
	}},
	{name: "freeze-node", do: func(ctx context.Context, r *run, i int) error {
		defer r.ledger.wasCutOff(i, time.Now(), atLeaving)
		r.ledger.killed(i)
		r.cluster.nodes[i].freeze()
		wait(ctx, r.pause(25*time.Second)) // longer than a lease, which is ten seconds
		r.ledger.killed(i)
		r.cluster.nodes[i].thaw()
		return nil
	}},
	{name: "freeze-nats", do: func(ctx context.Context, r *run, i int) error {
		defer r.ledger.stalled(time.Now())
		r.cluster.nats[i].freeze()
		wait(ctx, r.pause(10*time.Second))
		r.cluster.nats[i].thaw()
		return nil
	}},
	{name: "isolate-node", do: func(ctx context.Context, r *run, i int) error {
		defer r.ledger.wasCutOff(i, time.Now(), election)
		r.ledger.killed(i)
		r.cluster.isolate(i, true)
		wait(ctx, r.pause(30*time.Second))
		r.cluster.isolate(i, false)
		r.ledger.killed(i)
		return nil
	}},
	{name: "cut-link", do: func(ctx context.Context, r *run, i int) error {
		link := r.cluster.links[i][r.random.IntN(size)]
		link.sever(true)
		wait(ctx, r.pause(10*time.Second))
		link.sever(false)
		return nil
	}},
	{name: "restart-node", do: func(ctx context.Context, r *run, i int) error {
		r.cluster.nodes[i].stop()
		return r.cluster.nodes[i].start()
	}},
	{name: "step-node-clock", needs: clocks, do: func(_ context.Context, r *run, i int) error {
		return r.cluster.nodes[i].stepClock(r.step())
	}},
	{name: "step-nats-clock", needs: clocks, do: func(_ context.Context, r *run, i int) error {
		defer r.ledger.stalled(time.Now()) // for a second or two it may take nothing
		return r.cluster.nats[i].stepClock(r.step())
	}},
	{name: "fill-node-disk", needs: disks, do: func(ctx context.Context, r *run, i int) error {
		if err := fillDisk(r.cluster.data(i)); err != nil {
			return err
		}
		wait(ctx, r.pause(20*time.Second))
		return clearDisk(r.cluster.data(i))
	}},
	{name: "fill-nats-disk", needs: disks, do: func(ctx context.Context, r *run, i int) error {
		defer r.ledger.stalled(time.Now())
		if err := fillDisk(r.cluster.store(i)); err != nil {
			return err
		}
		wait(ctx, r.pause(20*time.Second))
		if err := clearDisk(r.cluster.store(i)); err != nil {
			return err
		}
		r.cluster.nats[i].kill() // a server whose disk was full keeps JetStream off until it is restarted
		return r.cluster.nats[i].start()
	}},
}

// choose finds faults by their names, separated by commas; all for "".
func choose(names string) ([]fault, error) {
	if names == "" {
		return faults, nil
	}
	var chosen []fault
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(faults, func(f fault) bool { return f.name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no fault %q", name)
		}
		chosen = append(chosen, faults[i])
	}
	return chosen, nil
}

// run is one run of the harness. A seed repeats its choices.
type run struct {
	cluster *cluster
	ledger  *ledger
	random  *rand.Rand
	out     io.Writer
	pace    float64
}

// pause is a random time below most, at the run's pace.
func (r *run) pause(most time.Duration) time.Duration {
	return time.Duration(r.pace * float64(r.random.Int64N(int64(most))))
}

// step is a random offset of a clock.
func (r *run) step() time.Duration {
	return time.Duration(r.random.Int64N(int64(2*longestStep))) - longestStep
}

// hurt makes one fault after the other until ctx ends.
func (r *run) hurt(ctx context.Context, chosen []fault) (done map[string]int, err error) {
	done = map[string]int{}
	for ctx.Err() == nil && err == nil {
		f, target := chosen[r.random.IntN(len(chosen))], r.random.IntN(size)
		_, _ = fmt.Fprintf(r.out, "%s %s %d\n", clock(time.Now()), f.name, target)
		err = f.do(ctx, r, target)
		done[f.name]++
		wait(ctx, time.Duration(r.pace*float64(time.Second))+r.pause(4*time.Second))
	}
	return done, err
}
