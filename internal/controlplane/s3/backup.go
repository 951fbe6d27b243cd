package s3

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// BucketContents is a bucket with its objects.
type BucketContents struct {
	Bucket
	Objects []ObjectContents `json:"objects,omitzero"` // nil: those that are there stay
}

// ObjectContents is an object; its bytes lie elsewhere in the file.
type ObjectContents struct {
	Key      string            `json:"key"`
	Size     int64             `json:"size"`
	ETag     string            `json:"etag"` // with its quotation marks
	Modified time.Time         `json:"modified"`
	Headers  map[string]string `json:"headers,omitempty"`
	SHA256   string            `json:"sha256,omitempty"` // of its bytes, in hexadecimal digits; names them
}

// Backup reads all buckets with their objects, and writes them back. Uploads of several
// parts that are under way are no part of it.
type Backup struct{ service *Service }

// Backup is what files of everything are made by.
func (s *Service) Backup() Backup { return Backup{s} }

// Read returns all buckets by name, with objects by key or without.
func (b Backup) Read(ctx context.Context, objects bool) ([]BucketContents, error) {
	buckets, err := b.service.Buckets(ctx)
	all := make([]BucketContents, len(buckets))
	for i, bucket := range buckets {
		all[i].Bucket = *bucket
		if !objects {
			continue
		}
		list, err := b.service.List(ctx, bucket.Name, "")
		if err != nil {
			return nil, err
		}
		all[i].Objects = make([]ObjectContents, len(list))
		for n, o := range list {
			all[i].Objects[n] = ObjectContents{Key: o.Key, Size: o.Size, ETag: o.ETag, Modified: o.Modified, Headers: o.Headers}
		}
	}
	return all, err
}

// Bytes are those of an object.
func (b Backup) Bytes(ctx context.Context, bucket, key string) ([]byte, error) {
	return b.service.Get(ctx, bucket, key, MaxObject)
}

// Prepare checks buckets and objects. data are the bytes of the file by their SHA-256;
// an object whose bytes it has not must be in the store as it is. One that was too long for
// the file, and so names no bytes, is taken out where the store does not have it.
func (b Backup) Prepare(ctx context.Context, all []BucketContents, data map[string][]byte) error {
	seen := map[string]bool{}
	total := int64(0)
	for i := range all {
		if err := checkBucketName(all[i].Name); err != nil || seen[all[i].Name] {
			return pasarela.Errorf(pasarela.CodeBadRequest, "buckets: entry %d has no name of its own: %q", i, all[i].Name)
		}
		seen[all[i].Name] = true
		if len(all[i].Objects) > maxObjects {
			return pasarela.Errorf(pasarela.CodeBadRequest, "buckets[%s]: it has %d objects; at most %d are kept here.", all[i].Name, len(all[i].Objects), maxObjects)
		}
		kept := all[i].Objects[:0]
		for _, o := range all[i].Objects {
			there, err := b.checkObject(ctx, all[i].Name, &o, data)
			if err != nil {
				return err
			}
			if there {
				kept = append(kept, o)
				total += o.Size
			}
		}
		all[i].Objects = kept
	}
	if len(all) > maxBuckets || total > maxTotal {
		return pasarela.Errorf(pasarela.CodeBadRequest, "buckets: there are %d with %d bytes; at most %d with %d are kept here.", len(all), total, maxBuckets, int64(maxTotal))
	}
	return nil
}

// checkObject checks one object and says whether it can be kept.
func (b Backup) checkObject(ctx context.Context, bucket string, o *ObjectContents, data map[string][]byte) (bool, error) {
	bytes, there := data[o.SHA256]
	if !there {
		same, err := b.has(ctx, bucket, o)
		if err == nil && !same && o.SHA256 != "" {
			return false, pasarela.Errorf(pasarela.CodeBadRequest, "buckets[%s].objects[%s]: the part data of the file does not have its bytes, and neither does this server. "+
				"Take it out of the file and upload it again.", bucket, o.Key)
		}
		return same, err
	}
	if o.Key == "" || len(o.Key) > maxKey || o.Size != int64(len(bytes)) || len(strings.Trim(o.ETag, `"`)) < 32 {
		return false, pasarela.Errorf(pasarela.CodeBadRequest, "buckets[%s].objects[%s]: it must have a key of 1 to %d bytes, its size (%d bytes) and its etag.", bucket, o.Key, maxKey, len(bytes))
	}
	return true, nil
}

// has says whether the store has an object as it is in a file.
func (b Backup) has(ctx context.Context, bucket string, o *ObjectContents) (bool, error) {
	found, err := b.service.objects.Get(ctx, objectKey(bucket, o.Key))
	if errors.Is(err, pasarela.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return found.Value.ETag == o.ETag && found.Value.Size == o.Size, nil
}

// Restore writes buckets and objects over what there is. With prune, buckets that are not
// among them are removed, and so are the other objects of those that list theirs. They
// went through [Backup.Prepare].
func (b Backup) Restore(ctx context.Context, all []BucketContents, data map[string][]byte, prune bool) error {
	kept := map[string]*BucketContents{}
	for i := range all {
		bucket := &all[i]
		kept[bucket.Name] = bucket
		if _, err := b.service.buckets.Upsert(ctx, bucketKey(bucket.Name), func(stored *Bucket) error { *stored = bucket.Bucket; return nil }); err != nil {
			return err
		}
		for n := range bucket.Objects {
			if err := b.restoreObject(ctx, bucket.Name, &bucket.Objects[n], data); err != nil {
				return err
			}
		}
	}
	if !prune {
		return nil
	}
	return b.prune(ctx, kept)
}

func (b Backup) restoreObject(ctx context.Context, bucket string, o *ObjectContents, data map[string][]byte) error {
	made := &Object{Key: o.Key, Size: o.Size, ETag: o.ETag, Headers: o.Headers, Modified: o.Modified}
	same, err := b.has(ctx, bucket, o)
	if err != nil {
		return err
	}
	if same { // its bytes stay
		_, err := b.service.objects.Update(ctx, objectKey(bucket, o.Key), func(stored *Object) error {
			made.Content, made.Pieces = stored.Content, stored.Pieces
			*stored = *made
			return nil
		})
		return err
	}
	return b.service.keep(ctx, bucket, made, data[o.SHA256], Condition{})
}

// prune removes buckets and objects that a file does not have; objects of a bucket whose list
// the file leaves out stay.
func (b Backup) prune(ctx context.Context, kept map[string]*BucketContents) error {
	there, err := b.Read(ctx, true)
	if err != nil {
		return err
	}
	for i := range there {
		wanted := kept[there[i].Name]
		if wanted != nil && wanted.Objects == nil {
			continue
		}
		keys := map[string]bool{}
		if wanted != nil {
			for n := range wanted.Objects {
				keys[wanted.Objects[n].Key] = true
			}
		}
		for _, o := range there[i].Objects {
			if keys[o.Key] {
				continue
			}
			if err := b.service.Delete(ctx, there[i].Name, o.Key); err != nil {
				return err
			}
		}
		if wanted == nil {
			if err := b.service.DeleteBucket(ctx, there[i].Name); err != nil {
				return err
			}
		}
	}
	return nil
}
