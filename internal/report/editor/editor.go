// Package editor helps to write definitions: it drafts one from a query, previews a draft
// with the first rows, and saves it. It is for operators only: who writes definitions can
// read the databases.
package editor

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela/internal/atomicfile"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/render"
	"github.com/pasarela-ws/pasarela/internal/report/source"
	"github.com/pasarela-ws/pasarela/internal/report/workbook"
)

const (
	// previewRows and previewTimeout bound the query of a preview.
	previewRows    = 200
	previewTimeout = 15 * time.Second
)

// ErrNoFolder says that definitions cannot be kept, ErrNoType that there is no definition of
// a type, ErrLast that a service needs the one that would be deleted.
var (
	ErrNoFolder error = language.Errorf("reports_api.no_folder")
	ErrNoType   error = language.Errorf("reports_api.no_type")
	ErrLast     error = language.Errorf("reports_api.last_definition")
)

// An Editor works on the definitions of one service. All fields are set once, before use.
type Editor struct {
	Catalogue *definition.Catalogue
	Sources   map[string]*source.Source
	Slots     source.Slots
	BuiltIn   fs.FS
	Dir       string       // of the definitions; "" for the built-in ones
	Reload    func() error // puts the files of Dir in force, or says what is wrong with them

	// Renamed has the schedules of a type go on as those of another, while both are in force:
	// those of the definition, and with all also those that people made, of which it returns
	// how many ask for the other one now, after an error too.
	Renamed func(ctx context.Context, from, to string, all bool) (taken int, err error)

	saving sync.Mutex
}

// A Summary is one definition in force.
type Summary struct {
	Type   string      `json:"type"`
	Title  locale.Text `json:"title"`
	File   string      `json:"file"`
	Source string      `json:"source"`
}

// List lists the definitions in force and the names of the sources.
func (e *Editor) List() (all []Summary, sources []string) {
	all = []Summary{}
	for _, d := range e.Catalogue.All() {
		all = append(all, Summary{d.Type, d.Title, filepath.Base(d.File), d.Source})
	}
	return all, slices.Sorted(maps.Keys(e.Sources))
}

// Read returns the file of a definition in force; ok is false if there is none.
func (e *Editor) Read(reportType string) (yaml string, ok bool, err error) {
	d, ok := e.Catalogue.Get(reportType)
	if !ok {
		return "", false, nil
	}
	var content []byte
	if e.Dir == "" {
		content, err = fs.ReadFile(e.BuiltIn, filepath.Base(d.File))
	} else {
		content, err = os.ReadFile(d.File)
	}
	return string(content), true, err
}

// A Preview is the result of a draft for the first rows, or what is wrong with it.
type Preview struct {
	Problems   definition.Problems
	Value      *definition.FieldError // the value of a parameter, which keeps the query from running
	Definition *definition.Definition // nil where the file is wrong
	Preview    *workbook.Preview      // nil where the query did not run
	Warnings   definition.Problems    // what does not keep the definition from being used
	Rows       int64                  // that the preview, its totals and its chart are of
	Whole      bool                   // there are no more
}

// Try reads a draft and runs its query for the first rows.
func (e *Editor) Try(ctx context.Context, yaml string, parameters map[string]string, l locale.Language) (preview Preview) {
	d, problems := e.read(yaml)
	if preview.Definition, preview.Problems = d, problems; len(problems) > 0 {
		return preview
	}
	preview.Warnings = d.Warnings
	from := e.Sources[d.Source]
	given := maps.Clone(parameters)
	maps.DeleteFunc(given, func(name, _ string) bool { return !d.HasParameter(name) }) // of a definition before
	values, err := d.Check(given)
	if wrong, ok := errors.AsType[*definition.FieldError](err); ok {
		preview.Value = wrong
		return preview
	}
	limited := *d
	limited.File = filepath.Base(d.File)
	limited.Count, limited.Limits.Timeout = false, min(d.Limits.Timeout, previewTimeout)
	run := &render.Run{
		Definition: &limited, Source: from, Values: values, Language: l, Format: definition.XLSX, Made: time.Now(), Out: io.Discard, Slots: e.Slots, First: previewRows,
	}
	result, err := run.Make(ctx)
	if err != nil {
		preview.Problems = refusal(d, err, limited.Limits.Timeout)
		var problem definition.Problem
		if errors.As(err, &problem) { // what the warning was of has come about
			preview.Warnings = nil
		}
		return preview
	}
	preview.Warnings = append(slices.Clone(preview.Warnings), doubts(d, result.Preview.Doubts)...)
	preview.Preview, preview.Rows, preview.Whole = &result.Preview, result.Rows, result.Rows < previewRows
	return preview
}

// doubts warn of columns whose values suggest another format.
func doubts(d *definition.Definition, all []workbook.Doubt) (warnings definition.Problems) {
	for _, one := range all {
		column := &d.Columns[one.Column]
		name := strconv.Quote(column.Name)
		if one.Words > 0 {
			warnings = append(warnings, definition.Problem{File: d.File, Line: column.Line, Reason: language.Errorf("definition.doubt_words", "column", name, "format", column.Format, "count", one.Words)})
		}
		if one.Whole {
			warnings = append(warnings, definition.Problem{File: d.File, Line: column.Line, Reason: language.Errorf("definition.doubt_percent", "column", name)})
		}
	}
	return warnings
}

// refusal says why the rows of a definition did not come, at the line where that is.
func refusal(d *definition.Definition, err error, timeout time.Duration) definition.Problems {
	var problem definition.Problem
	var columns render.ColumnsError
	line := d.SQLAt(source.LineOf(err))
	switch {
	case errors.As(err, &columns):
		return columns.Problems
	case errors.As(err, &problem):
		err = problem.Reason
	case errors.Is(err, render.ErrTimeout):
		err = language.Errorf("definition.no_rows", "time", timeout)
	default:
		err = language.Errorf("definition.sql", "why", err)
	}
	return definition.Problems{{File: d.File, Line: line, Reason: err}}
}

func (e *Editor) sourceNames() string {
	return strings.Join(slices.Sorted(maps.Keys(e.Sources)), ", ")
}

// read reads a draft as the service would.
func (e *Editor) read(yaml string) (*definition.Definition, definition.Problems) {
	d, err := definition.Read(filepath.Join(e.Dir, "draft.yaml"), []byte(yaml))
	var problems definition.Problems
	if errors.As(err, &problems) {
		return nil, problems
	}
	if err != nil {
		return nil, definition.Problems{{Line: 1, Reason: err}}
	}
	from, ok := e.Sources[d.Source]
	if !ok {
		return nil, definition.Problems{{File: d.File, Line: d.SourceLine, Reason: language.Errorf("definition.no_source", "source", strconv.Quote(d.Source), "sources", e.sourceNames())}}
	}
	d.SourceZone = from.Zone()
	return d, d.CheckSQL(from.Dialect())
}

// A Wish is a definition that is to be kept.
type Wish struct {
	YAML      string
	Replaces  string // a type that it takes the place of, if any: so a type is renamed
	Schedules bool   // those that people made of that type go along
}

// A Saved is a definition that is in force, and how many schedules of the type of before ask
// for it now.
type Saved struct {
	Definition *definition.Definition
	Taken      int
}

// Save keeps a draft in the folder of definitions and puts it in force. If anything is wrong
// with it, or with all of them together, nothing is changed and the problems are returned.
func (e *Editor) Save(ctx context.Context, wish Wish) (saved Saved, problems definition.Problems, err error) {
	if e.Dir == "" {
		return saved, nil, ErrNoFolder
	}
	e.saving.Lock()
	defer e.saving.Unlock()
	d, problems := e.read(wish.YAML)
	if len(problems) > 0 {
		return saved, problems, nil
	}
	saved.Definition = d
	file := e.file(d.Type)
	if wish.Replaces == "" || wish.Replaces == d.Type {
		problems, err = e.change(map[string][]byte{file: []byte(wish.YAML)})
		return saved, problems, err
	}
	if known, taken := e.Catalogue.Get(d.Type); taken {
		return saved, definition.Problems{{File: d.File, Line: 1, Reason: language.Errorf("definition.type_twice", "type", strconv.Quote(d.Type), "file", filepath.Base(known.File))}}, nil
	}
	old, ok := e.Catalogue.Get(wish.Replaces)
	if !ok {
		return saved, nil, ErrNoType
	}
	if problems, err = e.change(map[string][]byte{file: []byte(wish.YAML)}); err != nil || len(problems) > 0 {
		return saved, problems, err
	}
	saved.Taken, problems, err = e.rename(ctx, old, d.Type, file, wish.Schedules)
	return saved, problems, err
}

// rename takes the definition of before out of force, when its schedules have gone over to
// that of file. Until then both are in force, so that no schedule is ever without one,
// whenever the process ends (A-REPORT-38).
func (e *Editor) rename(ctx context.Context, old *definition.Definition, to, file string, schedules bool) (taken int, problems definition.Problems, err error) {
	taken, err = e.Renamed(context.WithoutCancel(ctx), old.Type, to, schedules)
	switch {
	case err != nil && taken > 0: // which would be lost with their definition
		return taken, nil, err
	case err != nil:
		_, undoErr := e.change(map[string][]byte{file: nil})
		return 0, nil, errors.Join(err, undoErr)
	}
	problems, err = e.change(map[string][]byte{old.File: nil})
	return taken, problems, err
}

// file is where the definition of a type is kept: in the file that has it, else in one of its
// name that no other type has.
func (e *Editor) file(reportType string) string {
	if known, ok := e.Catalogue.Get(reportType); ok {
		return known.File
	}
	for n := 1; ; n++ {
		name := reportType + ".yaml"
		if n > 1 {
			name = reportType + "-" + strconv.Itoa(n) + ".yaml"
		}
		file := filepath.Join(e.Dir, name)
		if !slices.ContainsFunc(e.Catalogue.All(), func(d *definition.Definition) bool { return d.File == file }) {
			return file
		}
	}
}

// Remove deletes the file of a definition and takes it out of force, or changes nothing, as
// Save does.
func (e *Editor) Remove(reportType string) (problems definition.Problems, err error) {
	if e.Dir == "" {
		return nil, ErrNoFolder
	}
	e.saving.Lock()
	defer e.saving.Unlock()
	known, ok := e.Catalogue.Get(reportType)
	switch {
	case !ok:
		return nil, ErrNoType
	case len(e.Catalogue.All()) == 1 && !e.Catalogue.MayBeEmpty:
		return nil, ErrLast
	}
	return e.change(map[string][]byte{known.File: nil})
}

// change writes files, or deletes those without content, and puts the definitions in force. If
// these are wrong the files are as they were.
func (e *Editor) change(files map[string][]byte) (problems definition.Problems, err error) {
	before := map[string][]byte{}
	for file := range files {
		content, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		before[file] = content
	}
	if err = write(files); err == nil {
		err = e.Reload()
	}
	if err == nil {
		return nil, nil
	}
	if restoreErr := write(before); restoreErr != nil {
		return nil, errors.Join(err, restoreErr)
	}
	if errors.As(err, &problems) {
		return problems, nil
	}
	return nil, err
}

// write writes files, those with content first: a definition is never in no file at all.
func write(files map[string][]byte) error {
	for file, content := range files {
		if content == nil {
			continue
		}
		if err := atomicfile.Write(file, content, 0o640); err != nil {
			return err
		}
	}
	for file, content := range files {
		if content != nil {
			continue
		}
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Tables lists the tables of a source that its login can see; ok is false if there is no such source.
func (e *Editor) Tables(ctx context.Context, name string) (tables []source.Table, whole, ok bool, err error) {
	from, ok := e.Sources[name]
	if !ok {
		return nil, false, false, nil
	}
	tables, whole, err = from.Tables(ctx)
	return tables, whole, true, err
}
