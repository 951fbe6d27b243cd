package web

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
)

// packed is the page and openapi.json, compressed: the program has a bound (docs/performance.md,
// "Size of the program"). `go test ./internal/report/web -update` packs them again.
//
//go:embed page.zip
var packed string

// files are what is packed.
var files = sync.OnceValue(func() fs.FS {
	all, err := zip.NewReader(strings.NewReader(packed), int64(len(packed)))
	if err != nil {
		panic(err) // it is a part of the program, and a test reads it
	}
	return all
})

// pagePolicy lets the page load what this service serves and connect to gateways,
// whose address only the operator's settings know.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func (s *server) page(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", pagePolicy)
	s.file(w, r, "page/reports.html")
}

func (s *server) definitionsPage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", pagePolicy)
	s.file(w, r, "page/definitions.html")
}

func (s *server) asset(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-cache")
	s.file(w, r, "page/"+r.PathValue("file"))
}

// file serves one of the packed files.
func (s *server) file(w http.ResponseWriter, r *http.Request, name string) {
	content, err := fs.ReadFile(files(), name)
	if err != nil {
		s.failPage(w, r, http.StatusNotFound, problem{Code: "not_found"}, language.Errorf("reports_api.no_page_part"))
		return
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
}

func (s *server) openAPI(w http.ResponseWriter, r *http.Request) {
	s.file(w, r, "openapi.json")
}

// settings gives the page its gateway, how it requests reports there, and the sentences
// of failed reports and of those that are tried again in every language: a user may change the page's language afterwards.
// definitions tells how who uses the page gets to write definitions, whatever capability the
// page shows: open, or token where that must be shown, or elsewhere: on the service's machine.
func (s *server) settings(w http.ResponseWriter, r *http.Request) {
	definitions := "elsewhere"
	switch {
	case s.token != "":
		definitions = "token"
	case s.trusts(r):
		definitions = "open"
	}
	writeJSON(w, http.StatusOK, map[string]any{"gatewayUrl": s.gateway, "action": s.action, "reasons": locale.Reasons(), "again": locale.AllAgain(), "definitions": definitions})
}
