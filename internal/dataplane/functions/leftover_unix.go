//go:build unix

package functions

import (
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
)

// lockName is the file in a runner's folder that is locked while the runner exists.
const lockName = "lock"

// lockFolder makes the lock of a runner's folder. The file is renamed to its name once it
// is locked: a folder without it is still being made.
func lockFolder(dir string) (io.Closer, error) {
	file, err := os.OpenFile(filepath.Join(dir, "unlocked"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // a folder of the runner's own
	if err != nil {
		return nil, err
	}
	if err = lock(file); err == nil {
		err = os.Rename(file.Name(), filepath.Join(dir, lockName))
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

func lock(file *os.File) error { return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

// removeLeftovers kills the processes of runners that were killed, and removes their
// folders.
func removeLeftovers(log *slog.Logger) {
	found, err := filepath.Glob(filepath.Join(os.TempDir(), folderPattern+"*"))
	if err != nil {
		return // the temporary folder's name is a pattern
	}
	for _, dir := range found {
		removed, err := removeLeftover(dir)
		switch {
		case err != nil:
			log.Warn("what a server that was killed left of its functions stays", "folder", dir, "error", err)
		case removed:
			log.Info("removed what a server that was killed left of its functions", "folder", dir)
		}
	}
}

// removeLeftover removes a folder of this user whose lock no runner holds. Folders of
// other users are not opened: anyone may make one in /tmp.
func removeLeftover(dir string) (removed bool, err error) {
	info, err := os.Lstat(dir)
	if err != nil || !info.IsDir() {
		return false, nil
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); !ok || int(owner.Uid) != os.Geteuid() {
		return false, nil
	}
	file, err := os.OpenFile(filepath.Join(dir, lockName), os.O_WRONLY|syscall.O_NOFOLLOW, 0) // see above
	if err != nil {
		return false, nil // it is being made or removed
	}
	defer file.Close()
	if lock(file) != nil {
		return false, nil // its runner is there
	}
	killMarked(folderVariable, dir)
	return true, os.RemoveAll(dir)
}
