package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/editor"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/source"
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
	Value    *problem          `json:"value,omitempty"` // that is wrong with a parameter's value, which the definition is not
	Warnings []fault           `json:"warnings,omitempty"`
	Type     *reportType       `json:"type,omitempty"`
	Preview  *workbook.Preview `json:"preview,omitempty"`
	Rows     int64             `json:"rows"`
	Whole    bool              `json:"whole"`

	// Who may have a definition that was saved; without: everyone.
	Callers    []string            `json:"callers,omitempty"`
	Attributes map[string][]string `json:"attributes,omitempty"`

	Taken int `json:"taken,omitempty"` // schedules that went along when it was renamed
}

// A dueSchedule is a schedule of a definition.
type dueSchedule struct {
	When           locale.Text `json:"when"`
	FromDefinition bool        `json:"fromDefinition"` // it stands in it
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
		due, err := s.schedulesOf(r.Context(), r.PathValue("type"))
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		writeJSON(w, http.StatusOK, map[string]any{"yaml": yaml, "schedules": due})
	}
}

// schedulesOf says when the schedules of a type are due: they make no report once it is gone.
func (s *server) schedulesOf(ctx context.Context, reportType string) ([]dueSchedule, error) {
	all, err := s.schedules.List(ctx)
	if err != nil {
		return nil, err
	}
	due := []dueSchedule{}
	for i := range all {
		if all[i].Type == reportType {
			due = append(due, dueSchedule{whenText(all[i].When), all[i].FromDefinition})
		}
	}
	return due, nil
}

// listTables lists the tables of a database with their columns.
func (s *server) listTables(w http.ResponseWriter, r *http.Request) {
	tables, whole, ok, err := s.editor.Tables(r.Context(), r.PathValue("name"))
	switch {
	case !ok:
		fail(w, r, http.StatusNotFound, problem{Code: "not_found"}, language.Errorf("reports_api.no_database"))
	case err != nil:
		fail(w, r, http.StatusUnprocessableEntity, problem{Code: "query_refused"}, err)
	default:
		writeJSON(w, http.StatusOK, map[string]any{"tables": append([]source.Table{}, tables...), "whole": whole})
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
	if wrong := tried.Value; wrong != nil {
		shown.Value = &problem{Code: "invalid_request", Field: wrong.Field, Message: language.Language(spoken).Of(wrong)}
	}
	if tried.Definition != nil {
		described := describe(tried.Definition)
		shown.Type = &described
	}
	writeJSON(w, http.StatusOK, shown)
}

// saveDefinition keeps a definition and puts it in force.
func (s *server) saveDefinition(w http.ResponseWriter, r *http.Request) {
	var draft struct {
		YAML      string `json:"yaml"`
		Replaces  string `json:"replaces"`  // a type that it takes the place of
		Schedules bool   `json:"schedules"` // those of that type go along
		Language  string `json:"language"`  // of what is wrong
	}
	if !s.readDraft(w, r, &draft) {
		return
	}
	saved, problems, err := s.editor.Save(r.Context(), editor.Wish{YAML: draft.YAML, Replaces: draft.Replaces, Schedules: draft.Schedules})
	if err != nil || len(problems) > 0 {
		s.refuseChange(w, r, problems, err, draft.Language)
		return
	}
	d := saved.Definition
	s.log.Info("a definition is saved", "type", d.Type, "replaces", draft.Replaces, "schedules", saved.Taken, "by", "operator")
	described := describe(d)
	writeJSON(w, http.StatusOK, trial{Problems: []fault{}, Type: &described, Callers: d.Callers, Attributes: d.Attributes, Taken: saved.Taken})
}

// removeDefinition deletes a definition and takes it out of force.
func (s *server) removeDefinition(w http.ResponseWriter, r *http.Request) {
	reportType := r.PathValue("type")
	problems, err := s.editor.Remove(reportType)
	if err != nil || len(problems) > 0 {
		s.refuseChange(w, r, problems, err, string(language.Accepted(r.Header.Get("Accept-Language"))))
		return
	}
	s.log.Info("a definition is deleted", "type", reportType, "by", "operator")
	writeJSON(w, http.StatusOK, map[string]string{"type": reportType})
}

// refuseChange says why the definitions are as they were.
func (s *server) refuseChange(w http.ResponseWriter, r *http.Request, problems definition.Problems, err error, spoken string) {
	switch {
	case errors.Is(err, editor.ErrNoFolder):
		fail(w, r, http.StatusConflict, problem{Code: "no_folder"}, err)
	case errors.Is(err, editor.ErrLast):
		fail(w, r, http.StatusConflict, problem{Code: "last_definition"}, err)
	case errors.Is(err, editor.ErrNoType):
		fail(w, r, http.StatusNotFound, problem{Code: "no_type"}, err)
	case err != nil:
		s.refuse(w, r, err)
	default:
		writeJSON(w, http.StatusUnprocessableEntity, trial{Problems: faults(problems, language.Language(spokenOr(spoken)))})
	}
}
