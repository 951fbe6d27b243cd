package web

import (
	_ "embed" // refusal.html
	"html"
	"net/http"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/report/locale"
)

// refusal is a page with {language}, {title}, {text} and {link} in it. It is no template of
// Go: a program that uses one keeps all methods of all its types.
//
//go:embed refusal.html
var refusal string

// refusals are the texts of the page for a browser whose link cannot be served, by the
// code of the response.
var refusals = map[string]struct{ title, text locale.Text }{
	"expired":   {locale.LinkExpired, locale.LinkExpiredText},
	"forbidden": {locale.LinkIncomplete, locale.LinkIncompleteText},
	"not_found": {locale.NothingHere, locale.NothingHereText},
}

// failPage writes an error as an HTML page for a browser that accepts one, and as fail
// does for other clients.
func (s *server) failPage(w http.ResponseWriter, r *http.Request, status int, what problem, why error) {
	w.Header().Add("Vary", "Accept, Accept-Language")
	words, known := refusals[what.Code]
	if !known || !wantsPage(r) {
		fail(w, r, status, what, why)
		return
	}
	spoken := acceptedLanguage(r)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Security-Policy", pagePolicy)
	w.WriteHeader(status)
	page := strings.NewReplacer(
		"{language}", html.EscapeString(string(spoken)), "{title}", html.EscapeString(words.title.In(spoken)),
		"{text}", html.EscapeString(words.text.In(spoken)), "{link}", html.EscapeString(locale.ToReports.In(spoken)))
	_, _ = page.WriteString(w, refusal) // the client has left
}

// wantsPage tells whether a request is a browser's for a page: programs name JSON,
// everything or nothing.
func wantsPage(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "text/html") && !strings.HasPrefix(r.URL.Path, "/api/")
}

// acceptedLanguage is the first supported language of the header Accept-Language, regardless of
// its weights.
func acceptedLanguage(r *http.Request) locale.Language {
	for wanted := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(wanted), ";")
		primary, _, _ := strings.Cut(tag, "-")
		if spoken, ok := locale.Parse(strings.ToLower(primary)); ok {
			return spoken
		}
	}
	return locale.Spanish
}
