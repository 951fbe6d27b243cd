package workbook

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // logos
	_ "image/png"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/language"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

const (
	logoHeight   = 60 // pixels
	logoRows     = 5  // that a logo covers, with a free one
	summaryWidth = 22 // characters
)

// addSummary fills the sheet that the workbook opens on: what was asked for, the totals,
// what there is to note, the chart with the figures it is drawn from, and the logo.
func (o *outline) addSummary(book *excelize.File, name string, t *tally, styles styles) error {
	row, err := o.addHeading(book, name, t, styles)
	if err != nil {
		return err
	}
	if err := o.addLogo(book, name); err != nil {
		return err
	}
	if err := o.addPage(book, name, 1, ""); err != nil { // a chart cut in two is none on paper
		return err
	}
	if t.chart == nil {
		return nil
	}
	return o.addChart(book, name, row+1, t.drawing(), styles)
}

// summaryName is "Summary", unless a sheet of rows is called that.
func (o *outline) summaryName(sheets int) string {
	name := language.Summary.In(o.options.Language)
	for number := 1; number <= sheets; number++ {
		if strings.EqualFold(name, o.sheetName(number)) {
			return name + " (2)"
		}
	}
	return name
}

// addHeading writes the lines above the chart and returns the row behind them.
func (o *outline) addHeading(book *excelize.File, name string, t *tally, styles styles) (int, error) {
	in := o.options.Language
	if err := book.SetCellStr(name, "A1", o.definition.Title.In(in)); err != nil {
		return 0, err
	}
	if err := book.SetCellStyle(name, "A1", "A1", styles.title); err != nil {
		return 0, err
	}
	made, row := value.OfTime(o.options.Made.Truncate(time.Minute), false), 2
	if about := o.definition.Description.In(in); about != "" {
		if err := book.SetCellStr(name, "A2", about); err != nil {
			return 0, err
		}
		row++
	}
	lines := []line{{label: language.Made.In(in), text: in.DateTime(made)}}
	for _, detail := range o.options.Details {
		lines = append(lines, line{label: detail.Name, text: detail.Value})
	}
	lines = append(lines, o.figures(t, styles)...)
	for _, note := range t.notes() {
		lines = append(lines, line{label: language.Warning.In(in), text: note})
	}
	if err := o.addWidths(book, name, lines); err != nil {
		return 0, err
	}
	for _, one := range lines {
		if err := one.write(book, name, row); err != nil {
			return 0, err
		}
		row++
	}
	return row, nil
}

// addWidths makes the first column as wide as its words, within limits; the values
// beside it may go on over the columns that follow.
func (o *outline) addWidths(book *excelize.File, name string, lines []line) error {
	widest := 0
	for _, one := range lines {
		widest = max(widest, len([]rune(one.label)))
	}
	if chart := o.definition.Chart; chart != nil {
		widest = max(widest, len([]rune(o.definition.Columns[o.definition.Column(chart.Category)].Header.In(o.options.Language))))
	}
	if err := book.SetColWidth(name, "A", "A", min(max(float64(widest)+2, summaryWidth), maxWidth)); err != nil {
		return err
	}
	return book.SetColWidth(name, "B", "B", summaryWidth)
}

func (o *outline) addLogo(book *excelize.File, name string) error {
	if o.definition.Logo == nil {
		return nil
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(o.definition.Logo))
	if err != nil {
		return fmt.Errorf("logo: %w", err)
	}
	scale := float64(logoHeight) / float64(max(size.Height, 1))
	return book.AddPictureFromBytes(name, "D1", &excelize.Picture{
		Extension: o.definition.LogoKind, File: o.definition.Logo,
		Format: &excelize.GraphicOptions{AltText: "logo", ScaleX: scale, ScaleY: scale, LockAspectRatio: true},
	})
}

func (o *outline) addChart(book *excelize.File, name string, row int, drawing *Drawing, styles styles) error {
	d := o.definition
	category, amount := d.Column(d.Chart.Category), d.Column(d.Chart.Value) // labels are text, whatever the column is
	head := fmt.Sprintf("A%d", row)
	if err := book.SetSheetRow(name, head, &[]string{d.Columns[category].Header.In(o.options.Language), drawing.Series}); err != nil {
		return err
	}
	for i, style := range []int{styles.header, styles.headers[amount]} {
		place := fmt.Sprintf("%c%d", 'A'+i, row)
		if err := book.SetCellStyle(name, place, place, style); err != nil {
			return err
		}
	}
	for i, point := range drawing.Points {
		if err := book.SetSheetRow(name, fmt.Sprintf("A%d", row+1+i), &[]any{point.Label, point.Value}); err != nil {
			return err
		}
	}
	last := row + max(len(drawing.Points), 1)
	if err := book.SetCellStyle(name, fmt.Sprintf("B%d", row+1), fmt.Sprintf("B%d", last), styles.columns[amount]); err != nil {
		return err
	}
	chart := o.chart(name, row, last, drawing)
	if o.definition.Logo != nil { // it stands where the chart would begin
		row = max(row, logoRows+1)
	}
	return book.AddChart(name, fmt.Sprintf("D%d", row), chart)
}

func (o *outline) chart(name string, row, last int, drawing *Drawing) *excelize.Chart {
	kinds := map[definition.ChartKind]excelize.ChartType{
		definition.ColumnChart: excelize.Col, definition.BarChart: excelize.Bar,
		definition.LineChart: excelize.Line, definition.PieChart: excelize.Pie,
	}
	legend, colours := "none", false // one series, one colour; the slices of a pie need more
	if o.definition.Chart.Kind == definition.PieChart {
		legend, colours = "right", true
	}
	fill := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{headerFill}} // the colour of the headers
	if colours {
		fill = excelize.Fill{}
	}
	var stroke excelize.LineOptions
	if o.definition.Chart.Kind == definition.LineChart {
		stroke = excelize.LineOptions{Type: excelize.LineSolid, Width: 2, Fill: fill}
	}
	downwards := o.definition.Chart.Kind == definition.BarChart // the first category on top, as in the figures beside it
	return &excelize.Chart{
		Type: kinds[o.definition.Chart.Kind],
		Series: []excelize.ChartSeries{{
			Name:       fmt.Sprintf("'%s'!$B$%d", name, row),
			Categories: fmt.Sprintf("'%s'!$A$%d:$A$%d", name, row+1, last),
			Values:     fmt.Sprintf("'%s'!$B$%d:$B$%d", name, row+1, last),
			Fill:       fill, Line: stroke,
		}},
		Title:  excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: drawing.Title}}},
		Legend: excelize.ChartLegend{Position: legend}, VaryColors: &colours,
		XAxis:     excelize.ChartAxis{ReverseOrder: downwards, Font: excelize.Font{Color: chartInk, Size: 10}},
		YAxis:     excelize.ChartAxis{Minimum: axisMinimum(drawing), MajorGridLines: true, Font: excelize.Font{Color: chartInk, Size: 10}, NumFmt: excelize.ChartNumFmt{CustomNumFmt: o.chartCode()}},
		Dimension: excelize.ChartDimension{Width: 720, Height: 400},
	}
}

// axisMinimum has the axis of bars begin at zero: programs begin it near the smallest
// value, and bars of 2,700 and 3,200 then look as if one were many times the other.
// It is nil for lines, and where a value is negative.
func axisMinimum(drawing *Drawing) *float64 {
	if drawing.Kind != string(definition.ColumnChart) && drawing.Kind != string(definition.BarChart) {
		return nil
	}
	for _, point := range drawing.Points {
		if point.Value < 0 {
			return nil
		}
	}
	return new(float64)
}

// chartInk is dark enough to read beside the bars.
const chartInk = "404040"

// chartCode is the number format of a chart's axis: that of the column, with its
// unit, without decimals that an axis does not need.
func (o *outline) chartCode() string {
	d := o.definition
	code := numberCode(d.Columns[d.Column(d.Chart.Value)].Format, o.options.Language, d.Currency)
	return strings.Replace(code, ".00", "", 1)
}
