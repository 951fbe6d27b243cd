package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A file is written when something has changed, the oldest ones are removed, and
// other files are not touched.
func TestExportsBesideTheData(t *testing.T) {
	dir := filepath.Join(t.TempDir(), exportFolder)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	own := filepath.Join(dir, "export-mine.yaml")
	if err := os.WriteFile(own, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		now, broken, asked := "a", false, 0
		e := &exports{dir: dir, every: time.Hour, keep: 3, most: 5, log: slog.New(slog.DiscardHandler), export: func(_ context.Context, secrets bool) ([]byte, error) {
			mu.Lock()
			defer mu.Unlock()
			if asked++; broken || !secrets {
				return nil, errors.New("the store is away")
			}
			return []byte(now), nil
		}}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- e.run(ctx) }()
		var seen []string
		for _, next := range []string{"a", "a", "b", "b", "c", "d", "e", "ffff", "gggggg"} {
			mu.Lock()
			now = next
			mu.Unlock()
			time.Sleep(time.Hour)
			synctest.Wait()
			files, err := e.files()
			if err != nil {
				t.Fatal(err)
			}
			held := ""
			for _, path := range files {
				text, err := os.ReadFile(path)
				info, _ := os.Stat(path)
				if err != nil || info.Mode().Perm() != 0o600 {
					t.Error(err, info.Mode())
				}
				held += string(text)
			}
			seen = append(seen, held)
		}
		if got, want := strings.Join(seen, " "), "a a ab ab abc bcd cde effff gggggg"; got != want {
			t.Errorf("files hold %s, want %s", got, want)
		}
		mu.Lock()
		broken, asked = true, 0
		mu.Unlock()
		time.Sleep(time.Hour + 10*time.Minute + time.Second)
		mu.Lock()
		if asked < 10 {
			t.Errorf("asked %d times after a failure", asked)
		}
		mu.Unlock()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	if _, err := os.Stat(own); err != nil {
		t.Error(fmt.Errorf("somebody else's file: %w", err))
	}
}
