package state_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// joinAt is a node with a directory of its own.
func joinAt(t *testing.T, url, node, home string) *state.Store {
	t.Helper()
	store, err := state.Open(t.Context(), state.Options{URL: url, Node: node, Home: home})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// left is the result of Left as text.
func left(t *testing.T, store *state.Store) string {
	t.Helper()
	found, err := store.Left(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, j := range found.Journals {
		texts = append(texts, contents(t, j))
	}
	for id := range found.Taken {
		texts = append(texts, "-"+id)
	}
	slices.Sort(texts)
	if len(found.Outdated) > 0 {
		texts = append(texts, "outdated")
	}
	return strings.Join(texts, " ")
}

// What a run left in its node's directory is answered to the node's next run when other
// runs can take no more of it over, with the connections that they spoke of.
func TestTheNextRunOnADirectoryFindsItsJournal(t *testing.T) {
	for name, test := range map[string]struct {
		stream bool // the run had something in the cluster's journal
		by     func(next, other *state.Store) *state.Store
		age    time.Duration // of the file
		want   string
	}{
		"nothing was in the stream": {by: func(next, _ *state.Store) *state.Store { return next }, want: "file"},
		"taken over by itself":      {stream: true, by: func(next, _ *state.Store) *state.Store { return next }, want: "-c1 -c2 file"},
		"taken over by another":     {stream: true, by: func(_, other *state.Store) *state.Store { return other }, want: "-c1 -c2 file"},
		"a week later":              {by: func(next, _ *state.Store) *state.Store { return next }, age: 7 * 24 * time.Hour, want: "outdated"},
	} {
		t.Run(name, func(t *testing.T) {
			url, home := natsServer(t, "sync_interval: always"), t.TempDir()
			other := join(t, url, "other", nil)
			lost := joinAt(t, url, "lost", home)
			run := lost.Run()
			if test.stream {
				if err := lost.Journal(run).Append(t.Context(), []byte("stream")); err != nil {
					t.Fatal(err)
				}
			}
			if err := lost.LocalJournal().Append(t.Context(), []byte("file")); err != nil {
				t.Fatal(err)
			}
			if got := left(t, lost); got != "" {
				t.Errorf("its own: %q", got)
			}
			lost.Close()
			file := filepath.Join(home, "journal", run.ID+".log")
			if then := time.Now().Add(-test.age); os.Chtimes(file, then, then) != nil {
				t.Fatal("no file", file)
			}

			next := joinAt(t, url, "lost", home)
			defer next.Close()
			testkit.Eventually(t, "the nodes to see each other", func() bool { return len(other.Nodes()) == 1 && len(next.Nodes()) == 1 })
			if got := left(t, next); got != "" {
				t.Errorf("before it is decided who takes the run over: %q", got)
			}
			by := test.by(next, other)
			by.Silence(run)
			journals, err := by.TakeOver(t.Context(), run)
			if err != nil || !slices.Equal(journals, []pasarela.Run{run}) {
				t.Fatalf("%v, %v", journals, err)
			}
			if test.stream {
				if err := by.NoteTaken(t.Context(), run, []string{"c1", "c2"}); err != nil {
					t.Fatal(err)
				}
			}
			if err := by.Journal(run).Remove(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := left(t, next); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
			pending := func(want bool) {
				t.Helper()
				if got, err := next.TakeoverPending(t.Context(), ""); err != nil || got != want {
					t.Errorf("a takeover is pending: %t, %v", got, err)
				}
			}
			pending(true) // for its own connections, which only its directory may know
			found, err := next.Left(t.Context())
			if err == nil {
				err = next.Forget(t.Context(), found)
			}
			if err != nil {
				t.Error(err)
			}
			pending(false)
			if got := left(t, next); got != "" {
				t.Errorf("after it was forgotten: %q", got)
			}
			if keys, err := next.Bucket().List(t.Context(), "node/taken/"); err != nil || len(keys) != 0 {
				t.Errorf("%v, %v", keys, err)
			}
		})
	}
}

// The list of a large run stands in several parts, and an attempt at writing it may be repeated.
func TestWhatWasTakenMayBeMuch(t *testing.T) {
	url, home := natsServer(t, "sync_interval: always"), t.TempDir()
	lost := joinAt(t, url, "lost", home)
	run := lost.Run()
	if err := lost.LocalJournal().Append(t.Context(), []byte("file")); err != nil {
		t.Fatal(err)
	}
	lost.Close()
	next := joinAt(t, url, "lost", home)
	defer next.Close()
	if _, err := next.TakeOver(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for n := range 30_000 {
		ids = append(ids, strings.Repeat("x", 11)+string(rune('a'+n%26))+strings.Repeat("y", n/26%5)+time.Duration(n).String())
	}
	for range 2 {
		if err := next.NoteTaken(t.Context(), run, ids); err != nil {
			t.Fatal(err)
		}
	}
	if err := next.Journal(run).Remove(t.Context()); err != nil {
		t.Fatal(err)
	}
	found, err := next.Left(t.Context())
	if err != nil || len(found.Journals) != 1 {
		t.Fatalf("%d journals, %v", len(found.Journals), err)
	}
	for _, id := range ids {
		if !found.Taken[id] {
			t.Fatalf("%q is missing among %d", id, len(found.Taken))
		}
	}
}

// A run that continues as a new run after it was taken over keeps its file, under
// its own name.
func TestARunThatBeginsAnewKeepsItsFile(t *testing.T) {
	url, home := natsServer(t, "sync_interval: always"), t.TempDir()
	store := joinAt(t, url, "n", home)
	defer store.Close()
	own := store.LocalJournal()
	for _, text := range []string{"one ", "two "} {
		if err := own.Append(t.Context(), []byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := store.BeginRun(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(filepath.Join(home, "journal", store.Run().ID+".log"))
	if err != nil || string(data) != "one two " {
		t.Errorf("%q, %v", data, err)
	}
	if files, _ := os.ReadDir(filepath.Join(home, "journal")); len(files) != 1 {
		t.Errorf("left %v", files)
	}
}
