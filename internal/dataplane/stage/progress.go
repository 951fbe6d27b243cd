package stage

import (
	"context"

	"github.com/pasarela-ws/pasarela"
)

// progress is how far a watch has come.
type progress struct {
	complete bool              // all of the present
	newest   uint64            // revision of the last change
	revision map[string]uint64 // of each key that is there
}

// of is the progress of a prefix. w.mu is held.
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

// wake wakes those that wait for progress. w.mu is held.
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

// serves says whether a change that was acknowledged is served by this node, and returns a
// channel that is closed when more has been followed. A removal is served once the watch has
// gone past its revision without the key.
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
