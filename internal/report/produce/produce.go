// Package produce makes the file of one report: it runs the query and streams
// its rows into a workbook.
package produce

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/language"
	"github.com/pasarela-ws/pasarela/internal/report/source"
	"github.com/pasarela-ws/pasarela/internal/report/workbook"
)

// Errors that a run can end with besides those of source.
var (
	ErrTooManyRows = errors.New("the report has more rows than its definition allows")
	ErrTimeout     = errors.New("the report took longer than its definition allows")
)

const (
	batchRows    = 64 // rows between two looks at the clock and at other work
	countTimeout = 3 * time.Second
)

// A Run is one report to make.
type Run struct {
	Definition *definition.Definition
	Source     *source.Source
	Values     definition.Values
	Language   language.Language
	Format     definition.Format
	Made       time.Time
	Out        io.Writer
	Progress   func(Progress) // called every batchRows rows; nil for nobody
	Turns      source.Turns   // nil: never yields
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
}

// Make runs the query and writes the file. It stops within one batch when the
// context ends, with the context's cause.
func (r *Run) Make(ctx context.Context) (Result, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, r.Definition.Limits.Timeout, ErrTimeout)
	defer cancel()
	total := r.count(ctx)
	cursor, err := r.Source.Query(ctx, r.Definition.SQL, r.Definition.Bound(r.Values), r.Definition.Limits.Timeout)
	if err != nil {
		return Result{}, err
	}
	defer cursor.Close()
	places, err := r.places(cursor.Columns())
	if err != nil {
		return Result{}, err
	}
	counted := &countingWriter{out: r.Out}
	book, err := workbook.Create(counted, r.Definition, workbook.Options{Language: r.Language, Format: r.Format, Made: r.Made, Details: r.details()})
	if err != nil {
		return Result{}, err
	}
	walk := &walk{run: r, cursor: cursor, places: places, book: book, written: counted, progress: Progress{Total: total}}
	if err := walk.all(ctx); err != nil {
		return Result{}, err
	}
	if err := book.Close(); err != nil {
		return Result{}, err
	}
	walk.progress.Bytes = counted.bytes
	return Result{walk.progress, book.Preview()}, nil
}

// count asks how many rows there will be. Not to know is no failure: progress
// goes without a percentage.
func (r *Run) count(ctx context.Context) int64 {
	ctx, cancel := context.WithTimeout(ctx, countTimeout)
	defer cancel()
	total, err := r.Source.Count(ctx, r.Definition.SQL, r.Definition.Bound(r.Values))
	if err != nil {
		return 0
	}
	return total
}

// places finds where in a row of the result each column of the report is.
func (r *Run) places(result []string) ([]int, error) {
	var places []int
	var missing []string
	for _, column := range r.Definition.Columns {
		place := -1
		for i, name := range result {
			if strings.EqualFold(name, column.Name) {
				place = i
				break
			}
		}
		if place < 0 {
			missing = append(missing, column.Name)
		}
		places = append(places, place)
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("%s: %w: its result has no column %s; it has %s", r.Definition.File, source.ErrQuery, strings.Join(missing, ", "), strings.Join(result, ", "))
	}
	return places, nil
}

func (r *Run) details() []workbook.Detail {
	var details []workbook.Detail
	for _, parameter := range r.Definition.Parameters {
		value, ok := r.Values[parameter.Name]
		if !ok {
			continue
		}
		for _, choice := range parameter.Values {
			if choice.Value == value {
				value = choice.Title.In(r.Language)
			}
		}
		details = append(details, workbook.Detail{Name: parameter.Title.In(r.Language), Value: value})
	}
	return details
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
