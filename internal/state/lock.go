package state

import (
	"errors"
	"fmt"

	"github.com/pasarela-ws/pasarela/internal/filelock"
)

// lock keeps a second process out of the directory of path, and says to people what to do.
func lock(path string) (unlock func(), err error) {
	unlock, err = filelock.Lock(path)
	var held *filelock.Held
	if !errors.As(err, &held) {
		return unlock, err
	}
	other := "another pasarela"
	if held.PID != "" {
		other += " (process " + held.PID + ")"
	}
	return nil, fmt.Errorf("%s has it open; stop that one, or give this one a directory of its own with --data DIR and, to run beside it, an address with --listen HOST:PORT", other)
}
