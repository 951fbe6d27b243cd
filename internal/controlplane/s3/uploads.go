package s3

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// upload is the note of bytes that no object has yet, or none has any more.
type upload struct {
	ID        string            `json:"id"`
	Bucket    string            `json:"bucket,omitempty"`
	Key       string            `json:"key,omitempty"`
	Multipart bool              `json:"multipart,omitempty"`
	Removed   bool              `json:"removed,omitempty"`
	Began     time.Time         `json:"began"`
	Headers   map[string]string `json:"headers,omitempty"`
	Parts     map[int]Part      `json:"parts,omitempty"`
}

// Part is a part of an upload.
type Part struct {
	Number  int     `json:"number"`
	ETag    string  `json:"etag"`
	Size    int64   `json:"size"`
	Content string  `json:"content"`
	Pieces  []int64 `json:"pieces"`
}

func (s *Service) begin(ctx context.Context, bucket, key string, multipart bool, headers map[string]string) (*upload, error) {
	u := &upload{ID: pasarela.NewUUID(), Bucket: bucket, Key: key, Multipart: multipart, Began: s.now(), Headers: headers}
	_, err := s.uploads.Create(ctx, prefixUpload+u.ID, u)
	return u, err
}

// CreateUpload begins an object of several parts and returns the upload's id.
func (s *Service) CreateUpload(ctx context.Context, bucket, key string, headers map[string]string) (string, error) {
	if err := s.admits(ctx, bucket, key, 0); err != nil {
		return "", err
	}
	all, err := s.uploads.List(ctx, prefixUpload)
	if err != nil {
		return "", err
	}
	underWay := 0 // the other notes are of single parts and removed contents, which nobody can abort
	for i := range all {
		if all[i].Value.Multipart {
			underWay++
		}
	}
	if underWay >= maxUploads {
		return "", pasarela.Errorf(CodeArgument, "%d uploads are under way, and no more are kept here (A-S3-2). Abort those that are not needed.", underWay)
	}
	u, err := s.begin(ctx, bucket, key, true, headers)
	return u.ID, err
}

func (s *Service) upload(ctx context.Context, bucket, key, id string) (*upload, error) {
	found, err := s.uploads.Get(ctx, prefixUpload+pasarela.EscapeKey(id))
	if err != nil && !errors.Is(err, pasarela.ErrNotFound) {
		return nil, err
	}
	if u := found.Value; err == nil && u.Multipart && u.Bucket == bucket && u.Key == key {
		return u, nil
	}
	return nil, pasarela.Errorf(CodeNoUpload, "The specified multipart upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.")
}

// UploadPart keeps a part in place of the one of that number.
func (s *Service) UploadPart(ctx context.Context, bucket, key, id string, number int, body []byte) (Part, error) {
	u, err := s.upload(ctx, bucket, key, id)
	if err != nil {
		return Part{}, err
	}
	if number < 1 || number > maxParts {
		return Part{}, pasarela.Errorf(CodeArgument, "Part number must be an integer between 1 and %d, inclusive", maxParts)
	}
	size := int64(len(body))
	for n, part := range u.Parts {
		if n != number {
			size += part.Size
		}
	}
	if size > MaxObject {
		return Part{}, tooLarge(size, MaxObject)
	}
	hash := md5.Sum(body) // S3's ETag is the MD5 of the part
	part := Part{Number: number, ETag: `"` + hex.EncodeToString(hash[:]) + `"`, Size: int64(len(body)), Content: pasarela.NewUUID()}
	_, err = s.uploads.Create(ctx, prefixUpload+part.Content, &upload{ID: part.Content, Began: s.now()})
	if err != nil {
		return Part{}, err
	}
	if part.Pieces, err = s.write(ctx, part.Content, body); err != nil {
		return Part{}, s.undo(ctx, part.Content, err)
	}
	before := ""
	_, err = s.uploads.Update(ctx, prefixUpload+id, func(u *upload) error {
		if u.Parts == nil {
			u.Parts = map[int]Part{}
		}
		before = u.Parts[number].Content
		u.Parts[number] = part
		return nil
	})
	if errors.Is(err, pasarela.ErrNotFound) {
		err = pasarela.Errorf(CodeNoUpload, "The specified multipart upload does not exist any more.")
	}
	if err != nil {
		return Part{}, s.undo(ctx, part.Content, err)
	}
	if before != "" {
		err = s.remove(ctx, before)
	}
	return part, errors.Join(err, s.uploads.Delete(ctx, prefixUpload+part.Content, nil))
}

// CompleteUpload makes the object of the parts that are named.
func (s *Service) CompleteUpload(ctx context.Context, bucket, key, id string, named []Part, condition Condition) (*Object, error) {
	u, err := s.upload(ctx, bucket, key, id)
	if err != nil {
		return nil, err
	}
	if len(named) == 0 {
		return nil, pasarela.Errorf(CodeXML, "The XML you provided was not well-formed or did not validate against our published schema: it names no part.")
	}
	if !slices.IsSortedFunc(named, func(a, b Part) int { return a.Number - b.Number }) {
		return nil, pasarela.Errorf(CodePartOrder, "The list of parts was not in ascending order. The parts list must be specified in order by part number.")
	}
	o := &Object{Key: key, Content: pasarela.NewUUID(), Headers: u.Headers}
	var sums, data []byte
	for _, n := range named {
		part, there := u.Parts[n.Number]
		if !there || strings.Trim(part.ETag, `"`) != strings.Trim(n.ETag, `"`) {
			return nil, pasarela.Errorf(CodePart, "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag: part %d.", n.Number)
		}
		sum, _ := hex.DecodeString(strings.Trim(part.ETag, `"`)) // it is of this server's making
		sums = append(sums, sum...)
		o.Size += part.Size
	}
	if err := s.admits(ctx, bucket, key, o.Size); err != nil {
		return nil, err
	}
	hash := md5.Sum(sums) // as S3 makes it
	o.ETag = fmt.Sprintf(`"%x-%d"`, hash, len(named))
	if _, err := s.uploads.Create(ctx, prefixUpload+o.Content, &upload{ID: o.Content, Began: s.now()}); err != nil {
		return nil, err
	}
	next := 0
	for _, n := range named { // each part is copied, so that pieces of an object have one name
		part := u.Parts[n.Number]
		for i := range part.Pieces {
			if data, err = s.piece(ctx, part.Content, i); err == nil {
				_, err = s.options.Bucket.Put(ctx, pieceKey(o.Content, next), data, 0)
			}
			if err != nil {
				return nil, s.undo(ctx, o.Content, err)
			}
			o.Pieces = append(o.Pieces, int64(len(data)))
			next++
		}
	}
	if there, err := s.place(ctx, bucket, o, condition); !there {
		return nil, s.undo(ctx, o.Content, err)
	} else if err != nil {
		return nil, err
	}
	return o, errors.Join(s.uploads.Delete(ctx, prefixUpload+o.Content, nil), s.drop(ctx, u))
}

// AbortUpload forgets an upload and its parts.
func (s *Service) AbortUpload(ctx context.Context, bucket, key, id string) error {
	u, err := s.upload(ctx, bucket, key, id)
	if err != nil {
		return err
	}
	return s.drop(ctx, u)
}

func (s *Service) drop(ctx context.Context, u *upload) error {
	for _, part := range u.Parts {
		if err := s.discard(ctx, part.Content); err != nil {
			return err
		}
	}
	return s.discard(ctx, u.ID)
}

// Parts are the parts of an upload, by number.
func (s *Service) Parts(ctx context.Context, bucket, key, id string) ([]Part, error) {
	u, err := s.upload(ctx, bucket, key, id)
	if err != nil {
		return nil, err
	}
	parts := slices.Collect(maps.Values(u.Parts))
	sort.Slice(parts, func(i, j int) bool { return parts[i].Number < parts[j].Number })
	return parts, nil
}
