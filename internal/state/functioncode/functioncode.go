// Package functioncode keeps the zip files of functions in a Bucket, in as many values as they
// need (A-FUNCTIONS-7). The first has the key that [pasarela.FunctionCodeKey] makes of the
// file's checksum, the others the same with /1, /2 and so on behind it.
package functioncode

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/pasarela-ws/pasarela"
)

// Part is how many bytes one value has at most. All but the last have as many.
const Part = 30 << 20

// part is Part; tests make it smaller, since copies under the race detector are slow.
var part int64 = Part

// Code is a zip file. It implements [io.ReaderAt], so that it need not be in one piece.
type Code struct {
	parts [][]byte
	size  int64
}

// Size is the length in bytes.
func (c *Code) Size() int64 { return c.size }

// Bytes is the file in one piece. One that is longer than a [Part] is copied.
func (c *Code) Bytes() []byte {
	if len(c.parts) == 1 {
		return c.parts[0]
	}
	return slices.Concat(c.parts...)
}

// ReadAt implements [io.ReaderAt].
func (c *Code) ReadAt(p []byte, offset int64) (n int, err error) {
	if offset < 0 {
		return 0, errors.New("functioncode: an offset below 0")
	}
	for n < len(p) {
		if offset >= c.size {
			return n, io.EOF
		}
		copied := copy(p[n:], c.parts[offset/part][offset%part:])
		n, offset = n+copied, offset+int64(copied)
	}
	return n, nil
}

func key(sum string, at int) string {
	if at == 0 {
		return pasarela.FunctionCodeKey(sum)
	}
	return pasarela.FunctionCodeKey(sum) + "/" + strconv.Itoa(at)
}

// Put writes a file whose checksum is sum, a CodeSHA256. What is there already is the same
// and is written again, so that [Delete] removes nothing that was put since its parts were
// read. The first part is written last: code is found when all of it is there.
func Put(ctx context.Context, bucket pasarela.Bucket, sum string, data []byte) error {
	parts := slices.Collect(slices.Chunk(data, int(part)))
	for at, value := range slices.Backward(parts) {
		if err := put(ctx, bucket, key(sum, at), value); err != nil {
			return err
		}
	}
	return nil
}

// putAttempts bounds the races of one part with others that put or remove it.
const putAttempts = 8

func put(ctx context.Context, bucket pasarela.Bucket, key string, value []byte) error {
	revision := uint64(0)
	for range putAttempts {
		_, err := bucket.Put(ctx, key, value, revision)
		if !errors.Is(err, pasarela.ErrConflict) {
			return err
		}
		entry, err := bucket.Get(ctx, key)
		if err != nil && !errors.Is(err, pasarela.ErrNotFound) {
			return err
		}
		revision = entry.Revision
	}
	return fmt.Errorf("the code at %s: %w", key, pasarela.ErrConflict)
}

// Get reads the file with that checksum, or returns [pasarela.ErrNotFound].
func Get(ctx context.Context, bucket pasarela.Bucket, sum string) (*Code, error) {
	code := &Code{}
	for {
		entry, err := bucket.Get(ctx, key(sum, len(code.parts)))
		if errors.Is(err, pasarela.ErrNotFound) && len(code.parts) > 0 {
			break // the last part was a full one
		}
		if err != nil {
			return nil, err
		}
		code.parts, code.size = append(code.parts, entry.Value), code.size+int64(len(entry.Value))
		if int64(len(entry.Value)) != part {
			break
		}
	}
	if len(code.parts) > 1 || code.size == part { // of several values one may be missing
		if got := checksum(code.parts); got != sum {
			return nil, fmt.Errorf("the parts of the code %s are damaged: together they have the checksum %s", sum, got)
		}
	}
	return code, nil
}

func checksum(parts [][]byte) string {
	hash := sha256.New()
	for _, value := range parts {
		_, _ = hash.Write(value) // never fails
	}
	return base64.StdEncoding.EncodeToString(hash.Sum(nil))
}

// Parts are what there is of the file with that checksum, also of one that is not complete.
func Parts(ctx context.Context, bucket pasarela.Bucket, sum string) ([]pasarela.Entry, error) {
	return bucket.List(ctx, pasarela.FunctionCodeKey(sum))
}

// Delete removes parts that were not put again since they were read.
func Delete(ctx context.Context, bucket pasarela.Bucket, parts []pasarela.Entry) error {
	for _, entry := range parts {
		err := bucket.Delete(ctx, entry.Key, entry.Revision)
		if err != nil && !errors.Is(err, pasarela.ErrNotFound) && !errors.Is(err, pasarela.ErrConflict) {
			return err
		}
	}
	return nil
}
