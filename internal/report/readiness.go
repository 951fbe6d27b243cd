package report

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/blobstore"
	"github.com/pasarela-ws/pasarela/internal/report/source"
	"github.com/pasarela-ws/pasarela/internal/report/web"
)

const (
	// readyFor is how long an answer holds, so that probes do not become load.
	readyFor     = 5 * time.Second
	checkTimeout = 3 * time.Second
	// checkEvery is how often it is checked by itself, so that the log says when a database
	// goes and comes also where nobody asks for readiness.
	checkEvery = time.Minute
)

// A readiness checks what reports depend on: the queue, the databases, the gateway and
// disk space. Its results are cached for [readyFor].
type readiness struct {
	checks []namedCheck
	log    *slog.Logger

	mu       sync.Mutex
	asked    time.Time
	response []web.Check
}

type namedCheck struct {
	name  string
	check func(ctx context.Context) error
}

func (s *Service) newReadiness() *readiness {
	checks := []namedCheck{
		{"queue", s.queue.Reachable},
		{"storage", func(context.Context) error { return s.store.Room() }},
	}
	for _, address := range gateways(s.options.ConnectionsEndpoint, s.options.AllowedEndpoints) {
		checks = append(checks, namedCheck{"gateway " + address, func(ctx context.Context) error {
			if refusal := s.client.Refusal(address); refusal != nil {
				return errors.Join(errRefused, dial(ctx, address), refusal)
			}
			return dial(ctx, address)
		}})
	}
	for _, name := range slices.Sorted(maps.Keys(s.sources)) {
		checks = append(checks, namedCheck{"source " + name, s.sources[name].Ping})
	}
	return &readiness{checks: checks, log: s.log.With("component", "readiness")}
}

// errRefused marks a gateway that can be reached and does not take what is posted to it.
var errRefused = errors.New("refused")

// reasonOf is the kind of a check's error, without what only operators may know.
func reasonOf(err error) string {
	var network net.Error
	switch {
	case errors.Is(err, source.ErrLogin), errors.Is(err, source.ErrPassword):
		return "login_refused"
	case errors.Is(err, blobstore.ErrFull):
		return "full"
	case errors.Is(err, errRefused):
		return "refused"
	case errors.Is(err, context.DeadlineExceeded):
		return "timed_out"
	case errors.Is(err, source.ErrUnavailable), errors.As(err, &network):
		return "unreachable"
	}
	return "failed"
}

// logChanges logs what is no longer there, and what is there again.
func (r *readiness) logChanges(now []web.Check) {
	for i, check := range now {
		before := web.Check{OK: true}
		if len(r.response) > 0 {
			before = r.response[i]
		}
		switch {
		case check.OK && !before.OK:
			r.log.Info("what reports need can be reached again", "check", check.Name)
		case !check.OK && (before.OK || before.Reason != check.Reason):
			r.log.Warn("what reports need cannot be reached", "check", check.Name, "reason", check.Reason, "cause", check.Cause)
		}
	}
}

// watch checks by itself until the context ends.
func (r *readiness) watch(ctx context.Context) {
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for {
		r.fresh(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// gateways are the schemes and hosts that frames are posted to, each once.
func gateways(endpoint string, allowed []string) (addresses []string) {
	for _, text := range append([]string{endpoint}, allowed...) {
		parsed, err := url.Parse(text)
		if err != nil || parsed.Host == "" {
			continue
		}
		if address := parsed.Scheme + "://" + parsed.Host; !slices.Contains(addresses, address) {
			addresses = append(addresses, address)
		}
	}
	return addresses
}

// dial returns an error unless a server listens at a URL's host and port.
func dial(ctx context.Context, address string) error {
	parsed, err := url.Parse(address)
	if err != nil {
		return err
	}
	port := parsed.Port()
	if port == "" {
		port = parsed.Scheme
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(parsed.Hostname(), port))
	if err != nil {
		return fmt.Errorf("cannot be reached: %w", err)
	}
	return conn.Close()
}

// Checks returns the result of every check.
func (r *readiness) Checks(ctx context.Context) []web.Check {
	return r.fresh(context.WithoutCancel(ctx))
}

// fresh makes the checks unless their results still hold. Those of a context that ends are
// forgotten.
func (r *readiness) fresh(ctx context.Context) []web.Check {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.asked) >= readyFor {
		now := r.run(ctx)
		if ctx.Err() != nil {
			return nil
		}
		r.logChanges(now)
		r.response, r.asked = now, time.Now()
	}
	return slices.Clone(r.response)
}

// run makes all checks at once, within [checkTimeout].
func (r *readiness) run(ctx context.Context) []web.Check {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	responses := make([]web.Check, len(r.checks))
	var all sync.WaitGroup
	for i, asked := range r.checks {
		all.Go(func() {
			responses[i] = web.Check{Name: asked.name, OK: true}
			if err := asked.check(ctx); err != nil {
				responses[i].OK, responses[i].Reason, responses[i].Cause = false, reasonOf(err), err.Error()
			}
		})
	}
	all.Wait()
	return responses
}
