// Package document keeps typed documents in a [pasarela.Bucket]: JSON, compressed where
// that saves space, changed by compare-and-set with retries. A change of one document is
// atomic; what must change together is one document.
package document

import (
	"context"

	"github.com/pasarela-ws/pasarela"
)

// Document is one value as it was read, with the key and the revision it has.
type Document[T any] struct {
	Key      string
	Revision uint64
	Value    *T
}

// Store reads and writes documents of one type. Keys are whole keys of the
// bucket ([pasarela.APIDocumentKey] and its neighbours), so stores of several
// types share a bucket. Values handed out are the caller's own to change. All
// methods are safe for concurrent use.
type Store[T any] struct {
	untyped
	known func(key string, revision uint64) *T
}

// NewStore makes the store of documents of type T in bucket.
func NewStore[T any](bucket pasarela.Bucket) *Store[T] {
	return &Store[T]{untyped: untyped{bucket, newKeyLocks()}}
}

// NewStoreOfKnown makes a store that does not decode a document for Update or Upsert when
// known has it: known returns a value that is the caller's own to change, or nil.
func NewStoreOfKnown[T any](bucket pasarela.Bucket, known func(key string, revision uint64) *T) *Store[T] {
	s := NewStore[T](bucket)
	s.known = known
	return s
}

// Get reads the document at key, or [pasarela.ErrNotFound].
func (s *Store[T]) Get(ctx context.Context, key string) (Document[T], error) {
	entry, err := s.bucket.Get(ctx, key)
	if err != nil {
		return Document[T]{}, err
	}
	return read[T](entry)
}

// Create writes a new document, or returns [pasarela.ErrConflict] when the key
// is taken.
func (s *Store[T]) Create(ctx context.Context, key string, value *T) (revision uint64, err error) {
	return s.replace(ctx, key, pasarela.Entry{}, value)
}

// Update reads the document at key, lets change edit it, and writes it back if
// there was no other write meanwhile; a lost race starts over with the newer document,
// so change may run several times and must have no effect but on its argument.
// An error of change is returned as it is and nothing is written. The answer is
// the document as written. [pasarela.ErrNotFound] when there is none.
func (s *Store[T]) Update(ctx context.Context, key string, change func(*T) error) (Document[T], error) {
	return s.update(ctx, key, false, change)
}

// Upsert is [Store.Update] that starts from the zero value where there is no
// document yet.
func (s *Store[T]) Upsert(ctx context.Context, key string, change func(*T) error) (Document[T], error) {
	return s.update(ctx, key, true, change)
}

// Delete removes the document at key if permit, which sees it as it is, returns
// nil; a nil permit always does. If the document changes between the read and the
// removal, Delete reads it and asks permit again. [pasarela.ErrNotFound] when there is
// none.
func (s *Store[T]) Delete(ctx context.Context, key string, permit func(*T) error) error {
	_, err := s.Remove(ctx, key, permit)
	return err
}

// Remove is [Store.Delete] that returns the document as it was last.
func (s *Store[T]) Remove(ctx context.Context, key string, permit func(*T) error) (removed Document[T], err error) {
	removed.Key = key
	removed.Revision, err = s.remove(ctx, key,
		func() any { removed.Value = new(T); return removed.Value },
		func() error {
			if permit == nil {
				return nil
			}
			return permit(removed.Value)
		})
	return removed, err
}

// Values are the values of documents, in their order.
func Values[T any](documents []Document[T]) []*T {
	values := make([]*T, len(documents))
	for i := range documents {
		values[i] = documents[i].Value
	}
	return values
}

// List reads all documents whose key starts with prefix, sorted by key.
func (s *Store[T]) List(ctx context.Context, prefix string) ([]Document[T], error) {
	entries, err := s.bucket.List(ctx, prefix)
	if err != nil {
		return nil, err
	}
	documents := make([]Document[T], 0, len(entries))
	for _, entry := range entries {
		document, err := read[T](entry)
		if err != nil {
			return nil, err
		}
		documents = append(documents, document)
	}
	return documents, nil
}

func (s *Store[T]) update(ctx context.Context, key string, create bool, change func(*T) error) (written Document[T], err error) {
	written.Key = key
	written.Revision, err = s.untyped.update(ctx, key, create,
		func(entry pasarela.Entry) (value any, isKnown bool) {
			if s.known != nil && entry.Revision != 0 {
				if written.Value = s.known(key, entry.Revision); written.Value != nil {
					return written.Value, true
				}
			}
			written.Value = new(T)
			return written.Value, false
		},
		func() error { return change(written.Value) })
	if err != nil {
		return Document[T]{}, err
	}
	return written, nil
}

func read[T any](entry pasarela.Entry) (Document[T], error) {
	value := new(T)
	if err := decodeEntry(entry, value); err != nil {
		return Document[T]{}, err
	}
	return Document[T]{Key: entry.Key, Revision: entry.Revision, Value: value}, nil
}
