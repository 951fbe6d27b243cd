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

	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/controlplane/backup"
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
		e := &exports{dir: dir, every: time.Hour, keep: 3, most: 5, log: slog.New(slog.DiscardHandler), nothing: func([]byte) bool { return false }, export: func(_ context.Context, secrets bool) ([]byte, error) {
			mu.Lock()
			defer mu.Unlock()
			if asked++; broken || !secrets {
				return nil, errors.New("the store does not answer")
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

// An export of a store that was lost, which has nothing in it, is not written behind the one
// that brings everything back (P33).
func TestALostStoreIsNotExported(t *testing.T) {
	log := new(strings.Builder)
	now := "nothing"
	e := &exports{
		dir: filepath.Join(t.TempDir(), exportFolder), keep: 3, most: 1000, log: slog.New(slog.NewTextHandler(log, nil)),
		export:  func(context.Context, bool) ([]byte, error) { return []byte(now), nil },
		nothing: func(text []byte) bool { return strings.HasPrefix(string(text), "nothing") },
	}
	var newest []string
	synctest.Test(t, func(t *testing.T) {
		for _, now = range []string{"nothing", "something", "nothing more", "something else", "nothing"} {
			if err := e.once(t.Context()); err != nil {
				t.Fatal(err)
			}
			files, err := e.files()
			if err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(files[len(files)-1])
			if err != nil {
				t.Fatal(err)
			}
			newest = append(newest, string(text))
			time.Sleep(time.Minute)
		}
	})
	if got, want := strings.Join(newest, ", "), "nothing, something, something, something else, something else"; got != want {
		t.Errorf("the newest files have %s, want %s", got, want)
	}
	if said := log.String(); strings.Count(said, "nothing in it") != 2 || !strings.Contains(said, "pasarela apply "+e.dir) {
		t.Error(said)
	}
}

// What a first start makes is nothing to bring back, and an API is something.
func TestWhatIsNothing(t *testing.T) {
	n, err := Start(t.Context(), Options{Settings: Settings{DataDir: t.TempDir(), Listen: "127.0.0.1:0"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.Stop(context.Background()) })
	empty, err := n.backup().Export(t.Context(), true)
	if err != nil || !backup.Nothing(empty) {
		t.Errorf("%v of\n%s", err, empty)
	}
	_, err = n.APIs().CreateAPI(t.Context(), apis.CreateAPIInput{
		APIFields:    apis.APIFields{Name: new("one"), RouteSelectionExpression: new("$request.body.action")},
		ProtocolType: new("WEBSOCKET"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if text, err := n.backup().Export(t.Context(), true); err != nil || backup.Nothing(text) {
		t.Errorf("%v of\n%s", err, text)
	}
	for _, text := range []string{"", "[", "pasarela: 1\nidentity:\n  users:\n    - UserName: ana\n"} {
		if backup.Nothing([]byte(text)) {
			t.Errorf("%q is nothing", text)
		}
	}
}
