package workbook

import (
	"strings"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
)

const (
	headerFill = "1F4E78"
	headerInk  = "FFFFFF"
	outerFill  = "DDEBF7"
)

// styles are the numbers of a workbook's cell styles.
type styles struct {
	headers []int // aligned as what is below
	header  int   // of text
	title   int

	headerRight int // of numbers

	right  int // numbers and moments that are text
	beside int // texts of the summary
	count  int // whole numbers, to the left
	counts int // whole numbers in a column
	sum    int // the row of totals below a table of the summary: its label
	sums   int // and whole numbers in it
	link   int

	wrapped, wrappedTitle int // texts of several lines

	columns []int
	totals  []int
	outer   []int // totals of rows that have subtotals
	figures []int // totals on the summary, set to the left as all that stands there
	below   []int // totals below a table of the summary
}

// addStyles adds the styles of a definition's sheets to a style sheet.
func (o *outline) addStyles(sheet *styleSheet) styles {
	made := styles{
		header:       sheet.add(headerStyle(left(0))),
		headerRight:  sheet.add(headerStyle(right())),
		right:        sheet.add(cellStyle{align: right()}),
		beside:       sheet.add(cellStyle{align: left(0)}),
		count:        sheet.add(cellStyle{format: numberCode(definition.AsInteger, o.options.Language, ""), align: left(0)}),
		counts:       sheet.add(cellStyle{format: numberCode(definition.AsInteger, o.options.Language, "")}),
		sum:          sheet.add(cellStyle{font: font(11, ""), border: lineAbove(headerFill), align: left(0)}),
		sums:         sheet.add(cellStyle{font: font(11, ""), border: lineAbove(headerFill), align: right(), format: numberCode(definition.AsInteger, o.options.Language, "")}),
		link:         sheet.add(cellStyle{font: linkFont}),
		wrapped:      sheet.add(cellStyle{align: alignment{horizontal: "left", wrap: true}}),
		wrappedTitle: sheet.add(cellStyle{font: font(titleSize, headerFill), align: alignment{horizontal: "left", wrap: true}}),
		title:        sheet.add(cellStyle{font: font(titleSize, headerFill)}),
	}
	for i := range o.definition.Columns {
		header, style, total := o.columnStyles(sheet, i)
		made.headers, made.columns, made.totals = append(made.headers, header), append(made.columns, style), append(made.totals, total)
		outer := o.totalStyle(i)
		outer.fill = solid(outerFill)
		made.outer = append(made.outer, sheet.add(outer))
		below := o.totalStyle(i)
		below.align, below.format = right(), numberCode(o.definition.Columns[i].Format, o.options.Language, o.definition.Currency)
		made.below = append(made.below, sheet.add(below))
		made.figures = append(made.figures, sheet.add(cellStyle{format: numberCode(o.definition.Columns[i].Format, o.options.Language, o.definition.Currency), align: left(0)}))
	}
	return made
}

func left(indent int) alignment { return alignment{horizontal: "left", indent: indent} }

func right() alignment { return alignment{horizontal: "right"} }

// alignment is that of a column and of its header. Text after a right-aligned column
// is indented, since otherwise the two would touch.
func (o *outline) alignment(column int) alignment {
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

func headerStyle(align alignment) cellStyle {
	align.wrap = true
	return cellStyle{font: font(11, headerInk), fill: solid(headerFill), align: align}
}

// columnStyles are the styles of a column's header, its cells and its total. Cells
// without anything of their own have style 0, which is not written with each.
func (o *outline) columnStyles(sheet *styleSheet, i int) (header, style, total int) {
	header, total = sheet.add(headerStyle(o.alignment(i))), sheet.add(o.totalStyle(i))
	if code := numberCode(o.definition.Columns[i].Format, o.options.Language, o.definition.Currency); code != "" {
		style = sheet.add(cellStyle{format: code})
	} else if set := o.alignment(i); set.indent > 0 {
		style = sheet.add(cellStyle{align: set})
	}
	return header, style, total
}

func (o *outline) totalStyle(i int) cellStyle {
	column := o.definition.Columns[i]
	style := cellStyle{font: font(11, ""), border: lineAbove(headerFill), align: o.alignment(i)}
	format := column.Format
	if column.Total == definition.Count {
		format = definition.AsInteger
	}
	if column.Total != definition.NoTotal { // also where it is text
		style.align, style.format = right(), numberCode(format, o.options.Language, o.definition.Currency)
	}
	if i == 0 && labelsCount(o.definition) { // "Total: 120" below the texts that are counted
		style.format, style.align = `"`+locale.Total.In(o.options.Language)+`: "#,##0`, left(0)
	}
	return style
}

// numberCode is the number format of a column. Marks for decimals and
// thousands follow the reader's own settings; dates and money do not.
// The months' names are those of a locale: [$-C0A] is Spanish, [$-409] English.
// Source: Microsoft, "Windows Language Code Identifier (LCID) Reference".
func numberCode(format definition.ColumnFormat, in locale.Language, currency string) string {
	day, month := "yyyy\\-mm\\-dd", "[$-409]mmm\\ yyyy"
	if in == locale.Spanish {
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
		before, after := currencySign(in, currency)
		return quotedSign(before) + "#,##0.00" + quotedSign(after)
	}
	return ""
}

// quotedSign is text in a number format, whose spaces are escaped.
func quotedSign(sign string) string {
	bare := strings.TrimSpace(sign)
	if bare == "" {
		return ""
	}
	return strings.Replace(strings.ReplaceAll(sign, " ", `\ `), bare, `"`+bare+`"`, 1)
}

// currencySign is what stands before and after an amount: 12,30 € in Spanish, €12.30 and
// MXN 12.30 in English. Source: Unicode CLDR, currency patterns of es and en.
func currencySign(in locale.Language, code string) (before, after string) {
	sign, known := map[string]string{"EUR": "€", "USD": "$", "GBP": "£"}[code]
	switch {
	case in != locale.English && known:
		return "", " " + sign
	case in != locale.English:
		return "", " " + code
	case known:
		return sign, ""
	}
	return code + " ", ""
}
