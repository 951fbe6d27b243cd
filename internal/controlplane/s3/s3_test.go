package s3_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/s3"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

func open(t *testing.T) (*s3.Service, pasarela.Bucket) {
	t.Helper()
	store := memory.NewBucket()
	s := s3.New(s3.Options{Bucket: store, RegionAccount: pasarela.RegionAccount{Region: "eu-west-1", AccountID: "123456789012"}})
	if err := s.CreateBucket(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	return s, store
}

func TestBounds(t *testing.T) {
	s, _ := open(t)
	ctx := t.Context()
	if _, err := s.Put(ctx, s3.PutInput{Bucket: "one", Key: "k", Body: make([]byte, s3.MaxBody+1)}); pasarela.CodeOf(err) != s3.CodeTooLarge {
		t.Errorf("a long object: %v", err)
	}
	if _, err := s.Put(ctx, s3.PutInput{Bucket: "one", Key: string(make([]byte, 1025))}); pasarela.CodeOf(err) != s3.CodeKeyTooLong {
		t.Errorf("a long key: %v", err)
	}
	id, err := s.CreateUpload(ctx, "one", "k", nil)
	if err != nil {
		t.Fatal(err)
	}
	part := make([]byte, s3.MaxBody)
	for n := 1; n <= s3.MaxObject/s3.MaxBody; n++ {
		if _, err := s.UploadPart(ctx, "one", "k", id, n, part); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.UploadPart(ctx, "one", "k", id, 100, []byte("1")); pasarela.CodeOf(err) != s3.CodeTooLarge {
		t.Errorf("one part too many: %v", err)
	}
	for n := 0; ; n++ {
		err := s.CreateBucket(ctx, "b"+string(rune('a'+n/10))+string(rune('a'+n%10)))
		if n == 99 {
			if pasarela.CodeOf(err) != s3.CodeTooMany {
				t.Errorf("one bucket too many: %v", err)
			}
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestAbandonedUploadsAreRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, store := open(t)
		ctx := t.Context()
		if _, err := s.Put(ctx, s3.PutInput{Bucket: "one", Key: "kept", Body: []byte("kept")}); err != nil {
			t.Fatal(err)
		}
		id, err := s.CreateUpload(ctx, "one", "k", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.UploadPart(ctx, "one", "k", id, 1, []byte("part")); err != nil {
			t.Fatal(err)
		}
		go func() { _ = s.Run(ctx) }()
		count := func() int {
			synctest.Wait()
			pieces, _ := store.List(ctx, "s3piece/")
			return len(pieces)
		}
		time.Sleep(23 * time.Hour)
		if n := count(); n != 2 {
			t.Errorf("after 23 hours there are %d pieces", n)
		}
		time.Sleep(3 * time.Hour)
		if n := count(); n != 1 {
			t.Errorf("after 26 hours there are %d pieces", n)
		}
		if data, err := s.Get(ctx, "one", "kept", 10); string(data) != "kept" {
			t.Errorf("the object is %q, %v", data, err)
		}
	})
}

func TestReplacementsNeedNoMoreRoom(t *testing.T) {
	s, store := open(t)
	for range 3 {
		if _, err := s.Put(t.Context(), s3.PutInput{Bucket: "one", Key: "k", Body: []byte("v")}); err != nil {
			t.Fatal(err)
		}
	}
	left, err := store.List(t.Context(), "s3")
	if err != nil || len(left) != 3 { // the bucket, the object and its piece
		t.Errorf("%d entries, %v", len(left), err)
	}
}
