package web

import (
	"embed"
	"html/template"
	"net/http"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/report/language"
)

//go:embed refusal.html
var refusalFile embed.FS

var refusal = template.Must(template.ParseFS(refusalFile, "refusal.html"))

// refusals are what a person reads whose browser follows a link that leads nowhere,
// by the code of the answer.
var refusals = map[string]struct{ title, text language.Text }{
	"expired": {
		language.Text{language.Spanish: "El enlace ha caducado", language.English: "The link has expired"},
		language.Text{language.Spanish: "Este informe ya no se guarda, o el plazo para descargarlo ha terminado. Pídalo de nuevo.", language.English: "This report is no longer kept, or the time to download it is over. Ask for it again."},
	},
	"forbidden": {
		language.Text{language.Spanish: "El enlace no está completo", language.English: "The link is not complete"},
		language.Text{language.Spanish: "Falta una parte del enlace o se ha cambiado. Cópielo entero, hasta el final.", language.English: "A part of the link is missing or was changed. Copy all of it, to the end."},
	},
	"not_found": {
		language.Text{language.Spanish: "Aquí no hay nada", language.English: "There is nothing here"},
		language.Text{language.Spanish: "Compruebe la dirección.", language.English: "Check the address."},
	},
}

var toReports = language.Text{language.Spanish: "Ir a los informes", language.English: "Go to the reports"}

// failPage answers a refusal as a page to a browser that asks for one, and like
// fail to everybody else.
func (s *server) failPage(w http.ResponseWriter, r *http.Request, status int, what problem) {
	w.Header().Add("Vary", "Accept, Accept-Language")
	words, known := refusals[what.Code]
	if !known || !wantsPage(r) {
		fail(w, status, what)
		return
	}
	spoken := spokenBy(r)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Security-Policy", pagePolicy)
	w.WriteHeader(status)
	_ = refusal.Execute(w, map[string]string{ // the client has left
		"Language": string(spoken), "Title": words.title.In(spoken), "Text": words.text.In(spoken), "Link": toReports.In(spoken),
	})
}

// wantsPage tells whether a request is a browser's for a page: programs name JSON,
// everything or nothing.
func wantsPage(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "text/html") && !strings.HasPrefix(r.URL.Path, "/api/")
}

// spokenBy is the first language of the header Accept-Language that we speak.
func spokenBy(r *http.Request) language.Language {
	for wanted := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(wanted), ";")
		primary, _, _ := strings.Cut(tag, "-")
		if spoken, ok := language.Parse(strings.ToLower(primary)); ok {
			return spoken
		}
	}
	return language.Spanish
}
