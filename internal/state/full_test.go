package state_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/state"
)

// PASARELA_FULL_DISK names a directory on a file system of a few megabytes, made
// for this test (mount -t tmpfs -o size=3m tmpfs DIR).
func TestAFullDiskIsToldAtOnceAndLosesNothing(t *testing.T) {
	dir := os.Getenv("PASARELA_FULL_DISK")
	if dir == "" {
		t.Skip("PASARELA_FULL_DISK names no small file system: nothing is known about full disks")
	}
	dir, err := os.MkdirTemp(dir, "store")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { remove(t, dir) })
	store, err := state.Open(t.Context(), state.Options{Dir: dir, Node: "n1"})
	if err != nil {
		t.Fatal(err)
	}
	written, began := 0, time.Now()
	for ; written < 1000; written++ {
		began = time.Now()
		if _, err = store.Bucket().Put(t.Context(), fmt.Sprint("k/", written), make([]byte, 100_000), 0); err != nil {
			break
		}
	}
	if err == nil || !strings.Contains(err.Error(), "no space left on device") || time.Since(began) > time.Second {
		t.Errorf("after %d values and %s: %v", written, time.Since(began), err)
	}
	if err := store.Check(t.Context()); err == nil {
		t.Error("a full store says that it takes writes")
	}
	store.Close()
	entries, err := open(t, dir).Bucket().List(t.Context(), "k/")
	if err != nil || len(entries) != written {
		t.Errorf("%d of %d acknowledged values came back, %v", len(entries), written, err)
	}
}
