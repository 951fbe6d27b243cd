package document

import (
	"context"
	"errors"
	"fmt"

	"github.com/pasarela-ws/pasarela"
)

// untyped has the parts of a [Store] that do not depend on the type of its documents:
// generic methods are compiled for every type, these once.
type untyped struct {
	bucket pasarela.Bucket
	locks  *keyLocks
}

// update writes what edit makes of the document at key. target returns the value to decode
// the entry into (the zero entry when there is no document and create), and whether it is
// filled already; edit changes the value that target returned last.
func (u *untyped) update(ctx context.Context, key string, create bool, target func(pasarela.Entry) (value any, filled bool), edit func() error) (revision uint64, err error) {
	err = u.locks.withLock(ctx, key, func() error {
		entry, err := u.bucket.Get(ctx, key)
		absent := create && errors.Is(err, pasarela.ErrNotFound)
		if err != nil && !absent {
			return err
		}
		value, filled := target(entry)
		if !absent && !filled {
			if err := decodeEntry(entry, value); err != nil {
				return err
			}
		}
		if err := edit(); err != nil {
			return final{err}
		}
		revision, err = u.replace(ctx, key, entry, value)
		return err
	})
	return revision, err
}

// replace writes value over entry, the zero one where there is none, unless they are
// equal, which saves a sync of the disk and an event for watchers.
func (u *untyped) replace(ctx context.Context, key string, entry pasarela.Entry, value any) (revision uint64, err error) {
	data, err := encode(value)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", key, err)
	}
	if entry.Revision != 0 && string(data) == string(entry.Value) {
		return entry.Revision, nil
	}
	return u.bucket.Put(ctx, key, data, entry.Revision)
}

// remove removes the document at key if permit, called once it has been decoded into
// what target returned, returns nil.
func (u *untyped) remove(ctx context.Context, key string, target func() any, permit func() error) (revision uint64, err error) {
	err = u.locks.withLock(ctx, key, func() error {
		entry, err := u.bucket.Get(ctx, key)
		if err != nil {
			return err
		}
		if err := decodeEntry(entry, target()); err != nil {
			return err
		}
		if err := permit(); err != nil {
			return err
		}
		revision = entry.Revision
		return u.bucket.Delete(ctx, key, revision)
	})
	return revision, err
}

func decodeEntry(entry pasarela.Entry, value any) error {
	if err := decode(entry.Value, value); err != nil {
		return fmt.Errorf("document %s at revision %d: %w", entry.Key, entry.Revision, err)
	}
	return nil
}
