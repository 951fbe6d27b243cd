// Package web serves the reports over HTTP: the API, the downloads, and the page
// for the person who waits.
package web

import (
	"crypto/sha256"
	"crypto/subtle"
	"log/slog"
	"net"
	"net/http"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/report/desk"
)

// Options are what the handler serves.
type Options struct {
	Desk       *desk.Desk
	Token      string // asked of whoever creates and operates; "" trusts the network
	GatewayURL string // wss:// URL of the stage that the page connects to
	Log        *slog.Logger
}

const maxBody = 128 << 10

// New returns the handler.
func New(options Options) http.Handler {
	s := &server{desk: options.Desk, token: options.Token, gateway: options.GatewayURL, log: options.Log}
	mux := http.NewServeMux()
	for _, route := range s.routes() {
		mux.HandleFunc(route.method+" "+route.path, route.serve)
	}
	mux.HandleFunc("/", s.notFound)
	return http.MaxBytesHandler(secured(mux), maxBody)
}

type server struct {
	desk    *desk.Desk
	token   string
	gateway string
	log     *slog.Logger
}

type route struct {
	method, path string
	serve        http.HandlerFunc
}

func (s *server) routes() []route {
	return []route{
		{"POST", "/api/reports/create", s.trusted(s.create)},
		{"GET", "/api/reports/types", s.types},
		{"GET", "/api/reports", s.history},
		{"GET", "/api/reports/{id}", s.status},
		{"DELETE", "/api/reports/{id}", s.cancel},
		{"POST", "/api/reports/{id}/replay", s.trusted(s.replay)},
		{"GET", "/api/reports/{id}/preview", s.preview},
		{"GET", "/files/{id}/{name}", s.download},
		{"GET", "/openapi.json", s.openAPI},
		{"GET", "/healthz", s.health},
		{"GET", "/{$}", s.page},
		{"GET", "/page/settings", s.settings},
		{"GET", "/page/{file}", s.asset},
	}
}

// trusted asks for the token where there is one.
func (s *server) trusted(serve http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.token != "" && !s.hasToken(r) {
			w.Header().Set("WWW-Authenticate", `Bearer realm="reports"`)
			fail(w, http.StatusUnauthorized, problem{Code: "unauthorized", Message: "this call needs the header Authorization: Bearer with the service's token"})
			return
		}
		serve(w, r)
	}
}

// operator tells whether the request may see what is the operator's: with the
// token, or, where there is none, from this machine.
func (s *server) operator(r *http.Request) bool {
	if s.token != "" {
		return s.hasToken(r)
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	return err == nil && net.ParseIP(host).IsLoopback() && r.Header.Get("X-Forwarded-For") == ""
}

func (s *server) hasToken(r *http.Request) bool {
	given, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	want, got := sha256.Sum256([]byte(s.token)), sha256.Sum256([]byte(given))
	return found && subtle.ConstantTimeCompare(want[:], got[:]) == 1
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

func (s *server) notFound(w http.ResponseWriter, r *http.Request) {
	fail(w, http.StatusNotFound, problem{Code: "not_found", Message: "there is nothing at " + r.Method + " " + r.URL.Path + "; /openapi.json lists what there is"})
}

func (s *server) health(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{"status": "ok", "jobs": s.desk.Queue.Counts(), "storedBytes": s.desk.Store.Used()})
}
