package report

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/render"
	"github.com/pasarela-ws/pasarela/internal/report/samples"
	"github.com/pasarela-ws/pasarela/internal/report/source"
)

// checkSource says what is wrong with a definition as its source reads it, and gives it the
// source's time zone.
func checkSource(d *definition.Definition, sources map[string]*source.Source) definition.Problems {
	from, ok := sources[d.Source]
	if !ok {
		return definition.Problems{{File: d.File, Line: d.SourceLine, Reason: language.Errorf("definition.source_not_configured", "source", d.Source, "variable", strings.ToUpper(d.Source))}}
	}
	d.SourceZone = from.Zone()
	return d.CheckSQL(from.Dialect())
}

// A LocalRun makes one report without a service, for the command "reports run".
type LocalRun struct {
	Type           string
	Parameters     map[string]string
	DefinitionsDir string // "" for the samples
	Sources        map[string]string
	Language       string // "" for the definition's
	Format         string
	Out            io.Writer
	Progress       func(rows, total int64) // total 0: unknown
}

// Made describes the file that a LocalRun has written.
type Made struct {
	Name        string
	Rows, Bytes int64
}

// Make makes the report.
func (l *LocalRun) Make(ctx context.Context) (Made, error) {
	var catalogue definition.Catalogue
	if err := catalogue.Load(l.DefinitionsDir, samples.Files); err != nil {
		return Made{}, err
	}
	d, ok := catalogue.Get(l.Type)
	if !ok {
		return Made{}, language.Errorf("reports_program.no_type", "type", l.Type, "known", strings.Join(catalogue.Types(), ", "))
	}
	for _, p := range d.Parameters {
		if p.Required && p.Default == "" && strings.TrimSpace(l.Parameters[p.Name]) == "" {
			return Made{}, language.Errorf("reports_program.no_parameter", "type", l.Type, "name", p.Name, "title", p.Title.In(d.Language))
		}
	}
	if _, err := d.Check(l.Parameters); err != nil { // before a shop is made
		return Made{}, err
	}
	spoken, format, err := l.form(d)
	if err != nil {
		return Made{}, err
	}
	from, done, err := openLocal(ctx, d.Source, l.Sources)
	if err != nil {
		return Made{}, err
	}
	defer done()
	d.SourceZone = from.Zone()
	values, err := d.Check(l.Parameters)
	if err != nil {
		return Made{}, err
	}
	if problems := d.CheckSQL(from.Dialect()); problems != nil {
		return Made{}, problems
	}
	run := &render.Run{
		Definition: d, Source: from, Values: values, Language: spoken, Format: format, Made: time.Now(), Out: l.Out,
		Progress: func(p render.Progress) { l.Progress(p.Rows, p.Total) },
	}
	result, err := run.Make(ctx)
	if err != nil {
		return Made{}, err
	}
	return Made{d.Name(values, format), result.Rows, result.Bytes}, nil
}

// form is the language and the format of the report: those that were asked for, or the
// definition's.
func (l *LocalRun) form(d *definition.Definition) (locale.Language, definition.Format, error) {
	spoken, format := d.Language, d.Format
	if l.Language != "" {
		var ok bool
		if spoken, ok = locale.Parse(l.Language); !ok {
			return "", "", language.Errorf("reports_program.language", "value", l.Language)
		}
	}
	if l.Format != "" {
		if format = definition.Format(l.Format); format != definition.XLSX && format != definition.CSV {
			return "", "", language.Errorf("reports_program.format", "value", l.Format)
		}
	}
	return spoken, format, nil
}

// openLocal opens a source of a command; the sample shop is made for it.
func openLocal(ctx context.Context, name string, addresses map[string]string) (from *source.Source, done func(), err error) {
	clean := func() {}
	address, ok := addresses[name]
	if !ok && name != sampleSource {
		return nil, nil, language.Errorf("reports_program.no_source", "name", name)
	}
	if !ok {
		dir, err := os.MkdirTemp("", "reports-")
		if err != nil {
			return nil, nil, err
		}
		clean = func() { _ = os.RemoveAll(dir) } // a temporary folder
		file := filepath.Join(dir, shopFile)
		if err := source.MakeShop(ctx, file); err != nil {
			clean()
			return nil, nil, err
		}
		address = "sqlite:" + file
	}
	if from, err = source.Open(name, address); err != nil {
		clean()
		return nil, nil, err
	}
	return from, func() { from.Close(); clean() }, nil // only read
}
