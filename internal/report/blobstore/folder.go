package blobstore

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"github.com/pasarela-ws/pasarela/internal/atomicfile"
)

func (f folder) path(key string) string { return filepath.Join(string(f), filepath.Base(key)) }

// put moves a file in; it is synced to disk when put returns.
func (f folder) put(_ context.Context, key, path, _ string) error {
	return atomicfile.Move(path, f.path(key))
}

func (f folder) open(_ context.Context, key string) (io.ReadCloser, error) {
	file, err := os.Open(f.path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrMissing
	}
	return file, err
}

func (f folder) read(_ context.Context, key string) ([]byte, error) {
	content, err := os.ReadFile(f.path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrMissing
	}
	return content, err
}

func (f folder) serve(w http.ResponseWriter, r *http.Request, key string, as Attachment) error {
	file, err := os.Open(f.path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return ErrMissing
	}
	if err != nil {
		return err
	}
	defer file.Close() // only read
	info, err := file.Stat()
	if err != nil {
		return err
	}
	as.writeTo(w.Header())
	w.Header().Set("ETag", `"`+filepath.Base(key)+`"`) // a key's content never changes
	http.ServeContent(w, r, "", info.ModTime(), file)
	return nil
}

func (f folder) remove(_ context.Context, key string) (int64, error) {
	info, err := os.Stat(f.path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return info.Size(), os.Remove(f.path(key))
}
