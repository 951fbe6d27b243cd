// Package filelock keeps a second process out of a data directory, whose files two would
// destroy.
package filelock

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// Held is the error of [Lock] while another process has the lock.
type Held struct {
	PID string // of that process; empty where it is not known, as on Windows
}

func (h *Held) Error() string {
	if h.PID == "" {
		return "another process has it open"
	}
	return "process " + h.PID + " has it open"
}

// Lock takes the lock of a file, which it makes if it is not there. It does not wait: while
// another process has the lock its error is a [*Held]. The lock ends with unlock or with the
// process, even after kill -9, since the kernel has it.
func Lock(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	held, err := take(file)
	switch {
	case held:
		pid := ""
		if !mandatory {
			known, _ := os.ReadFile(path)
			pid = strings.TrimSpace(string(known))
		}
		_ = file.Close()
		return nil, &Held{pid}
	case err != nil:
		_ = file.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	if !mandatory { // who has it is noted for people only
		_ = file.Truncate(0)
		_, _ = fmt.Fprintln(file, os.Getpid())
	}
	return func() { _ = file.Close() }, nil
}

// mandatory says that others cannot read a locked file.
const mandatory = runtime.GOOS == "windows"
