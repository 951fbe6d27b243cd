//go:build !unix

package jobs

import (
	"os"
	"path/filepath"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// lockFolder keeps a second process out of the folder. On Windows an open file
// cannot be removed, so a lock file that can be removed was left by a process
// that has ended.
func lockFolder(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	name := filepath.Join(dir, "lock")
	if err := os.Remove(name); err != nil && !os.IsNotExist(err) {
		return nil, language.Errorf("reports_api.in_use", "dir", dir)
	}
	file, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	return func() { file.Close() }, nil // closing frees the lock
}
