package state_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state"
)

// PASARELA_FULL_DISK names a directory on a file system of a few megabytes, made
// for this test (mount -t tmpfs -o size=8m tmpfs DIR).
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
	filler := filepath.Join(filepath.Dir(dir), "filler")
	if err := os.WriteFile(filler, make([]byte, 4<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { remove(t, filler) })
	store, err := state.Open(t.Context(), state.Options{Dir: dir, Node: "n1"})
	if err != nil {
		t.Fatal(err)
	}
	seen := make(chan pasarela.Entry, 2000)
	watching, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for watching.Err() == nil { // as those who follow the store do
			_ = store.Bucket().Watch(watching, "after", func(e pasarela.Entry) { seen <- e })
		}
	}()
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
	if !errors.Is(err, pasarela.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	// There is room again: the store comes back by itself, with what follows it.
	remove(t, filler)
	began = time.Now()
	for {
		if _, err = store.Bucket().Put(t.Context(), "after", []byte("x"), 0); err == nil || time.Since(began) > 20*time.Second {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if err != nil {
		t.Fatalf("the store stays dead: %v", err)
	}
	for limit := time.After(20 * time.Second); ; {
		select {
		case e := <-seen:
			if e.Key != "after" {
				continue
			}
		case <-limit:
			t.Error("the watch does not go on")
		}
		break
	}
	cancel()
	if err := store.Check(t.Context()); err != nil {
		t.Error(err)
	}
	store.Close()
	entries, err := open(t, dir).Bucket().List(t.Context(), "k/")
	if err != nil || len(entries) != written {
		t.Errorf("%d of %d acknowledged values came back, %v", len(entries), written, err)
	}
}
