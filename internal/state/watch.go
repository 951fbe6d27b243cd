package state

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/pasarela-ws/pasarela"
)

// behindLimit is how long a watch may go without this node's own lease, which is renewed
// every renewEvery: what the watch delivers is then no older than this.
const behindLimit = 10 * time.Second

// Watch leaves out keys whose newest entry is a removal from before it began: they are not
// there, and have never been for this watch. A watch that hears nothing of present keys
// for [stallLimit], or in a cluster nothing of this node's own lease for [behindLimit],
// ends with an error; its caller begins another, which delivers everything again.
func (b *bucket) Watch(ctx context.Context, prefix string, each func(pasarela.Entry)) error {
	present := true
	return b.watch(ctx, prefix, func(entry pasarela.Entry) {
		if present && entry.Deleted {
			return // removed before this watch began
		}
		present = present && entry.Key != ""
		each(entry)
	})
}

// watch delivers entries until ctx ends, or ends with an error when nothing arrives for
// too long. In a cluster it also watches this node's own lease, which changes every few
// seconds: if nothing arrives, the watch has fallen behind.
func (b *bucket) watch(ctx context.Context, prefix string, each func(pasarela.Entry), options ...jetstream.WatchOpt) error {
	restarted := b.health.restart()
	filters := []string{filter(prefix)}
	if b.leaseKey != "" && !strings.HasPrefix(b.leaseKey, prefix) && filters[0] != ">" {
		filters = append(filters, swap(b.leaseKey))
	}
	watcher, err := b.kv.WatchFiltered(ctx, filters, options...)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("watch %s: %w", prefix, plain(err))
	}
	defer stop(watcher)
	limit, reason := stallLimit, errStalled // until all present keys are delivered
	quiet := time.NewTimer(limit)
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-restarted: // nats.go notices after some 15 s that the new server does not know the watch
			return fmt.Errorf("watch %s: %w", prefix, errRestarted)
		case <-quiet.C:
			return fmt.Errorf("watch %s: %w", prefix, reason)
		case update, open := <-watcher.Updates():
			switch {
			case ctx.Err() != nil:
				return nil
			case !open:
				return fmt.Errorf("watch %s: %w", prefix, nats.ErrConnectionClosed)
			case update == nil:
				if limit, reason = behindLimit, errBehind; b.leaseKey == "" {
					limit = 0
				}
				each(pasarela.Entry{})
			case strings.HasPrefix(swap(update.Key()), prefix):
				each(entryOf(update))
			}
			quiet.Stop()
			if limit > 0 {
				quiet.Reset(limit)
			}
		}
	}
}

// stop ends a watcher and reads its remaining entries: nats.go's callback blocks on a
// full channel and would block the connection's dispatcher for ever.
func stop(watcher jetstream.KeyWatcher) {
	if watcher.Stop() != nil {
		return // the connection is closed and the channel with it
	}
	for range watcher.Updates() {
	}
}
