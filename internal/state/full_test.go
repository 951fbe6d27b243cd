package state_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// A full disk is told with the cause, and nothing that was acknowledged is lost; with room
// again the store goes on by itself (P14).
func TestAFullDiskIsToldAtOnceAndLosesNothing(t *testing.T) { onSmallDisk(t, fillDisk) }

func fillDisk(t *testing.T, dir string) {
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
	written := 0
	for ; written < 1000; written++ {
		if _, err = store.Bucket().Put(t.Context(), fmt.Sprint("k/", written), make([]byte, 100_000), 0); err != nil {
			break
		}
	}
	if err == nil || !strings.Contains(err.Error(), "no space left on device") || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("after %d values: %v", written, err)
	}
	if err := store.Check(t.Context()); err == nil {
		t.Error("a full store says that it takes writes")
	}
	if !errors.Is(err, pasarela.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	// There is room again: the store comes back by itself, with what follows it.
	remove(t, filler)
	testkit.EventuallyNil(t, func() error {
		_, err := store.Bucket().Put(t.Context(), "after", []byte("x"), 0)
		return err
	})
	for testkit.Receive(t, seen, "what follows the store to go on").Key != "after" {
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
