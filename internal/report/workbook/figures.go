package workbook

import (
	"fmt"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
)

// A line of the summary is a label with a text or a number beside it. All of them are set to
// the left.
type line struct {
	label      string
	text       string
	number     float64 // where text is ""
	style      int     // of what is beside the label
	labelStyle int
}

func (l line) row(number int) string {
	label, beside := textCell(fmt.Sprintf("A%d", number), l.labelStyle, l.label), fmt.Sprintf("B%d", number)
	if l.text == "" {
		return label + numberCell(beside, l.style, l.number)
	}
	return label + textCell(beside, l.style, l.text)
}

// figures are the number of rows and the totals of the columns, as under the rows. They
// are numbers that a person can go on with, but where a spreadsheet would lose digits or
// values are missing.
func (o *outline) figures(t *totals) []line {
	in := o.options.Language
	lines := []line{{label: locale.Rows.In(in), number: float64(t.rows), style: o.styles.count}}
	for i, column := range o.definition.Columns {
		total, ok := t.total(i)
		if !ok || t.rows == 0 {
			continue
		}
		one := line{label: locale.TotalOf(in, string(column.Total), column.Header.In(in)), number: drawn(total.plain()), style: o.styles.figures[i]}
		switch {
		case column.Total == definition.Count:
			one.style = o.styles.count
		case t.incomplete(i):
			one.text, one.style = total.read(column.Format, in, o.definition.Currency)+leftOutMark, o.styles.beside
		case !t.exact(i, &total):
			one.text, one.style = everyDigit(total.plain(), in), o.styles.beside
		}
		lines = append(lines, one)
	}
	return lines
}
