package console_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Bounds of the console's size, compressed as it is embedded: all of it, and
// what a browser fetches before the first view (the editor and the charts come
// later).
const (
	maxEmbedded  = 1_500_000
	maxFirstView = 680_000
)

func TestTheBuildKeepsItsBudget(t *testing.T) {
	packed, err := filepath.Glob("dist/*.gz")
	if err != nil || len(packed) == 0 {
		t.Fatalf("no build: %v", err)
	}
	index := unpacked(t, "dist/index.html.gz")
	all, first := int64(0), int64(0)
	for _, name := range packed {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		all += info.Size()
		file := strings.TrimSuffix(filepath.Base(name), ".gz")
		if file == "index.html" || strings.Contains(index, "/"+file+`"`) || strings.Contains(index, `"`+file+`"`) {
			first += info.Size()
		}
	}
	if all > maxEmbedded || first > maxFirstView {
		t.Errorf("the build weighs %d bytes, at most %d are allowed; the first view %d, at most %d", all, maxEmbedded, first, maxFirstView)
	}
}

func unpacked(t *testing.T, name string) string {
	t.Helper()
	packed, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	reader, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The Content-Security-Policy of every response allows scripts of the console's
// own files only, and connections to this server only.
func TestEveryAnswerHasThePolicy(t *testing.T) {
	h := newConsole(t)
	for _, path := range []string{"/console/", "/console/index.js", "/console/facts.json", "/console/session", "/console/nothing"} {
		response := httptest.NewRecorder()
		h.ServeHTTP(response, httptest.NewRequest(http.MethodGet, path, nil))
		policy := response.Header().Get("Content-Security-Policy")
		for _, directive := range []string{
			"default-src 'none'", "script-src 'self';", "connect-src 'self' ws://*.execute-api.us-east-1.example.com:4566;", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
		} {
			if !strings.Contains(policy, directive) {
				t.Errorf("%s: the policy %q lacks %q", path, policy, directive)
			}
		}
		if regexp.MustCompile(`https?:|[ ;]\*|wss?:[^/]|wss?://\*[^.]|unsafe-eval|script-src[^;]*unsafe`).MatchString(policy) {
			t.Errorf("%s: the policy %q lets others in", path, policy)
		}
		if response.Header().Get("Referrer-Policy") != "no-referrer" || response.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", path, response.Header())
		}
	}
}
