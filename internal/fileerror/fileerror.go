// Package fileerror explains errors about a program's own files and folders: what is
// wrong, where, and what to do.
package fileerror

import (
	"errors"
	"io/fs"
	"os"
	"os/user"
	"syscall"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// Explain replaces an error about a file by one that says what is wrong, where, and what
// to do; any other error is returned unchanged. The operation that failed follows in
// brackets.
func Explain(err error) error {
	path, code := fileOf(err)
	if path == "" {
		return err
	}
	var id language.ID
	switch info, _ := os.Stat(path); {
	case info != nil && info.IsDir() && (errors.Is(code, syscall.EISDIR) || errors.Is(code, syscall.EEXIST) || errors.Is(code, syscall.ENOTEMPTY)):
		id = "file.is_folder"
	case info != nil && !info.IsDir() && errors.Is(code, syscall.ENOTDIR):
		id = "file.no_folder"
	case errors.Is(code, syscall.EROFS):
		id = "file.read_only"
	case errors.Is(code, syscall.ENOSPC), errors.Is(code, syscall.EDQUOT):
		id = "file.full"
	case errors.Is(code, fs.ErrPermission):
		return language.Errorf("file.forbidden", "user", thisUser(), "path", path, "error", err)
	default:
		return err
	}
	return language.Errorf(id, "path", path, "error", err)
}

// fileOf is the file that err is about, for a rename the new name, and the system's
// error.
func fileOf(err error) (path string, code error) {
	if about, ok := errors.AsType[*os.LinkError](err); ok {
		return about.New, about.Err
	}
	if about, ok := errors.AsType[*fs.PathError](err); ok {
		return about.Path, about.Err
	}
	return "", nil
}

func thisUser() error {
	if current, err := user.Current(); err == nil {
		return language.Errorf("file.user_named", "name", current.Username)
	}
	return language.Errorf("file.this_user")
}
