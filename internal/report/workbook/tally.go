package workbook

import (
	"math"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/language"
)

// A tally keeps what stands under, beside and before the rows: totals, the
// chart's sums and the preview. Its size does not grow with the rows.
type tally struct {
	definition *definition.Definition
	options    Options
	rows       int64
	sums       []sum
	chart      *chartTally // nil without
	preview    [][]string
}

func newTally(d *definition.Definition, options Options) *tally {
	t := &tally{definition: d, options: options, sums: make([]sum, len(d.Columns))}
	if d.Chart != nil {
		t.chart = &chartTally{
			category: d.Column(d.Chart.Category), value: d.Column(d.Chart.Value),
			limit: d.Chart.Limit, places: map[string]int{},
		}
	}
	return t
}

func (t *tally) add(cells []cell) {
	t.rows++
	for i := range cells {
		if t.definition.Columns[i].Total != definition.NoTotal {
			t.sums[i].add(cells[i])
		}
	}
	if t.chart != nil {
		t.chart.add(t, cells)
	}
	if len(t.preview) < PreviewRows {
		t.preview = append(t.preview, t.readRow(cells))
	}
}

func (t *tally) read(column int, c cell) string {
	return c.read(t.definition.Columns[column].Format, t.options.Language, t.definition.Currency)
}

func (t *tally) readRow(cells []cell) []string {
	row := make([]string, len(cells))
	for i, c := range cells {
		row[i] = t.read(i, c)
	}
	return row
}

// hasTotals tells whether any column has a total.
func (t *tally) hasTotals() bool {
	for _, column := range t.definition.Columns {
		if column.Total != definition.NoTotal {
			return true
		}
	}
	return false
}

// total is the cell under a column; ok is false where nothing stands.
func (t *tally) total(column int) (c cell, ok bool) {
	switch t.definition.Columns[column].Total {
	case definition.Sum:
		return cell{kind: number, number: t.sums[column].value()}, true
	case definition.Average:
		return cell{kind: number, number: t.sums[column].average()}, true
	case definition.Count:
		return cell{kind: integer, integer: t.sums[column].count, number: float64(t.sums[column].count)}, true
	}
	return cell{}, false
}

// totalLabel is the column that says "Total": the first without a total.
func (t *tally) totalLabel() int {
	for i, column := range t.definition.Columns {
		if column.Total == definition.NoTotal {
			return i
		}
	}
	return -1
}

func (t *tally) totalFormat(column int) definition.ColumnFormat {
	if t.definition.Columns[column].Total == definition.Count {
		return definition.AsInteger
	}
	return t.definition.Columns[column].Format
}

// Preview is what the report looks like so far.
func (t *tally) Preview() Preview {
	p := Preview{Rows: t.preview}
	for i, column := range t.definition.Columns {
		p.Headers = append(p.Headers, column.Header.In(t.options.Language))
		p.Numeric = append(p.Numeric, column.Format.Numeric())
		if t.hasTotals() {
			p.Totals = append(p.Totals, t.totalText(i))
		}
	}
	if t.chart != nil {
		p.Chart = t.drawing()
	}
	return p
}

func (t *tally) totalText(column int) string {
	if c, ok := t.total(column); ok {
		return c.read(t.totalFormat(column), t.options.Language, t.definition.Currency)
	}
	if column == t.totalLabel() {
		return language.Total.In(t.options.Language)
	}
	return ""
}

func (t *tally) drawing() *Drawing {
	d, in := t.definition, t.options.Language
	drawing := &Drawing{
		Kind: string(d.Chart.Kind), Title: d.Chart.Title.In(in),
		Series: d.Columns[t.chart.value].Header.In(in), Points: t.chart.points(language.Other.In(in)),
	}
	for _, point := range drawing.Points {
		drawing.Texts = append(drawing.Texts, readNumber(point.Value, d.Columns[t.chart.value].Format, in, d.Currency))
	}
	return drawing
}

// A sum adds up with Neumaier's correction, so that a million amounts end in
// the right cent.
type sum struct {
	high, low float64
	count     int64 // cells that are not empty
	numbers   int64 // cells that are numbers
}

func (s *sum) add(c cell) {
	if c.kind == empty || c.kind == words && c.text == "" {
		return
	}
	s.count++
	if c.kind != number && c.kind != integer {
		return
	}
	s.numbers++
	total := s.high + c.number
	if math.Abs(s.high) >= math.Abs(c.number) {
		s.low += (s.high - total) + c.number
	} else {
		s.low += (c.number - total) + s.high
	}
	s.high = total
}

func (s *sum) value() float64 { return s.high + s.low }

func (s *sum) average() float64 {
	if s.numbers == 0 {
		return 0
	}
	return s.value() / float64(s.numbers)
}

// A chartTally sums a value by category, in the order the categories come.
type chartTally struct {
	category, value int
	limit           int
	places          map[string]int
	labels          []string
	sums            []sum
	others          sum
}

func (c *chartTally) add(t *tally, cells []cell) {
	value := cells[c.value]
	label := t.read(c.category, cells[c.category])
	place, known := c.places[label]
	switch {
	case !known && len(c.labels) >= c.limit:
		c.others.add(value)
		return
	case !known:
		place = len(c.labels)
		c.places[label] = place
		c.labels, c.sums = append(c.labels, label), append(c.sums, sum{})
	}
	c.sums[place].add(value)
}

func (c *chartTally) points(other string) []Point {
	var points []Point
	for i, label := range c.labels {
		points = append(points, Point{label, c.sums[i].value()})
	}
	if c.others.count > 0 {
		points = append(points, Point{other, c.others.value()})
	}
	return points
}
