package s3_test

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/s3"
	"github.com/pasarela-ws/pasarela/internal/state/document"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

// counting counts how many objects are read.
type counting struct {
	pasarela.Bucket
	read *atomic.Int64
}

func (c counting) Get(ctx context.Context, key string) (pasarela.Entry, error) {
	c.read.Add(1)
	return c.Bucket.Get(ctx, key)
}

func (c counting) List(ctx context.Context, prefix string) ([]pasarela.Entry, error) {
	all, err := c.Bucket.List(ctx, prefix)
	c.read.Add(int64(len(all)))
	return all, err
}

// What a write reads does not grow with the number of objects.
func TestAWriteDoesNotReadAllObjects(t *testing.T) {
	c := counting{memory.NewBucket(), new(atomic.Int64)}
	place := pasarela.RegionAccount{Region: "eu-west-1", AccountID: "123456789012"}
	s := s3.New(s3.Options{Bucket: c, RegionAccount: place})
	if err := s.CreateBucket(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	put := func(s *s3.Service, key string) int64 {
		before := c.read.Load()
		if _, err := s.Put(t.Context(), s3.PutInput{Bucket: "one", Key: key, Body: []byte("v")}); err != nil {
			t.Fatal(err)
		}
		return c.read.Load() - before
	}
	put(s, "first") // which counts
	few := put(s, "second")
	for n := range 500 {
		put(s, fmt.Sprint("k", n))
	}
	if many := put(s, "last"); many != few {
		t.Errorf("a write reads %d entries among few and %d among many", few, many)
	}
}

// The limit on objects counts those that other nodes wrote, and not those that were deleted.
func TestTheNumberOfObjectsIsBounded(t *testing.T) {
	store := memory.NewBucket()
	place := pasarela.RegionAccount{Region: "eu-west-1", AccountID: "123456789012"}
	here, there := s3.New(s3.Options{Bucket: store, RegionAccount: place}), s3.New(s3.Options{Bucket: store, RegionAccount: place})
	if err := here.CreateBucket(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	put := func(s *s3.Service, key string) error {
		_, err := s.Put(t.Context(), s3.PutInput{Bucket: "one", Key: key})
		return err
	}
	for n := range 10_000 {
		if err := put(here, fmt.Sprint("k", n)); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range []*s3.Service{here, there} {
		if err := put(s, "more"); pasarela.CodeOf(err) != s3.CodeArgument || !strings.Contains(err.Error(), "10000 objects") {
			t.Errorf("one object too many: %v", err)
		}
		if err := put(s, "k1"); err != nil {
			t.Errorf("in place of another: %v", err)
		}
	}
	if err := there.Delete(t.Context(), "one", "k2"); err != nil {
		t.Fatal(err)
	}
	if err := put(here, "more"); err != nil {
		t.Errorf("after a deletion by another node: %v", err)
	}
}

// The limit on uploads counts those of several parts, which can be aborted, and no other notes.
func TestTheNumberOfUploadsIsBounded(t *testing.T) {
	store := memory.NewBucket()
	s := s3.New(s3.Options{Bucket: store, RegionAccount: pasarela.RegionAccount{Region: "eu-west-1", AccountID: "123456789012"}})
	if err := s.CreateBucket(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	notes := document.NewStore[map[string]any](store)
	for n := range 1000 { // contents whose removal has begun
		id := fmt.Sprint("removed-", n)
		if _, err := notes.Create(t.Context(), "s3upload/"+id, &map[string]any{"id": id, "removed": true}); err != nil {
			t.Fatal(err)
		}
	}
	first, err := s.CreateUpload(t.Context(), "one", "k", nil)
	if err != nil {
		t.Fatalf("beside 1,000 removed contents: %v", err)
	}
	upload, err := notes.Get(t.Context(), "s3upload/"+first)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 999 { // written as CreateUpload does, which reads all that there are each time
		other := maps.Clone(*upload.Value)
		other["id"] = fmt.Sprint("other-", n)
		if _, err := notes.Create(t.Context(), "s3upload/"+fmt.Sprint("other-", n), &other); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.CreateUpload(t.Context(), "one", "k", nil); err == nil || !strings.Contains(err.Error(), "1000 uploads are under way") {
		t.Errorf("upload 1001: %v", err)
	}
	if err := s.AbortUpload(t.Context(), "one", "k", first); err != nil {
		t.Fatal(err)
	}
	if _, err := s.CreateUpload(t.Context(), "one", "k", nil); err != nil {
		t.Errorf("after one was aborted: %v", err)
	}
}
