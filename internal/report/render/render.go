// Package render makes the file of one report: it runs the query and streams
// its rows into a workbook.
package render

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/source"
	"github.com/pasarela-ws/pasarela/internal/report/value"
	"github.com/pasarela-ws/pasarela/internal/report/workbook"
)

// Errors that a run can end with besides those of source.
var (
	ErrTooManyRows = errors.New("the report has more rows than its definition allows")
	ErrTimeout     = errors.New("the report took longer than its definition allows")
)

const batchRows = 64 // rows between two checks of the context and of progress

// A Run is one report to make.
type Run struct {
	Definition *definition.Definition
	Source     *source.Source
	Values     definition.Values
	Language   locale.Language
	Format     definition.Format
	Made       time.Time
	Out        io.Writer
	Progress   func(Progress) // called every batchRows rows; may be nil
	Slots      source.Slots   // nil: never yields
	Queried    func()         // called when the database returns rows; may be nil
	First      int64          // rows after which the run ends, for a preview; 0: all

	Checkpoints Checkpoints   // of Out; nil: an interrupted run starts from the beginning
	KeepEvery   time.Duration // between two checkpoints; 1 s
}

// Progress is how far a run is.
type Progress struct {
	Rows  int64
	Total int64 // 0: unknown
	Bytes int64
}

// A Result is what a finished run has written.
type Result struct {
	Progress
	Preview workbook.Preview
	From    int64 // rows that an earlier run had written
}

// Make runs the query and writes the file, from the last checkpoint on where there is one
// and the rows before it are the same. It stops within one batch when the context ends,
// with the context's cause.
func (r *Run) Make(ctx context.Context) (Result, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, r.Definition.Limits.Timeout, ErrTimeout)
	defer cancel()
	if from := r.checkpoint(); from != nil {
		result, err := r.makeFrom(ctx, from)
		if !errors.Is(err, errOtherRows) && !errors.Is(err, workbook.ErrState) {
			return result, err
		}
	}
	if r.Checkpoints != nil {
		if err := r.Checkpoints.Restart(); err != nil {
			return Result{}, err
		}
	}
	return r.makeFrom(ctx, nil)
}

// makeFrom makes the file, or goes on with it.
func (r *Run) makeFrom(ctx context.Context, from *Checkpoint) (Result, error) {
	query, err := r.query()
	if err != nil {
		return Result{}, err
	}
	walk := &walk{run: r, written: &countingWriter{out: r.Out}, made: r.Made, kept: time.Now()}
	if r.Checkpoints != nil {
		walk.digest = newDigest()
	}
	var state *workbook.State
	if from == nil {
		walk.progress.Total = r.count(ctx, query)
	} else {
		state, walk.made, walk.written.bytes = &from.Book, from.Made, from.Book.Bytes
		walk.progress = Progress{Rows: from.Book.Rows, Total: from.Total, Bytes: from.Book.Bytes}
	}
	if walk.cursor, err = r.Source.Query(ctx, query); err != nil {
		return Result{}, err
	}
	defer walk.cursor.Close()
	if r.Queried != nil {
		r.Queried()
	}
	if walk.places, err = r.Definition.Places(walk.cursor.Columns()); err != nil {
		var problems definition.Problems
		errors.As(err, &problems)
		return Result{}, ColumnsError{problems}
	}
	walk.makeRows()
	if from != nil {
		if err := walk.skip(ctx, from); err != nil {
			return Result{}, err
		}
	}
	walk.book, err = workbook.Create(walk.written, r.Definition, workbook.Options{Language: r.Language, Format: r.Format, Made: walk.made.In(r.zone().Location()), Details: Details(r.Definition, r.Values, r.Language), From: state})
	if err != nil {
		return Result{}, err
	}
	walk.blockAt = walk.book.Written()
	if err := walk.all(ctx); err != nil {
		return Result{}, err
	}
	if err := walk.book.Close(); err != nil {
		return Result{}, err
	}
	walk.progress.Bytes = walk.written.bytes
	result := Result{Progress: walk.progress, Preview: walk.book.Preview()}
	if from != nil {
		result.From = from.Book.Rows
	}
	return result, nil
}

// query is what the database is asked. A value that the definition does not allow
// (any more) is a *definition.FieldError.
func (r *Run) query() (source.Query, error) {
	bound, err := r.Definition.Bound(r.Values)
	return source.Query{SQL: r.Definition.SQL, Values: bound.Values, Lists: bound.Lists, Timeout: r.Definition.Limits.Timeout, Zone: r.Definition.Zone}, err
}

// count asks the database how many rows there will be, where the definition says
// count: true. An error is no failure of the report: progress has no percentage then
// (A-REPORT-7).
func (r *Run) count(ctx context.Context, query source.Query) int64 {
	if !r.Definition.Count {
		return 0
	}
	total, err := r.Source.Count(ctx, query)
	if err != nil {
		return 0
	}
	return total
}

// A ColumnsError says which columns of a definition its query's result does not have. It is a
// [source.ErrQuery].
type ColumnsError struct{ definition.Problems }

// Is tells whether the target is [source.ErrQuery].
func (ColumnsError) Is(target error) bool { return target == source.ErrQuery }

// Details are the parameters of a run as a person reads them, in the definition's order.
func Details(d *definition.Definition, values definition.Values, in locale.Language) []workbook.Detail {
	var details []workbook.Detail
	for i := range d.Parameters {
		parameter := &d.Parameters[i]
		text := locale.NotChosen.In(in)
		if given, ok := values[parameter.Name]; ok {
			text = shown(parameter, given, in)
		} else if parameter.NoneIsAll && !parameter.Ranged() {
			text = locale.Everything.In(in)
		}
		details = append(details, workbook.Detail{Name: parameter.Title.In(in), Value: text})
	}
	return details
}

// shown is a parameter's canonical text as the report's language writes it.
func shown(parameter *definition.Parameter, canonical string, in locale.Language) string {
	if !parameter.List {
		return shownOne(parameter, canonical, in)
	}
	texts, err := definition.ListValues(canonical)
	if err != nil { // not canonical
		return canonical
	}
	for i, one := range texts {
		texts[i] = shownOne(parameter, one, in)
	}
	return strings.Join(texts, ", ")
}

func shownOne(parameter *definition.Parameter, canonical string, in locale.Language) string {
	switch parameter.Kind {
	case definition.DateKind:
		if day, ok := value.ParseMoment(canonical); ok {
			return in.Date(day)
		}
	case definition.NumberKind:
		return string(in.AppendNumber(nil, canonical, false))
	case definition.BooleanKind:
		if canonical == "true" {
			return locale.Yes.In(in)
		}
		return locale.No.In(in)
	case definition.ChoiceKind:
		for _, choice := range parameter.Values {
			if choice.Value == canonical {
				return choice.Title.In(in)
			}
		}
	}
	return canonical
}

// zone is the time zone in which the report shows moments.
func (r *Run) zone() value.Zone {
	if r.Definition.Zone != nil {
		return *r.Definition.Zone
	}
	return r.Source.Zone()
}

type countingWriter struct {
	out   io.Writer
	bytes int64
}

func (c *countingWriter) Write(p []byte) (int, error) {
	n, err := c.out.Write(p)
	c.bytes += int64(n)
	return n, err
}
