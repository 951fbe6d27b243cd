package functions

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/functioncode"
)

// Bounds of unpacked code (aws-lambda §6).
const (
	maxUnpacked = 250 << 20 // bytes
	maxEntries  = 50_000
)

// codeFolder is the folder with the code of a version, unpacked once however many of its
// processes start at the same time.
func (r *Runner) codeFolder(ctx context.Context, v *pasarela.FunctionVersion) (string, error) {
	lock, _ := r.unpacking.LoadOrStore(v.CodeSHA256, make(chan struct{}, 1))
	semaphore := lock.(chan struct{})
	select {
	case semaphore <- struct{}{}:
		defer func() { <-semaphore }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	folder := filepath.Join(r.dir, pasarela.EscapeKey(v.CodeSHA256))
	if _, err := os.Stat(folder); err == nil {
		return folder, nil
	}
	if v.CodeSize > functioncode.Part {
		select { // its memory is bounded: one large file at a time
		case r.large <- struct{}{}:
			defer func() { <-r.large }()
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	code, err := functioncode.Get(ctx, r.options.Bucket, v.CodeSHA256)
	if err != nil {
		return "", fmt.Errorf("read the code: %w", err)
	}
	unfinished, err := os.MkdirTemp(r.dir, "unpacking-")
	if err != nil {
		return "", err
	}
	err = errors.Join(unpack(code, unfinished), os.Chmod(unfinished, 0o755)) // functions read it as another user
	if err == nil {
		err = os.Rename(unfinished, folder)
	}
	if err != nil {
		return "", errors.Join(fmt.Errorf("unpack the code: %w", err), os.RemoveAll(unfinished))
	}
	return folder, nil
}

// unpack writes the files of a zip file below folder. It refuses names that lead out of
// the folder, links, devices, and archives that are too large.
func unpack(code *functioncode.Code, folder string) error {
	archive, err := zip.NewReader(code, code.Size())
	if err != nil {
		return err
	}
	if len(archive.File) > maxEntries {
		return fmt.Errorf("more than %d files", maxEntries)
	}
	bytesLeft := int64(maxUnpacked)
	for _, file := range archive.File {
		name := strings.ReplaceAll(file.Name, `\`, "/") // some Windows tools write these
		if !filepath.IsLocal(strings.TrimSuffix(name, "/")) {
			return fmt.Errorf("the file name %q leads out of the folder", file.Name)
		}
		path := filepath.Join(folder, filepath.FromSlash(name))
		switch {
		case strings.HasSuffix(name, "/"):
			err = os.MkdirAll(path, 0o755) // as above
		case !file.Mode().IsRegular():
			err = fmt.Errorf("%q is no plain file", file.Name)
		default:
			bytesLeft, err = unpackFile(file, path, bytesLeft)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unpackFile writes one file and returns how many bytes may still come.
func unpackFile(file *zip.File, path string, bytesLeft int64) (left int64, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { // as above
		return 0, err
	}
	from, err := file.Open()
	if err != nil {
		return 0, err
	}
	defer from.Close()
	mode := fs.FileMode(0o644)
	if file.Mode()&0o111 != 0 || file.Mode().Perm() == 0 { // archives without modes
		mode = 0o755
	}
	to, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(to, io.LimitReader(from, bytesLeft+1))
	if n > bytesLeft {
		err = fmt.Errorf("more than %d bytes unpacked", maxUnpacked)
	}
	return bytesLeft - n, errors.Join(err, to.Close())
}
