// Package web serves the reports over HTTP: the API, the downloads, and the page for
// users.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/auditlog"
	"github.com/pasarela-ws/pasarela/internal/report/delivery"
	"github.com/pasarela-ws/pasarela/internal/report/editor"
	"github.com/pasarela-ws/pasarela/internal/report/intake"
	"github.com/pasarela-ws/pasarela/internal/report/schedules"
)

// Options are what the handler serves.
type Options struct {
	Intake     *intake.Intake
	Schedules  *schedules.Store
	Deliverer  *delivery.Deliverer
	Editor     *editor.Editor
	Token      string   // required to create and operate; "" trusts the network
	PublicURL  string   // where clients reach the handler
	Hosts      []string // names besides PublicURL's that requests without a token may call it by
	GatewayURL string   // wss:// URL of the stage that the page connects to
	PageAction string   // action of the message by which the page asks; "" asks while it connects, in the query string
	Ready      func(ctx context.Context) []Check
	Metrics    http.Handler
	AuditLog   *auditlog.Log
	Log        *slog.Logger
}

const maxBody = 128 << 10

// New returns the handler.
func New(options Options) http.Handler {
	s := &server{
		intake: options.Intake, token: options.Token, gateway: options.GatewayURL, action: options.PageAction, log: options.Log,
		schedules: options.Schedules, deliverer: options.Deliverer, editor: options.Editor, hosts: options.Hosts, ready: options.Ready, metrics: options.Metrics, auditLog: options.AuditLog,
	}
	if public, err := url.Parse(options.PublicURL); err == nil && public.Host != "" {
		s.hosts = append(slices.Clone(s.hosts), public.Host)
	}
	s.mux = http.NewServeMux()
	for _, route := range s.routes() {
		s.mux.HandleFunc(route.method+" "+route.path, route.serve)
	}
	s.mux.HandleFunc(anyPattern, s.notFound)
	return http.MaxBytesHandler(secured(s.mux), maxBody)
}

type server struct {
	intake    *intake.Intake
	schedules *schedules.Store
	deliverer *delivery.Deliverer
	editor    *editor.Editor
	token     string
	hosts     []string
	gateway   string
	action    string
	ready     func(ctx context.Context) []Check
	metrics   http.Handler
	auditLog  *auditlog.Log
	mux       *http.ServeMux
	log       *slog.Logger
}

type route struct {
	method, path string
	serve        http.HandlerFunc
}

func (s *server) routes() []route {
	return []route{
		{"POST", "/api/reports/create", s.creator(s.create)},
		{"GET", "/api/reports/types", s.types},
		{"GET", "/api/reports", s.history},
		{"GET", "/api/reports/{id}", s.status},
		{"DELETE", "/api/reports/{id}", s.cancel},
		{"POST", "/api/reports/{id}/delete", s.remove},
		{"POST", "/api/reports/{id}/replay", s.operators(s.replay)},
		{"GET", "/api/reports/{id}/preview", s.preview},
		{"POST", "/api/schedules", s.makeSchedule},
		{"GET", "/api/schedules", s.listSchedules},
		{"PUT", "/api/schedules/{id}", s.changeSchedule},
		{"DELETE", "/api/schedules/{id}", s.removeSchedule},
		{"POST", "/api/schedules/{id}/run", s.runSchedule},
		{"POST", "/api/schedules/{id}/pause", s.pauser(true)},
		{"POST", "/api/schedules/{id}/resume", s.pauser(false)},
		{"GET", "/api/definitions", s.operators(s.listDefinitions)},
		{"GET", "/api/definitions/{type}", s.operators(s.readDefinition)},
		{"POST", "/api/definitions/draft", s.operators(s.draftDefinition)},
		{"POST", "/api/definitions/preview", s.operators(s.tryDefinition)},
		{"POST", "/api/definitions/save", s.operators(s.saveDefinition)},
		{"POST", "/api/definitions/{type}/delete", s.operators(s.removeDefinition)},
		{"GET", "/api/sources/{name}/tables", s.operators(s.listTables)},
		{"GET", "/definitions", s.definitionsPage},
		{"GET", "/files/{id}/{name}", s.download},
		{"GET", "/openapi.json", s.openAPI},
		{"GET", "/healthz", s.health},
		{"GET", "/readyz", s.readiness},
		{"GET", "/metrics", s.operators(s.showMetrics)},
		{"GET", "/{$}", s.page},
		{"GET", "/page/settings", s.settings},
		{"POST", "/page/client", s.newClient},
		{"GET", "/page/{file}", s.asset},
	}
}

func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("X-Frame-Options", "DENY")
		next.ServeHTTP(w, r)
	})
}

// anyPattern is the pattern for requests without a route.
const anyPattern = "/"

// notFound responds with 404, or 405 where another method would be served.
func (s *server) notFound(w http.ResponseWriter, r *http.Request) {
	if allowed := s.methods(r); len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		s.failPage(w, r, http.StatusMethodNotAllowed, problem{Code: "method_not_allowed"}, language.Errorf("reports_api.methods", "path", r.URL.Path, "allowed", strings.Join(allowed, ", "), "method", r.Method))
		return
	}
	s.failPage(w, r, http.StatusNotFound, problem{Code: "not_found"}, language.Errorf("reports_api.nothing_here", "method", r.Method, "path", r.URL.Path))
}

// methods are the methods for which a path is served.
func (s *server) methods(r *http.Request) (allowed []string) {
	for _, method := range []string{http.MethodDelete, http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut} {
		other := &http.Request{Method: method, URL: r.URL, Host: r.Host}
		if _, pattern := s.mux.Handler(other); pattern != anyPattern && strings.Contains(pattern, " ") {
			allowed = append(allowed, method)
		}
	}
	return allowed
}

func (s *server) health(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"status": "ok", "jobs": s.intake.Queue.Counts(), "storedBytes": s.intake.Store.Used()})
}
