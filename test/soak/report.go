//go:build linux

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
)

// figures are values of the gateway's metrics page.
type figures struct {
	goroutines, descriptors, rss, heap float64 // rss and heap in bytes
	open, inFlight                     float64
	slow, logDropped                   float64
}

func (g *gateway) figures(ctx context.Context) (f figures, err error) {
	body, err := g.get(ctx, "/metrics")
	if err != nil {
		return f, err
	}
	places := map[string]*float64{
		"go_goroutines": &f.goroutines, "process_open_fds": &f.descriptors, "process_resident_memory_bytes": &f.rss,
		"go_memstats_heap_alloc_bytes": &f.heap, "pasarela_connections_open": &f.open, "pasarela_messages_in_flight": &f.inFlight,
		"pasarela_pushes_refused_total": &f.slow, "pasarela_log_dropped_bytes_total": &f.logDropped,
	}
	for lines := bufio.NewScanner(strings.NewReader(body)); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), " ")
		if place := places[name]; place != nil {
			if *place, err = strconv.ParseFloat(value, 64); err != nil {
				return f, err
			}
			delete(places, name)
		}
	}
	for name := range places {
		return f, fmt.Errorf("/metrics has no %s", name)
	}
	return f, nil
}

func (g *gateway) get(ctx context.Context, path string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+g.addr+path, nil)
	if err != nil {
		return "", err
	}
	res, err := g.config.HTTPClient.Do(r)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", path, res.Status, body)
	}
	return string(body), err
}

// profile saves a profile of the gateway beside its standard error. One of the heap
// has its garbage collected first.
func (g *gateway) profile(ctx context.Context, kind string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	who, err := g.config.Credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	node := extension.Client{Endpoint: "http://" + g.addr, Region: g.config.Region, Credentials: who}
	data, err := node.Profile(ctx, kind, 0)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(filepath.Dir(g.stderr), kind+".pprof"), data, 0o600)
}

// watch reads the gateway's figures every second until the returned function is
// called, which returns the greatest ones.
func (g *gateway) watch(ctx context.Context) func() figures {
	ctx, cancel := context.WithCancel(ctx)
	var peak figures
	var done sync.WaitGroup
	done.Go(func() {
		for pause(ctx, time.Second) {
			f, err := g.figures(ctx)
			if err != nil {
				continue // the last look is after the load, and its error counts
			}
			peak.goroutines, peak.descriptors = max(peak.goroutines, f.goroutines), max(peak.descriptors, f.descriptors)
			peak.rss, peak.heap = max(peak.rss, f.rss), max(peak.heap, f.heap)
			peak.open, peak.inFlight = max(peak.open, f.open), max(peak.inFlight, f.inFlight)
		}
	})
	return func() figures { cancel(); done.Wait(); return peak }
}

// settleTimeout bounds the time in which the gateway settles: longer than the
// queue of a slow reader and a kept connection to a backend last.
const settleTimeout = 90 * time.Second

// settle waits until only the steady clients are left, the backend got every
// $disconnect and kept connections to it have been closed; then it collects the
// heap and measures. base is the measurement before the load, nil the first time.
func (l *load) settle(ctx context.Context, v *report, when string, base *figures) (f figures, err error) {
	steady := len(l.steady)
	var k counts
	for end := time.Now().Add(settleTimeout); ; {
		if f, err = l.gateway.figures(ctx); err != nil {
			return f, fmt.Errorf("%w\n%s", err, last(l.gateway.complaints()))
		}
		k = l.backend.counts()
		calm := int(f.open) == steady && int(f.inFlight) <= steady && k.open == steady && (base == nil || f.near(*base))
		if calm || time.Now().After(end) || !pause(ctx, 200*time.Millisecond) {
			break
		}
	}
	v.check("at rest "+when, int(f.open) == steady && int(f.inFlight) <= steady && k.open == steady && len(k.wrong) == 0,
		"%.0f connections open, %.0f messages in flight; the backend counts %d connects, %d disconnects, %d open; want %d%s",
		f.open, f.inFlight, k.connects, k.gone, k.open, steady, listed(k.wrong))
	for _, kind := range [...]string{"goroutine", "heap"} {
		if err := l.gateway.profile(ctx, kind); err != nil {
			return f, err
		}
	}
	return l.gateway.figures(ctx)
}

// report is the page at the end.
type report struct {
	began time.Time
	lines []line
}

type line struct {
	what, found string
	ok          bool
}

func (v *report) check(what string, ok bool, format string, args ...any) {
	v.lines = append(v.lines, line{what, fmt.Sprintf(format, args...), ok})
}

func (v *report) ok() bool {
	for _, l := range v.lines {
		if !l.ok {
			return false
		}
	}
	return true
}

func (v *report) print(out io.Writer) {
	fmt.Fprintf(out, "soak: %v in all\n\n", time.Since(v.began).Round(time.Second))
	for _, l := range v.lines {
		word := "ok  "
		if !l.ok {
			word = "FAIL"
		}
		fmt.Fprintf(out, "%s  %-24s %s\n", word, l.what, l.found)
	}
	if v.ok() {
		fmt.Fprintln(out, "\nverdict: sound")
	} else {
		fmt.Fprintln(out, "\nverdict: NOT SOUND")
	}
}

const mib = 1 << 20

// Allowed growth from before the load to after it: kept connections to the backend,
// the history of explain, and with the race detector the shadow of memory once used.
const (
	moreGoroutines  = 40
	moreDescriptors = 40
	moreHeap        = 15 * mib
	moreRSS         = 64 * mib
	moreRSSWithRace = 512 * mib
	mostHeap        = 512 * mib // at any time: huge responses are not held
)

// near says whether there are about as many goroutines and descriptors as before.
func (f figures) near(base figures) bool {
	return f.goroutines <= base.goroutines+moreGoroutines && f.descriptors <= base.descriptors+moreDescriptors
}

// compare checks the figures after the load, and the peak during it.
func (v *report) compare(base, after, peak figures, p plan) {
	v.check("goroutines", after.goroutines <= base.goroutines+moreGoroutines, "%.0f after warming up, %.0f after the load, at most %.0f", base.goroutines, after.goroutines, peak.goroutines)
	v.check("descriptors", after.descriptors <= base.descriptors+moreDescriptors, "%.0f, %.0f, at most %.0f", base.descriptors, after.descriptors, peak.descriptors)
	v.check("live heap", after.heap <= base.heap+moreHeap, "%.1f MiB, %.1f MiB, at most %.0f MiB with garbage", base.heap/mib, after.heap/mib, peak.heap/mib)
	more := float64(moreRSS)
	if p.race {
		more = moreRSSWithRace
	}
	v.check("resident memory", after.rss <= base.rss+more, "%.0f MiB, %.0f MiB, at most %.0f MiB", base.rss/mib, after.rss/mib, peak.rss/mib)
	// A client has at most one connection, 50 messages and a call for itself.
	most := float64(p.clients + p.steady)
	v.check("queues bounded", peak.heap <= mostHeap && peak.inFlight <= 50*most && peak.goroutines <= base.goroutines+60*most && peak.open <= 4*most,
		"at most %.0f connections, %.0f messages in flight; %.0f pushes refused for slow readers, %.0f bytes of logs dropped", peak.open, peak.inFlight, after.slow, after.logDropped)
}

// checkClients reports the faults that the clients found.
func (v *report) checkClients(l *load) {
	l.stopSteadyMessages()
	answering := l.allRespond()
	v.check("open ones answer", answering == len(l.steady), "%d of %d, %d rounds of push and echo", answering, len(l.steady), l.echoes.Load())
	v.check("redirects", l.backend.followed.Load() == 0, "%d followed", l.backend.followed.Load())
	l.mu.Lock()
	defer l.mu.Unlock()
	v.check("what clients saw", l.count == 0, "%d lives, %d answers, %d pushes (%d to clients whose leaving was not seen yet), %d slow readers held back, %d deletes: %d faults%s",
		l.lives.Load(), l.responses.Load(), l.pushes.Load(), l.gonePushes.Load(), l.slowPushes.Load(), l.deletes.Load(), l.count, listed(l.faults))
	v.check("changes meanwhile", l.changes.Load() > 0, "%d changes and deployments, %d stages made and deleted", l.changes.Load(), l.stages.Load())
}

// end stops the gateway with clients connected and reads its standard error.
func (v *report) end(l *load) {
	stopped := make(chan error, 1)
	began := time.Now()
	go func() { stopped <- l.gateway.stop() }()
	closed := 0
	for _, s := range l.steady {
		if err := s.until(stopTimeout); strings.HasPrefix(err.Error(), "closed with 1012") {
			closed++
		}
	}
	err := <-stopped
	v.check("drain", err == nil && closed == len(l.steady), "exit %v after %v; %d of %d clients were closed with 1012", err, time.Since(began).Round(100*time.Millisecond), closed, len(l.steady))
	k := l.backend.counts()
	v.check("connects = disconnects", k.connects == k.gone && k.open == 0 && len(k.wrong) == 0, "the backend counts %d and %d%s", k.connects, k.gone, listed(k.wrong))
	said := l.gateway.complaints()
	v.check("no panic, no race", !strings.Contains(said, "panic:") && !strings.Contains(said, "DATA RACE") && !strings.Contains(said, "fatal error:") && !strings.Contains(said, "goroutine "),
		"%d bytes on standard error%s", len(said), listed(strings.Split(strings.TrimSpace(last(said)), "\n")))
}

// last is the last 4000 bytes of a text.
func last(text string) string { return text[max(0, len(text)-4000):] }

func listed(all []string) string {
	var b strings.Builder
	for i, one := range all {
		if i == 12 {
			fmt.Fprintf(&b, "\n        ... and %d more", len(all)-i)
			break
		}
		if one != "" {
			b.WriteString("\n        " + one)
		}
	}
	return b.String()
}
