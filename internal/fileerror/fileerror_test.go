package fileerror_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/fileerror"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// What stands in the way of a file is said with its path and a remedy, whoever met it.
func TestFilesThatCannotBeUsed(t *testing.T) {
	dir := t.TempDir()
	folder, file := filepath.Join(dir, "folder"), filepath.Join(dir, "file")
	if err := errors.Join(os.MkdirAll(filepath.Join(folder, "x"), 0o700), os.WriteFile(file, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	_, notRead := os.ReadFile(folder)
	_, notOpened := os.OpenFile(folder, os.O_RDWR, 0)
	for name, c := range map[string]struct {
		err              error
		english, spanish string
	}{
		"a folder is read":     {notRead, folder + " is a folder", folder + " es una carpeta"},
		"a folder is opened":   {notOpened, folder + " is a folder", "bórrala"},
		"a folder is replaced": {os.Rename(file, folder), folder + " is a folder", "muévela"},
		"no folder":            {os.MkdirAll(file, 0o700), file + " is a file", file + " es un archivo"},
		"deep in an error":     {fmt.Errorf("state: %w", errors.Join(errors.New("x"), notRead)), "(state: x", "(state: x"},
		"forbidden":            {&fs.PathError{Op: "open", Path: file, Err: syscall.EACCES}, "may not use " + file + ": give the folder", "no puede usar " + file},
		"read-only":            {&fs.PathError{Op: "mkdir", Path: file, Err: syscall.EROFS}, "mount it for writing", "solo lectura"},
		"full":                 {&fs.PathError{Op: "write", Path: file, Err: syscall.ENOSPC}, "no room left for " + file, "no queda sitio"},
		"over the quota":       {&os.LinkError{Op: "rename", Old: folder, New: file, Err: syscall.EDQUOT}, "no room left for " + file, "no queda sitio"},
	} {
		said := fileerror.Explain(c.err)
		for l, want := range map[language.Language]string{language.English: c.english, language.Spanish: c.spanish} {
			if text := l.Of(said); !strings.Contains(text, want) {
				t.Errorf("%s: %q, want %q", name, text, want)
			}
		}
		if !errors.Is(said, errors.Unwrap(said)) || !strings.Contains(said.Error(), c.err.Error()) {
			t.Errorf("%s: the cause is lost: %v", name, said)
		}
	}
	for _, other := range []error{errors.New("x"), &fs.PathError{Op: "open", Path: "none", Err: fs.ErrNotExist}} {
		if fileerror.Explain(other) != other {
			t.Errorf("%v became %v", other, fileerror.Explain(other))
		}
	}
}
