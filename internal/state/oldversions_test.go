package state_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// A key that was written several times and removed stays removed when its marker is purged and
// the process is killed, also without the log of acknowledged writes; others keep their values.
func TestRemovedKeysStayRemoved(t *testing.T) {
	t.Parallel()
	for name, purged := range map[string]bool{"with its old versions purged before": true, "with none purged": false} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			store := open(t, dir)
			for _, key := range []string{"iam/user/kept", "iam/user/gone"} {
				revision := uint64(0)
				for i := range 3 {
					var err error
					if revision, err = store.Bucket().Put(t.Context(), key, []byte(fmt.Sprint(i)), revision); err != nil {
						t.Fatal(err)
					}
				}
				if purged {
					if err := store.PurgeVersions(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				if key == "iam/user/kept" {
					continue
				}
				if err := store.Bucket().Delete(t.Context(), key, revision); err != nil {
					t.Fatal(err)
				}
			}
			if n, err := store.PurgeDeletes(t.Context(), 0); n != 1 || err != nil {
				t.Fatalf("%d markers were purged, %v", n, err)
			}
			if _, err := store.Bucket().Put(t.Context(), "iam/user/last", []byte("x"), 0); err != nil {
				t.Fatal(err)
			}
			killed := crashed(t, dir)
			if err := os.Remove(filepath.Join(killed, "store.log")); err != nil {
				t.Fatal(err)
			}
			again, err := state.Open(t.Context(), state.Options{Dir: killed, Node: "n1"})
			if err != nil {
				t.Fatal(err)
			}
			defer again.Close()
			if got, err := again.Bucket().Get(t.Context(), "iam/user/gone"); !errors.Is(err, pasarela.ErrNotFound) {
				t.Errorf("the removed key is back: %q, %v", got.Value, err)
			}
			for key, want := range map[string]string{"iam/user/kept": "2", "iam/user/last": "x"} {
				if got, err := again.Bucket().Get(t.Context(), key); err != nil || string(got.Value) != want {
					t.Errorf("%s is %q, %v", key, got.Value, err)
				}
			}
		})
	}
}

// Old versions leave nothing for ever, also those that a run before has left.
func TestOldVersionsArePurged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store := open(t, dir)
	revision := uint64(0)
	for i := range 5 {
		var err error
		if revision, err = store.Bucket().Put(t.Context(), "api/a", []byte(fmt.Sprint(i)), revision); err != nil {
			t.Fatal(err)
		}
	}
	left := crashed(t, dir)
	if err := store.PurgeVersions(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := store.Versions(t.Context(), "api/a"); n != 1 || err != nil {
		t.Errorf("%d versions, %v", n, err)
	}
	again, err := state.Open(t.Context(), state.Options{Dir: left, Node: "n1"})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	testkit.Eventually(t, "the old versions to be purged", func() bool { n, err := again.Versions(t.Context(), "api/a"); return n == 1 && err == nil })
}
