package workbook

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

const (
	// widthRows are held back at the beginning of a workbook, whose columns are as wide as
	// they need: a sheet says how wide its columns are before its first row.
	widthRows = 64

	maxWidth = 60 // where a long header goes on in the next line
	minWidth = 10 // of a text
)

// start begins the first sheet, with columns as wide as the rows that were held back need,
// and writes these.
func (w *excelWriter) start() error {
	w.outline.widths = w.widths(w.held)
	if err := w.begin(); err != nil {
		return err
	}
	held := w.held
	w.held = nil
	for _, row := range held {
		if err := w.write(row); err != nil {
			return err
		}
	}
	return nil
}

// widths are those of the columns, in characters.
func (w *excelWriter) widths(rows [][]value.Value) []float64 {
	widths := make([]float64, len(w.definition.Columns))
	for i, column := range w.definition.Columns {
		longest := 0
		for _, row := range rows {
			longest = max(longest, w.shownLength(i, row))
		}
		widths[i] = columnWidth(column, w.options.Language, longest)
	}
	return widths
}

// shownLength is how many characters a row takes in a column, its subtotal's label included.
func (w *excelWriter) shownLength(column int, row []value.Value) int {
	var c cell
	w.readers[column](&c, &row[column])
	longest := longestLine(w.read(column, &c))
	if c.kind == figure && !c.exact(w.decimals[column]) {
		longest = len(c.plain())
	}
	if w.label(column) != "" {
		for i := range w.levels {
			of := w.levels[i].column
			w.readers[of](&c, &row[of])
			longest = max(longest, utf8.RuneCountInString(w.groupLabel(column, of, w.read(of, &c)))+1) // bold
		}
	}
	return longest
}

func longestLine(text string) (longest int) {
	for line := range strings.SplitSeq(text, "\n") {
		longest = max(longest, utf8.RuneCountInString(line))
	}
	return longest
}

// columnWidth is the definition's, else what the format takes, the header with its filter and
// the longest of the first values. Numbers keep what their format takes, since a later one
// or the total may be wider and would be shown as ###.
func columnWidth(column definition.Column, in locale.Language, longest int) float64 {
	if column.Width > 0 {
		return column.Width
	}
	width := 14.0
	switch column.Format {
	case definition.AsText:
		width = max(minWidth, math.Ceil(float64(longest)*1.1))
	case definition.AsDateTime, definition.AsMoney: // a total of 999,999,999.99 with its sign, in bold
		width = 18
	case definition.AsNumber:
		width = 16
	}
	header := utf8.RuneCountInString(column.Header.In(in)) + 4
	return min(slices.Max([]float64{width, float64(header), float64(longest) + 2}), maxWidth)
}
