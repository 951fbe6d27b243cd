package workbook

import (
	"github.com/xuri/excelize/v2"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/language"
)

const (
	headerFill = "1F4E78"
	headerInk  = "FFFFFF"
	fontName   = "Calibri"
)

// styles are the numbers of a workbook's cell styles.
type styles struct {
	headers []int // aligned as what is below
	header  int   // of text
	title   int
	right   int // numbers and moments that are text
	count   int // whole numbers
	columns []int
	totals  []int
}

func (o *outline) addStyles(book *excelize.File) (styles, error) {
	var made styles
	var err error
	if made.header, err = book.NewStyle(headerStyle(left(0))); err != nil {
		return made, err
	}
	if made.right, err = book.NewStyle(&excelize.Style{Alignment: right()}); err != nil {
		return made, err
	}
	whole := numberCode(definition.AsInteger, o.options.Language, "")
	if made.count, err = book.NewStyle(&excelize.Style{CustomNumFmt: &whole}); err != nil {
		return made, err
	}
	if made.title, err = book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 16, Family: fontName, Color: headerFill}}); err != nil {
		return made, err
	}
	for i := range o.definition.Columns {
		header, style, total, err := o.columnStyles(book, i)
		if err != nil {
			return made, err
		}
		made.headers, made.columns, made.totals = append(made.headers, header), append(made.columns, style), append(made.totals, total)
	}
	return made, nil
}

func left(indent int) *excelize.Alignment {
	return &excelize.Alignment{Horizontal: "left", Indent: indent}
}

func right() *excelize.Alignment { return &excelize.Alignment{Horizontal: "right"} }

// alignment is that of a column and of its header. Text that follows on a column that
// is set to the right is moved off it: the one ends where the other begins.
func (o *outline) alignment(column int) *excelize.Alignment {
	columns := o.definition.Columns
	switch {
	case alignsRight(columns[column].Format):
		return right()
	case column > 0 && alignsRight(columns[column-1].Format):
		return left(1)
	}
	return left(0)
}

// alignsRight: spreadsheets set numbers and moments to the right.
func alignsRight(format definition.ColumnFormat) bool {
	return format.Numeric() || format == definition.AsDate || format == definition.AsDateTime || format == definition.AsMonth
}

func headerStyle(alignment *excelize.Alignment) *excelize.Style {
	alignment.Vertical, alignment.WrapText = "center", true
	return &excelize.Style{
		Font:      &excelize.Font{Bold: true, Color: headerInk, Family: fontName, Size: 11},
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{headerFill}},
		Alignment: alignment,
	}
}

// columnStyles are the styles of a column's header, its cells and its total. Cells
// without anything of their own have style 0, which is not written with each.
func (o *outline) columnStyles(book *excelize.File, i int) (header, style, total int, err error) {
	column := o.definition.Columns[i]
	if header, err = book.NewStyle(headerStyle(o.alignment(i))); err != nil {
		return 0, 0, 0, err
	}
	if code := numberCode(column.Format, o.options.Language, o.definition.Currency); code != "" {
		style, err = book.NewStyle(&excelize.Style{CustomNumFmt: &code})
	} else if set := o.alignment(i); set.Indent > 0 {
		style, err = book.NewStyle(&excelize.Style{Alignment: set})
	}
	if err != nil {
		return 0, 0, 0, err
	}
	total, err = book.NewStyle(o.totalStyle(i))
	return header, style, total, err
}

func (o *outline) totalStyle(i int) *excelize.Style {
	column := o.definition.Columns[i]
	style := &excelize.Style{
		Font:      &excelize.Font{Bold: true, Family: fontName, Size: 11},
		Border:    []excelize.Border{{Type: "top", Color: headerFill, Style: 2}},
		Alignment: o.alignment(i),
	}
	format := column.Format
	if column.Total == definition.Count {
		format = definition.AsInteger
	}
	if column.Total != definition.NoTotal { // also where it is text
		style.Alignment = right()
	}
	if code := numberCode(format, o.options.Language, o.definition.Currency); code != "" && column.Total != definition.NoTotal {
		style.CustomNumFmt = &code
	}
	if i == 0 && labelsCount(o.definition) { // "Total: 120" below the texts that are counted
		code := `"` + language.Total.In(o.options.Language) + `: "#,##0`
		style.CustomNumFmt, style.Alignment = &code, left(0)
	}
	return style
}

// numberCode is the number format of a column. Marks for decimals and
// thousands follow the reader's own settings; dates and money do not.
// The months' names are those of a locale: [$-C0A] is Spanish, [$-409] English.
// Source: Microsoft, "Windows Language Code Identifier (LCID) Reference".
func numberCode(format definition.ColumnFormat, in language.Language, currency string) string {
	day, month := "yyyy\\-mm\\-dd", "[$-409]mmm\\ yyyy"
	if in == language.Spanish {
		day, month = "dd/mm/yyyy", "[$-C0A]mmm\\ yyyy"
	}
	switch format {
	case definition.AsInteger:
		return "#,##0"
	case definition.AsNumber:
		return "#,##0.00"
	case definition.AsPercent:
		return "0.0%"
	case definition.AsDate:
		return day
	case definition.AsDateTime:
		return day + " hh:mm"
	case definition.AsMonth:
		return month
	case definition.AsMoney:
		return `#,##0.00\ "` + currencySign(currency) + `"`
	}
	return ""
}

func currencySign(code string) string {
	switch code {
	case "EUR":
		return "€"
	case "USD":
		return "$"
	case "GBP":
		return "£"
	}
	return code
}
