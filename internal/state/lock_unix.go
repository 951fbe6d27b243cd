//go:build unix

package state

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// lock keeps a second process out of the directory for as long as this one
// lives: the kernel gives the lock back even after kill -9.
func lock(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := os.ReadFile(path)
		_ = file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("another pasarela (process %s) has it open; stop that one, or give this one a directory of its own with --data DIR and, to run beside it, an address with --listen HOST:PORT",
				strings.TrimSpace(string(holder)))
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	_ = file.Truncate(0) // who holds it is said for people only
	_, _ = fmt.Fprintln(file, os.Getpid())
	return func() { _ = file.Close() }, nil
}
