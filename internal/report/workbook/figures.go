package workbook

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/language"
)

// A line of the summary is a label with a text or a number beside it.
type line struct {
	label  string
	text   string
	number float64 // where text is ""
	style  int
}

func (l line) write(book *excelize.File, sheet string, row int) error {
	var shown any = l.text
	if l.text == "" {
		shown = l.number
	}
	if err := book.SetSheetRow(sheet, fmt.Sprintf("A%d", row), &[]any{l.label, shown}); err != nil {
		return err
	}
	if l.text != "" && l.style == 0 {
		return nil
	}
	place := fmt.Sprintf("B%d", row)
	return book.SetCellStyle(sheet, place, place, l.style)
}

// figures are the number of rows and the totals of the columns, as under the rows. They
// are numbers that a person can go on with, but where a spreadsheet would lose digits or
// values are missing.
func (o *outline) figures(t *tally, styles styles) []line {
	in := o.options.Language
	lines := []line{{label: language.Rows.In(in), number: float64(t.rows), style: styles.count}}
	for i, column := range o.definition.Columns {
		total, ok := t.total(i)
		if !ok || t.rows == 0 {
			continue
		}
		one := line{label: language.TotalOf(in, string(column.Total), column.Header.In(in)), number: drawn(total.plain()), style: styles.columns[i]}
		switch {
		case column.Total == definition.Count:
			one.style = styles.count
		case t.incomplete(i):
			one.text, one.style = total.read(column.Format, in, o.definition.Currency)+leftOutMark, styles.right
		case !total.exact():
			one.text, one.style = everyDigit(total.plain(), in), styles.right
		}
		lines = append(lines, one)
	}
	return lines
}
