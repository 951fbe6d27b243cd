package editor

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/source"
	"github.com/pasarela-ws/pasarela/internal/report/statement"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// DraftInput is what a definition is drafted from.
type DraftInput struct {
	Type, Title, Source, SQL string

	Parameters map[string]string // that the query was tried with

	Language locale.Language // of the comment in it
}

// Draft writes a definition for a query: its parameters of the types that the values suggest
// that they were tried with, else as optional texts, and its columns with the formats that the
// first rows suggest. Where none came, a comment says so. The error says what is wrong with
// the query, or is a *definition.FieldError.
func (e *Editor) Draft(ctx context.Context, input DraftInput) (yaml string, err error) {
	from, ok := e.Sources[input.Source]
	if !ok {
		return "", language.Errorf("definition.no_source", "source", strconv.Quote(input.Source), "sources", e.sourceNames())
	}
	parameters, lists, err := from.Parameters(input.SQL)
	if err != nil {
		return "", language.Errorf("definition.sql", "why", err)
	}
	query := source.Query{SQL: input.SQL, Values: map[string]value.Value{}, Lists: map[string][]value.Value{}, Timeout: previewTimeout}
	tried := false
	drafted := make([]definition.DraftParameter, len(parameters))
	for i, name := range parameters {
		drafted[i] = definition.NewDraftParameter(name, input.Parameters[name], slices.Contains(lists, name))
		if err := drafted[i].Bind(statement.Arguments{Values: query.Values, Lists: query.Lists}); err != nil {
			return "", err
		}
		tried = tried || strings.TrimSpace(input.Parameters[name]) != ""
	}
	ctx, cancel := context.WithTimeout(ctx, previewTimeout)
	defer cancel()
	columns, err := sampleColumns(ctx, from, query)
	if err != nil {
		return "", language.Errorf("definition.sql", "why", err)
	}
	note := ""
	if !definition.Seen(columns) {
		id := language.ID("definition.draft_no_rows")
		if tried {
			id = "definition.draft_no_rows_with"
		}
		note = language.Language(input.Language).Say(id)
	}
	return definition.Draft(input.Type, input.Title, input.Source, input.SQL, drafted, columns, note)
}

// sampleColumns reads the first rows of a query and finds what its columns hold.
func sampleColumns(ctx context.Context, from *source.Source, query source.Query) ([]definition.DraftColumn, error) {
	cursor, err := from.Query(ctx, query)
	if err != nil {
		return nil, err
	}
	defer cursor.Close()
	columns := make([]definition.DraftColumn, len(cursor.Columns()))
	for i, name := range cursor.Columns() {
		columns[i].Name = name
	}
	for range previewRows {
		values, err := cursor.Next()
		if err != nil || values == nil {
			return columns, err
		}
		for i := range values {
			columns[i].See(values[i])
		}
	}
	return columns, nil
}
