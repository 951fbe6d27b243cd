package stage

import (
	"context"
	"errors"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// errUnread is the error of a deployment that could not be read from the store. It says
// nothing about the deployment, so it is read again until it is served, unlike one that
// does not compile.
var errUnread = errors.New("it could not be read and is tried again")

const longestWait = 30 * time.Second // between two attempts

// retriedRead is a stage whose deployment could not be read: when it is tried again.
type retriedRead struct {
	apiID string
	at    time.Time
	wait  time.Duration
}

// next is the attempt after this one; u is nil for the first.
func (r *retriedRead) next(apiID string, first time.Duration) *retriedRead {
	wait := first
	if r != nil {
		wait = min(2*r.wait, longestWait)
	}
	return &retriedRead{apiID: apiID, at: time.Now().Add(wait), wait: wait}
}

// retryReads reads such deployments again until ctx ends.
func (w *Watcher) retryReads(ctx context.Context) {
	for {
		var next <-chan time.Time // nil: there is nothing to try
		if at, some := w.retryDue(ctx); some {
			next = time.After(time.Until(at))
		}
		select {
		case <-ctx.Done():
			return
		case <-next:
		case <-w.retrySoon:
		}
	}
}

// retryDue reads the deployments that are due and returns when the next one is.
func (w *Watcher) retryDue(ctx context.Context) (next time.Time, some bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	for s, u := range w.unread {
		if now.Before(u.at) || ctx.Err() != nil {
			continue
		}
		doc := w.apis[u.apiID]
		if doc == nil || doc.Stage(s.Name) == nil {
			delete(w.unread, s)
			continue
		}
		w.compile(ctx, doc, doc.Stage(s.Name), s)
		w.wake()
	}
	for _, u := range w.unread {
		if !some || u.at.Before(next) {
			next, some = u.at, true
		}
	}
	return next, some
}

// progress is how far a watch has come.
type progress struct {
	complete bool              // all of the present
	newest   uint64            // revision of the last change
	revision map[string]uint64 // of each key that is there
}

// of is the progress of a prefix. k.mu is held.
func (w *Watcher) of(prefix string) *progress {
	p := w.progress[prefix]
	if p == nil {
		p = &progress{revision: map[string]uint64{}}
		w.progress[prefix] = p
	}
	return p
}

// advance notes that a change was applied; an empty key: all that existed at the start.
func (w *Watcher) advance(prefix, key string, revision uint64, removed bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.of(prefix)
	p.newest = max(p.newest, revision)
	switch {
	case key == "":
		p.complete = true
	case removed:
		delete(p.revision, key)
	default:
		p.revision[key] = revision
	}
	w.wake()
}

// Revision is the revision of the newest change of an API that was applied.
func (w *Watcher) Revision() uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.of(pasarela.PrefixAPI).newest
}

// wake wakes those that wait for progress. k.mu is held.
func (w *Watcher) wake() {
	close(w.followed)
	w.followed = make(chan struct{})
}

// absent are the keys that were known and that a new watch did not deliver; they are
// removed.
func (w *Watcher) absent(prefix string, present map[string]bool) (keys []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.of(prefix)
	for key := range p.revision {
		if !present[key] {
			keys = append(keys, key)
			delete(p.revision, key)
		}
	}
	return keys
}

// Change is a document at a revision, or the removal of one that was last at it.
type Change struct {
	Key      string `json:"key"`
	Revision uint64 `json:"revision"`
	Removed  bool   `json:"removed,omitempty"`
}

// Await returns when a change of an API or of a domain name is served: it was applied,
// and the deployments of its stages are compiled or do not compile. The error is that of
// ctx.
func (w *Watcher) Await(ctx context.Context, change Change) error {
	for {
		served, followed := w.serves(change)
		if served {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-followed:
		}
	}
}

func (w *Watcher) serves(change Change) (served bool, followed <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	prefix := pasarela.PrefixOf(change.Key)
	p := w.of(prefix)
	revision, there := p.revision[change.Key]
	switch {
	case change.Removed:
		served = p.complete && p.newest >= change.Revision && (!there || revision > change.Revision)
	case there:
		served = revision >= change.Revision
	default:
		served = p.newest >= change.Revision // it was removed since
	}
	if served && prefix == pasarela.PrefixAPI {
		for _, u := range w.unread {
			if pasarela.APIDocumentKey(u.apiID) == change.Key {
				return false, w.followed
			}
		}
	}
	return served, w.followed
}
