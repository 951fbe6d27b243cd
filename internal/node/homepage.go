package node

import (
	"fmt"
	"html"
	"net/http"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/console"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// homepage is what "/" serves to a browser on the node's own host: where the pages
// for people are. Clients of APIs get what AWS returns, 403 (A-NODE-6).
type homepage struct {
	services http.Handler
	version  string
}

// ServeHTTP writes a page without scripts, styles or forms, and says so in its
// Content-Security-Policy.
func (h homepage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !fromBrowser(r) {
		h.services.ServeHTTP(w, r)
		return
	}
	l := language.Accepted(r.Header.Get("Accept-Language"))
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Language", string(l))
	fmt.Fprintf(w, `<!doctype html>
<html lang="%s"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>pasarela</title>
<h1>pasarela %s</h1>
<p>%s</p>
<ul><li><a href="%s">%s</a></li><li>%s</li><li>%s</li></ul>
</html>
`, l, html.EscapeString(h.version), html.EscapeString(l.Say("home.what")), console.Path,
		html.EscapeString(l.Say("home.console")), html.EscapeString(l.Say("home.connect")), html.EscapeString(l.Say("home.guide")))
}

// fromBrowser says whether a browser sent the request: no AWS client asks for HTML, and a
// request that is signed or names an operation is for a service.
func fromBrowser(r *http.Request) bool {
	query := r.URL.Query()
	return strings.Contains(r.Header.Get("Accept"), "text/html") && r.Header.Get("Authorization") == "" &&
		r.Header.Get("X-Amz-Target") == "" && !query.Has("Action") && !query.Has("Version") && !query.Has("X-Amz-Algorithm")
}
