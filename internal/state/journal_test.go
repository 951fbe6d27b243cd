package state_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state"
)

func contents(t *testing.T, j pasarela.Journal) string {
	t.Helper()
	var text strings.Builder
	if err := j.Read(t.Context(), func(data []byte) { text.Write(data) }); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// A journal beside the embedded store is what was appended, or written again, until it is
// removed; the next run on the directory finds it.
func TestJournalBesideTheEmbeddedStore(t *testing.T) {
	dir := t.TempDir()
	open := func() *state.Store {
		store, err := state.Open(t.Context(), state.Options{Dir: dir, Node: "n", Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		return store
	}
	store := open()
	own := store.Journal(store.Run())
	steps := []struct {
		do   func() error
		want string
	}{
		{func() error { return nil }, ""},
		{func() error { return own.Append(t.Context(), []byte("one ")) }, "one "},
		{func() error { return own.Append(t.Context(), []byte("two ")) }, "one two "},
		{func() error {
			return own.Rewrite(t.Context(), slices.Values([][]byte{[]byte("new "), []byte("more ")}))
		}, "new more "},
		{func() error { return own.Append(t.Context(), []byte("three ")) }, "new more three "},
		{own.Close, "new more three "},
		{func() error { return own.Append(t.Context(), []byte("four")) }, "new more three four"},
		{own.Close, "new more three four"},
	}
	for i, step := range steps {
		if err := step.do(); err != nil {
			t.Fatal(i, err)
		}
		if got := contents(t, own); got != step.want {
			t.Fatalf("step %d: %q, want %q", i, got, step.want)
		}
	}
	if ended, err := store.EndedRuns(t.Context()); err != nil || len(ended) != 0 {
		t.Errorf("%v, %v: the own run has not ended", ended, err)
	}
	before := store.Run()
	store.Close()

	store = open()
	defer store.Close()
	ended, err := store.EndedRuns(t.Context())
	if err != nil || !slices.Equal(ended, []pasarela.Run{before}) {
		t.Fatalf("%v, %v", ended, err)
	}
	left := store.Journal(before)
	if got := contents(t, left); got != "new more three four" {
		t.Errorf("%q", got)
	}
	if err := left.Remove(t.Context()); err != nil {
		t.Error(err)
	}
	if files, _ := os.ReadDir(filepath.Join(dir, "journal")); len(files) != 0 {
		t.Errorf("left %v", files)
	}
	if ended, err := store.EndedRuns(t.Context()); err != nil || len(ended) != 0 {
		t.Errorf("%v, %v", ended, err)
	}
}
