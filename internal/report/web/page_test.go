package web_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/intake"
	"github.com/pasarela-ws/pasarela/internal/report/samples"
	"github.com/pasarela-ws/pasarela/internal/report/web"
)

func handler(t *testing.T) http.Handler {
	t.Helper()
	catalogue := &definition.Catalogue{}
	if err := catalogue.Load("", samples.Files); err != nil {
		t.Fatal(err)
	}
	return web.New(web.Options{Intake: &intake.Intake{Catalogue: catalogue}, GatewayURL: "wss://gateway/prod", Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
}

func TestWhatIsServedWithoutReports(t *testing.T) {
	served := handler(t)
	for _, test := range []struct {
		method, path string
		status       int
		kind, body   string
	}{
		{"GET", "/", 200, "text/html; charset=utf-8", `<script type="module" src="/page/reports.js">`},
		{"GET", "/definitions", 200, "text/html; charset=utf-8", `<script type="module" src="/page/definitions.js">`},
		{"GET", "/page/reports.js", 200, "text/javascript; charset=utf-8", "import"},
		{"GET", "/page/reports.css", 200, "text/css; charset=utf-8", ":root"},
		{"GET", "/page/settings", 200, "application/json", `"gatewayUrl":"wss://gateway/prod"`},
		{"GET", "/page/nothing.js", 404, "application/json", `"code":"not_found"`},
		{"GET", "/page/..%2Fopenapi.json", 404, "application/json", `"code":"not_found"`},
		{"GET", "/openapi.json", 200, "application/json", `"openapi"`},
		{"GET", "/api/reports/types", 200, "application/json", `"type":"ventas"`},
		{"GET", "/api/reports/types?caller=nobody", 200, "application/json", `"types":[`},
		{"GET", "/nothing", 404, "application/json", `"message":"there is nothing at GET /nothing; /openapi.json lists what there is"`},
		{"PUT", "/api/reports", 405, "application/json", `"message":"/api/reports takes GET, HEAD, not PUT"`},
		{"GET", "/api/reports/types/", 404, "application/json", `"code":"not_found"`},
		{"GET", "/api/reports/1/delete", 405, "application/json", `takes POST, not GET`},
	} {
		recorder := httptest.NewRecorder()
		served.ServeHTTP(recorder, httptest.NewRequest(test.method, test.path, nil))
		response := recorder.Result()
		content, _ := io.ReadAll(response.Body)
		if response.StatusCode != test.status || test.kind != "" && response.Header.Get("Content-Type") != test.kind || !strings.Contains(string(content), test.body) {
			t.Errorf("%s %s answered %s %s %.200s", test.method, test.path, response.Status, response.Header.Get("Content-Type"), content)
		}
		if response.Header.Get("X-Content-Type-Options") != "nosniff" || response.Header.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s %s is not guarded: %v", test.method, test.path, response.Header)
		}
	}
}

// The page runs only what this service serves: no script in the HTML, none of
// anybody else's.
func TestThePagesPolicy(t *testing.T) {
	recorder := httptest.NewRecorder()
	handler(t).ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/", nil))
	policy := recorder.Header().Get("Content-Security-Policy")
	for _, rule := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "form-action 'none'"} {
		if !strings.Contains(policy, rule) {
			t.Errorf("%q lacks %q", policy, rule)
		}
	}
	if html := recorder.Body.String(); regexp.MustCompile(`(?i)<script>|\son\w+=|style=|https?://`).MatchString(html) {
		t.Errorf("the page holds what its policy forbids:\n%s", html)
	}
}

// TestEveryTextIsThereInEveryLanguage: what the page says by name has words in both
// languages.
func TestEveryTextIsThereInEveryLanguage(t *testing.T) {
	words, err := os.ReadFile("page/words.js")
	if err != nil {
		t.Fatal(err)
	}
	spanish, rest, _ := strings.Cut(string(words), "\n  en: {")
	english, _, _ := strings.Cut(rest, "\n};")
	es, en := names(spanish[strings.Index(spanish, "es: {")+5:]), names(english)
	if diff := cmp.Diff(es, en); diff != "" {
		t.Errorf("the languages differ (-es +en):\n%s", diff)
	}
	var used []string
	files, _ := filepath.Glob("page/*")
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`(?:say|add)\('(\w+)'|data-text="(\w+)"|problem = '(\w+)'|warning = [^;]*'(\w+)'`).FindAllStringSubmatch(string(content), -1) {
			used = append(used, strings.Join(found[1:], ""))
		}
	}
	if len(used) < 30 {
		t.Fatalf("only %v are used: this test no longer reads the page", used)
	}
	for _, name := range used {
		if !slices.Contains(es, name) {
			t.Errorf("the page says %q, which has no words", name)
		}
	}
}

func names(block string) (names []string) {
	for _, found := range regexp.MustCompile(`(\w+): '`).FindAllStringSubmatch(block, -1) {
		names = append(names, found[1])
	}
	slices.Sort(names)
	return names
}
