package node

import (
	"net/http"
	"path"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/console"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
)

// rootHandler separates the node's own pages from everything else. It is no
// http.ServeMux, because that redirects paths that are not in its canonical form, before
// authentication, and also for services that accept such paths (A-WIRE-11).
type rootHandler struct {
	pages     map[string]http.Handler // by exact path, for GET and HEAD
	console   http.Handler            // everything below console.Path
	services  http.Handler
	directory *stage.Directory
}

// ServeHTTP closes connections that sent a chunked body: where such a request had a
// Content-Length too, net/http has dropped that header, and a proxy in front may have
// used it, so the two may disagree on where the next request begins (request smuggling;
// RFC 9112 §6.1).
func (h *rootHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if len(r.TransferEncoding) > 0 {
		w.Header().Set("Connection", "close")
	}
	h.handler(r).ServeHTTP(w, r)
}

// handler chooses by the exact path. On custom domains every path belongs to an API,
// except the two that AWS reserves.
func (h *rootHandler) handler(r *http.Request) http.Handler {
	at := r.URL.Path
	read := r.Method == http.MethodGet || r.Method == http.MethodHead
	page := h.pages[at]
	switch {
	case strings.EqualFold(r.Header.Get("Upgrade"), "websocket"):
		return h.services
	case h.directory.IsCustomHost(r.Host):
		// AWS reserves two names on its domains (aws-controlplane §1); here a stage
		// or a mapping key may have them.
		if _, taken := h.directory.Lookup(r.Host, at); !read || taken || at != pingPath && at != spingPath {
			return h.services
		}
		return page
	case read && page != nil:
		return page
	case read && at+"/" == console.Path:
		return http.RedirectHandler(console.Path, http.StatusFound)
	case strings.HasPrefix(at, console.Path) && isClean(at):
		return h.console
	}
	return h.services
}

// isClean says whether path.Clean leaves a path as it is, apart from a trailing slash.
func isClean(at string) bool {
	return path.Clean(at) == strings.TrimSuffix(at, "/")
}
