// Package statetest is what every [pasarela.Bucket] and [pasarela.Bus] must
// pass: one suite, run by each implementation's own tests.
package statetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
)

// waitLimit bounds every wait of the suite. A wait that reaches it fails.
const waitLimit = time.Minute

// Bucket runs the suite; open gives an empty bucket each time.
func Bucket(t *testing.T, open func(*testing.T) pasarela.Bucket) {
	for name, test := range map[string]func(*testing.T, pasarela.Bucket){
		"a value comes back with its revision":       comesBack,
		"put holds the expected revision":            putExpects,
		"delete holds the expected revision":         deleteExpects,
		"a removed key can be made again":            madeAgain,
		"bad keys are refused":                       refusesKeys,
		"list keeps to the prefix and sorts":         lists,
		"values are the caller's own":                ownValues,
		"large values":                               largeValues,
		"of concurrent writers one wins":             oneWins,
		"a done context ends every call":             contextEnds,
		"watch tells present, mark, changes":         watches,
		"a slow watcher sees the last of everything": slowWatcher,
		"watch ends with its context":                watchEnds,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func comesBack(t *testing.T, b pasarela.Bucket) {
	for _, value := range []string{"", "x", "\x00\xff\n", strings.Repeat("é", 3000)} {
		key := fmt.Sprintf("k/%d", len(value))
		revision := put(t, b, key, value, 0)
		got, err := b.Get(t.Context(), key)
		if err != nil || got.Key != key || string(got.Value) != value || got.Revision != revision || got.Deleted {
			t.Errorf("got %+v, %v; want %q at %d", got, err, value, revision)
		}
	}
	if _, err := b.Get(t.Context(), "k/none"); !errors.Is(err, pasarela.ErrNotFound) {
		t.Errorf("a key that is not there: %v", err)
	}
}

func putExpects(t *testing.T, b pasarela.Bucket) {
	first := put(t, b, "k", "one", 0)
	second := put(t, b, "k", "two", first)
	if second <= first {
		t.Errorf("revision %d follows %d", second, first)
	}
	for name, expected := range map[string]uint64{"new": 0, "old": first, "future": second + 10} {
		if _, err := b.Put(t.Context(), "k", []byte("lost"), expected); !errors.Is(err, pasarela.ErrConflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := b.Put(t.Context(), "none", nil, second); !errors.Is(err, pasarela.ErrConflict) {
		t.Errorf("a revision of a key that is not there: %v", err)
	}
	if got, _ := b.Get(t.Context(), "k"); string(got.Value) != "two" {
		t.Errorf("became %q", got.Value)
	}
}

func deleteExpects(t *testing.T, b pasarela.Bucket) {
	first := put(t, b, "k", "one", 0)
	second := put(t, b, "k", "two", first)
	for _, expected := range []uint64{0, first, second + 1} {
		if err := b.Delete(t.Context(), "k", expected); !errors.Is(err, pasarela.ErrConflict) {
			t.Errorf("expected %d: %v", expected, err)
		}
	}
	if err := b.Delete(t.Context(), "k", second); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"again": b.Delete(t.Context(), "k", second),
		"never": b.Delete(t.Context(), "none", 0),
		"get":   errorOf(b.Get(t.Context(), "k")),
	} {
		if !errors.Is(err, pasarela.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func madeAgain(t *testing.T, b pasarela.Bucket) {
	first := put(t, b, "k", "one", 0)
	if err := b.Delete(t.Context(), "k", first); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Put(t.Context(), "k", []byte("lost"), first); !errors.Is(err, pasarela.ErrConflict) {
		t.Errorf("over a removed key: %v", err)
	}
	if again := put(t, b, "k", "two", 0); again <= first {
		t.Errorf("revision %d follows %d", again, first)
	}
}

func refusesKeys(t *testing.T, b pasarela.Bucket) {
	bad := []string{"", "/", "a//b", "/a", "a/", "a b", "a*", "a>", "ñ", "a\x00", strings.Repeat("k", 2000)}
	for _, key := range bad {
		_, putErr := b.Put(t.Context(), key, []byte("x"), 0)
		_, getErr := b.Get(t.Context(), key)
		deleteErr := b.Delete(t.Context(), key, 1)
		for _, err := range []error{putErr, getErr, deleteErr} {
			if err == nil || errors.Is(err, pasarela.ErrNotFound) || errors.Is(err, pasarela.ErrConflict) {
				t.Errorf("key %q: %v", key, err)
			}
		}
	}
	for _, key := range []string{"a.b", "A/b_c-d=20/e..f", ".", "a/.b./c", pasarela.EscapeKey("ñ * >")} {
		put(t, b, key, key, 0)
		if got, err := b.Get(t.Context(), key); err != nil || string(got.Value) != key || got.Key != key {
			t.Errorf("key %q: %+v, %v", key, got, err)
		}
	}
}

func lists(t *testing.T, b pasarela.Bucket) {
	for _, key := range []string{"b/2", "a/1", "b/1/x", "b/10", "bb/1", "b.c/1"} {
		put(t, b, key, key, 0)
	}
	gone := put(t, b, "b/3", "gone", 0)
	if err := b.Delete(t.Context(), "b/3", gone); err != nil {
		t.Fatal(err)
	}
	for prefix, want := range map[string][]string{
		"b/":     {"b/1/x", "b/10", "b/2"},
		"b/1":    {"b/1/x", "b/10"},
		"a/1":    {"a/1"},
		"none/":  nil,
		"b/1/x/": nil,
		"b":      {"b.c/1", "b/1/x", "b/10", "b/2", "bb/1"},
	} {
		entries, err := b.List(t.Context(), prefix)
		var got []string
		for _, entry := range entries {
			if string(entry.Value) != entry.Key || entry.Deleted || entry.Revision == 0 {
				t.Errorf("%s: %+v", prefix, entry)
			}
			got = append(got, entry.Key)
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("prefix %q: %v\n%s", prefix, err, diff)
		}
	}
}

func ownValues(t *testing.T, b pasarela.Bucket) {
	value := []byte("mine")
	if _, err := b.Put(t.Context(), "k", value, 0); err != nil {
		t.Fatal(err)
	}
	value[0] = 'X'
	got, _ := b.Get(t.Context(), "k")
	got.Value[1] = 'X'
	listed, _ := b.List(t.Context(), "k")
	listed[0].Value[2] = 'X'
	if again, _ := b.Get(t.Context(), "k"); string(again.Value) != "mine" {
		t.Errorf("became %q", again.Value)
	}
}

// largeValues repeats calls that the store leaves unanswered, as callers do: three
// servers on one busy machine may take longer for 10 MiB than one call waits.
func largeValues(t *testing.T, b pasarela.Bucket) {
	large := strings.Repeat("0123456789abcdef", 10<<20/16)
	answered(t, func() error {
		_, err := b.Put(t.Context(), "k", []byte(large), 0)
		if errors.Is(err, pasarela.ErrConflict) { // made by a try that was not answered
			err = nil
		}
		return err
	})
	answered(t, func() error {
		got, err := b.Get(t.Context(), "k")
		if err == nil && string(got.Value) != large {
			t.Errorf("10 MiB came back as %d bytes", len(got.Value))
		}
		return err
	})
	answered(t, func() error {
		listed, err := b.List(t.Context(), "k")
		if err == nil && (len(listed) != 1 || string(listed[0].Value) != large) {
			t.Errorf("list: %d entries", len(listed))
		}
		return err
	})
}

// answered repeats a call until the store accepts or refuses it, or the time is over. It
// waits longer each time: the servers still have to do what the calls before asked of them.
func answered(t *testing.T, call func() error) {
	t.Helper()
	late := time.Now().Add(3 * waitLimit)
	err := call()
	for pause := time.Second; errors.Is(err, pasarela.ErrUnavailable) && time.Now().Before(late); pause *= 2 {
		time.Sleep(pause)
		err = call()
	}
	if err != nil {
		t.Error(err)
	}
}

func oneWins(t *testing.T, b pasarela.Bucket) {
	const writers, rounds = 8, 10
	var expected uint64
	for range rounds {
		var group sync.WaitGroup
		won := make(chan uint64, writers)
		for w := range writers {
			group.Go(func() {
				switch revision, err := b.Put(t.Context(), "k", []byte{byte(w)}, expected); {
				case err == nil:
					won <- revision
				case !errors.Is(err, pasarela.ErrConflict):
					t.Error(err)
				}
			})
		}
		group.Wait()
		if len(won) != 1 {
			t.Fatalf("%d of %d writers won", len(won), writers)
		}
		expected = <-won
	}
}

func contextEnds(t *testing.T, b pasarela.Bucket) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, putErr := b.Put(ctx, "k", nil, 0)
	_, getErr := b.Get(ctx, "k")
	_, listErr := b.List(ctx, "k")
	for name, err := range map[string]error{"put": putErr, "get": getErr, "list": listErr} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func put(t *testing.T, b pasarela.Bucket, key, value string, expected uint64) uint64 {
	t.Helper()
	revision, err := b.Put(t.Context(), key, []byte(value), expected)
	if err != nil {
		t.Fatalf("put %s: %v", key, err)
	}
	return revision
}

func errorOf(_ pasarela.Entry, err error) error { return err }
