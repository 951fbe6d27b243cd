package report

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/web"
)

const (
	// readyFor is how long an answer holds, so that probes do not become load.
	readyFor     = 5 * time.Second
	checkTimeout = 3 * time.Second
)

// A readiness checks what reports depend on: the queue, the databases, the gateway and
// disk space. Its results are cached for [readyFor].
type readiness struct {
	checks []namedCheck

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
			return errors.Join(dial(ctx, address), s.client.Refusal(address))
		}})
	}
	for _, name := range slices.Sorted(maps.Keys(s.sources)) {
		checks = append(checks, namedCheck{"source " + name, s.sources[name].Ping})
	}
	return &readiness{checks: checks}
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
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.asked) >= readyFor {
		r.response, r.asked = r.run(context.WithoutCancel(ctx)), time.Now()
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
				responses[i].OK, responses[i].Cause = false, err.Error()
			}
		})
	}
	all.Wait()
	return responses
}
