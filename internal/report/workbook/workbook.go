// Package workbook writes reports as files: Excel workbooks and CSV. Rows are
// written as they come; memory does not grow with their number.
package workbook

import (
	"errors"
	"io"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// MaxSheets bounds the sheets of one workbook: programs take minutes to open
// more (A-REPORT-8). ErrTooManySheets is what a row beyond them ends with.
const MaxSheets = 1000

// ErrTooManySheets says how to get fewer sheets.
var ErrTooManySheets = errors.New("the workbook would have more than 1000 sheets; give the definition's sheet more rows, or use CSV")

// Options are what a run adds to its definition.
type Options struct {
	Language locale.Language
	Format   definition.Format
	Made     time.Time
	Details  []Detail // shown on the summary sheet
	From     *State   // nil: the file begins here; else out is where the state's bytes end
}

// A Detail is one line of the summary sheet, such as a parameter of the run.
type Detail struct{ Name, Value string }

// A Writer takes the rows of one report.
type Writer interface {
	// Row writes one row: a value for each column of the definition.
	Row(values []value.Value) error
	// Block ends a block: all bytes so far are written to out, and what the file holds
	// after them depends on the state, the options and the rows alone. The bytes depend on
	// where blocks end.
	Block() (State, error)
	// Written is how many bytes there are so far before they are compressed.
	Written() int64
	// Close writes what follows the rows; only then is the file whole.
	Close() error
	// Preview is what the report looks like so far.
	Preview() Preview
}

// Create begins a file of the options' format on out.
func Create(out io.Writer, d *definition.Definition, options Options) (Writer, error) {
	if options.Format == definition.CSV {
		return createCSV(out, d, options)
	}
	return createExcel(out, d, options)
}

// PreviewRows is how many rows a preview has at most.
const PreviewRows = 20

// A Preview is the beginning of a report and its chart, for a page.
type Preview struct {
	Headers []string   `json:"headers"`
	Formats []string   `json:"formats"` // of the columns, as definitions name them
	Numeric []bool     `json:"numeric"` // columns to align to the right
	Rows    [][]string `json:"rows"`
	// Subtotals stand below the rows of a group, as in a workbook; a CSV file has none.
	Subtotals []Subtotal `json:"subtotals,omitempty"`
	Totals    []string   `json:"totals,omitempty"`
	Notes     []string   `json:"notes,omitempty"` // what the file could not hold as it was
	Doubts    []Doubt    `json:"-"`               // about formats, of the first rows, for the author of the definition
	Empty     string     `json:"empty,omitempty"` // the sentence that stands for rows where there are none
	Chart     *Drawing   `json:"chart,omitempty"`
}

// A Subtotal is the row below a group.
type Subtotal struct {
	After int      `json:"after"`         // so many rows of the preview stand above it
	Gap   bool     `json:"gap,omitempty"` // rows of its group are not in the preview
	Cells []string `json:"cells"`
}

// A Drawing is the data of a chart.
type Drawing struct {
	Kind   string   `json:"kind"`
	Title  string   `json:"title"`
	Series string   `json:"series"`
	Points []Point  `json:"points"`
	Texts  []string `json:"texts"` // the values of the points, formatted
	Axis   []Tick   `json:"axis"`  // of the values, from the least to the greatest
}

// A Tick is a value that an axis names.
type Tick struct {
	Value float64 `json:"value"`
	Text  string  `json:"text"` // with its unit
}

// A Point is one category of a chart.
type Point struct {
	Label string  `json:"label"`
	Value float64 `json:"value"`
}
