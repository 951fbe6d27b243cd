package apis

import (
	"context"
	"sync"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// maxDocuments bounds the decoded documents that are remembered.
const maxDocuments = 512

// decodedCache has decoded API documents by their revision: decoding 5,000 routes takes
// tens of milliseconds, reading the revision from the bucket microseconds. Its documents
// are shared and never changed. mu guards documents.
type decodedCache struct {
	mu        sync.Mutex
	documents map[string]document.Document[pasarela.APIDocument]
}

// get returns the document as it is in the bucket now.
func (s *decodedCache) get(ctx context.Context, bucket pasarela.Bucket, store *document.Store[pasarela.APIDocument], key string) (*pasarela.APIDocument, error) {
	entry, err := bucket.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	known := s.documents[key]
	s.mu.Unlock()
	if known.Revision == entry.Revision {
		return known.Value, nil
	}
	doc, err := store.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	s.keep(doc)
	return doc.Value, nil
}

// copyOf is a copy of the document at that revision, which may be changed; nil when it is
// not cached.
func (s *decodedCache) copyOf(key string, revision uint64) *pasarela.APIDocument {
	s.mu.Lock()
	known := s.documents[key]
	s.mu.Unlock()
	if known.Revision != revision {
		return nil
	}
	return known.Value.Clone()
}

// keep caches a document; when there are too many, an arbitrary one is removed.
func (s *decodedCache) keep(doc document.Document[pasarela.APIDocument]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.documents == nil {
		s.documents = map[string]document.Document[pasarela.APIDocument]{}
	}
	if _, ok := s.documents[doc.Key]; !ok && len(s.documents) >= maxDocuments {
		for other := range s.documents {
			delete(s.documents, other)
			break
		}
	}
	if s.documents[doc.Key].Revision <= doc.Revision {
		s.documents[doc.Key] = doc
	}
}
