package state_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// crashed copies the directory of a store that runs: what a kill would leave. The store
// still writes and renames files for a moment after its last answer, so a copy counts only
// when the directory was the same before and after it: then it is what a kill in between
// would have left, and no mixture of two moments.
func crashed(t *testing.T, dir string) string {
	t.Helper()
	var to string
	testkit.EventuallyNil(t, func() error {
		to = t.TempDir()
		before, err := listing(dir)
		if err != nil {
			return err
		}
		if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
			return err
		}
		after, err := listing(dir)
		if err == nil && !maps.Equal(before, after) {
			err = errors.New("the store writes whenever its directory is copied")
		}
		return err
	})
	return to
}

// listing is the size and the time of the last change of every file.
func listing(dir string) (map[string]string, error) {
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			files[path] = fmt.Sprint(info.Mode(), info.Size(), info.ModTime().UnixNano())
		}
		return err
	})
	return files, err
}

// What was acknowledged since the last start is missed by name when it is gone,
// whatever took it, and not missed when it is there.
func TestLostWritesAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		damage func(t *testing.T, dir string)
		lost   string
	}{
		"killed": {func(*testing.T, string) {}, ""},
		"a byte turned in the middle": {func(t *testing.T, dir string) {
			edit(t, filepath.Join(dir, streamDir, "msgs", "1.blk"), func(b []byte) []byte { b[len(b)/2] ^= 1; return b })
		}, "api/9 (revision 11); nothing was changed"},
		"the end cut off": {func(t *testing.T, dir string) {
			edit(t, filepath.Join(dir, streamDir, "msgs", "1.blk"), func(b []byte) []byte { return b[:len(b)-1500] })
		}, "api/19 (revision "},
		"garbage at the end": {func(t *testing.T, dir string) {
			edit(t, filepath.Join(dir, streamDir, "msgs", "1.blk"), func(b []byte) []byte { return append(b, "garbage"...) })
		}, ""},
		"the notes cut off": {func(t *testing.T, dir string) {
			edit(t, filepath.Join(dir, "store.log"), func(b []byte) []byte { return b[:len(b)-7] })
		}, ""},
		"the notes end in zeros": {func(t *testing.T, dir string) {
			edit(t, filepath.Join(dir, "store.log"), func(b []byte) []byte { return append(b, make([]byte, 100)...) })
		}, ""},
		"no notes, as of earlier versions": {func(t *testing.T, dir string) { remove(t, filepath.Join(dir, "store.log")) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			store := open(t, dir)
			for i := range 20 {
				if _, err := store.Bucket().Put(t.Context(), fmt.Sprint("api/", i), make([]byte, 300), 0); err != nil {
					t.Fatal(err)
				}
			}
			copied := crashed(t, dir)
			c.damage(t, copied)
			again, err := state.Open(t.Context(), state.Options{Dir: copied, Node: "n1"})
			if err == nil {
				again.Close()
			}
			if c.lost == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil {
				t.Fatal("it started as if nothing were lost")
			}
			for _, want := range []string{"acknowledged writes are lost", c.lost, "pasarela apply", copied} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in %v", want, err)
				}
			}
		})
	}
}

// A store that was restored from an older back-up without its notes is found out
// by writes and by removals that it takes back.
func TestAnOlderStoreUnderNewerNotesIsRefused(t *testing.T) {
	dir := t.TempDir()
	store, err := state.Open(t.Context(), state.Options{Dir: dir, Node: "n1"})
	if err != nil {
		t.Fatal(err)
	}
	revision, err := store.Bucket().Put(t.Context(), "removed", []byte("x"), 0)
	if err != nil {
		t.Fatal(err)
	}
	older := crashed(t, dir)
	if err := store.Bucket().Delete(t.Context(), "removed", revision); err != nil {
		t.Fatal(err)
	}
	store.Close()
	remove(t, filepath.Join(dir, "jetstream"))
	if err := os.CopyFS(filepath.Join(dir, "jetstream"), os.DirFS(filepath.Join(older, "jetstream"))); err != nil {
		t.Fatal(err)
	}
	again, err := state.Open(t.Context(), state.Options{Dir: dir, Node: "n1"})
	if err == nil {
		again.Close()
		t.Fatal("it started")
	}
	if !strings.Contains(err.Error(), "removed (its removal at revision") {
		t.Error(err)
	}
}

// The notes stay small, and right, while one key is written again and again.
func TestNotesDoNotGrowForEver(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("writes some ten thousand times")
	}
	dir := t.TempDir()
	store := open(t, dir)
	long := "api/" + strings.Repeat("k", 900)
	revision := uint64(0)
	var err error
	for i := range 2500 {
		if revision, err = store.Bucket().Put(t.Context(), long, []byte(fmt.Sprint(i)), revision); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(filepath.Join(dir, "store.log"))
	if err != nil || info.Size() > 1500<<10 {
		t.Errorf("%d bytes, %v", info.Size(), err)
	}
	again, err := state.Open(t.Context(), state.Options{Dir: crashed(t, dir), Node: "n1"})
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
}

// Keys that were removed leave nothing for ever, and a start does not take that
// for a loss. What was made again stays.
func TestMarkersOfRemovedKeysAreClearedAway(t *testing.T) {
	dir := t.TempDir()
	var said bytes.Buffer
	store, err := state.Open(t.Context(), state.Options{Dir: dir, Node: "n1", Log: slog.New(slog.NewTextHandler(&said, nil))})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		key := fmt.Sprint("deployment/a/", i)
		revision, err := store.Bucket().Put(t.Context(), key, []byte("x"), 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := store.Bucket().Delete(t.Context(), key, revision); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := store.Bucket().Put(t.Context(), "deployment/a/3", []byte("again"), 0); err != nil {
		t.Fatal(err)
	}
	if n, err := store.PurgeDeletes(t.Context(), time.Hour); n != 0 || err != nil {
		t.Errorf("%d young markers were cleared away, %v", n, err)
	}
	if n, err := store.PurgeDeletes(t.Context(), 0); n != 9 || err != nil {
		t.Errorf("%d of 9 markers were cleared away, %v", n, err)
	}
	store.Close()
	store = open(t, dir)
	if got, err := store.Bucket().Get(t.Context(), "deployment/a/3"); err != nil || string(got.Value) != "again" {
		t.Errorf("%q, %v", got.Value, err)
	}
	if _, err := store.Bucket().Get(t.Context(), "deployment/a/4"); !errors.Is(err, pasarela.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if _, err := store.Bucket().Put(t.Context(), "deployment/a/4", []byte("new"), 0); err != nil {
		t.Errorf("a key without a marker: %v", err)
	}
}

func edit(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(data), 0o600); err != nil {
		t.Fatal(err)
	}
}
