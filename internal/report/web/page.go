package web

import (
	"embed"
	"io/fs"
	"net/http"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
)

//go:embed page openapi.json
var embedded embed.FS

// pagePolicy lets the page load what this service serves and connect to gateways,
// whose address only the operator's settings know.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func (s *server) page(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", pagePolicy)
	http.ServeFileFS(w, r, embedded, "page/reports.html")
}

func (s *server) definitionsPage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", pagePolicy)
	http.ServeFileFS(w, r, embedded, "page/definitions.html")
}

func (s *server) asset(w http.ResponseWriter, r *http.Request) {
	name := "page/" + r.PathValue("file")
	if _, err := fs.Stat(embedded, name); err != nil {
		s.failPage(w, r, http.StatusNotFound, problem{Code: "not_found"}, language.Errorf("reports_api.no_page_part"))
		return
	}
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeFileFS(w, r, embedded, name)
}

func (s *server) openAPI(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, embedded, "openapi.json")
}

// settings gives the page its gateway, how it requests reports there, and the sentences
// of failed reports in every language: a user may change the page's language afterwards.
// defines tells whether who uses the page may write definitions without showing a token,
// whatever capability the page shows.
func (s *server) settings(w http.ResponseWriter, r *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"gatewayUrl": s.gateway, "action": s.action, "reasons": locale.Reasons(), "defines": s.token == "" && local(r)})
}
