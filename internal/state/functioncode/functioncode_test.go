package functioncode_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/functioncode"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

// file is a file of so many bytes, and its checksum.
func file(size int) (data []byte, sum string) {
	data = make([]byte, size)
	for at := range data {
		data[at] = byte(at)
	}
	hash := sha256.Sum256(data)
	return data, base64.StdEncoding.EncodeToString(hash[:])
}

func parts(t *testing.T, bucket pasarela.Bucket, sum string) []pasarela.Entry {
	t.Helper()
	found, err := functioncode.Parts(t.Context(), bucket, sum)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestFilesOfManyParts(t *testing.T) {
	functioncode.SetPart(t, 100)
	for _, size := range []int{1, 99, 100, 101, 200, 205} {
		bucket, ctx := memory.NewBucket(), t.Context()
		data, sum := file(size)
		for range 2 { // the second time it is there
			if err := functioncode.Put(ctx, bucket, sum, data); err != nil {
				t.Fatal(err)
			}
		}
		code, err := functioncode.Get(ctx, bucket, sum)
		if err != nil || code.Size() != int64(size) || !bytes.Equal(code.Bytes(), data) {
			t.Fatalf("%d bytes: %v", size, err)
		}
		read, err := io.ReadAll(io.NewSectionReader(code, 0, code.Size()))
		if err != nil || !bytes.Equal(read, data) {
			t.Errorf("%d bytes: read at offsets: %d bytes, %v", size, len(read), err)
		}
		if n, err := code.ReadAt(make([]byte, 2), int64(size)-1); n != 1 || err != io.EOF {
			t.Errorf("%d bytes: at the end %d, %v", size, n, err)
		}
		before := parts(t, bucket, sum)
		if err := functioncode.Put(ctx, bucket, sum, data); err != nil {
			t.Fatal(err)
		}
		if err := functioncode.Delete(ctx, bucket, before); err != nil || len(parts(t, bucket, sum)) != len(before) {
			t.Errorf("%d bytes: what was put again went, %v", size, err)
		}
		if err := functioncode.Delete(ctx, bucket, parts(t, bucket, sum)); err != nil {
			t.Fatal(err)
		}
		if left, err := bucket.List(ctx, ""); err != nil || len(left) != 0 {
			t.Errorf("%d bytes: %d values are left, %v", size, len(left), err)
		}
		if _, err := functioncode.Get(ctx, bucket, sum); !errors.Is(err, pasarela.ErrNotFound) {
			t.Errorf("%d bytes: what is deleted: %v", size, err)
		}
	}
}

// TestAPartThatIsMissing: it is never taken for a shorter file.
func TestAPartThatIsMissing(t *testing.T) {
	functioncode.SetPart(t, 100)
	bucket, ctx := memory.NewBucket(), t.Context()
	data, sum := file(101)
	if err := functioncode.Put(ctx, bucket, sum, data); err != nil {
		t.Fatal(err)
	}
	second := pasarela.FunctionCodeKey(sum) + "/1"
	entry, err := bucket.Get(ctx, second)
	if err != nil {
		t.Fatal(err)
	}
	if err := bucket.Delete(ctx, second, entry.Revision); err != nil {
		t.Fatal(err)
	}
	if _, err := functioncode.Get(ctx, bucket, sum); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a file without its second part: %v", err)
	}
}
