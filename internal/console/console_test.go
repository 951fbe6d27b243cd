package console_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/console"
)

func newConsole(t *testing.T) *console.Console {
	t.Helper()
	c, err := console.New(console.Options{
		Facts:    console.Facts{Version: "test", Region: "us-east-1", Endpoint: "http://127.0.0.1:4566"},
		Loopback: "http://127.0.0.1:4566",
		Sockets:  []string{"ws://*.execute-api.us-east-1.example.com:4566"},
		Key:      key,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func key(_ context.Context, accessKeyID string) (console.AccessKey, error) {
	if accessKeyID != "AKIATEST" {
		return console.AccessKey{}, errors.New("no such key")
	}
	return console.AccessKey{AccessKeyID: "AKIATEST", SecretAccessKey: "secret"}, nil
}

func TestFilesAreServedPackedOrPlain(t *testing.T) {
	h := newConsole(t)
	for _, encoding := range []string{"gzip", "identity"} {
		request := httptest.NewRequest(http.MethodGet, "/console/", nil)
		request.Header.Set("Accept-Encoding", encoding)
		response := httptest.NewRecorder()
		h.ServeHTTP(response, request)
		if response.Code != http.StatusOK {
			t.Fatalf("%s: status %d", encoding, response.Code)
		}
		packed := response.Header().Get("Content-Encoding") == "gzip"
		if packed != (encoding == "gzip") {
			t.Errorf("%s: Content-Encoding %q", encoding, response.Header().Get("Content-Encoding"))
		}
		if !packed && !strings.Contains(response.Body.String(), `<div id="root">`) {
			t.Errorf("%s: the page has no root", encoding)
		}
		if policy := response.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") {
			t.Errorf("policy %q lets the page load from anywhere", policy)
		}
	}
}

func TestAFileThatDidNotChangeIsNotSentAgain(t *testing.T) {
	h := newConsole(t)
	first := httptest.NewRecorder()
	h.ServeHTTP(first, httptest.NewRequest(http.MethodGet, "/console/index.js", nil))
	again := httptest.NewRequest(http.MethodGet, "/console/index.js", nil)
	again.Header.Set("If-None-Match", first.Header().Get("ETag"))
	response := httptest.NewRecorder()
	h.ServeHTTP(response, again)
	if response.Code != http.StatusNotModified || response.Body.Len() != 0 {
		t.Errorf("got %d with %d bytes, want 304 without any", response.Code, response.Body.Len())
	}
}

func TestUnknownFileIsNotFound(t *testing.T) {
	response := httptest.NewRecorder()
	newConsole(t).ServeHTTP(response, httptest.NewRequest(http.MethodGet, "/console/dist/index.html.gz", nil))
	if response.Code != http.StatusNotFound {
		t.Errorf("got %d", response.Code)
	}
}

// The committed build must come from the sources in this tree.
func TestBuildIsCurrent(t *testing.T) {
	want, err := os.ReadFile("dist/sources.sha256")
	if err != nil {
		t.Fatal(err)
	}
	if got := sourcesHash(t); got != strings.TrimSpace(string(want)) {
		t.Errorf("internal/console/dist is stale: run `npm ci && npm run build` in internal/console/web and commit dist")
	}
}

// sourcesHash is what web/scripts/pack.mjs computes.
func sourcesHash(t *testing.T) string {
	t.Helper()
	roots := []string{"src", "public", "scripts", "index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts"}
	var paths []string
	for _, root := range roots {
		err := filepath.WalkDir(filepath.Join("web", root), func(path string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				relative, _ := filepath.Rel("web", path)
				paths = append(paths, filepath.ToSlash(relative))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	sort.Strings(paths)
	hash := sha256.New()
	for _, path := range paths {
		text, err := os.ReadFile(filepath.Join("web", path))
		if err != nil {
			t.Fatal(err)
		}
		hash.Write([]byte(path + "\x00"))
		hash.Write(text)
		hash.Write([]byte{0})
	}
	return hex.EncodeToString(hash.Sum(nil))
}
