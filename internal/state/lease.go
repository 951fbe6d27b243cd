package state

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/atomicfile"
)

// A node of a cluster holds a lease on its name: a key that it writes again every
// renewEvery. The others watch the leases and so know which nodes live. Clocks of
// nodes are compared for what is older than maxClockDifference only.
const (
	leasePrefix        = "node/lease/"
	renewEvery         = 3 * time.Second
	leaseLife          = 3*renewEvery + time.Second // a lease not renewed for so long has ended
	endTimeout         = 2 * time.Second
	maxClockDifference = time.Minute // a lease older than that, by the clock of the node that reads it, has ended
	// unexpiredFor is how long after a renewal a run may be sure that none took it over.
	unexpiredFor = leaseLife - 2*time.Second
)

// lease is what lies at the key of a node's name.
type lease struct {
	Node string `json:"node"`
	// Instance is the same for all runs on one data directory, which is locked: a run
	// that finds its own Instance may take the name at once, since the run that held it
	// has ended.
	Instance string    `json:"instance"`
	RunID    string    `json:"boot"` // one run of the program
	Host     string    `json:"host,omitempty"`
	Process  int       `json:"process,omitempty"`
	Renewed  time.Time `json:"renewed"` // by the node's own clock
}

// leases holds this node's lease and knows those of the others.
type leases struct {
	bucket *bucket
	node   string
	mine   lease
	log    *slog.Logger

	work   sync.WaitGroup
	cancel context.CancelFunc
	loaded chan struct{}
	once   sync.Once

	takenOver chan struct{} // see Store.TakenOver

	mu       sync.Mutex
	renewed  time.Time              // when this node began the renewal that succeeded last
	steady   time.Time              // since when it has seen its own renewals without a gap
	replaced bool                   // the lease was taken by another run, and this node has not begun a new run yet
	revision uint64                 // of the lease as this node wrote it last
	lost     error                  // why this node may not use its name any more
	known    map[string]observation // by key
}

// observation is a lease as the watch delivered it, and when, by this node's clock.
type observation struct {
	lease
	revision uint64
	at       time.Time
	since    time.Time // when the first lease of its run was seen
}

// takeLease takes the name, or returns an error that says who has it. An unknown holder
// gets leaseLife to show by a renewal that it lives.
func takeLease(ctx context.Context, b *bucket, options Options) (*leases, error) {
	instance, err := instanceOf(options.Home)
	if err != nil {
		return nil, err
	}
	host, _ := os.Hostname() // shown to people only
	l := &leases{
		bucket: b, node: options.Node, log: options.Log, known: map[string]observation{}, loaded: make(chan struct{}),
		takenOver: make(chan struct{}, 1),
		mine:      lease{Node: options.Node, Instance: instance, RunID: pasarela.NewUUID(), Host: host, Process: os.Getpid()},
	}
	if err := l.take(ctx); err != nil {
		return nil, err
	}
	running, cancel := context.WithCancel(context.Background())
	l.cancel = cancel
	l.work.Go(func() { l.renewUntilDone(running) })
	l.work.Go(func() { l.follow(running) })
	select {
	case <-l.loaded:
		return l, nil
	case <-ctx.Done():
		l.end(context.WithoutCancel(ctx))
		return nil, fmt.Errorf("reading who else is in the cluster: %w", ctx.Err())
	}
}

func (l *leases) key() string { return leaseKey(l.node) }

func leaseKey(node string) string { return leasePrefix + pasarela.EscapeKey(node) }

// take writes the lease. The lease of another run is watched for as long as a lease
// lasts: if it is renewed meanwhile its node lives, and the name is refused.
func (l *leases) take(ctx context.Context) error {
	var waited uint64 // the revision that got its time
	for {
		held, revision, err := l.held(ctx)
		if err != nil {
			return err
		}
		free := revision == 0 || held.Instance == l.mine.Instance || time.Since(held.Renewed) > maxClockDifference || waited == revision
		if free {
			if err = l.write(ctx, revision); !errors.Is(err, pasarela.ErrConflict) {
				return err
			}
			continue
		}
		if waited != 0 {
			return fmt.Errorf("another node named %q lives (host %s, process %d): connection ids name their node, so give each node a --node-name of its own",
				l.node, held.Host, held.Process)
		}
		l.log.Info("another process may hold the lease on this node's name: it did not give it up; waiting for a renewal or its end",
			"node", l.node, "host", held.Host, "process", held.Process, "at_most", leaseLife)
		if err := l.awaitRenewal(ctx, revision); err != nil {
			return err
		}
		waited = revision
	}
}

// awaitRenewal waits until the lease has another revision, or has expired.
func (l *leases) awaitRenewal(ctx context.Context, revision uint64) error {
	within, cancel := context.WithTimeout(ctx, leaseLife)
	defer cancel()
	for {
		select {
		case <-within.Done():
			return ctx.Err()
		case <-time.After(renewEvery / 6):
		}
		if _, now, err := l.held(within); err == nil && now != revision {
			return nil
		}
	}
}

// held is the lease as the store has it; revision 0: there is none.
func (l *leases) held(ctx context.Context) (held lease, revision uint64, err error) {
	entry, err := l.bucket.Get(ctx, l.key())
	if errors.Is(err, pasarela.ErrNotFound) {
		return lease{}, 0, nil
	}
	if err == nil {
		err = json.Unmarshal(entry.Value, &held)
	}
	return held, entry.Revision, err
}

func (l *leases) write(ctx context.Context, expected uint64) error {
	began := time.Now()
	l.mu.Lock()
	now := l.mine
	l.mu.Unlock()
	now.Renewed = began.UTC()
	text, err := json.Marshal(now)
	if err != nil {
		return err
	}
	revision, err := l.bucket.Put(ctx, l.key(), text, expected)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.revision, l.renewed = revision, began
	return nil
}

// renewUntilDone renews the lease until ctx ends.
func (l *leases) renewUntilDone(ctx context.Context) {
	tick := time.NewTicker(renewEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			l.renew(ctx)
		}
	}
}

// renew writes the lease once. On a conflict the lease in the store decides: it may be a
// write of this run whose acknowledgement was lost; one of another run means that the
// name is lost and must not be used any more.
func (l *leases) renew(ctx context.Context) {
	l.mu.Lock()
	revision, lost, replaced, mine := l.revision, l.lost, l.replaced, l.mine
	l.mu.Unlock()
	if lost != nil || replaced {
		return
	}
	err := l.write(ctx, revision)
	if ctx.Err() != nil || err == nil {
		return
	}
	if !errors.Is(err, pasarela.ErrConflict) {
		l.log.Warn("the lease on the node's name could not be renewed; trying again", "node", l.node, "error", err)
		return
	}
	l.conflicted(ctx, mine)
}

// conflicted is called when the lease could not be renewed since it has another revision than
// mine had.
func (l *leases) conflicted(ctx context.Context, mine lease) {
	held, revision, err := l.held(ctx)
	switch {
	case err != nil:
		return
	case revision == 0: // removed by a run that takes this one over
		l.reclaim(ctx)
		return
	case held.RunID != mine.RunID && held.Instance == mine.Instance:
		return // the node's next run has begun meanwhile, and renews it
	case held.RunID == mine.RunID: // a write of ours whose answer was lost
		if err := l.write(ctx, revision); err != nil {
			l.log.Warn("the lease on the node's name could not be written again; trying once more", "node", l.node, "error", err)
		}
		return
	}
	lost := fmt.Errorf("another node took the name %q (host %s, process %d) while this one could not be seen: stop one of them, or give it another --node-name",
		l.node, held.Host, held.Process)
	l.log.Error(lost.Error())
	l.mu.Lock()
	l.lost = lost
	l.mu.Unlock()
}

// follow keeps what is known of the leases of all nodes.
func (l *leases) follow(ctx context.Context) {
	for ctx.Err() == nil {
		err := l.bucket.watch(ctx, leasePrefix, l.note)
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
			l.log.Warn("watching the leases of the nodes ended; it is started again", "error", err)
		}
	}
}

// note records what a watch delivers of a lease. Only a new revision shows that the node
// lives; its time of arrival is measured by this node's clock.
func (l *leases) note(entry pasarela.Entry) {
	if entry.Key == "" {
		l.once.Do(func() { close(l.loaded) })
		return
	}
	var seen lease
	l.mu.Lock()
	defer l.mu.Unlock()
	if entry.Deleted || json.Unmarshal(entry.Value, &seen) != nil {
		delete(l.known, entry.Key)
		return
	}
	if l.known[entry.Key].revision == entry.Revision {
		return // delivered again by a restarted watch: no renewal
	}
	at := time.Now()
	if entry.Key == l.key() && at.Sub(l.known[entry.Key].at) > 2*renewEvery {
		l.steady = at
	}
	select {
	case <-l.loaded:
	default: // it was there before this node
		if time.Since(seen.Renewed) > maxClockDifference {
			at = at.Add(-leaseLife)
		}
	}
	since := at
	if before := l.known[entry.Key]; before.RunID == seen.RunID {
		since = before.since
	}
	l.known[entry.Key] = observation{seen, entry.Revision, at, since}
}

// live are the other nodes whose leases run.
func (l *leases) live() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var nodes []string
	for key, s := range l.known {
		if key != l.key() && s.runs() {
			nodes = append(nodes, s.Node)
		}
	}
	return nodes
}

// ended says whether a node is known to have ended: it gave its lease back, or did not
// renew it while this node saw its own renewals arrive.
func (l *leases) ended(node string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if own, ok := l.known[l.key()]; !ok || time.Since(own.at) > 2*renewEvery {
		return false // this node may be the one that has lost the store
	}
	s, ok := l.known[leaseKey(node)]
	return !ok || !s.runs()
}

func (s observation) runs() bool { return time.Since(s.at) < leaseLife }

// check is nil while this node may use its name.
func (l *leases) check() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lost
}

// end gives the lease back: the others need not wait for it.
func (l *leases) end(ctx context.Context) {
	l.cancel()
	l.work.Wait()
	l.mu.Lock()
	revision, lost := l.revision, l.lost
	l.mu.Unlock()
	if lost == nil {
		ctx, cancel := context.WithTimeout(ctx, endTimeout) // NATS may not answer
		defer cancel()
		_ = l.bucket.Delete(ctx, l.key(), revision) // else it ends by itself
	}
}

const instanceFile = "instance"

// instanceOf is the name of a data directory, made at its first use.
func instanceOf(home string) (string, error) {
	if home == "" {
		return pasarela.NewUUID(), nil
	}
	path := filepath.Join(home, instanceFile)
	text, err := os.ReadFile(path)
	if err == nil && !atomicfile.Blank(text) {
		return strings.TrimSpace(string(text)), nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	made := pasarela.NewUUID()
	return made, atomicfile.Write(path, []byte(made+"\n"), 0o600)
}
