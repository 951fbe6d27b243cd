package workbook

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
)

// An outline writes everything of a workbook but its rows.
type outline struct {
	definition *definition.Definition
	options    Options
	styleSheet *styleSheet
	styles     styles
	names      []string  // of sheets that a column's values name; "" is a name by number
	widths     []float64 // of the columns, in characters

	charted bool   // there is a chart, and rows to draw
	printed string // area of the summary that is printed; "" for what it has

	sheetTotals []sheetTotal // of the sheets of a split column
}

func newOutline(d *definition.Definition, options Options) *outline {
	o := &outline{definition: d, options: options, styleSheet: newStyleSheet()}
	o.styles = o.addStyles(o.styleSheet)
	return o
}

func sheetPath(number int) string { return fmt.Sprintf("xl/worksheets/sheet%d.xml", number) }

// path is the file of a sheet of rows. The summary, which comes first, is the first
// file.
func (o *outline) path(number int) string { return sheetPath(number + 1) }

// sheetName is the name of a sheet of rows, within Excel's 31 UTF-16 units.
func (o *outline) sheetName(number int) string {
	if number <= len(o.names) && o.names[number-1] != "" {
		return o.names[number-1]
	}
	name := o.definition.Sheet.Name.In(o.options.Language)
	if number == 1 {
		return name
	}
	suffix := " " + strconv.Itoa(number)
	return name[:unitsWithin(name, maxSheetName-len(suffix))] + suffix
}

const maxSheetName = 31

// quotedSheet is a sheet's name in a formula.
func quotedSheet(name string) string { return "'" + strings.ReplaceAll(name, "'", "''") + "'" }

// parts are the files of a workbook whose sheets have so many rows each, without those
// sheets.
func (o *outline) parts(sheets []int, t *totals) ([]part, error) {
	o.charted = t.draws()
	summary, err := o.summary(o.summaryName(len(sheets)), t)
	if err != nil {
		return nil, fmt.Errorf("summary sheet: %w", err)
	}
	all := append([]part{o.contentTypes(len(sheets)), packageRelations()}, o.properties()...)
	all = append(all, o.workbook(sheets), workbookRelations(len(sheets)), o.styleSheet.part(), theme())
	all = append(all, summary...)
	if o.definition.Sheet.Table {
		all = append(all, o.tables(sheets)...)
	}
	return all, nil
}

// The beginning of a sheet, up to its rows: attributes and content of its view, and its
// columns. Source: ECMA-376 18.3.1.99, worksheet; the order of the elements is fixed.
const sheetHead = `<worksheet xmlns="` + spreadsheet + `" xmlns:r="` + relationships + `"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>` +
	`<sheetViews><sheetView%s workbookViewId="0">%s</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>%s</cols><sheetData>`

// head is what stands in a sheet of rows before its second row.
func (o *outline) head() []byte {
	var columns, header strings.Builder
	for i, column := range o.definition.Columns {
		columns.WriteString(columnElement(i+1, o.widths[i]))
		header.WriteString(textCell(columnName(i+1)+"1", o.styles.headers[i], column.Header.In(o.options.Language)))
	}
	const frozen = `<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft"/>`
	head := sheetHead
	if o.definition.Sheet.Group != "" {
		head = strings.Replace(head, `defaultRowHeight="15"`, `defaultRowHeight="15" outlineLevelRow="1"`, 1)
	}
	return fmt.Appendf(nil, declaration+head+`<row r="1">%s</row>`, "", frozen, &columns, &header)
}

// tail is what stands in a sheet of so many rows behind the last, or behind the total.
func (o *outline) tail(rows int) []byte {
	filter, table := "", ""
	if o.definition.Sheet.Table {
		table = `<tableParts count="1"><tablePart r:id="rId1"/></tableParts>`
	} else {
		filter = `<autoFilter ref="` + o.area(rows) + `"/>`
	}
	return []byte(`</sheetData>` + filter + o.page(o.pages(), o.pageHeader()) + table + `</worksheet>`)
}

// area is what a filter of so many rows is over: the header and one row at least.
func (o *outline) area(rows int) string {
	return fmt.Sprintf("A1:%s%d", columnName(len(o.definition.Columns)), max(rows, 2))
}

func columnElement(number int, width float64) string {
	return fmt.Sprintf(`<col min="%d" max="%d" width="%s" customWidth="1"/>`, number, number, strconv.FormatFloat(width, 'f', -1, 64))
}

// textCell is a cell of text, at a place such as A1.
func textCell(place string, style int, text string) string {
	return fmt.Sprintf(`<c r="%s" s="%d" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, place, style, escape(text[:unitsWithin(text, maxText)]))
}

func numberCell(place string, style int, number float64) string {
	return fmt.Sprintf(`<c r="%s" s="%d"><v>%s</v></c>`, place, style, strconv.FormatFloat(number, 'g', -1, 64))
}
