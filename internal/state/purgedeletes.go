package state

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	tidyEvery = time.Hour
	// Delete markers are kept for watches that were interrupted for at most so long;
	// after a longer interruption a watch reads all keys again.
	markersFor = time.Hour
)

// runPurgeDeletes purges delete markers from time to time until ctx ends.
func (s *Store) runPurgeDeletes(ctx context.Context) {
	tick := time.NewTicker(tidyEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if _, err := s.PurgeDeletes(ctx, markersFor); err != nil && ctx.Err() == nil {
			s.log.Warn("delete markers of removed keys could not be purged; it is tried again later", "error", err, "in", tidyEvery)
		}
	}
}

// PurgeDeletes removes the delete markers of keys that were removed longer ago than age,
// and notes for nodes that did not start again (see NoteTaken), and returns how many. A
// key that was made again meanwhile is not touched: what is purged is one message by its
// revision.
func (s *Store) PurgeDeletes(ctx context.Context, age time.Duration) (cleared int, err error) {
	watcher, err := s.bucket.kv.WatchAll(ctx, jetstream.MetaOnly())
	if err != nil {
		return 0, err
	}
	defer stop(watcher)
	markers := map[string]uint64{}
	for complete := false; !complete; {
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(stallLimit):
			return 0, errStalled
		case update, open := <-watcher.Updates():
			switch {
			case !open:
				return 0, errors.New("the watch ended")
			case update == nil:
				complete = true
			case update.Operation() != jetstream.KeyValuePut && time.Since(update.Created()) >= age,
				strings.HasPrefix(update.Key(), swap(takenPrefix)) && time.Since(update.Created()) >= takenFor:
				markers[update.Key()] = update.Revision()
			}
		}
	}
	for name, revision := range markers {
		// Up to the revision that follows, not including it.
		if err := s.purgeSubject(ctx, subjectRoot+name, jetstream.WithPurgeSequence(revision+1)); err != nil {
			return cleared, err
		}
		cleared++
	}
	return cleared, nil
}
