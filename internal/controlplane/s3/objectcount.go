package s3

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// objectCountFresh is how long a count is used: it does not have what other nodes write meanwhile.
const objectCountFresh = time.Minute

// objectCount is how many objects there are, so that a write need not list them.
type objectCount struct {
	mu      sync.Mutex
	counted time.Time
	objects map[string]int // by bucket
	bytes   int64          // of all buckets
}

// note adds what a write has changed.
func (t *objectCount) note(bucket string, objects int, bytes int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.objects != nil {
		t.objects[bucket] += objects
		t.bytes += bytes
	}
}

// hasRoom says whether one more object of that size certainly has room.
func (t *objectCount) hasRoom(now time.Time, bucket string, size int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.objects != nil && now.Sub(t.counted) < objectCountFresh && t.objects[bucket] < maxObjects && t.bytes+size <= maxTotal
}

// room refuses an object that would be one too many, or too long. It counts the objects when
// the count is old, and before it refuses: a cluster's nodes may together keep a little more.
func (s *Service) room(ctx context.Context, bucket, key string, size int64) error {
	now := s.now()
	if s.count.hasRoom(now, bucket, size) {
		return nil
	}
	all, err := s.objects.List(ctx, prefixObject)
	if err != nil {
		return err
	}
	objects, bytes, replaces := map[string]int{}, int64(0), 0
	prefix := prefixObject + pasarela.EscapeKey(bucket) + "/"
	byPrefix := map[string]int{}
	for i := range all {
		o := all[i].Value
		bytes += o.Size
		byPrefix[all[i].Key[:strings.LastIndexByte(all[i].Key, '/')+1]]++
		if o.Key == key && strings.HasPrefix(all[i].Key, prefix) {
			replaces = 1
		}
	}
	buckets, err := s.Buckets(ctx)
	if err != nil {
		return err
	}
	for _, b := range buckets {
		objects[b.Name] = byPrefix[prefixObject+pasarela.EscapeKey(b.Name)+"/"]
	}
	s.count.mu.Lock()
	s.count.counted, s.count.objects, s.count.bytes = now, objects, bytes
	s.count.mu.Unlock()
	switch {
	case byPrefix[prefix]-replaces >= maxObjects:
		return pasarela.Errorf(CodeArgument, "The bucket %s has %d objects, and no more are kept here (A-S3-2). Delete what is not needed.", bucket, maxObjects)
	case bytes+size > maxTotal:
		return pasarela.Errorf(CodeTooLarge, "All objects together would have %d bytes; at most %d are kept here (A-S3-2). Delete what is not needed.", bytes+size, int64(maxTotal))
	}
	return nil
}
