package state

import (
	"context"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// The stream keeps every version of a value, and the store purges those that a newer one has
// replaced. A stream with one message a subject would drop them by itself, but not on disk:
// JetStream writes down only removals that it is asked for. When the newest version of a key is
// purged later, which is its delete marker, a replaced one would be the newest again after a
// kill, and a user that was deleted would be back (nats-server 2.15).
const (
	// maxVersions is never reached between two purges; nats.go takes no bucket without a limit.
	maxVersions   = 1 << 20
	versionsEvery = 5 * time.Second
)

// oldVersions are the keys whose old versions are to be purged, with their newest revision. The
// zero value is ready to use.
type oldVersions struct {
	mu     sync.Mutex
	newest map[string]uint64
}

// replaced notes that a key has a newer version.
func (o *oldVersions) replaced(name string, revision uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.newest == nil {
		o.newest = map[string]uint64{}
	}
	o.newest[name] = max(o.newest[name], revision)
}

// take returns the keys that were noted since it was called last.
func (o *oldVersions) take() map[string]uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	taken := o.newest
	o.newest = nil
	return taken
}

// runPurgeVersions purges old versions until ctx ends: first what an earlier run has left.
func (s *Store) runPurgeVersions(ctx context.Context) {
	left := true
	tick := time.NewTicker(versionsEvery)
	defer tick.Stop()
	for {
		var err error
		if left {
			err = s.purgeLeftVersions(ctx)
			left = err != nil
		}
		if err == nil {
			err = s.purgeVersions(ctx)
		}
		if err != nil && ctx.Err() == nil {
			s.log.Debug("old versions of values could not be purged; it is tried again", "error", err, "in", versionsEvery)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// purgeVersions purges the old versions of the keys that were written since. Those of which it
// could not are noted again.
func (s *Store) purgeVersions(ctx context.Context) (err error) {
	for name, revision := range s.bucket.old.take() {
		if err == nil {
			err = s.purgeSubject(ctx, subjectRoot+swap(name), jetstream.WithPurgeSequence(revision)) // not including it
		}
		if err != nil {
			s.bucket.old.replaced(name, revision)
		}
	}
	return err
}

// purgeLeftVersions purges all old versions.
func (s *Store) purgeLeftVersions(ctx context.Context) error {
	info, err := s.bucket.stream.Info(ctx)
	if err != nil || info.State.Msgs == info.State.NumSubjects {
		return err
	}
	if info, err = s.bucket.stream.Info(ctx, jetstream.WithSubjectFilter(subjectRoot+">")); err != nil {
		return err
	}
	for subject, versions := range info.State.Subjects {
		if versions < 2 {
			continue
		}
		if err := s.purgeSubject(ctx, subject, jetstream.WithPurgeKeep(1)); err != nil {
			return err
		}
	}
	return nil
}

// purgeSubject purges what it is asked for of one key, within [storeTimeout].
func (s *Store) purgeSubject(ctx context.Context, subject string, what jetstream.StreamPurgeOpt) error {
	within, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	return s.bucket.stream.Purge(within, jetstream.WithPurgeSubject(subject), what)
}
