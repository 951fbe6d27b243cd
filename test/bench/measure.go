//go:build linux

package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"time"
)

// figures are what one gateway did in one round. Zero means not measured.
type figures struct {
	base     int     // RSS before connections, bytes
	slope    float64 // bytes a connection, from the first fill to the second
	full     float64 // bytes a connection of the second fill, as they stand
	connect  float64 // microseconds of CPU
	message  float64
	push     float64
	idle     float64 // CPU seconds a second
	connects float64 // operations a second
	messages float64
	pushes   float64
	queued   float64 // microseconds of CPU of a durable push whose client is away
	queues   float64 // of those a second
	median   float64 // milliseconds from when a push of the open loop was due until its client had it
	p99      float64
	closing  time.Duration // until the last $disconnect arrived
	after    int           // RSS after all have left and a collection, above base, bytes
	resumed  float64       // microseconds of CPU of a $connect by an earlier TLS session
	secure   *figures      // the same over TLS; nil: not measured
	sessions *figures      // of connections with a session; nil: not measured
	cluster  *figures      // of a node of three, pushes through another; nil: not measured
}

// settling is the pause before memory is read, and quieting the one after connections were opened: a
// node collects the garbage of handshakes some seconds after the last one.
const (
	settling = 3 * time.Second
	quieting = 10 * time.Second
)

// round is the state of one gateway's measurement.
type round struct {
	*site
	ctx     context.Context
	clients []*process
	figures figures
}

func measure(ctx context.Context, p plan, c measuredGateway, dir string) (figures, error) {
	s, err := c.open(ctx, p, dir)
	if err != nil {
		return figures{}, err
	}
	defer s.end()
	r := &round{site: s, ctx: ctx}
	for _, step := range []func() error{r.warmUp, r.fill, r.rest, r.talk, r.news, r.paced, r.leave} {
		if err := step(); err != nil {
			return r.figures, err
		}
	}
	if p.tls && s.operator != nil {
		r.figures.secure, err = measureTLS(ctx, p, c, dir)
	}
	if err == nil && p.cluster && s.operator != nil {
		r.figures.cluster, err = measureCluster(ctx, p, c, dir)
	}
	if err == nil && p.resumable {
		r.figures.sessions, err = measureSessions(ctx, p, c, dir)
	}
	return r.figures, err
}

// startClients starts client processes for total connections.
func (s *site) startClients(total int) (clients []*process, err error) {
	for base := 0; base < total; base += s.plan.perProcess {
		args := []string{
			"-addr", s.addr, "-path", s.path, "-base", fmt.Sprint(base), "-push", s.push,
			"-push-path", strings.TrimSuffix(s.path, "/"), "-region", s.region,
		}
		if s.sessions {
			args = append(args, "-sessions", fmt.Sprint(s.warmed()))
		}
		if s.certificate != "" {
			args = append(args, "-ca", s.certificate)
		}
		for name, value := range map[string]string{"BENCH_ACCESS": s.access, "BENCH_SECRET": s.secret} {
			if err := os.Setenv(name, value); err != nil {
				return nil, err
			}
		}
		c, err := role(s.dir, "clients", args...)
		if err != nil {
			return nil, err
		}
		s.ended = append(s.ended, c.stop)
		clients = append(clients, c)
	}
	return clients, nil
}

// warmUpMessages is enough messages to fill the history of executions, whose memory is
// bounded and does not belong to connections.
const warmUpMessages = 16_000

// warmed is how many connections the warm-up opens.
func (s *site) warmed() int { return 2 * s.plan.inFlight }

// warmUp runs every kind of operation once before anything is measured.
func (r *round) warmUp() (err error) {
	if r.clients, err = r.startClients(r.plan.to); err != nil {
		return err
	}
	if err := r.open(r.warmed()); err != nil {
		return err
	}
	first := r.clients[0]
	if err := first.ask(r.ctx, nil, opLimit, "messages %d %d", warmUpMessages, r.plan.inFlight); err != nil {
		return err
	}
	if err := r.pushed(4000, nil); err != nil {
		return err
	}
	time.Sleep(settling)
	r.figures.base, err = r.gateway.rss()
	return err
}

// open fills the processes of the clients in turn until there are n connections.
func (r *round) open(n int) error {
	for i, c := range r.clients {
		share := min(n-i*r.plan.perProcess, r.plan.perProcess)
		if share <= 0 {
			return nil
		}
		if err := c.ask(r.ctx, nil, 4*opLimit, "open %d %d", share, r.plan.inFlight); err != nil {
			return err
		}
	}
	return nil
}

// spent runs act and returns the gateway's CPU time, in microseconds for each of
// n operations, and the operations a second.
func (r *round) spent(n int, act func() error) (micros, perSecond float64, err error) {
	before, err := r.cpu()
	if err != nil {
		return 0, 0, err
	}
	began := time.Now()
	if err := act(); err != nil {
		return 0, 0, err
	}
	took := time.Since(began)
	after, err := r.cpu()
	return float64((after - before).Microseconds()) / float64(n), float64(n) / took.Seconds(), err
}

func (r *round) fill() error {
	var rss [2]int
	var spent float64
	had := r.warmed()
	first := had
	for i, n := range [2]int{r.plan.from, r.plan.to} {
		var err error
		err = r.profiled(r.ctx, "connect", func() (err error) {
			var each float64
			each, r.figures.connects, err = r.spent(n-had, func() error { return r.open(n) })
			spent += each * float64(n-had)
			return err
		})
		if err != nil {
			return err
		}
		had = n
		time.Sleep(quieting)
		if rss[i], err = r.gateway.rss(); err != nil {
			return err
		}
		r.figures.full = float64(rss[i]-r.figures.base) / float64(n)
		if rss[i], err = r.settled(rss[i], fmt.Sprint("idle", i)); err != nil {
			return err
		}
	}
	r.figures.slope = float64(rss[1]-rss[0]) / float64(r.plan.to-r.plan.from)
	r.figures.connect = spent / float64(had-first)
	return nil
}

func (r *round) rest() error {
	micros, _, err := r.spent(1, func() error { time.Sleep(r.plan.idle); return nil })
	r.figures.idle = micros / 1e6 / r.plan.idle.Seconds()
	return err
}

func (r *round) talk() error {
	n := r.plan.messages
	return r.profiled(r.ctx, "message", func() (err error) {
		r.figures.message, r.figures.messages, err = r.spent(n, func() error {
			return r.clients[0].ask(r.ctx, nil, 2*opLimit, "messages %d %d", n, r.plan.inFlight)
		})
		return err
	})
}

func (r *round) news() error {
	n := r.plan.pushes
	return r.profiled(r.ctx, "push", func() (err error) {
		return r.pushed(n, func(act func() error) error {
			r.figures.push, r.figures.pushes, err = r.spent(n, act)
			return err
		})
	})
}

// pushed pushes n messages to the first clients; around, if given, runs the push.
func (r *round) pushed(n int, around func(act func() error) error) error {
	ids, err := r.firstIDs()
	if err != nil {
		return err
	}
	act := func() error { return r.clients[0].ask(r.ctx, nil, 2*opLimit, "push %d %s", n, ids) }
	if around == nil {
		return act()
	}
	return around(act)
}

// firstIDs are the ids of the first connections, as the clients take them.
func (r *round) firstIDs() (string, error) {
	ids := make([]string, r.plan.inFlight)
	for i := range ids {
		var id string
		if err := r.backend.ask(r.ctx, &id, opLimit, "id c%d", i); err != nil {
			return "", err
		}
		ids[i] = "0x" + hex.EncodeToString([]byte(id))
	}
	return strings.Join(ids, " "), nil
}

// leave closes all clients at once and waits for the $disconnects; gateways
// without $disconnect skip this.
func (r *round) leave() error {
	alive := 0
	for _, c := range r.clients {
		var n int
		if err := c.ask(r.ctx, &n, opLimit, "alive"); err != nil {
			return err
		}
		alive += n
	}
	if alive != r.plan.to {
		return fmt.Errorf("%d of %d connections were lost", r.plan.to-alive, r.plan.to)
	}
	if r.operator == nil {
		return nil
	}
	if err := r.profiled(r.ctx, "disconnect", r.close); err != nil {
		return err
	}
	time.Sleep(settling)
	empty, err := r.collect("after")
	r.figures.after = empty - r.figures.base
	return err
}

// settled is the RSS after a garbage collection, where the gateway can be asked
// for one: garbage between two collections varies by more than the memory of a
// connection. Otherwise it is asItStands.
func (r *round) settled(asItStands int, name string) (int, error) {
	if r.operator == nil {
		return asItStands, nil
	}
	return r.collect(name)
}

// collect makes the gateway collect its garbage and returns its RSS.
func (r *round) collect(name string) (int, error) {
	data, err := r.operator.profile(r.ctx, "heap", 0)
	if err == nil && r.plan.profile != "" {
		err = save(r.plan.profile, name+".heap", data)
	}
	if err != nil {
		return 0, err
	}
	return r.gateway.rss()
}

// close closes every client and waits until the backend got each $disconnect.
func (r *round) close() error {
	began := time.Now()
	closed := make(chan error, len(r.clients))
	for _, c := range r.clients {
		go func() { closed <- c.ask(r.ctx, nil, opLimit, "close") }()
	}
	for range r.clients {
		if err := <-closed; err != nil {
			return err
		}
	}
	for counted := 0; counted < r.plan.to; time.Sleep(10 * time.Millisecond) {
		var n int
		if err := r.backend.ask(r.ctx, &n, opLimit, "disconnects"); err != nil {
			return err
		}
		if counted += n; n == 0 && time.Since(began) > opLimit {
			return fmt.Errorf("%d of %d $disconnect events never reached the backend", r.plan.to-counted, r.plan.to)
		}
	}
	r.figures.closing = time.Since(began)
	return nil
}
