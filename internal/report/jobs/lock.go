package jobs

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/pasarela-ws/pasarela/internal/filelock"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// lockFolder makes the folder and keeps a second process out of it.
func lockFolder(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	unlock, err = filelock.Lock(filepath.Join(dir, "lock"))
	var held *filelock.Held
	if errors.As(err, &held) {
		return nil, language.Errorf("reports_api.in_use", "dir", dir)
	}
	return unlock, err
}
