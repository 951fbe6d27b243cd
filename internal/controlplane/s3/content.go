package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

func pieceKey(content string, n int) string { return fmt.Sprintf("%s%s/%05d", prefixPiece, content, n) }

// write keeps bytes as the pieces of a content and returns their lengths.
func (s *Service) write(ctx context.Context, content string, data []byte) ([]int64, error) {
	lengths := []int64{}
	for n := 0; len(data) > 0; n++ {
		piece := data[:min(len(data), maxPiece)]
		if _, err := s.options.Bucket.Put(ctx, pieceKey(content, n), piece, 0); err != nil {
			return nil, err
		}
		lengths = append(lengths, int64(len(piece)))
		data = data[len(piece):]
	}
	return lengths, nil
}

func (s *Service) piece(ctx context.Context, content string, n int) ([]byte, error) {
	entry, err := s.options.Bucket.Get(ctx, pieceKey(content, n))
	if errors.Is(err, pasarela.ErrNotFound) {
		return nil, pasarela.Errorf(CodeNoKey, "The object was replaced or deleted while it was read.")
	}
	return entry.Value, err
}

// remove removes the pieces of a content. It is noted before, so that a server that stops
// meanwhile goes on later.
func (s *Service) remove(ctx context.Context, content string) error {
	if _, err := s.uploads.Create(ctx, prefixUpload+content, &upload{ID: content, Removed: true, Began: s.now()}); err != nil && !errors.Is(err, pasarela.ErrConflict) {
		return err
	}
	return s.discard(ctx, content)
}

// undo discards a content whose object or part was not written, and returns why it was not.
// Where the outcome of a write is not known nothing is discarded, since an object may have it:
// the note stays, and the sweep removes the content when no object has it after [forgotten].
func (s *Service) undo(ctx context.Context, content string, why error) error {
	if mayBeWritten(why) {
		return why
	}
	return errors.Join(why, s.discard(ctx, content))
}

func mayBeWritten(err error) bool { return errors.Is(err, pasarela.ErrUnavailable) }

// discard removes the pieces of a content that no object has, and its note. Pieces are
// written in ascending order, so the first missing one is the end.
func (s *Service) discard(ctx context.Context, content string) error {
	for n := 0; ; n++ {
		entry, err := s.options.Bucket.Get(ctx, pieceKey(content, n))
		if errors.Is(err, pasarela.ErrNotFound) {
			break
		}
		if err == nil {
			err = s.options.Bucket.Delete(ctx, entry.Key, entry.Revision)
		}
		if err != nil && !errors.Is(err, pasarela.ErrNotFound) {
			return err
		}
	}
	err := s.uploads.Delete(ctx, prefixUpload+content, nil)
	if errors.Is(err, pasarela.ErrNotFound) {
		return nil
	}
	return err
}

// Reader reads an object piece by piece. It is used by one goroutine.
type Reader struct {
	ctx     context.Context
	service *Service
	object  *Object
	at      int64
	piece   []byte // the one that is at hand
	number  int
	begins  int64
}

// Open makes a reader of an object.
func (s *Service) Open(ctx context.Context, o *Object) *Reader {
	return &Reader{ctx: ctx, service: s, object: o, number: -1}
}

// Read is [io.Reader].
func (r *Reader) Read(b []byte) (int, error) {
	if r.at >= r.object.Size {
		return 0, io.EOF
	}
	if err := r.load(); err != nil {
		return 0, err
	}
	n := copy(b, r.piece[r.at-r.begins:])
	r.at += int64(n)
	return n, nil
}

// load takes the piece that holds the place of reading.
func (r *Reader) load() error {
	begins := int64(0)
	for n, length := range r.object.Pieces {
		if r.at < begins+length {
			if n == r.number {
				return nil
			}
			piece, err := r.service.piece(r.ctx, r.object.Content, n)
			if err == nil && int64(len(piece)) != length {
				err = io.ErrUnexpectedEOF
			}
			r.piece, r.number, r.begins = piece, n, begins
			return err
		}
		begins += length
	}
	return io.ErrUnexpectedEOF
}

// Seek is [io.Seeker].
func (r *Reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.object.Size
	}
	if offset < 0 {
		return 0, errors.New("s3: a place before the object's begin")
	}
	r.at = offset
	return offset, nil
}

// Run removes, once an hour, what uploads have left that were not completed.
func (s *Service) Run(ctx context.Context) error {
	ticker := time.NewTicker(time.Hour)
	defer ticker.Stop()
	for {
		if err := s.sweep(ctx); err != nil && ctx.Err() == nil {
			s.options.Log.WarnContext(ctx, "remove abandoned uploads to S3", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// sweep removes the content of uploads that were begun long ago (forgotten) and never
// completed, and of objects that were replaced by a node that then ended.
func (s *Service) sweep(ctx context.Context) error {
	docs, err := s.uploads.List(ctx, prefixUpload)
	if err != nil {
		return err
	}
	docs = slices.DeleteFunc(docs, func(d document.Document[upload]) bool { return s.now().Sub(d.Value.Began) < forgotten })
	if len(docs) == 0 {
		return nil
	}
	objects, err := s.objects.List(ctx, prefixObject)
	if err != nil {
		return err
	}
	used := make(map[string]bool, len(objects)) // an object may be there whose note could not be removed
	for i := range objects {
		used[objects[i].Value.Content] = true
	}
	for i := range docs {
		u := docs[i].Value
		if used[u.ID] {
			if err := s.uploads.Delete(ctx, prefixUpload+u.ID, nil); err != nil {
				return err
			}
			continue
		}
		if err := s.drop(ctx, u); err != nil {
			return err
		}
	}
	return nil
}
