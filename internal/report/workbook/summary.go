package workbook

import (
	"fmt"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

const summaryWidth = 22 // characters

// summary is the sheet that the workbook opens on, with the files that it names: what was
// asked for, the totals, what there is to note, the chart with the figures it is drawn
// from, and the logo.
func (o *outline) summary(name string, t *totals) ([]part, error) {
	var rows strings.Builder
	next := 1
	add := func(cells string) {
		fmt.Fprintf(&rows, `<row r="%d">%s</row>`, next, cells)
		next++
	}
	in := o.options.Language
	add(textCell("A1", o.styles.title, o.definition.Title.In(in)))
	if about := o.definition.Description.In(in); about != "" {
		add(textCell("A2", 0, about))
	}
	lines := o.lines(t)
	for _, one := range lines {
		add(one.row(next))
	}
	next++ // a free row
	var files []part
	var err error
	if o.draws() {
		files, err = o.drawing(name, next, t)
	}
	if t.chart != nil {
		for _, one := range o.chartLines(t.drawing()) {
			add(one.row(next))
		}
	}
	head := fmt.Sprintf(sheetHead, ` tabSelected="1"`, "", columnElement(1, o.labelWidth(lines))+columnElement(2, summaryWidth))
	tail := `</sheetData>` + o.page(pages{across: 1}, "") // one page, so that the chart is not split when printed
	if o.draws() {
		tail += `<drawing r:id="rId1"/>`
	}
	return append(files, xmlPart(sheetPath(1), head+"%s"+"%s</worksheet>", &rows, tail)), err
}

// summaryName is "Summary", unless a sheet of rows is called that.
func (o *outline) summaryName(sheets int) string {
	name := locale.Summary.In(o.options.Language)
	for number := 1; number <= sheets; number++ {
		if strings.EqualFold(name, o.sheetName(number)) {
			return name + " (2)"
		}
	}
	return name
}

// lines are those above the chart.
func (o *outline) lines(t *totals) []line {
	in := o.options.Language
	made := value.OfTime(o.options.Made.Truncate(time.Minute), false)
	lines := []line{{label: locale.Made.In(in), text: in.DateTime(made)}}
	for _, detail := range o.options.Details {
		lines = append(lines, line{label: detail.Name, text: detail.Value})
	}
	lines = append(lines, o.figures(t)...)
	for _, note := range t.notes() {
		lines = append(lines, line{label: locale.Warning.In(in), text: note})
	}
	return lines
}

// chartLines are the figures that the chart is drawn from, below their headers. Categories
// are text, whatever their column is.
func (o *outline) chartLines(drawing *Drawing) []line {
	d := o.definition
	category, amount := d.Column(d.Chart.Category), d.Column(d.Chart.Value)
	lines := []line{{label: d.Columns[category].Header.In(o.options.Language), text: drawing.Series, labelStyle: o.styles.header, style: o.styles.headers[amount]}}
	for _, point := range drawing.Points {
		lines = append(lines, line{label: point.Label, number: point.Value, style: o.styles.columns[amount]})
	}
	return lines
}

// labelWidth makes the first column as wide as its words, within limits; the values
// beside it may go on over the columns that follow.
func (o *outline) labelWidth(lines []line) float64 {
	widest := 0
	for _, one := range lines {
		widest = max(widest, len([]rune(one.label)))
	}
	if chart := o.definition.Chart; chart != nil {
		widest = max(widest, len([]rune(o.definition.Columns[o.definition.Column(chart.Category)].Header.In(o.options.Language))))
	}
	return min(max(float64(widest)+2, summaryWidth), maxWidth)
}
