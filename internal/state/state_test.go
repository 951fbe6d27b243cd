package state_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state"
	"github.com/pasarela-ws/pasarela/internal/state/statetest"
	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/internal/testkit/natsserver"
)

var streamDir = filepath.Join("jetstream", "jetstream", "$G", "streams", "KV_pasarela")

func TestEmbeddedBucket(t *testing.T) {
	statetest.Bucket(t, func(t *testing.T) pasarela.Bucket { return open(t, t.TempDir()).Bucket() })
}

func TestClusterBucket(t *testing.T) {
	statetest.Bucket(t, func(t *testing.T) pasarela.Bucket {
		return join(t, natsServer(t, "sync_interval: always"), "n1", nil).Bucket()
	})
}

func TestClusterBus(t *testing.T) {
	statetest.Bus(t, func(t *testing.T, here, there string) (pasarela.Bus, pasarela.Bus) {
		url := natsServer(t, "sync_interval: always")
		return join(t, url, here, nil).Bus(), join(t, url, there, nil).Bus()
	})
}

func TestEmbeddedBusReachesItself(t *testing.T) {
	bus := open(t, t.TempDir()).Bus()
	stop, err := bus.Handle("push", 1, func(_ context.Context, data []byte) []byte { return data })
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	if got, err := bus.Request(t.Context(), "n1", "push", []byte("x")); err != nil || string(got) != "x" {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := bus.Request(t.Context(), "n2", "push", nil); !errors.Is(err, pasarela.ErrNodeGone) {
		t.Errorf("got %v", err)
	}
}

func TestASecondStartFindsEverything(t *testing.T) {
	dir := t.TempDir()
	first, err := state.Open(t.Context(), state.Options{Dir: dir, Node: "n1"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]uint64{}
	for i := range 50 {
		key := fmt.Sprintf("api/%d", i)
		if want[key], err = first.Bucket().Put(t.Context(), key, []byte(key), 0); err != nil {
			t.Fatal(err)
		}
	}
	first.Close()
	entries, err := open(t, dir).Bucket().List(t.Context(), "api/")
	if err != nil || len(entries) != len(want) {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	for _, entry := range entries {
		if entry.Revision != want[entry.Key] || string(entry.Value) != entry.Key {
			t.Errorf("%+v", entry)
		}
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	taken := t.TempDir()
	open(t, taken)
	for name, c := range map[string]struct {
		options state.Options
		want    string
	}{
		"no name":        {state.Options{Dir: taken}, "the node has no name"},
		"nothing":        {state.Options{Node: "n1"}, "neither a data directory nor a NATS URL"},
		"both":           {state.Options{Node: "n1", Dir: taken, URL: "nats://127.0.0.1:1"}, "both a data directory and a NATS URL"},
		"taken":          {state.Options{Node: "n1", Dir: taken}, fmt.Sprintf("another pasarela (process %d) has it open", os.Getpid())},
		"a file":         {state.Options{Node: "n1", Dir: filepath.Join(file, "x")}, "not a directory"},
		"nobody there":   {state.Options{Node: "n1", URL: "nats://me:secret@127.0.0.1:1", ConnectTimeout: time.Millisecond}, "connect to NATS at nats://me:xxxxx@127.0.0.1:1"},
		"nobody of two":  {state.Options{Node: "n1", URL: "nats://me:secret@127.0.0.1:1,nats://me:secret@127.0.0.1:2", ConnectTimeout: time.Millisecond}, "connect to NATS at nats://me:xxxxx@127.0.0.1:1,nats://me:xxxxx@127.0.0.1:2"},
		"no scheme":      {state.Options{Node: "n1", URL: "me:secret@127.0.0.1:1", ConnectTimeout: time.Millisecond}, "connect to NATS at nats://me:xxxxx@127.0.0.1:1"},
		"no JetStream":   {state.Options{Node: "n1", URL: natsServer(t, ""), ConnectTimeout: time.Millisecond}, "jetstream not enabled"},
		"not an address": {state.Options{Node: "n1", URL: "::"}, "connect to NATS"},
	} {
		t.Run(name, func(t *testing.T) {
			store, err := state.Open(t.Context(), c.options)
			if err == nil {
				store.Close()
				t.Fatal("it opened")
			}
			if !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(c.want)) || strings.Contains(err.Error(), "secret") {
				t.Errorf("got %q, want %q in it", err, c.want)
			}
		})
	}
}

// A start over a store that is lost must not look like a first start.
func TestALostStoreIsNotTakenForAnEmptyOne(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(t *testing.T, dir string){
		"streams removed": func(t *testing.T, dir string) { remove(t, filepath.Join(dir, "jetstream")) },
		"stream's description overwritten": func(t *testing.T, dir string) {
			overwrite(t, filepath.Join(dir, streamDir, "meta.inf"))
		},
		"messages removed": func(t *testing.T, dir string) { remove(t, filepath.Join(dir, streamDir, "msgs", "1.blk")) },
		"messages cut short": func(t *testing.T, dir string) {
			if err := os.Truncate(filepath.Join(dir, streamDir, "msgs", "1.blk"), 600); err != nil {
				t.Fatal(err)
			}
		},
		"a byte turned": func(t *testing.T, dir string) {
			block := filepath.Join(dir, streamDir, "msgs", "1.blk")
			data, err := os.ReadFile(block)
			if err != nil {
				t.Fatal(err)
			}
			data[len(data)/2] ^= 0xff
			if err := os.WriteFile(block, data, 0o600); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			store, err := state.Open(t.Context(), state.Options{Dir: dir, Node: "n1"})
			if err != nil {
				t.Fatal(err)
			}
			for i := range 10 {
				if _, err := store.Bucket().Put(t.Context(), fmt.Sprint("k/", i), make([]byte, 200), 0); err != nil {
					t.Fatal(err)
				}
			}
			store.Close()
			damage(t, dir)
			store, err = state.Open(t.Context(), state.Options{Dir: dir, Node: "n1"})
			if err == nil {
				store.Close()
				t.Fatal("it opened as if nothing had been there")
			}
			if !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "pasarela apply") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// A power cut could leave the mark without content, and everything else whole.
func TestABlankMarkIsWrittenAnew(t *testing.T) {
	for name, content := range map[string]string{"empty": "", "zeros": strings.Repeat("\x00", 38)} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			store, err := state.Open(t.Context(), state.Options{Dir: dir, Node: "n1"})
			if err != nil {
				t.Fatal(err)
			}
			revision, err := store.Bucket().Put(t.Context(), "k", []byte("v"), 0)
			if err != nil {
				t.Fatal(err)
			}
			store.Close()
			mark := filepath.Join(dir, "store.json")
			if err := os.WriteFile(mark, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			var said bytes.Buffer
			store, err = state.Open(t.Context(), state.Options{Dir: dir, Node: "n1", Log: slog.New(slog.NewTextHandler(&said, nil))})
			if err != nil {
				t.Fatal(err)
			}
			if got, err := store.Bucket().Get(t.Context(), "k"); err != nil || got.Revision != revision {
				t.Errorf("%+v, %v", got, err)
			}
			store.Close()
			if text, _ := os.ReadFile(mark); !bytes.Contains(text, []byte("lastRevision")) || !strings.Contains(said.String(), "store.json was blank") {
				t.Errorf("the mark is %q, and it was said\n%s", text, said.String())
			}
			if err := os.WriteFile(mark, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			remove(t, filepath.Join(dir, "jetstream"))
			if store, err := state.Open(t.Context(), state.Options{Dir: dir, Node: "n1"}); err == nil {
				store.Close()
				t.Error("a blank mark beside no store was taken for a first start")
			}
		})
	}
}

func TestAClusterThatMayLoseWritesIsToldOf(t *testing.T) {
	var said bytes.Buffer
	join(t, natsServer(t, `sync_interval: "2m"`), "n1", slog.New(slog.NewTextHandler(&said, nil)))
	for _, want := range []string{"sync_interval: always", "single server", "max_payload"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("no word of %q in\n%s", want, said.String())
		}
	}
}

func TestCheckFailsOnAClosedStore(t *testing.T) {
	store, err := state.Open(t.Context(), state.Options{Dir: t.TempDir(), Node: "n1"})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Check(t.Context()); err != nil {
		t.Error(err)
	}
	store.Close()
	if err := store.Check(t.Context()); err == nil {
		t.Error("a closed store says that it takes writes")
	}
}

func BenchmarkEmbeddedPut(b *testing.B) {
	store, err := state.Open(b.Context(), state.Options{Dir: b.TempDir(), Node: "n1"})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	value, revision := make([]byte, 2048), uint64(0)
	for b.Loop() {
		if revision, err = store.Bucket().Put(b.Context(), "api/x", value, revision); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEmbeddedGet(b *testing.B) {
	store, err := state.Open(b.Context(), state.Options{Dir: b.TempDir(), Node: "n1"})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	if _, err := store.Bucket().Put(b.Context(), "api/x", make([]byte, 2048), 0); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err = store.Bucket().Get(b.Context(), "api/x"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRequest is a request to another node and its response, both nodes and the NATS server included.
func BenchmarkRequest(b *testing.B) {
	url := natsServer(b, "sync_interval: always")
	here, there := join(b, url, "here", nil).Bus(), join(b, url, "there", nil).Bus()
	response := []byte("{}")
	stop, err := there.Handle("push", 256, func(context.Context, []byte) []byte { return response })
	if err != nil {
		b.Fatal(err)
	}
	defer stop()
	body := make([]byte, 128)
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			ctx, cancel := context.WithTimeout(b.Context(), testkit.WaitLimit)
			if _, err := here.Request(ctx, "there", "push", body); err != nil {
				b.Error(err)
			}
			cancel()
		}
	})
}

func open(t *testing.T, dir string) *state.Store {
	t.Helper()
	store, err := state.Open(t.Context(), state.Options{Dir: dir, Node: "n1"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	return store
}

func join(t testing.TB, url, node string, log *slog.Logger) *state.Store {
	t.Helper()
	store, err := state.Open(t.Context(), state.Options{URL: url, Node: node, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	return store
}

// natsServer runs a server of its own on a port of loopback; without text about
// JetStream it has none.
func natsServer(t testing.TB, jetstream string) string {
	t.Helper()
	text := "debug: false\n"
	if jetstream != "" {
		text = "jetstream { " + jetstream + " }\n"
	}
	if jetstream == "sync_interval: always" {
		text = natsserver.Settings
	}
	return natsserver.Start(t, natsserver.Options{Settings: text}).ClientURL()
}

func remove(t *testing.T, path string) {
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}

func overwrite(t *testing.T, path string) {
	if err := os.WriteFile(path, []byte("ruins"), 0o600); err != nil {
		t.Fatal(err)
	}
}
