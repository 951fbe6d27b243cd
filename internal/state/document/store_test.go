package document_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/document"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

type record struct {
	Name  string   `json:"name"`
	Books []string `json:"books,omitempty"`
	Count int      `json:"count"`
}

func TestDocumentsComeBackAsTheyWereWritten(t *testing.T) {
	long := record{Name: "long", Books: []string{strings.Repeat("Quijote ", 4000)}}
	for _, want := range []record{{}, {Name: "ñandú", Books: []string{"a", ""}}, long} {
		t.Run(want.Name, func(t *testing.T) {
			bucket := memory.NewBucket()
			store := document.NewStore[record](bucket)
			revision, err := store.Create(t.Context(), "document/1", &want)
			if err != nil {
				t.Fatal(err)
			}
			got, err := store.Get(t.Context(), "document/1")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(document.Document[record]{Key: "document/1", Revision: revision, Value: &want}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLongDocumentsAreCompressed(t *testing.T) {
	bucket := memory.NewBucket()
	store := document.NewStore[record](bucket)
	if _, err := store.Create(t.Context(), "s", &record{Name: strings.Repeat("mapping template ", 10000)}); err != nil {
		t.Fatal(err)
	}
	entry, err := bucket.Get(t.Context(), "s")
	if err != nil {
		t.Fatal(err)
	}
	if len(entry.Value) > 17000 {
		t.Errorf("170 kB of repeated text take %d bytes", len(entry.Value))
	}
}

func TestCreateRefusesATakenKey(t *testing.T) {
	store := document.NewStore[record](memory.NewBucket())
	if _, err := store.Create(t.Context(), "s", &record{Name: "first"}); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Create(t.Context(), "s", &record{Name: "second"}); !errors.Is(err, pasarela.ErrConflict) {
		t.Errorf("got %v", err)
	}
	if got, _ := store.Get(t.Context(), "s"); got.Value.Name != "first" {
		t.Errorf("the first document became %q", got.Value.Name)
	}
}

func TestUpdateOfWhatIsNotThere(t *testing.T) {
	store := document.NewStore[record](memory.NewBucket())
	grow := func(s *record) error { s.Count++; return nil }
	if _, err := store.Update(t.Context(), "s", grow); !errors.Is(err, pasarela.ErrNotFound) {
		t.Errorf("Update: %v", err)
	}
	for want := 1; want <= 2; want++ {
		got, err := store.Upsert(t.Context(), "s", grow)
		if err != nil || got.Value.Count != want {
			t.Errorf("Upsert: %+v, %v", got, err)
		}
	}
}

func TestAnErrorOfTheChangeWritesNothing(t *testing.T) {
	store := document.NewStore[record](memory.NewBucket())
	revision, err := store.Create(t.Context(), "s", &record{Name: "kept"})
	if err != nil {
		t.Fatal(err)
	}
	for _, own := range []error{errors.New("not like this"), pasarela.ErrConflict, pasarela.ErrNotFound} {
		calls := 0
		_, err = store.Update(t.Context(), "s", func(s *record) error { calls++; s.Name = "lost"; return own })
		if err != own || calls != 1 {
			t.Errorf("error %v came back as %v after %d calls", own, err, calls)
		}
	}
	if got, _ := store.Get(t.Context(), "s"); got.Value.Name != "kept" || got.Revision != revision {
		t.Errorf("became %+v", got)
	}
}

func TestAnUpdateThatChangesNothingWritesNothing(t *testing.T) {
	store := document.NewStore[record](memory.NewBucket())
	revision, _ := store.Create(t.Context(), "s", &record{Name: "same"})
	got, err := store.Update(t.Context(), "s", func(s *record) error { s.Name = "same"; return nil })
	if err != nil || got.Revision != revision {
		t.Errorf("got %+v, %v; want revision %d", got, err, revision)
	}
}

// Two stores over one bucket are two nodes: each queues its own writers and
// races the other.
func TestConcurrentUpdatesAreAllKept(t *testing.T) {
	bucket := memory.NewBucket()
	nodes := []*document.Store[record]{document.NewStore[record](bucket), document.NewStore[record](bucket)}
	if _, err := nodes[0].Create(t.Context(), "s", &record{}); err != nil {
		t.Fatal(err)
	}
	const writers, each = 16, 25
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for range each {
				if _, err := nodes[w%2].Update(t.Context(), "s", func(s *record) error { s.Count++; return nil }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if got, _ := nodes[0].Get(t.Context(), "s"); got.Value.Count != writers*each {
		t.Errorf("%d of %d updates were kept", got.Value.Count, writers*each)
	}
}

// contested is a bucket where another writer is always faster.
type contested struct{ pasarela.Bucket }

func (contested) Put(context.Context, string, []byte, uint64) (uint64, error) {
	return 0, pasarela.ErrConflict
}

func TestUpdateGivesUpInTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := document.NewStore[record](contested{memory.NewBucket()})
		_, err := store.Upsert(t.Context(), "s", func(s *record) error { s.Count++; return nil })
		if !errors.Is(err, pasarela.ErrConflict) || !strings.Contains(err.Error(), "changing s: 64 attempts") {
			t.Errorf("got %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := store.Upsert(ctx, "s", func(*record) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

func TestDeleteAsksFirst(t *testing.T) {
	store := document.NewStore[record](memory.NewBucket())
	if err := store.Delete(t.Context(), "s", nil); !errors.Is(err, pasarela.ErrNotFound) {
		t.Errorf("nothing there: %v", err)
	}
	if _, err := store.Create(t.Context(), "s", &record{Books: []string{"lent"}}); err != nil {
		t.Fatal(err)
	}
	inUse := errors.New("in use")
	refuse := func(s *record) error {
		if len(s.Books) > 0 {
			return inUse
		}
		return nil
	}
	if err := store.Delete(t.Context(), "s", refuse); err != inUse {
		t.Errorf("got %v", err)
	}
	if err := store.Delete(t.Context(), "s", nil); err != nil {
		t.Error(err)
	}
	if _, err := store.Get(t.Context(), "s"); !errors.Is(err, pasarela.ErrNotFound) {
		t.Errorf("after the removal: %v", err)
	}
}

func TestListIsSortedAndKeepsToThePrefix(t *testing.T) {
	bucket := memory.NewBucket()
	store := document.NewStore[record](bucket)
	for _, key := range []string{"b/2", "a/1", "b/1"} {
		if _, err := store.Create(t.Context(), key, &record{Name: key}); err != nil {
			t.Fatal(err)
		}
	}
	found, err := store.List(t.Context(), "b/")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, document := range found {
		names = append(names, document.Key+"="+document.Value.Name)
	}
	if diff := cmp.Diff([]string{"b/1=b/1", "b/2=b/2"}, names); diff != "" {
		t.Error(diff)
	}
}

func TestDamageIsToldWithTheKey(t *testing.T) {
	for name, data := range map[string]string{
		"empty": "", "unknown form": "x{}", "not JSON": "j{", "not DEFLATE": "zzzzz", "other shape": `j{"count":"many"}`,
	} {
		t.Run(name, func(t *testing.T) {
			bucket := memory.NewBucket()
			if _, err := bucket.Put(t.Context(), "document/7", []byte(data), 0); err != nil {
				t.Fatal(err)
			}
			store := document.NewStore[record](bucket)
			_, getErr := store.Get(t.Context(), "document/7")
			_, listErr := store.List(t.Context(), "")
			_, updateErr := store.Upsert(t.Context(), "document/7", func(*record) error { return nil })
			for _, err := range []error{getErr, listErr, updateErr} {
				if err == nil || !strings.Contains(err.Error(), "document/7") {
					t.Errorf("got %v", err)
				}
			}
		})
	}
}

func TestWatchTellsThePresentThenTheChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := memory.NewBucket()
		store := document.NewStore[record](bucket)
		_, _ = store.Create(t.Context(), "s/1", &record{Name: "one"})
		_, _ = store.Create(t.Context(), "other", &record{})
		ctx, cancel := context.WithCancel(t.Context())
		var seen []string
		var group sync.WaitGroup
		group.Go(func() {
			if err := store.Watch(ctx, "s/", func(c document.Change[record]) { seen = append(seen, line(c)) }); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		_, _ = store.Create(t.Context(), "s/2", &record{Name: "two"})
		synctest.Wait()
		_ = store.Delete(t.Context(), "s/1", nil)
		synctest.Wait()
		_, _ = bucket.Put(t.Context(), "s/3", []byte("?"), 0)
		synctest.Wait()
		cancel()
		group.Wait()
		want := []string{"s/1 one", "told", "s/2 two", "s/1 removed", "s/3 unreadable"}
		if diff := cmp.Diff(want, seen); diff != "" {
			t.Error(diff)
		}
	})
}

func line(c document.Change[record]) string {
	switch {
	case c.Synced():
		return "told"
	case c.Removed():
		return c.Key + " removed"
	case c.Err != nil:
		return c.Key + " unreadable"
	}
	return fmt.Sprint(c.Key, " ", c.Value.Name)
}

func FuzzDamagedDocumentsNeverPanic(f *testing.F) {
	f.Add([]byte("j{}"))
	f.Add([]byte("z\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		bucket := memory.NewBucket()
		_, _ = bucket.Put(t.Context(), "k", data, 0)
		_, _ = document.NewStore[record](bucket).Get(t.Context(), "k")
	})
}

func BenchmarkUpdateOfABigDocument(b *testing.B) {
	store := document.NewStore[[]pasarela.Route](memory.NewBucket())
	routes := make([]pasarela.Route, 5000)
	for i := range routes {
		routes[i] = pasarela.Route{RouteID: fmt.Sprintf("r%06d", i), RouteKey: fmt.Sprintf("action%d", i), Target: "integrations/abc1234"}
	}
	if _, err := store.Create(b.Context(), "api/x", &routes); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := store.Update(b.Context(), "api/x", func(r *[]pasarela.Route) error { (*r)[7].OperationName += "x"; return nil }); err != nil {
			b.Fatal(err)
		}
	}
}

// A document that is known at its revision is not decoded for a change; one that is known
// at another revision is.
func TestAKnownDocumentIsNotDecoded(t *testing.T) {
	for _, test := range []struct {
		name string
		off  uint64 // of the revision that is known
		want []string
	}{
		{"at its revision", 0, []string{"known", "new"}},
		{"at another", 1, []string{"stored", "new"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			bucket := memory.NewBucket()
			revision, err := document.NewStore[record](bucket).Create(t.Context(), "document/1", &record{Books: []string{"stored"}})
			if err != nil {
				t.Fatal(err)
			}
			store := document.NewStoreOfKnown(bucket, func(key string, at uint64) *record {
				if key != "document/1" || at != revision+test.off {
					return nil
				}
				return &record{Books: []string{"known"}}
			})
			if _, err := store.Update(t.Context(), "document/1", func(r *record) error { r.Books = append(r.Books, "new"); return nil }); err != nil {
				t.Fatal(err)
			}
			got, err := store.Get(t.Context(), "document/1")
			if diff := cmp.Diff(test.want, got.Value.Books); diff != "" || err != nil {
				t.Error(diff, err)
			}
		})
	}
}
