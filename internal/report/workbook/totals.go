package workbook

import (
	"strconv"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// leftOutMark stands behind a total that lacks some of its column's values.
const leftOutMark = " *"

// totals collects what is shown under, beside and before the rows: totals, the chart's
// sums and the preview. Its size does not grow with the rows.
type totals struct {
	definition    *definition.Definition
	options       Options
	rows          int64
	readers       []reader
	summed        []int // columns that have a total
	sums          []sum
	chart         *chartTotals // nil without
	preview       [][]string
	subtotals     []Subtotal
	decimals      []int // that each column shows of a number
	doubts        []doubts
	numbersAsText []int64 // numbers of each column that are text in the file
	cut           int64   // texts that a cell did not hold
	repairs       int64   // texts that were no UTF-8
}

func newTotals(d *definition.Definition, options Options) *totals {
	t := &totals{definition: d, options: options, sums: make([]sum, len(d.Columns)), numbersAsText: make([]int64, len(d.Columns)), doubts: make([]doubts, len(d.Columns))}
	for i, column := range d.Columns {
		t.readers, t.decimals = append(t.readers, readerOf(column.Format)), append(t.decimals, shownDecimals(column.Format))
		if column.Total != definition.NoTotal {
			t.summed = append(t.summed, i)
		}
	}
	if d.Chart != nil {
		t.chart = &chartTotals{
			category: d.Column(d.Chart.Category), value: d.Column(d.Chart.Value),
			limit: d.Chart.Limit, showOthers: d.Chart.Others, places: map[string]int{},
		}
	}
	return t
}

// readInto makes a cell of a value of a column.
func (t *totals) readInto(c *cell, column int, v *value.Value) {
	t.readers[column](c, v)
	if c.kind == words {
		var changed bool
		if c.text, changed = repaired(c.text); changed {
			t.repairs++
		}
	}
}

func (t *totals) add(cells []cell) {
	t.rows++
	for _, i := range t.summed {
		t.sums[i].add(&cells[i])
	}
	if t.chart != nil {
		t.chart.add(t, cells)
	}
	if t.rows <= doubtRows {
		for i := range cells {
			t.doubts[i].see(t.definition.Columns[i].Format, &cells[i])
		}
	}
	if len(t.preview) < PreviewRows {
		t.preview = append(t.preview, t.readRow(cells))
	}
}

func (t *totals) read(column int, c *cell) string {
	return c.read(t.definition.Columns[column].Format, t.options.Language, t.definition.Currency)
}

func (t *totals) readRow(cells []cell) []string {
	row := make([]string, len(cells))
	for i := range cells {
		row[i] = t.read(i, &cells[i])
	}
	return row
}

// hasTotals tells whether any column has a total.
func (t *totals) hasTotals() bool { return len(t.summed) > 0 }

// total is the figure under a column; ok is false where nothing stands.
func (t *totals) total(column int) (c cell, ok bool) { return t.totalOf(t.sums, column) }

// totalOf is the figure under some rows of a column.
func (t *totals) totalOf(sums []sum, column int) (c cell, ok bool) {
	switch t.definition.Columns[column].Total {
	case definition.Sum:
		return figureOf(sums[column].total()), true
	case definition.Average:
		return figureOf(sums[column].average()), true
	case definition.Count:
		return cell{kind: figure, value: value.OfInt(sums[column].count)}, true
	}
	return cell{}, false
}

// exact tells whether a spreadsheet keeps what a total of the column shows.
func (t *totals) exact(column int, total *cell) bool {
	return t.definition.Columns[column].Total == definition.Count || total.exact(t.decimals[column])
}

// incomplete tells whether a total lacks values of its column: texts, NaN, infinity.
func (t *totals) incomplete(column int) bool { return incompleteOf(t.definition, t.sums, column) }

func incompleteOf(d *definition.Definition, sums []sum, column int) bool {
	return d.Columns[column].Total != definition.Count && sums[column].leftOut > 0
}

// labelsCount tells whether the row of totals begins with the count of a text column.
// It is shown as "Total: 120" then: a "Total" of its own would stand in the middle of
// the row.
func labelsCount(d *definition.Definition) bool {
	return d.Columns[0].Total == definition.Count && d.Columns[0].Format == definition.AsText
}

// shownLabel is the text of workbooks and previews in the row of totals below a column without one.
func (t *totals) shownLabel(column int) string {
	if labelsCount(t.definition) {
		return ""
	}
	return t.label(column)
}

// label is what stands in the row of totals without being one: "Total" under the
// first column that has none.
func (t *totals) label(column int) string {
	for i, one := range t.definition.Columns {
		if one.Total == definition.NoTotal {
			if i == column {
				return locale.Total.In(t.options.Language)
			}
			break
		}
	}
	return ""
}

func (t *totals) totalFormat(column int) definition.ColumnFormat {
	if t.definition.Columns[column].Total == definition.Count {
		return definition.AsInteger
	}
	return t.definition.Columns[column].Format
}

// Preview is what the report looks like so far.
func (t *totals) Preview() Preview {
	p := Preview{Rows: t.preview, Subtotals: t.subtotals, Notes: t.notes(), Empty: t.empty(), Doubts: t.allDoubts()}
	for i, column := range t.definition.Columns {
		p.Headers = append(p.Headers, column.Header.In(t.options.Language))
		p.Formats = append(p.Formats, string(column.Format))
		p.Numeric = append(p.Numeric, column.Format.Numeric())
		if t.hasTotals() {
			p.Totals = append(p.Totals, t.totalText(i))
		}
	}
	if t.draws() {
		p.Chart = t.drawing()
	}
	return p
}

// draws tells whether there is a chart: one without rows would be axes around nothing.
func (t *totals) draws() bool { return t.chart != nil && t.rows > 0 }

// empty is the sentence in place of rows; "" where there are some.
func (t *totals) empty() string {
	switch {
	case t.rows > 0:
		return ""
	case len(t.definition.Parameters) > 0:
		return locale.NoMatch.In(t.options.Language)
	}
	return locale.NoRows.In(t.options.Language)
}

func (t *totals) totalText(column int) string {
	text := t.textOf(t.sums, column, t.shownLabel(column))
	if column == 0 && labelsCount(t.definition) {
		return locale.Total.In(t.options.Language) + ": " + text
	}
	return text
}

// textOf is what stands under some rows of a column: their total, or a label.
func (t *totals) textOf(sums []sum, column int, label string) string {
	c, ok := t.totalOf(sums, column)
	if !ok {
		return label
	}
	text := c.read(t.totalFormat(column), t.options.Language, t.definition.Currency)
	if incompleteOf(t.definition, sums, column) {
		text += leftOutMark
	}
	return text
}

// notes are the sentences about what the file could not hold as it was.
func (t *totals) notes() []string {
	var notes []string
	in := t.options.Language
	for i, column := range t.definition.Columns {
		if t.incomplete(i) {
			notes = append(notes, column.Header.In(in)+": "+locale.LeftOut(in, t.sums[i].leftOut))
		}
		if t.numbersAsText[i] > 0 {
			notes = append(notes, column.Header.In(in)+": "+locale.NumbersAsText(in, t.numbersAsText[i], exactDigits))
		}
	}
	if t.chart != nil && t.chart.leftOut > 0 {
		notes = append(notes, t.definition.Columns[t.chart.value].Header.In(in)+": "+locale.NotDrawn(in, t.chart.leftOut))
	}
	if t.cut > 0 {
		notes = append(notes, locale.Cut(in, t.cut, maxText))
	}
	if t.repairs > 0 {
		notes = append(notes, locale.NotUTF8(in, t.repairs))
	}
	return notes
}

func (t *totals) drawing() *Drawing {
	d, in := t.definition, t.options.Language
	drawing := &Drawing{
		Kind: string(d.Chart.Kind), Title: d.Chart.Title.In(in),
		Series: d.Columns[t.chart.value].Header.In(in),
	}
	for _, bar := range t.chart.bars(locale.Other.In(in)) {
		plain := bar.sum.Plain()
		drawing.Points = append(drawing.Points, Point{bar.label, drawn(plain)})
		drawing.Texts = append(drawing.Texts, readNumber(plain, d.Columns[t.chart.value].Format, in, d.Currency))
	}
	drawing.Axis = axisOf(drawing.Points, d.Columns[t.chart.value].Format, in, d.Currency)
	return drawing
}

// drawn is a number as a chart's geometry takes it; the formatted value beside it has
// every digit.
func drawn(plain string) float64 {
	n, err := strconv.ParseFloat(plain, 64)
	if err != nil { // beyond what can be drawn
		return 0
	}
	return n
}

// A sum adds up a column exactly, without the rounding errors of floats.
type sum struct {
	exact   value.Sum
	count   int64 // cells that are not empty
	leftOut int64 // of those, cells that are no numbers
	wide    bool  // a number was written as text, which a formula would leave out
	binary  bool  // a number was a Double
}

// total is the sum. Doubles are binary: digits of their sum that a spreadsheet would not
// keep mean nothing.
func (s *sum) total() string {
	if s.binary {
		return value.Limit(s.exact.Plain(), exactDigits)
	}
	return s.exact.Plain()
}

func (s *sum) add(c *cell) {
	if c.kind == empty || c.kind == words && c.text == "" {
		return
	}
	s.count++
	if c.kind != figure {
		s.leftOut++
		return
	}
	s.wide = s.wide || c.aside
	s.binary = s.binary || c.value.Kind == value.Double
	addFigure(&s.exact, c)
}

func addFigure(sum *value.Sum, c *cell) {
	switch {
	case c.isShort:
		sum.AddShort(c.short)
	case c.value.Kind == value.Integer && c.value.Text == "":
		sum.AddInt(c.value.Int)
	default:
		sum.Add(c.plain())
	}
}

// average is the mean with as many digits as a spreadsheet has.
func (s *sum) average() string { return value.Limit(s.exact.Average(exactDigits), exactDigits) }

// chartTotals sums a value by category, in the order in which the categories come.
type chartTotals struct {
	category, value int
	limit           int
	showOthers      bool
	places          map[string]int
	all             []bar
	others          bar
	leftOut         int64
}

// A bar is one category of a chart.
type bar struct {
	label string
	sum   value.Sum
}

func (c *chartTotals) add(t *totals, cells []cell) {
	figures := &cells[c.value]
	label := t.read(c.category, &cells[c.category])
	place, known := c.places[label]
	to := &c.others
	if !known && len(c.all) < c.limit {
		place, known = len(c.all), true
		c.places[label] = place
		c.all = append(c.all, bar{label: label})
	}
	if known {
		to = &c.all[place]
	}
	switch {
	case figures.kind == figure:
		addFigure(&to.sum, figures)
	case figures.kind == words && figures.text != "":
		c.leftOut++
	}
}

func (c *chartTotals) bars(other string) []bar {
	if !c.showOthers || c.others.sum.Count() == 0 {
		return c.all
	}
	return append(c.all[:len(c.all):len(c.all)], bar{other, c.others.sum})
}
