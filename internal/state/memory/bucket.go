// Package memory is a [pasarela.Bucket] and a [pasarela.Bus] in the memory of one
// process, for tests; nothing is stored.
package memory

import (
	"context"
	"maps"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/key"
)

// Bucket is a versioned map in memory.
type Bucket struct {
	mu       sync.Mutex
	revision uint64
	entries  map[string]pasarela.Entry // removed ones stay, as delete markers for watches
	changed  chan struct{}             // closed and replaced at every change
}

// NewBucket makes an empty bucket.
func NewBucket() *Bucket {
	return &Bucket{entries: map[string]pasarela.Entry{}, changed: make(chan struct{})}
}

// Get implements [pasarela.Bucket].
func (b *Bucket) Get(ctx context.Context, key string) (pasarela.Entry, error) {
	if err := ready(ctx, key); err != nil {
		return pasarela.Entry{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	entry, ok := b.entries[key]
	if !ok || entry.Deleted {
		return pasarela.Entry{}, pasarela.ErrNotFound
	}
	return clone(entry), nil
}

// Put implements [pasarela.Bucket].
func (b *Bucket) Put(ctx context.Context, key string, value []byte, expected uint64) (uint64, error) {
	if err := ready(ctx, key); err != nil {
		return 0, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	entry, ok := b.entries[key]
	there := ok && !entry.Deleted
	if there && entry.Revision != expected || !there && expected != 0 {
		return 0, pasarela.ErrConflict
	}
	return b.write(pasarela.Entry{Key: key, Value: slices.Clone(value)}), nil
}

// Delete implements [pasarela.Bucket].
func (b *Bucket) Delete(ctx context.Context, key string, expected uint64) error {
	if err := ready(ctx, key); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	entry, ok := b.entries[key]
	switch {
	case !ok || entry.Deleted:
		return pasarela.ErrNotFound
	case entry.Revision != expected:
		return pasarela.ErrConflict
	}
	b.write(pasarela.Entry{Key: key, Deleted: true})
	return nil
}

// List implements [pasarela.Bucket].
func (b *Bucket) List(ctx context.Context, prefix string) ([]pasarela.Entry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	var found []pasarela.Entry
	for _, key := range slices.Sorted(maps.Keys(b.entries)) {
		if entry := b.entries[key]; strings.HasPrefix(key, prefix) && !entry.Deleted {
			found = append(found, clone(entry))
		}
	}
	return found, nil
}

// Watch implements [pasarela.Bucket].
func (b *Bucket) Watch(ctx context.Context, prefix string, each func(pasarela.Entry)) error {
	present, seen, changed := b.since(prefix, 0)
	for _, entry := range present {
		if !entry.Deleted {
			each(entry)
		}
	}
	each(pasarela.Entry{})
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		}
		var news []pasarela.Entry
		news, seen, changed = b.since(prefix, seen)
		for _, entry := range news {
			if ctx.Err() != nil {
				return nil
			}
			each(entry)
		}
	}
}

// since returns what was written under prefix after revision seen, in order, the
// revision of now, and the channel that the next change closes.
func (b *Bucket) since(prefix string, seen uint64) (news []pasarela.Entry, now uint64, changed <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for key, entry := range b.entries {
		if entry.Revision > seen && strings.HasPrefix(key, prefix) {
			news = append(news, clone(entry))
		}
	}
	sort.Slice(news, func(i, j int) bool { return news[i].Revision < news[j].Revision })
	return news, b.revision, b.changed
}

func (b *Bucket) write(entry pasarela.Entry) uint64 {
	b.revision++
	entry.Revision = b.revision
	b.entries[entry.Key] = entry
	close(b.changed)
	b.changed = make(chan struct{})
	return b.revision
}

func ready(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return key.Check(name)
}

func clone(entry pasarela.Entry) pasarela.Entry {
	entry.Value = slices.Clone(entry.Value)
	return entry
}
