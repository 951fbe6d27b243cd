//go:build unix

package filelock

import (
	"errors"
	"os"
	"syscall"
)

// take locks the file; held says that another process has.
func take(file *os.File) (held bool, err error) {
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	return errors.Is(err, syscall.EWOULDBLOCK), err
}
