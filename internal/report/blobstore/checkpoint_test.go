package blobstore_test

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/report/blobstore"
)

// TestAParkedDraftIsGoneOnWith: bytes up to the checkpoint are kept, also over a
// restart, and counted; those after it are not.
func TestAParkedDraftIsGoneOnWith(t *testing.T) {
	t.Parallel()
	for name, restart := range map[string]bool{"the same process": false, "a killed process": true} {
		dir := t.TempDir()
		store := open(t, dir, "", blobstore.Limits{})
		draft, err := store.Draft("one")
		if err != nil || draft.Checkpoint() != nil {
			t.Fatal(draft.Checkpoint(), err)
		}
		_, _ = io.WriteString(draft, "0123456789")
		if err := draft.KeepCheckpoint([]byte(`{"a":1}`)); err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(draft, "lost")
		if restart {
			store = open(t, dir, "", blobstore.Limits{})
		} else {
			draft.Park()
		}
		if used := store.Used(); used != 10 {
			t.Errorf("%s: %d bytes are used", name, used)
		}
		store.DropParked(func(id string) bool { return id == "one" })
		draft, err = store.Draft("one")
		if err != nil || string(draft.Checkpoint()) != `{"a":1}` {
			t.Fatalf("%s: %s %v", name, draft.Checkpoint(), err)
		}
		_, _ = io.WriteString(draft, " and more")
		if err := draft.Keep(t.Context(), "csv", []byte("{}")); err != nil {
			t.Fatal(err)
		}
		draft.Discard()
		content, err := os.ReadFile(filepath.Join(dir, "kept", "one.csv"))
		left, _ := os.ReadDir(filepath.Join(dir, "drafts"))
		if string(content) != "0123456789 and more" || err != nil || len(left) != 0 || store.Used() != int64(len(content))+2 {
			t.Errorf("%s: kept %q %v, left %v, %d bytes used", name, content, err, left, store.Used())
		}
	}
}

// TestParkedDraftsGo: those of reports that nobody wants any more, those that are begun
// anew, and those that are damaged.
func TestParkedDraftsGo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store := open(t, dir, "", blobstore.Limits{})
	park := func(id string) {
		t.Helper()
		draft, err := store.Draft(id)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(draft, "0123456789")
		if err := draft.KeepCheckpoint([]byte(`{}`)); err != nil {
			t.Fatal(err)
		}
		draft.Park()
	}
	park("unwanted")
	store.DropParked(func(string) bool { return false })
	park("anew")
	draft, err := store.Draft("anew")
	if err != nil {
		t.Fatal(err)
	}
	if err := draft.Restart(); err != nil || draft.Checkpoint() != nil || store.Used() != 0 {
		t.Errorf("anew: %v, %d bytes used", err, store.Used())
	}
	draft.Park() // there is nothing to go on from
	park("short")
	park("no checkpoint")
	for name, content := range map[string]string{"short": "012", "no checkpoint.checkpoint": "{"} {
		if err := os.WriteFile(filepath.Join(dir, "drafts", name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	store = open(t, dir, "", blobstore.Limits{})
	if left, _ := os.ReadDir(filepath.Join(dir, "drafts")); len(left) != 0 || store.Used() != 0 {
		t.Errorf("left are %v, %d bytes used", left, store.Used())
	}
}
