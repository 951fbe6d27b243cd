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
	columns []int
	totals  []int
}

func (o *outline) addStyles(book *excelize.File) (styles, error) {
	var made styles
	var err error
	if made.header, err = book.NewStyle(headerStyle("left")); err != nil {
		return made, err
	}
	right, err := book.NewStyle(headerStyle("right"))
	if err != nil {
		return made, err
	}
	if made.right, err = book.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{Horizontal: "right"}}); err != nil {
		return made, err
	}
	if made.title, err = book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 16, Family: fontName, Color: headerFill}}); err != nil {
		return made, err
	}
	for _, column := range o.definition.Columns {
		style, total, err := o.columnStyles(book, column)
		if err != nil {
			return made, err
		}
		made.columns, made.totals = append(made.columns, style), append(made.totals, total)
		header := made.header
		if alignsRight(column.Format) {
			header = right
		}
		made.headers = append(made.headers, header)
	}
	return made, nil
}

func headerStyle(side string) *excelize.Style {
	return &excelize.Style{
		Font:      &excelize.Font{Bold: true, Color: headerInk, Family: fontName, Size: 11},
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{headerFill}},
		Alignment: &excelize.Alignment{Horizontal: side, Vertical: "center", WrapText: true},
	}
}

// alignsRight: spreadsheets set numbers and moments to the right.
func alignsRight(format definition.ColumnFormat) bool {
	return format.Numeric() || format == definition.AsDate || format == definition.AsDateTime
}

func (o *outline) columnStyles(book *excelize.File, column definition.Column) (style, total int, err error) {
	if code := numberCode(column.Format, o.options.Language, o.definition.Currency); code != "" {
		if style, err = book.NewStyle(&excelize.Style{CustomNumFmt: &code}); err != nil {
			return 0, 0, err
		}
	}
	format := column.Format
	if column.Total == definition.Count {
		format = definition.AsInteger
	}
	under := &excelize.Style{
		Font:   &excelize.Font{Bold: true, Family: fontName, Size: 11},
		Border: []excelize.Border{{Type: "top", Color: headerFill, Style: 2}},
	}
	if column.Total != definition.NoTotal { // also where it is text
		under.Alignment = &excelize.Alignment{Horizontal: "right"}
	}
	if code := numberCode(format, o.options.Language, o.definition.Currency); code != "" && column.Total != definition.NoTotal {
		under.CustomNumFmt = &code
	}
	total, err = book.NewStyle(under)
	return style, total, err
}

// numberCode is the number format of a column. Marks for decimals and
// thousands follow the reader's own settings; dates and money do not.
func numberCode(format definition.ColumnFormat, in language.Language, currency string) string {
	day := "yyyy\\-mm\\-dd"
	if in == language.Spanish {
		day = "dd/mm/yyyy"
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
