package state_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/state"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

func blockFile(dir string) string { return filepath.Join(dir, streamDir, "msgs", "1.blk") }

// A repaired store has every intact write that is the last of its key; lost ones
// are named, and the damaged store is kept beside it.
func TestRepairBringsBackWhatIsIntact(t *testing.T) {
	for name, c := range map[string]struct {
		damage func(t *testing.T, dir string)
		lost   []string // keys without a value afterwards
		places int
	}{
		"nothing": {func(*testing.T, string) {}, nil, 0},
		"one byte of a value": {func(t *testing.T, dir string) {
			edit(t, blockFile(dir), func(b []byte) []byte { b[bytes.Index(b, []byte("value 3"))] ^= 1; return b })
		}, []string{"api/3"}, 1},
		"one byte of a length": {func(t *testing.T, dir string) {
			edit(t, blockFile(dir), func(b []byte) []byte { b[bytes.Index(b, []byte("$KV.pasarela.api.4"))-20] ^= 0x40; return b })
		}, []string{"api/4"}, 1},
		"two places": {func(t *testing.T, dir string) {
			edit(t, blockFile(dir), func(b []byte) []byte {
				b[bytes.Index(b, []byte("value 3"))] ^= 1
				b[bytes.Index(b, []byte("value 7"))] ^= 1
				return b
			})
		}, []string{"api/3", "api/7"}, 2},
		"a value that was replaced since": {func(t *testing.T, dir string) {
			edit(t, blockFile(dir), func(b []byte) []byte { b[bytes.Index(b, []byte("the first value"))] ^= 1; return b })
		}, nil, 1},
		"what the server keeps of the stream": {func(t *testing.T, dir string) { remove(t, filepath.Join(dir, streamDir, "meta.inf")) }, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			from := t.TempDir()
			store := open(t, from)
			put := func(key, value string, expected uint64) uint64 {
				revision, err := store.Bucket().Put(t.Context(), key, []byte(value), expected)
				if err != nil {
					t.Fatal(err)
				}
				return revision
			}
			first := put("changed", "the first value", 0)
			removed := put("removed", "x", 0)
			for i := range 10 {
				put(fmt.Sprint("api/", i), fmt.Sprint("value ", i), 0)
			}
			put("changed", "the second value", first)
			if err := store.Bucket().Delete(t.Context(), "removed", removed); err != nil {
				t.Fatal(err)
			}
			dir := crashed(t, from)
			c.damage(t, dir)
			before, _ := os.ReadFile(blockFile(dir))
			report, err := state.CheckStore(t.Context(), dir)
			if err != nil || len(report.Lost) != len(c.lost) || len(report.Damaged) != c.places {
				t.Fatalf("%+v, %v", report, err)
			}
			for i, key := range c.lost {
				if !strings.HasPrefix(report.Lost[i], key+" (revision ") {
					t.Errorf("lost %q, want %s", report.Lost, key)
				}
			}
			if after, _ := os.ReadFile(blockFile(dir)); !bytes.Equal(before, after) {
				t.Error("the check changed the store")
			}
			done, err := state.RepairStore(t.Context(), dir, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			if (done.Aside == "") != report.Whole() {
				t.Errorf("aside %q, whole %v: %+v", done.Aside, report.Whole(), report)
			}
			if done.Aside != "" {
				if kept, _ := os.ReadFile(blockFile(done.Aside)); !bytes.Equal(kept, before) {
					t.Error("the damaged store was not kept as it was")
				}
			}
			if report, err := state.CheckStore(t.Context(), dir); err != nil || !report.Whole() {
				t.Errorf("after the repair: %+v, %v", report, err)
			}
			again, err := state.Open(t.Context(), state.Options{Dir: dir, Node: "n1"})
			if err != nil {
				t.Fatal(err)
			}
			defer again.Close()
			want := map[string]string{"changed": "the second value"}
			for i := range 10 {
				want[fmt.Sprint("api/", i)] = fmt.Sprint("value ", i)
			}
			for _, key := range c.lost {
				delete(want, key)
			}
			entries, err := again.Bucket().List(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				if strings.HasPrefix(e.Key, "node/") {
					continue
				}
				if want[e.Key] != string(e.Value) {
					t.Errorf("%s is %q, want %q", e.Key, e.Value, want[e.Key])
				}
				delete(want, e.Key)
			}
			if len(want) > 0 {
				t.Errorf("missing: %v", want)
			}
		})
	}
}

// A repair that is stopped before any of its renames leaves a directory on which no node
// starts, and the next repair finishes it: with neither store nor checkpoint in it, a node would
// take the directory for that of a first start.
func TestAnInterruptedRepairIsFinished(t *testing.T) {
	from := t.TempDir()
	store := open(t, from)
	for i := range 4 {
		if _, err := store.Bucket().Put(t.Context(), fmt.Sprint("api/", i), fmt.Append(nil, "value ", i), 0); err != nil {
			t.Fatal(err)
		}
	}
	damaged := crashed(t, from)
	edit(t, blockFile(damaged), func(b []byte) []byte { b[bytes.Index(b, []byte("value 2"))] ^= 1; return b })
	stopped := errors.New("stopped here")
	for renames := 0; ; renames++ {
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(damaged)); err != nil {
			t.Fatal(err)
		}
		made := 0
		_, err := state.RepairStoreRenaming(t.Context(), dir, func(from, to string) error {
			if made == renames {
				return stopped
			}
			made++
			return os.Rename(from, to)
		})
		if err == nil {
			if renames != 7 {
				t.Errorf("a repair makes %d renames", renames)
			}
			break
		}
		if !errors.Is(err, stopped) {
			t.Fatal(err)
		}
		if started, err := state.Open(t.Context(), state.Options{Dir: dir, Node: "n1"}); err == nil {
			started.Close()
			t.Errorf("after %d renames a node starts", renames)
		} else if !strings.Contains(err.Error(), "pasarela store repair") {
			t.Errorf("after %d renames: %v", renames, err)
		}
		if report, err := state.CheckStore(t.Context(), dir); err != nil || report.Whole() || report.Interrupted != (renames > 0) {
			t.Errorf("after %d renames: %+v, %v", renames, report, err)
		}
		done, err := state.RepairStore(t.Context(), dir, slog.New(slog.DiscardHandler))
		if err != nil || done.Kept < 3 || done.Aside == "" {
			t.Fatalf("after %d renames: %+v, %v", renames, done, err)
		}
		if kept, err := os.ReadFile(blockFile(done.Aside)); err != nil || !bytes.Contains(kept, []byte("value 1")) {
			t.Errorf("after %d renames the damaged store is not kept: %v", renames, err)
		}
		again, err := state.Open(t.Context(), state.Options{Dir: dir, Node: "n1"})
		if err != nil {
			t.Fatalf("after %d renames and a repair: %v", renames, err)
		}
		entries, err := again.Bucket().List(t.Context(), "api/")
		again.Close()
		if err != nil || len(entries) != 3 {
			t.Errorf("after %d renames: %v, %v", renames, entries, err)
		}
	}
}

// The check refuses the store of a running node and a directory without a store.
func TestCheckNeedsAStoreAtRest(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	if _, err := state.CheckStore(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "a node runs on it") {
		t.Error(err)
	}
	if _, err := state.CheckStore(t.Context(), t.TempDir()); err == nil || !strings.Contains(err.Error(), "there is no embedded store in it") {
		t.Error(err)
	}
}

// Whatever a block file holds, reading it ends and takes nothing for a record that is
// none.
func FuzzBlockFile(f *testing.F) {
	dir := f.TempDir()
	store, err := state.Open(f.Context(), state.Options{Dir: dir, Node: "n1"})
	if err != nil {
		f.Fatal(err)
	}
	if _, err := store.Bucket().Put(f.Context(), "api/1", []byte("value"), 0); err != nil {
		f.Fatal(err)
	}
	store.Close()
	whole, err := os.ReadFile(blockFile(dir))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole, 0, byte(0))
	f.Add(whole, 3, byte(1))
	f.Add(whole, len(whole)/2, byte(0x80))
	f.Fuzz(func(t *testing.T, data []byte, at int, flip byte) {
		if at >= 0 && at < len(data) {
			data = bytes.Clone(data)
			data[at] ^= flip
		}
		for key, value := range state.ReadBlock(data) {
			if key == "api/1" && value != "value" {
				t.Errorf("%s reads %q", key, value)
			}
		}
	})
}

// A value that does not come back as it was written is named, with what was seen: the store is
// not called damaged for it.
func TestARepairSaysWhatItCouldNotReadBack(t *testing.T) {
	made := memory.NewBucket()
	for key, value := range map[string]string{"api/one": "1", "api/two": "2"} {
		if _, err := made.Put(t.Context(), key, []byte(value), 0); err != nil {
			t.Fatal(err)
		}
	}
	for says, written := range map[string]map[string]string{
		"": {"api/one": "1", "api/two": "2"},
		"api/two was written to the repaired store and could not be read from it: another value came back": {"api/one": "1", "api/two": "3"},
		"api/three was written to the repaired store and could not be read from it: ":                      {"api/one": "1", "api/three": "3"},
	} {
		err := state.ReadBack(t.Context(), made, written)
		if says == "" && err != nil || says != "" && (err == nil || !strings.HasPrefix(err.Error(), says) || strings.Contains(err.Error(), "damaged")) {
			t.Errorf("%v: %v; want %q", written, err, says)
		}
	}
}
