package console_test

import (
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

func handler(t *testing.T, oneClick func() (console.AccessKey, error)) http.Handler {
	t.Helper()
	h, err := console.New(console.Options{
		Facts:    console.Facts{Version: "test", Region: "us-east-1", Endpoint: "http://127.0.0.1:4566"},
		OneClick: oneClick,
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func key() (console.AccessKey, error) {
	return console.AccessKey{AccessKeyID: "AKIATEST", SecretAccessKey: "secret"}, nil
}

func TestFilesAreServedPackedOrPlain(t *testing.T) {
	h := handler(t, nil)
	for _, encoding := range []string{"gzip", "identity"} {
		request := httptest.NewRequest(http.MethodGet, "/console/", nil)
		request.Header.Set("Accept-Encoding", encoding)
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, request)
		if answer.Code != http.StatusOK {
			t.Fatalf("%s: status %d", encoding, answer.Code)
		}
		packed := answer.Header().Get("Content-Encoding") == "gzip"
		if packed != (encoding == "gzip") {
			t.Errorf("%s: Content-Encoding %q", encoding, answer.Header().Get("Content-Encoding"))
		}
		if !packed && !strings.Contains(answer.Body.String(), `<div id="root">`) {
			t.Errorf("%s: the page has no root", encoding)
		}
		if policy := answer.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") {
			t.Errorf("policy %q lets the page load from anywhere", policy)
		}
	}
}

func TestAFileThatDidNotChangeIsNotSentAgain(t *testing.T) {
	h := handler(t, nil)
	first := httptest.NewRecorder()
	h.ServeHTTP(first, httptest.NewRequest(http.MethodGet, "/console/index.js", nil))
	again := httptest.NewRequest(http.MethodGet, "/console/index.js", nil)
	again.Header.Set("If-None-Match", first.Header().Get("ETag"))
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, again)
	if answer.Code != http.StatusNotModified || answer.Body.Len() != 0 {
		t.Errorf("got %d with %d bytes, want 304 without any", answer.Code, answer.Body.Len())
	}
}

func TestUnknownFileIsNotFound(t *testing.T) {
	answer := httptest.NewRecorder()
	handler(t, nil).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/console/dist/index.html.gz", nil))
	if answer.Code != http.StatusNotFound {
		t.Errorf("got %d", answer.Code)
	}
}

func TestOneClickSignIn(t *testing.T) {
	broken := func() (console.AccessKey, error) { return console.AccessKey{}, errors.New("no file") }
	cases := []struct {
		name     string
		oneClick func() (console.AccessKey, error)
		host     string
		remote   string
		origin   string
		header   string
		want     int
	}{
		{"own page on loopback", key, "127.0.0.1:4566", "127.0.0.1:5000", "http://127.0.0.1:4566", "1", 200},
		{"by the name localhost", key, "localhost:4566", "[::1]:5000", "http://localhost:4566", "1", 200},
		{"not on dev", nil, "127.0.0.1:4566", "127.0.0.1:5000", "http://127.0.0.1:4566", "1", 403},
		{"another origin", key, "127.0.0.1:4566", "127.0.0.1:5000", "http://evil.example", "1", 403},
		{"no origin", key, "127.0.0.1:4566", "127.0.0.1:5000", "", "1", 403},
		{"no header", key, "127.0.0.1:4566", "127.0.0.1:5000", "http://127.0.0.1:4566", "", 403},
		{"a name that resolves here", key, "rebound.example:4566", "127.0.0.1:5000", "http://rebound.example:4566", "1", 403},
		{"from another machine", key, "127.0.0.1:4566", "192.0.2.1:5000", "http://127.0.0.1:4566", "1", 403},
		{"key file gone", broken, "127.0.0.1:4566", "127.0.0.1:5000", "http://127.0.0.1:4566", "1", 500},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			request := httptest.NewRequest(http.MethodPost, "/console/session", nil)
			request.Host, request.RemoteAddr = c.host, c.remote
			if c.origin != "" {
				request.Header.Set("Origin", c.origin)
			}
			if c.header != "" {
				request.Header.Set("X-Pasarela-Console", c.header)
			}
			answer := httptest.NewRecorder()
			handler(t, c.oneClick).ServeHTTP(answer, request)
			if answer.Code != c.want {
				t.Errorf("got %d %s, want %d", answer.Code, answer.Body, c.want)
			}
			if c.want != 200 && strings.Contains(answer.Body.String(), "secret\"") {
				t.Error("a refusal carries the key")
			}
		})
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
