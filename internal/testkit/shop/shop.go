// Package shop gives tests the report backend's sample shop, which takes seconds to make
// under the race detector: one is made for all tests of a package.
package shop

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/report/source"
)

// content is the database of the shop, made at its first use.
var content = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "pasarela-shop")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // if removing fails, files stay in the temporary folder
	file := filepath.Join(dir, "shop.db")
	if err := source.MakeShop(context.Background(), file); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

// Content is the bytes of the shop's SQLite database. They are not to be changed.
func Content(t testing.TB) []byte {
	t.Helper()
	bytes, err := content()
	if err != nil {
		t.Fatal(err)
	}
	return bytes
}

// Write writes the shop to a file, unless the file is there.
func Write(t testing.TB, file string) {
	t.Helper()
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err := os.WriteFile(file, Content(t), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Open opens a copy of the shop for this test.
func Open(t testing.TB) *source.Source {
	t.Helper()
	file := filepath.Join(t.TempDir(), "shop.db")
	Write(t, file)
	opened, err := source.Open("sample", "sqlite:"+file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.Close() }) // only read
	return opened
}
