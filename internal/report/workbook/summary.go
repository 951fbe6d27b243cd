package workbook

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

const summaryWidth = 22 // characters

// A summary is the sheet that the workbook opens on, while it is written from its first row
// to its last.
type summary struct {
	*outline
	rows   strings.Builder
	next   int // row
	widths []float64
	merged []string
	links  []string
}

// summary is the sheet with the files that it names: what was asked for, the totals, what
// there is to note, the chart with the figures it is drawn from, the totals of each sheet,
// and the logo.
func (o *outline) summary(name string, t *totals) ([]part, error) {
	lines := o.lines(t)
	s := &summary{outline: o, next: 1, widths: o.summaryWidths(lines)}
	s.text(o.definition.Title.In(o.options.Language), o.styles.title, o.styles.wrappedTitle, titleSize)
	if about := o.definition.Description.In(o.options.Language); about != "" {
		s.text(about, 0, o.styles.wrapped, textSize)
	}
	for _, one := range lines {
		s.add(one.row(s.next), 0)
	}
	s.next++ // a free row
	var files []part
	var err error
	top := s.next
	if o.definition.Logo != nil { // it stands where the chart would begin
		top = max(top, logoRows+1)
	}
	if o.draws() {
		files, err = o.drawing(name, top, s.next, t)
	}
	if o.charted {
		for _, one := range o.chartLines(t) {
			s.add(one.row(s.next), 0)
		}
		s.next = max(s.next, top+chartHeight/rowHeight) + 1
	}
	s.sheets(t)
	if o.charted { // programs print what has cells, and would cut the chart off
		o.printed = fmt.Sprintf("$A$1:$%s$%d", columnName(s.rightOf(chartWidth)), s.next)
	}
	return append(files, s.part()), err
}

// rowHeight is that of a row of one line, in pixels; textSize in points.
const rowHeight, textSize = 20, 11

func (s *summary) add(cells string, lines int) {
	height := ""
	if lines > 1 {
		height = fmt.Sprintf(` ht="%d" customHeight="1"`, lines*21)
	}
	fmt.Fprintf(&s.rows, `<row r="%d"%s>%s</row>`, s.next, height, cells)
	s.next++
}

// text is a row of text alone, over several lines where it is too long for one.
func (s *summary) text(text string, style, wrapped, size int) {
	last := s.rightOf(chartWidth)
	if s.definition.Logo != nil {
		last = 3 // the logo stands beside it
	}
	room := 0.0 // characters of the usual size
	for number := 1; number <= last; number++ {
		room += s.width(number)
	}
	lines := int(math.Ceil(float64(utf8.RuneCountInString(text)*size) * 1.05 / textSize / room))
	if lines > 1 {
		style = wrapped
		s.merged = append(s.merged, fmt.Sprintf("A%d:%s%d", s.next, columnName(last), s.next))
	}
	s.add(textCell(fmt.Sprintf("A%d", s.next), style, text), lines)
}

// usualWidth is that of a column of which nothing is said, in characters.
const usualWidth = 9.14

func (s *summary) width(column int) float64 {
	if column <= len(s.widths) && s.widths[column-1] > 0 {
		return s.widths[column-1]
	}
	return usualWidth
}

// rightOf is the column in which something of so many pixels ends that begins at column D.
func (s *summary) rightOf(pixels int) int {
	column := 3
	for left := float64(pixels); left > 0; left -= s.width(column) * 7 {
		column++
	}
	return column
}

// sheets are the totals of the sheets of each value, with a link to it.
func (s *summary) sheets(t *totals) {
	if len(s.sheetTotals) == 0 {
		return
	}
	in := s.options.Language
	split := s.definition.Columns[s.definition.Column(s.definition.Sheet.Split)]
	cells := textCell(s.place(0), s.styles.header, split.Header.In(in)) + textCell(s.place(1), s.styles.headerRight, locale.Rows.In(in))
	for i, column := range s.summed() {
		cells += textCell(s.place(i+2), s.styles.headerRight, locale.TotalOf(in, string(s.definition.Columns[column].Total), s.definition.Columns[column].Header.In(in)))
	}
	s.add(cells, 0)
	first := s.next
	for i := range s.sheetTotals {
		s.sheet(&s.sheetTotals[i])
	}
	s.total(first, t)
}

// total is the row below the sheets' totals: formulas over sums and counts, where all of them
// are numbers, and values.
func (s *summary) total(first int, t *totals) {
	sum := func(column int, style int, amount float64) string {
		letter := columnName(column + 1)
		return fmt.Sprintf(`<c r="%s" s="%d"><f>SUM(%s%d:%s%d)</f><v>%s</v></c>`, s.place(column), style, letter, first, letter, s.next-1, strconv.FormatFloat(amount, 'g', -1, 64))
	}
	cells := textCell(s.place(0), s.styles.sum, locale.Total.In(s.options.Language)) + sum(1, s.styles.sums, float64(t.rows))
	for i, column := range s.summed() {
		total, _ := t.total(column)
		kind, style := s.definition.Columns[column].Total, s.styles.below[column]
		if kind == definition.Count {
			style = s.styles.sums
		}
		switch {
		case t.incomplete(column):
			cells += textCell(s.place(i+2), style, everyDigit(total.plain(), s.options.Language)+leftOutMark)
		case !t.exact(column, &total):
			cells += textCell(s.place(i+2), style, everyDigit(total.plain(), s.options.Language))
		case kind == definition.Average || slices.ContainsFunc(s.sheetTotals, func(of sheetTotal) bool { return of.Texts[i] != "" }):
			cells += numberCell(s.place(i+2), style, drawn(total.plain()))
		default:
			cells += sum(i+2, style, drawn(total.plain()))
		}
	}
	s.add(cells, 0)
}

// summed are the columns with a total.
func (o *outline) summed() (columns []int) {
	for i, column := range o.definition.Columns {
		if column.Total != definition.NoTotal {
			columns = append(columns, i)
		}
	}
	return columns
}

// place is a cell of the row that is written, its columns counted from 0.
func (s *summary) place(column int) string { return fmt.Sprintf("%s%d", columnName(column+1), s.next) }

func (s *summary) sheet(of *sheetTotal) {
	s.links = append(s.links, fmt.Sprintf(`<hyperlink ref="%s" location="%s" display="%s"/>`, s.place(0), escape(quotedSheet(s.sheetName(of.Sheet))+"!A1"), escape(of.Name)))
	cells := textCell(s.place(0), s.styles.link, of.Name) + numberCell(s.place(1), s.styles.counts, float64(of.Rows))
	for i, column := range s.summed() {
		style := s.styles.columns[column]
		if s.definition.Columns[column].Total == definition.Count {
			style = s.styles.counts
		}
		if text := of.Texts[i]; text != "" {
			cells += textCell(s.place(i+2), s.styles.right, text)
			continue
		}
		cells += fmt.Sprintf(`<c r="%s" s="%d"><f>%s</f><v>%s</v></c>`, s.place(i+2), style,
			escape(fmt.Sprintf("%s!%s%d", quotedSheet(s.sheetName(of.Last)), columnName(column+1), of.Row)), strconv.FormatFloat(drawn(of.Plain[i]), 'g', -1, 64))
	}
	s.add(cells, 0)
}

func (s *summary) part() part {
	var columns strings.Builder
	for i, width := range s.widths {
		if width > 0 {
			columns.WriteString(columnElement(i+1, width))
		}
	}
	tail := `</sheetData>` + elements("mergeCells", "mergeCell", s.merged)
	if len(s.links) > 0 {
		tail += `<hyperlinks>` + strings.Join(s.links, "") + `</hyperlinks>`
	}
	tail += s.page(pages{across: 1}, "") // one page, so that the chart is not split when printed
	if s.draws() {
		tail += `<drawing r:id="rId1"/>`
	}
	return xmlPart(sheetPath(1), fmt.Sprintf(sheetHead, ` tabSelected="1"`, "", &columns)+"%s"+"%s</worksheet>", &s.rows, tail)
}

// elements is a list of references, "" without any.
func elements(list, element string, references []string) string {
	if len(references) == 0 {
		return ""
	}
	var b strings.Builder
	for _, one := range references {
		fmt.Fprintf(&b, `<%s ref="%s"/>`, element, one)
	}
	return fmt.Sprintf(`<%s count="%d">%s</%s>`, list, len(references), &b, list)
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
	lines := []line{{label: locale.Made.In(in), text: in.DateTime(made), style: o.styles.beside}}
	for _, detail := range o.options.Details {
		lines = append(lines, line{label: detail.Name, text: detail.Value, style: o.styles.beside})
	}
	lines = append(lines, o.figures(t)...)
	if none := t.empty(); none != "" {
		lines = append(lines, line{label: locale.Warning.In(in), text: none, style: o.styles.beside})
	}
	for _, note := range t.notes() {
		lines = append(lines, line{label: locale.Warning.In(in), text: note, style: o.styles.beside})
	}
	return lines
}

// chartLines are the figures that the chart is drawn from, below their headers, and their total where
// they add up to the column's. Categories are text, whatever their column is.
func (o *outline) chartLines(t *totals) []line {
	d, drawing := o.definition, t.drawing()
	category, amount := d.Column(d.Chart.Category), d.Column(d.Chart.Value)
	lines := []line{{label: d.Columns[category].Header.In(o.options.Language), text: drawing.Series, labelStyle: o.styles.header, style: o.styles.headers[amount]}}
	for _, point := range drawing.Points {
		lines = append(lines, line{label: point.Label, number: point.Value, style: o.styles.columns[amount]})
	}
	if total, _ := t.total(amount); d.Columns[amount].Total == definition.Sum && d.Chart.Others && t.exact(amount, &total) && !t.incomplete(amount) {
		lines = append(lines, line{label: locale.Total.In(o.options.Language), number: drawn(total.plain()), labelStyle: o.styles.sum, style: o.styles.below[amount]})
	}
	return lines
}

// summaryWidths makes the first column as wide as its words, within limits; the values beside
// it may go on over the columns that follow. Further columns are those of the sheets' totals;
// 0 is the usual width.
func (o *outline) summaryWidths(lines []line) []float64 {
	widest, in := 0, o.options.Language
	for _, one := range lines {
		widest = max(widest, utf8.RuneCountInString(one.label))
	}
	for _, one := range o.sheetTotals {
		widest = max(widest, utf8.RuneCountInString(one.Name))
	}
	if chart := o.definition.Chart; chart != nil {
		widest = max(widest, utf8.RuneCountInString(o.definition.Columns[o.definition.Column(chart.Category)].Header.In(in)))
	}
	widths := []float64{min(max(float64(widest)+2, summaryWidth), maxWidth), summaryWidth}
	if len(o.sheetTotals) > 0 {
		for _, i := range o.summed() {
			widths = append(widths, max(summaryWidth-4, float64(utf8.RuneCountInString(locale.TotalOf(in, string(o.definition.Columns[i].Total), o.definition.Columns[i].Header.In(in)))+2)))
		}
	}
	return widths
}
