package document

import (
	"context"

	"github.com/pasarela-ws/pasarela"
)

// Change is an event of [Store.Watch]: a document as it now is, its removal, or, with
// no member but Present, the event after the last document that existed at the start
// (Synced).
type Change[T any] struct {
	Key      string
	Revision uint64
	Value    *T    // nil for a removal, and when Err says why
	Err      error // the document lies there but cannot be read
	// Present are, of Synced, the keys delivered before it. What a caller has from an earlier
	// watch and is not among them was removed while there was no watch.
	Present map[string]bool
}

// Synced says that this is the mark after the last document of the present.
func (c Change[T]) Synced() bool { return c.Key == "" }

// Removed says that the document is gone.
func (c Change[T]) Removed() bool { return c.Key != "" && c.Value == nil && c.Err == nil }

// Watch calls each for every document under prefix as it now is, then once with Synced,
// then for changes in the order of revisions, one call at a time, until ctx ends. Of
// several quick changes to one key only the last is certain to be delivered. It returns
// nil when ctx ends, else the error that ended it; a caller that goes on calls it again
// and gets every document again.
func (s *Store[T]) Watch(ctx context.Context, prefix string, each func(Change[T])) error {
	present := map[string]bool{} // nil once it was delivered
	return s.bucket.Watch(ctx, prefix, func(entry pasarela.Entry) {
		change := Change[T]{Key: entry.Key, Revision: entry.Revision}
		if entry.Key == "" {
			change.Present, present = present, nil
		} else if present != nil {
			present[entry.Key] = true
		}
		if entry.Key != "" && !entry.Deleted {
			var document Document[T]
			document, change.Err = read[T](entry)
			change.Value = document.Value
		}
		each(change)
	})
}
