package s3

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// Object is what the store has of an object; its bytes lie beside it in pieces.
type Object struct {
	Key      string            `json:"key"`
	Content  string            `json:"content"` // names its pieces
	Pieces   []int64           `json:"pieces"`  // their lengths
	Size     int64             `json:"size"`
	ETag     string            `json:"etag"` // with its quotation marks
	Modified time.Time         `json:"modified"`
	Headers  map[string]string `json:"headers,omitempty"` // Content-Type, X-Amz-Meta-*, checksums
}

// PutInput is one object, whole.
type PutInput struct {
	Bucket, Key string
	Body        []byte
	Headers     map[string]string
	Condition
}

// Condition is what a write asks of the object that is there.
type Condition struct {
	// Absent refuses where there is one: If-None-Match: *.
	Absent bool
	// ETag refuses where there is none or another: If-Match. Empty asks for nothing, * for any.
	ETag string
}

// check refuses what is stored, which has no content where there is nothing.
func (c Condition) check(stored *Object, key string) error {
	switch there := stored.Content != ""; {
	case c.Absent && there:
		return pasarela.Errorf(CodePrecondition, "At least one of the pre-conditions you specified did not hold: %s is there.", key)
	case c.ETag != "" && !there:
		return pasarela.Errorf(CodeNoKey, "The specified key does not exist: %s", key)
	case c.ETag != "" && c.ETag != "*" && strings.Trim(c.ETag, `"`) != strings.Trim(stored.ETag, `"`):
		return pasarela.Errorf(CodePrecondition, "At least one of the pre-conditions you specified did not hold: the ETag of %s is %s.", key, stored.ETag)
	}
	return nil
}

// Put keeps an object in place of the one of that key.
func (s *Service) Put(ctx context.Context, in PutInput) (*Object, error) {
	if len(in.Body) > MaxBody {
		return nil, tooLarge(int64(len(in.Body)), MaxBody)
	}
	if err := s.admits(ctx, in.Bucket, in.Key, int64(len(in.Body))); err != nil {
		return nil, err
	}
	hash := md5.Sum(in.Body) // S3's ETag is the MD5 of the object
	o := &Object{Key: in.Key, Size: int64(len(in.Body)), ETag: `"` + hex.EncodeToString(hash[:]) + `"`, Headers: in.Headers}
	return o, s.keep(ctx, in.Bucket, o, in.Body, in.Condition)
}

// keep writes the bytes of an object and then the object in place of the one of its key,
// which is there until then. An object that has no time of its own gets the present.
func (s *Service) keep(ctx context.Context, bucket string, o *Object, body []byte, condition Condition) error {
	u, err := s.begin(ctx, bucket, o.Key, false, nil)
	if err != nil {
		return err
	}
	o.Content = u.ID
	if o.Pieces, err = s.write(ctx, o.Content, body); err != nil {
		return s.undo(ctx, u.ID, err)
	}
	if there, err := s.place(ctx, bucket, o, condition); !there {
		return s.undo(ctx, u.ID, err)
	} else if err != nil {
		return err
	}
	return s.uploads.Delete(ctx, prefixUpload+u.ID, nil)
}

func tooLarge(size, most int64) error {
	return pasarela.Errorf(CodeTooLarge, "Your proposed upload exceeds the maximum allowed size: %d bytes, and at most %d are kept here (A-S3-2).", size, most)
}

// admits says whether there is room for an object.
func (s *Service) admits(ctx context.Context, bucket, key string, size int64) error {
	if _, err := s.Find(ctx, bucket); err != nil {
		return err
	}
	switch {
	case key == "":
		return pasarela.Errorf(CodeArgument, "The key of an object is not empty.")
	case len(key) > maxKey:
		return pasarela.Errorf(CodeKeyTooLong, "Your key is too long: %d bytes, and at most %d are allowed.", len(key), maxKey)
	}
	return s.room(ctx, bucket, key, size)
}

// place puts an object where readers find it and discards the one before. there says that
// the object is there, or may be: its pieces must stay then, also if there is an error.
func (s *Service) place(ctx context.Context, bucket string, o *Object, condition Condition) (there bool, err error) {
	if o.Modified.IsZero() {
		o.Modified = s.now().Truncate(time.Second)
	}
	before := Object{}
	_, err = s.objects.Upsert(ctx, objectKey(bucket, o.Key), func(stored *Object) error {
		if err := condition.check(stored, o.Key); err != nil {
			return err
		}
		before = *stored
		*stored = *o
		return nil
	})
	if err != nil {
		return mayBeWritten(err), err
	}
	if before.Content == "" {
		s.count.note(bucket, 1, o.Size)
		return true, nil
	}
	s.count.note(bucket, 0, o.Size-before.Size)
	return true, s.remove(ctx, before.Content)
}

// Head reads what is known of an object.
func (s *Service) Head(ctx context.Context, bucket, key string) (*Object, error) {
	if _, err := s.Find(ctx, bucket); err != nil {
		return nil, err
	}
	found, err := s.objects.Get(ctx, objectKey(bucket, key))
	if errors.Is(err, pasarela.ErrNotFound) {
		return nil, pasarela.Errorf(CodeNoKey, "The specified key does not exist: %s in bucket %s", key, bucket)
	}
	return found.Value, err
}

// Get reads an object whole, of at most limit bytes.
func (s *Service) Get(ctx context.Context, bucket, key string, limit int64) ([]byte, error) {
	o, err := s.Head(ctx, bucket, key)
	if err != nil {
		return nil, err
	}
	if o.Size > limit {
		return nil, pasarela.Errorf(CodeTooLarge, "The object %s of bucket %s has %d bytes; at most %d can be used here.", key, bucket, o.Size, limit)
	}
	data := make([]byte, 0, o.Size)
	for i := range o.Pieces {
		piece, err := s.piece(ctx, o.Content, i)
		if err != nil {
			return nil, err
		}
		data = append(data, piece...)
	}
	return data, nil
}

// Delete removes an object; one that is not there is no error.
func (s *Service) Delete(ctx context.Context, bucket, key string) error {
	if _, err := s.Find(ctx, bucket); err != nil {
		return err
	}
	removed, err := s.objects.Remove(ctx, objectKey(bucket, key), func(*Object) error { return nil })
	if errors.Is(err, pasarela.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	s.count.note(bucket, -1, -removed.Value.Size)
	return s.remove(ctx, removed.Value.Content)
}

// List are the objects of a bucket whose keys begin with prefix, by key.
func (s *Service) List(ctx context.Context, bucket, prefix string) ([]*Object, error) {
	if _, err := s.Find(ctx, bucket); err != nil {
		return nil, err
	}
	docs, err := s.objects.List(ctx, prefixObject+pasarela.EscapeKey(bucket)+"/")
	if err != nil {
		return nil, err
	}
	list := []*Object{}
	for i := range docs {
		if strings.HasPrefix(docs[i].Value.Key, prefix) {
			list = append(list, docs[i].Value)
		}
	}
	slices.SortFunc(list, func(a, b *Object) int { return strings.Compare(a.Key, b.Key) })
	return list, nil
}
