package state

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/key"
)

// bucket is a [pasarela.Bucket] on a JetStream key-value store. Slashes and dots
// of a key trade places, so that the prefix "api/" is a subject that the server
// filters by.
type bucket struct {
	kv     jetstream.KeyValue
	health context.Context // done when the store can write no more; its cause says why
}

// A value whose checksum is wrong is never delivered, so a watch that knows how
// many there are waits for it in vain; this bounds the wait.
const stallLimit = 10 * time.Second

var errStalled = errors.New("the store holds more than it can read, so a part of it is damaged")

func (b *bucket) Get(ctx context.Context, name string) (pasarela.Entry, error) {
	if err := key.Check(name); err != nil {
		return pasarela.Entry{}, err
	}
	found, err := b.kv.Get(ctx, swap(name))
	switch {
	case errors.Is(err, jetstream.ErrKeyNotFound): // ErrKeyDeleted is one too
		return pasarela.Entry{}, pasarela.ErrNotFound
	case err != nil:
		return pasarela.Entry{}, fmt.Errorf("read %s: %w", name, err)
	}
	return entryOf(found), nil
}

func (b *bucket) Put(ctx context.Context, name string, value []byte, expected uint64) (revision uint64, err error) {
	if err := key.Check(name); err != nil {
		return 0, err
	}
	if len(value) > MaxValue {
		return 0, fmt.Errorf("write %s: value of %d bytes is over the limit of %d", name, len(value), MaxValue)
	}
	err = b.write(ctx, name, func(ctx context.Context) error {
		if expected == 0 {
			revision, err = b.kv.Create(ctx, swap(name), value)
		} else {
			revision, err = b.kv.Update(ctx, swap(name), value, expected)
		}
		return err
	})
	return revision, err
}

func (b *bucket) Delete(ctx context.Context, name string, expected uint64) error {
	current, err := b.Get(ctx, name)
	if err != nil {
		return err
	}
	if current.Revision != expected {
		return pasarela.ErrConflict
	}
	return b.write(ctx, name, func(ctx context.Context) error {
		return b.kv.Delete(ctx, swap(name), jetstream.LastRevision(expected))
	})
}

func (b *bucket) List(ctx context.Context, prefix string) ([]pasarela.Entry, error) {
	watching, enough := context.WithCancel(ctx)
	defer enough()
	var found []pasarela.Entry
	complete := false
	err := b.watch(watching, prefix, func(entry pasarela.Entry) {
		if entry.Key == "" {
			complete = true
			enough()
			return
		}
		found = append(found, entry)
	}, jetstream.IgnoreDeletes())
	switch {
	case err != nil:
		return nil, err
	case !complete:
		return nil, fmt.Errorf("list %s: %w", prefix, ctx.Err())
	}
	slices.SortFunc(found, func(x, y pasarela.Entry) int { return cmp.Compare(x.Key, y.Key) })
	return found, nil
}

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

func (b *bucket) watch(ctx context.Context, prefix string, each func(pasarela.Entry), options ...jetstream.WatchOpt) error {
	watcher, err := b.kv.Watch(ctx, filter(prefix), options...)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("watch %s: %w", prefix, err)
	}
	defer stop(watcher)
	stalled := time.NewTimer(stallLimit) // ticks only until the present is told
	defer stalled.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-stalled.C:
			return fmt.Errorf("watch %s: %w", prefix, errStalled)
		case update, open := <-watcher.Updates():
			switch {
			case ctx.Err() != nil:
				return nil
			case !open:
				return fmt.Errorf("watch %s: %w", prefix, nats.ErrConnectionClosed)
			case update == nil:
				stalled.Stop()
				each(pasarela.Entry{})
				continue
			case strings.HasPrefix(swap(update.Key()), prefix):
				each(entryOf(update))
			}
			if stalled.Stop() {
				stalled.Reset(stallLimit)
			}
		}
	}
}

// stop ends a watcher and takes what it still holds, because its callback waits
// in the channel until somebody reads.
func stop(watcher jetstream.KeyWatcher) {
	if watcher.Stop() != nil {
		return // the connection is closed and the channel with it
	}
	for range watcher.Updates() {
	}
}

// touch writes the present time at name, whatever is there.
func (b *bucket) touch(ctx context.Context, name string) error {
	return b.write(ctx, name, func(ctx context.Context) error {
		_, err := b.kv.Put(ctx, swap(name), []byte(time.Now().UTC().Format(time.RFC3339)))
		return err
	})
}

// write runs one write and words its error. A server whose disk fails answers
// nothing at all, so its failure cuts the wait short.
func (b *bucket) write(ctx context.Context, name string, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(b.health, cancel)()
	err := do(ctx)
	var api *jetstream.APIError
	switch failure := context.Cause(b.health); {
	case err == nil:
		return nil
	case errors.As(err, &api) && (api.ErrorCode == codeWrongLastSequence || api.ErrorCode == codeWrongLastSequenceConstant),
		errors.Is(err, jetstream.ErrKeyExists):
		return pasarela.ErrConflict
	case failure != nil:
		return fmt.Errorf("write %s: %w", name, failure)
	}
	return fmt.Errorf("write %s: %w", name, err)
}

func entryOf(found jetstream.KeyValueEntry) pasarela.Entry {
	return pasarela.Entry{
		Key:      swap(found.Key()),
		Value:    bytes.Clone(found.Value()),
		Revision: found.Revision(),
		Deleted:  found.Operation() != jetstream.KeyValuePut,
	}
}

// Codes by which a server says that the expected revision is not the last:
// nats-server errors.json, JSStreamWrongLastSequenceErrF and, on replicated
// streams, JSStreamWrongLastSequenceConstantErr.
const (
	codeWrongLastSequence         = 10071
	codeWrongLastSequenceConstant = 10164
)

// swap lets '/' and '.' trade places; it is its own inverse.
func swap(name string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '/':
			return '.'
		case '.':
			return '/'
		}
		return r
	}, name)
}

// filter is the narrowest subject that covers all keys under prefix.
func filter(prefix string) string {
	last := strings.LastIndexByte(prefix, '/')
	if last < 0 {
		return ">"
	}
	return swap(prefix[:last]) + ".>"
}
