// Package definition reads report definitions: one YAML file a report type,
// written by an analyst. Everything that can be found wrong without running the query
// is found here, with file, line and reason.
package definition

import (
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// Limits that hold where a definition states none.
const (
	DefaultRows      = 5_000_000
	DefaultTimeout   = 10 * time.Minute
	DefaultRetention = 24 * time.Hour
	// MaxSheetRows is the last row that a spreadsheet can have.
	// Source: Microsoft, "Excel specifications and limits".
	MaxSheetRows = 1_048_576
	maxColumns   = 16_384
)

// A Definition is one report type, valid and ready to run.
type Definition struct {
	Type        string
	Title       locale.Text
	Description locale.Text
	Language    locale.Language
	Source      string // name of a configured source
	SQL         string
	SourceLine  int // where they stand in File
	SQLLine     int
	sqlLiteral  bool // its lines are those of the file, from the one below SQLLine on
	Parameters  []Parameter
	Columns     []Column
	Chart       *Chart // nil: no chart sheet
	Sheet       Sheet
	Currency    string // ISO 4217, for columns of format money
	Format      Format
	FileName    string // without extension; {parameter} is filled in
	Callers     []string
	Attributes  map[string][]string // that a caller must have, each with one of these values
	Schedules   []Schedule
	Priority    Priority
	WhenGone    WhenGone
	Limits      Limits
	Count       bool        // ask how many rows there will be; the database runs the query for it
	Zone        *value.Zone // of moments with a time zone; nil: the source's
	SourceZone  value.Zone  // the source's, for dates counted from today; set by the reader of the settings
	Retention   time.Duration
	Logo        []byte   // PNG or JPEG, nil without
	LogoKind    string   // ".png" or ".jpg"
	File        string   // where it was read, for messages
	Digest      string   // of the file and its logo, for runs that are gone on with
	Warnings    Problems // what does not keep it from being used
}

// Limits bound one run.
type Limits struct {
	Rows    int64
	Timeout time.Duration
}

// A Format is the kind of file that a report is.
type Format string

// The file formats.
const (
	XLSX Format = "xlsx"
	CSV  Format = "csv"
)

// A Priority says which waiting reports begin first.
type Priority string

// The priorities.
const (
	High   Priority = "high"
	Normal Priority = "normal"
	Low    Priority = "low"
)

// Rank is the priority as a number: the highest goes first, 0 is normal.
func (p Priority) Rank() int { return map[Priority]int{High: 1, Low: -1}[p] }

// WhenGone says what becomes of a report whose client has left.
type WhenGone string

// What to do without a client.
const (
	Finish WhenGone = "finish"
	Cancel WhenGone = "cancel"
)

// A Column is one column of the sheet, in the order of the definition.
type Column struct {
	Name   string // column of the query's result
	Header locale.Text
	Format ColumnFormat
	Width  float64 // in characters; 0: by what is in it
	Total  Total
	Line   int // where it stands in the file
}

// A ColumnFormat says how a column's values are read and shown.
type ColumnFormat string

// The column formats.
const (
	AsText     ColumnFormat = "text"
	AsInteger  ColumnFormat = "integer"
	AsNumber   ColumnFormat = "number"
	AsMoney    ColumnFormat = "money"
	AsPercent  ColumnFormat = "percent"
	AsDate     ColumnFormat = "date"
	AsDateTime ColumnFormat = "datetime"
	AsMonth    ColumnFormat = "month" // a date, a timestamp, or the text 2026-01
	AsBoolean  ColumnFormat = "boolean"
)

// Numeric tells whether the values of the format can be added up.
func (f ColumnFormat) Numeric() bool {
	return f == AsInteger || f == AsNumber || f == AsMoney || f == AsPercent
}

// A Total is what stands under a column.
type Total string

// The totals.
const (
	NoTotal Total = ""
	Sum     Total = "sum"
	Average Total = "average"
	Count   Total = "count"
)

// A Chart is drawn on a sheet of its own from sums of Value by Category.
type Chart struct {
	Kind     ChartKind
	Title    locale.Text
	Category string // a column's name
	Value    string // a numeric column's name
	Limit    int    // categories shown
	Others   bool   // the rest are added up and shown as "other"
}

// A ChartKind is the shape of a chart.
type ChartKind string

// The chart kinds.
const (
	ColumnChart ChartKind = "column"
	BarChart    ChartKind = "bar"
	LineChart   ChartKind = "line"
	PieChart    ChartKind = "pie"
)

// A Sheet says how the rows are laid out.
type Sheet struct {
	Name   locale.Text // at most 28 UTF-16 units, so that " 12" can follow
	Rows   int         // rows a sheet, header and total included
	Table  bool        // banded table; otherwise a plain filter
	Paper  Paper
	Across int    // pages that the columns take side by side on paper; 0: by their width
	Group  string // column whose equal values, one below the other, get a subtotal; "" for none
	Split  string // column whose every value gets a sheet; "" for none
}

// A Paper is what the workbook is printed on.
type Paper string

// The papers.
const (
	A4     Paper = "a4"
	Letter Paper = "letter"
)

// letterCurrencies are those of the countries that print on Letter. Source: Unicode
// CLDR, supplemental measurement data, paper sizes.
var letterCurrencies = []string{"BZD", "CAD", "CLP", "COP", "CRC", "GTQ", "MXN", "NIO", "PAB", "PHP", "USD", "VES"}

// Column returns the place of the named column, or -1.
func (d *Definition) Column(name string) int {
	for i, column := range d.Columns {
		if column.Name == name {
			return i
		}
	}
	return -1
}
