//go:build unix

package jobs

import (
	"os"
	"path/filepath"
	"syscall"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// lockFolder keeps a second process out of the folder: two servers on one store
// destroy it.
func lockFolder(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close() // nothing was written
		return nil, language.Errorf("reports_api.in_use", "dir", dir)
	}
	return func() { file.Close() }, nil // closing frees the lock
}
