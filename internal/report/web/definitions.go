package web

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/editor"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/workbook"
)

// A fault is one thing that is wrong with a definition that is being written.
type fault struct {
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

// A trial is the preview of a definition that is being written.
type trial struct {
	Problems []fault           `json:"problems"`
	Warnings []fault           `json:"warnings,omitempty"`
	Type     *reportType       `json:"type,omitempty"`
	Preview  *workbook.Preview `json:"preview,omitempty"`
	Rows     int64             `json:"rows"`
	Whole    bool              `json:"whole"`
}

func faults(problems definition.Problems, spoken language.Language) []fault {
	all := []fault{}
	for _, problem := range problems {
		all = append(all, fault{problem.Line, spoken.Of(problem.Reason)})
	}
	return all
}

// readDraft reads a JSON body into into; when it returns false, it has sent the
// error.
func (s *server) readDraft(w http.ResponseWriter, r *http.Request, into any) bool {
	body, err := io.ReadAll(r.Body)
	if err == nil {
		if jsonErr := json.Unmarshal(body, into); jsonErr != nil {
			err = definition.NewFieldError("body", language.Errorf("reports_api.object", "why", jsonReason(jsonErr, body)))
		}
	}
	if err != nil {
		s.refuseBody(w, r, err)
	}
	return err == nil
}

// spokenOr is the language that a page speaks, Spanish where it names none.
func spokenOr(code string) locale.Language {
	spoken, ok := locale.Parse(code)
	if !ok {
		return locale.Spanish
	}
	return spoken
}

func (s *server) listDefinitions(w http.ResponseWriter, _ *http.Request) {
	all, sources := s.editor.List()
	writeJSON(w, http.StatusOK, map[string]any{"definitions": all, "sources": sources, "saves": s.editor.Dir != ""})
}

func (s *server) readDefinition(w http.ResponseWriter, r *http.Request) {
	yaml, ok, err := s.editor.Read(r.PathValue("type"))
	switch {
	case err != nil:
		s.refuse(w, r, err)
	case !ok:
		fail(w, r, http.StatusNotFound, problem{Code: "not_found"}, language.Errorf("reports_api.no_type"))
	default:
		writeJSON(w, http.StatusOK, map[string]string{"yaml": yaml})
	}
}

// draftDefinition writes a definition for a query.
func (s *server) draftDefinition(w http.ResponseWriter, r *http.Request) {
	var sketch struct {
		Type   string `json:"type"`
		Title  string `json:"title"`
		Source string `json:"source"`
		SQL    string `json:"sql"`

		Parameters map[string]string `json:"parameters"` // that it was tried with

		Language string `json:"language"` // of what is wrong, and of a comment
	}
	if !s.readDraft(w, r, &sketch) {
		return
	}
	yaml, err := s.editor.Draft(r.Context(), editor.DraftInput{Type: sketch.Type, Title: sketch.Title, Source: sketch.Source, SQL: sketch.SQL, Parameters: sketch.Parameters, Language: spokenOr(sketch.Language)})
	if err != nil {
		preferLanguage(r, string(spokenOr(sketch.Language)))
		wrong := problem{Code: "query_refused", Field: "sql"}
		var field *definition.FieldError
		if errors.As(err, &field) {
			wrong = problem{Code: "invalid_request", Field: field.Field}
		}
		fail(w, r, http.StatusUnprocessableEntity, wrong, err)
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"yaml": yaml})
}

// tryDefinition says what is wrong with a definition, or shows its first rows.
func (s *server) tryDefinition(w http.ResponseWriter, r *http.Request) {
	var draft struct {
		YAML       string            `json:"yaml"`
		Parameters map[string]string `json:"parameters"`
		Language   string            `json:"language"`
	}
	if !s.readDraft(w, r, &draft) {
		return
	}
	spoken := spokenOr(draft.Language)
	tried := s.editor.Try(r.Context(), draft.YAML, draft.Parameters, spoken)
	shown := trial{Problems: faults(tried.Problems, language.Language(spoken)), Warnings: faults(tried.Warnings, language.Language(spoken)), Preview: tried.Preview, Rows: tried.Rows, Whole: tried.Whole}
	if tried.Definition != nil {
		described := describe(tried.Definition)
		shown.Type = &described
	}
	writeJSON(w, http.StatusOK, shown)
}

// saveDefinition keeps a definition and puts it in force.
func (s *server) saveDefinition(w http.ResponseWriter, r *http.Request) {
	var draft struct {
		YAML     string `json:"yaml"`
		Language string `json:"language"` // of what is wrong
	}
	if !s.readDraft(w, r, &draft) {
		return
	}
	d, problems, err := s.editor.Save(draft.YAML)
	switch {
	case errors.Is(err, editor.ErrNoFolder):
		fail(w, r, http.StatusConflict, problem{Code: "no_folder"}, err)
	case err != nil:
		s.refuse(w, r, err)
	case len(problems) > 0:
		writeJSON(w, http.StatusUnprocessableEntity, trial{Problems: faults(problems, language.Language(spokenOr(draft.Language)))})
	default:
		s.log.Info("a definition is saved", "type", d.Type, "by", "operator")
		described := describe(d)
		writeJSON(w, http.StatusOK, trial{Problems: []fault{}, Type: &described})
	}
}
