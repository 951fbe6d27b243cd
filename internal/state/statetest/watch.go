package statetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
)

// watching runs a watch and sends its entries to a channel, one at a time.
type watching struct {
	entries chan pasarela.Entry
	ended   chan error
	cancel  context.CancelFunc
}

func watch(t *testing.T, b pasarela.Bucket, prefix string) *watching {
	ctx, cancel := context.WithCancel(t.Context())
	w := &watching{make(chan pasarela.Entry), make(chan error, 1), cancel}
	go func() {
		w.ended <- b.Watch(ctx, prefix, func(entry pasarela.Entry) {
			select {
			case w.entries <- entry:
			case <-ctx.Done():
			}
		})
	}()
	t.Cleanup(cancel)
	return w
}

func (w *watching) next(t *testing.T) pasarela.Entry {
	t.Helper()
	select {
	case entry := <-w.entries:
		return entry
	case err := <-w.ended:
		t.Fatalf("the watch ended: %v", err)
	case <-time.After(waitLimit):
		t.Fatal("the watch tells nothing")
	}
	return pasarela.Entry{}
}

func (w *watching) line(t *testing.T) string {
	t.Helper()
	switch entry := w.next(t); {
	case entry.Key == "":
		return "mark"
	case entry.Deleted:
		return entry.Key + " removed"
	default:
		return entry.Key + "=" + string(entry.Value)
	}
}

func watches(t *testing.T, b pasarela.Bucket) {
	one := put(t, b, "w/1", "one", 0)
	gone := put(t, b, "w/2", "gone", 0)
	if err := b.Delete(t.Context(), "w/2", gone); err != nil {
		t.Fatal(err)
	}
	put(t, b, "elsewhere", "x", 0)
	w := watch(t, b, "w/")
	got := []string{w.line(t), w.line(t)}
	put(t, b, "ww/1", "not mine", 0)
	one = put(t, b, "w/1", "uno", one)
	got = append(got, w.line(t))
	put(t, b, "w/3", "three", 0)
	got = append(got, w.line(t))
	if err := b.Delete(t.Context(), "w/1", one); err != nil {
		t.Fatal(err)
	}
	got = append(got, w.line(t))
	put(t, b, "w/1", "again", 0)
	got = append(got, w.line(t))
	want := []string{"w/1=one", "mark", "w/1=uno", "w/3=three", "w/1 removed", "w/1=again"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	empty := watch(t, b, "nothing/")
	if got := empty.line(t); got != "mark" {
		t.Errorf("a watch of nothing begins with %s", got)
	}
}

func slowWatcher(t *testing.T, b pasarela.Bucket) {
	const keys, rounds = 20, 30
	w := watch(t, b, "s/")
	if got := w.line(t); got != "mark" {
		t.Fatal(got)
	}
	revisions := make([]uint64, keys)
	for round := range rounds {
		for k := range keys {
			revisions[k] = put(t, b, fmt.Sprintf("s/%02d", k), fmt.Sprint(round), revisions[k])
		}
	}
	last, seen := uint64(0), map[string]string{}
	for last < revisions[keys-1] {
		entry := w.next(t)
		if entry.Revision <= last {
			t.Fatalf("revision %d follows %d", entry.Revision, last)
		}
		last, seen[entry.Key] = entry.Revision, string(entry.Value)
	}
	for k := range keys {
		if key := fmt.Sprintf("s/%02d", k); seen[key] != fmt.Sprint(rounds-1) {
			t.Errorf("%s was last seen as %q", key, seen[key])
		}
	}
}

func watchEnds(t *testing.T, b pasarela.Bucket) {
	put(t, b, "e/1", "one", 0)
	w := watch(t, b, "e/")
	w.line(t)
	w.cancel()
	select {
	case err := <-w.ended:
		if err != nil {
			t.Errorf("a watch whose context ended says %v", err)
		}
	case <-time.After(waitLimit):
		t.Error("the watch goes on")
	}
}
