package filelock_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/filelock"
)

func TestASecondLockIsRefusedUntilTheFirstEnds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := filelock.Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	pid := strconv.Itoa(os.Getpid())
	if runtime.GOOS == "windows" {
		pid = ""
	}
	for range 2 { // a refusal leaves the note of who has it
		var held *filelock.Held
		if _, err := filelock.Lock(path); !errors.As(err, &held) || held.PID != pid {
			t.Errorf("%v, %+v", err, held)
		}
	}
	unlock()
	unlock, err = filelock.Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	unlock()
}

func TestALockThatCannotBeMade(t *testing.T) {
	var held *filelock.Held
	if _, err := filelock.Lock(filepath.Join(t.TempDir(), "none", "lock")); err == nil || errors.As(err, &held) {
		t.Error(err)
	}
}
