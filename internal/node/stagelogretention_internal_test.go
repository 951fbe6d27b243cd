package node

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/state/statetest"
)

func logOf(t *testing.T, path string, size int, age time.Duration) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, make([]byte, size), 0o600); err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(-age)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

func there(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// All logs together have a bound: what was set aside goes before what is written
// to, the oldest first, and nothing else in the folder goes (A-NODE-11).
func TestAllLogsTogetherAreBounded(t *testing.T) {
	for _, c := range []struct {
		bound int64
		gone  []string
	}{
		{1000, nil},
		{350, []string{"b.log.old"}},
		{250, []string{"b.log.old", "a.log.old"}},
		{100, []string{"b.log.old", "a.log.old", "b.log"}},
		{0, []string{"b.log.old", "a.log.old", "b.log", "x/a.log"}},
	} {
		b := newStageLogs(t.TempDir(), io.Discard, slog.New(slog.DiscardHandler))
		all := map[string]time.Duration{"x/a.log": 0, "b.log": time.Hour, "a.log.old": time.Minute, "b.log.old": 2 * time.Hour, "notes.txt": time.Hour}
		for name, age := range all {
			logOf(t, filepath.Join(b.dir, name), 100, age)
		}
		if err := b.trim(c.bound); err != nil {
			t.Fatal(err)
		}
		for _, name := range c.gone {
			if there(filepath.Join(b.dir, name)) {
				t.Errorf("bound %d: %s is there", c.bound, name)
			}
			delete(all, name)
		}
		for name := range all {
			if !there(filepath.Join(b.dir, name)) {
				t.Errorf("bound %d: %s is gone", c.bound, name)
			}
		}
	}
	if err := newStageLogs(filepath.Join(t.TempDir(), "none"), io.Discard, slog.New(slog.DiscardHandler)).trim(0); err != nil {
		t.Error(err)
	}
}

// Execution logs go with their API, a look later; no answer of the store is no
// removal.
func TestLogsGoWithTheirAPI(t *testing.T) {
	ctx := context.Background()
	bucket := statetest.NewFaulty(memory.NewBucket(), nil)
	revision, err := bucket.Put(ctx, pasarela.APIDocumentKey("abcdefghij"), []byte("{}"), 0)
	if err != nil {
		t.Fatal(err)
	}
	b := newStageLogs(t.TempDir(), io.Discard, slog.New(slog.DiscardHandler))
	path := b.path(executionLog("abcdefghij", "prod"))
	access := b.path("mine")
	logOf(t, path, 10, 0)
	logOf(t, access, 10, 0)
	missed := map[string]bool{}
	look := func() error {
		var err error
		missed, err = b.forgetRemoved(ctx, bucket, missed)
		return err
	}
	for range 3 {
		if err := look(); err != nil || !there(path) {
			t.Fatalf("the log of an API that is there went, %v", err)
		}
	}
	if err := bucket.Delete(ctx, pasarela.APIDocumentKey("abcdefghij"), revision); err != nil {
		t.Fatal(err)
	}
	bucket.SetPlan(func(string, string) statetest.Fault { return statetest.RequestLost })
	for range 3 {
		if err := look(); !errors.Is(err, pasarela.ErrUnavailable) || !there(path) {
			t.Fatalf("without an answer the log went, %v", err)
		}
	}
	bucket.SetPlan(nil)
	if err := look(); err != nil || !there(path) {
		t.Fatalf("it went at the first look, %v", err)
	}
	if err := look(); err != nil || there(path) || !there(access) {
		t.Errorf("after the second look the log is there: %v, an access log: %v; %v", there(path), there(access), err)
	}
}
