package workbook_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
)

const monthly = `
type: monthly
title: { es: Meses, en: Months }
sql: select 1
sheet: { name: Datos }
columns:
  - { name: who, header: Who, total: count }
  - { name: month, header: Month, format: month }
  - { name: note, header: Note }
  - { name: amount, header: Amount, format: money, total: sum }
chart: { kind: column, category: month, value: amount }
`

// part is one file of a workbook.
func part(t *testing.T, file []byte, name string) string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range archive.File {
		if entry.Name == name {
			return string(contentOf(t, entry))
		}
	}
	t.Fatalf("the workbook has no %s", name)
	return ""
}

// A month is read from a date, from a moment and from the text that SQLite and MySQL
// make of one; it is a date in the workbook, and its name in the language elsewhere.
func TestMonthsHaveNames(t *testing.T) {
	rows := [][]any{
		{"a", "2026-01", "x", decimal("10")},
		{"b", "2026-01-31", "x", decimal("5")},
		{"c", made, "x", decimal("1")},
		{"d", "2026-13", "x", decimal("2")},
		{"e", nil, "x", nil},
	}
	for in, want := range map[locale.Language][]string{
		locale.Spanish: {"ene 2026", "ene 2026", "nov 2026", "2026-13"},
		locale.English: {"Jan 2026", "Jan 2026", "Nov 2026", "2026-13"},
	} {
		file, preview := write(t, read(t, monthly), definition.XLSX, in, rows...)
		book := open(t, file)
		for i, cell := range []string{"46023", "46023", "46327", "2026-13", ""} {
			if got := content(t, book, "Datos", []string{"B2", "B3", "B4", "B5", "B6"}[i]); got != cell {
				t.Errorf("%s: the cell holds %q, want %q", in, got, cell)
			}
		}
		if code := map[locale.Language]string{locale.Spanish: `[$-C0A]mmm\ yyyy`, locale.English: `[$-409]mmm\ yyyy`}[in]; !strings.Contains(part(t, file, "xl/styles.xml"), code) {
			t.Errorf("%s: no number format %s", in, code)
		}
		var labels, shown []string
		for _, point := range preview.Chart.Points {
			labels = append(labels, point.Label)
		}
		for _, row := range preview.Rows[:4] {
			shown = append(shown, row[1])
		}
		if diff := cmp.Diff([]string{want[0], want[2], "2026-13", ""}, labels); diff != "" {
			t.Errorf("%s: labels of the chart (-want +got):\n%s", in, diff)
		}
		if diff := cmp.Diff(want, shown); diff != "" {
			t.Errorf("%s: the preview (-want +got):\n%s", in, diff)
		}
		csv, _ := write(t, read(t, monthly), definition.CSV, in, rows...)
		var plain []string
		for _, record := range csvRecords(t, csv, rune(in.ListMark()))[1:5] {
			plain = append(plain, record[1])
		}
		if diff := cmp.Diff([]string{"2026-01", "2026-01", "2026-11", "2026-13"}, plain); diff != "" {
			t.Errorf("%s: CSV (-want +got):\n%s", in, diff)
		}
	}
}

// Headers stand over what is below them, and a text that follows on a column which is
// set to the right does not touch it.
func TestHeadersStandOverTheirColumns(t *testing.T) {
	file, _ := write(t, read(t, every), definition.XLSX, locale.Spanish, []any{"a", int64(1), 1.0, 1.0, 0.5, made, made, true})
	book := open(t, file)
	side := func(sheet, cell string) (horizontal string, indent int) {
		number, err := book.GetCellStyle(sheet, cell)
		if err != nil {
			t.Fatal(err)
		}
		style, err := book.GetStyle(number)
		if err != nil {
			t.Fatal(err)
		}
		if style.Alignment == nil {
			return "", 0
		}
		return style.Alignment.Horizontal, style.Alignment.Indent
	}
	for cell, want := range map[string]string{"A1": "left", "B1": "right", "C1": "right", "D1": "right", "E1": "right", "F1": "right", "G1": "right", "H1": "left", "B3": "right", "D3": "right"} {
		if got, _ := side("Datos", cell); got != want {
			t.Errorf("%s is set to the %q, want %q", cell, got, want)
		}
	}
	for _, cell := range []string{"H1", "H2"} {
		if _, indent := side("Datos", cell); indent != 1 {
			t.Errorf("%s, which follows on a date, has the indent %d", cell, indent)
		}
	}
	for cell, want := range map[string]string{"A10": "left", "B10": "right"} {
		if got, _ := side("Resumen", cell); got != want {
			t.Errorf("the chart's figures: %s is set to the %q, want %q", cell, got, want)
		}
	}
}

// The count of a text column that comes first is the label of the row of totals.
func TestTheRowOfTotalsHasOneLabel(t *testing.T) {
	file, preview := write(t, read(t, monthly), definition.XLSX, locale.Spanish, []any{"a", "2026-01", "x", decimal("10")}, []any{"b", "2026-02", "x", decimal("5")})
	book := open(t, file)
	shown, err := book.GetCellValue("Datos", "A4")
	if err != nil || shown != "Total: 2" || content(t, book, "Datos", "A4") != "2" || content(t, book, "Datos", "B4") != "" {
		t.Errorf("the row of totals begins with %q, %q: %v", shown, content(t, book, "Datos", "B4"), err)
	}
	if diff := cmp.Diff([]string{"Total: 2", "", "", "15,00 €"}, preview.Totals); diff != "" {
		t.Error(diff)
	}
}

// The axis of a chart has the column's unit without decimals, and begins at zero where no
// value is negative.
func TestTheAxisOfAChart(t *testing.T) {
	for name, test := range map[string]struct {
		kind   string
		amount decimal
		zero   bool
	}{
		"columns": {"column", "2700", true}, "bars": {"bar", "2700", true}, "a line": {"line", "2700", true}, "a loss on a line": {"line", "-5", false}, "a loss": {"column", "-5", false},
	} {
		d := read(t, strings.Replace(monthly, "kind: column", "kind: "+test.kind, 1))
		file, _ := write(t, d, definition.XLSX, locale.Spanish, []any{"a", "2026-01", "x", test.amount}, []any{"b", "2026-02", "x", decimal("3200")})
		chart := part(t, file, "xl/charts/chart1.xml")
		if !strings.Contains(chart, `<a:srgbClr val="1F4E78"`) {
			t.Errorf("%s: drawn in another colour than that of the headers", name)
		}
		if zero := strings.Contains(chart, `<min val="0"`); zero != test.zero {
			t.Errorf("%s: the axis begins at zero: %t", name, zero)
		}
		if !strings.Contains(chart, `formatCode="#,##0\ &#34;€&#34;"`) {
			t.Errorf("%s: the axis has another format than the column's, without decimals", name)
		}
		if down := strings.Contains(chart, `<orientation val="maxMin"`); down != (test.kind == "bar") {
			t.Errorf("%s: the first category is on top: %t", name, down)
		}
	}
}

// A workbook opens on the summary, also without a chart: what the report is, what was asked
// for, and the totals as numbers.
func TestTheSummaryComesFirst(t *testing.T) {
	text := strings.Replace(monthly[:strings.Index(monthly, "chart:")], "sql:", "description: { es: Cada mes, en: Every month }\nsql:", 1)
	file, _ := write(t, read(t, text), definition.XLSX, locale.Spanish, []any{"a", "2026-01", "x", decimal("1234.5")}, []any{"b", "2026-02", "x", decimal("0.5")})
	book := open(t, file)
	if sheets := book.GetSheetList(); !cmp.Equal(sheets, []string{"Resumen", "Datos"}) || book.GetActiveSheetIndex() != 0 {
		t.Errorf("the sheets are %v, and %d is open", sheets, book.GetActiveSheetIndex())
	}
	rows, err := book.GetRows("Resumen")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"Meses"}, {"Cada mes"}, {"Generado el", "24/11/2026 12:00"}, {"Año", "2026"}, {"Filas", "2"}, {"Who, recuento", "2"}, {"Amount, total", "1,235.00 €"}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("the summary (-want +got):\n%s", diff)
	}
	if got := content(t, book, "Resumen", "B7"); got != "1235" {
		t.Errorf("the total is %q, which is no number", got)
	}
}

// A total that a spreadsheet would round, or that lacks values, is text on the summary too.
func TestTheSummaryLosesNoDigits(t *testing.T) {
	for amount, want := range map[decimal]string{"12345678901234567.89": "12345678901234567,89", "NaN": "0,00 € *"} {
		file, _ := write(t, read(t, monthly), definition.XLSX, locale.Spanish, []any{"a", "2026-01", "x", amount})
		if got := content(t, open(t, file), "Resumen", "B6"); got != want {
			t.Errorf("%s is %q, want %q", amount, got, want)
		}
	}
}

func TestCategoriesBeyondTheLimit(t *testing.T) {
	for others, want := range map[string]int{"true": 3, "false": 2} {
		d := read(t, strings.Replace(monthly, "value: amount }", "value: amount, limit: 2, others: "+others+" }", 1))
		_, preview := write(t, d, definition.XLSX, locale.Spanish, []any{"a", "2026-01", "x", decimal("1")}, []any{"b", "2026-02", "x", decimal("1")}, []any{"c", "2026-03", "x", decimal("1")})
		if len(preview.Chart.Points) != want {
			t.Errorf("others: %s draws %+v", others, preview.Chart.Points)
		}
	}
}

// The files in a workbook have the date of the report, not 1980.
func TestTheFilesOfAWorkbookHaveADate(t *testing.T) {
	file, _ := write(t, read(t, every), definition.XLSX, locale.Spanish)
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil || len(archive.File) == 0 {
		t.Fatal(err)
	}
	for _, entry := range archive.File {
		if apart := entry.Modified.Sub(made); apart < -2*time.Second || apart > 2*time.Second {
			t.Errorf("%s is of %s", entry.Name, entry.Modified)
		}
	}
}

// TestColumnsFitOnPaper: upright where they fit at full size, sideways on one page as long as
// they can be read, which an ordinary report of twelve columns can; wider ones go on over
// several pages, or over as many as the definition says.
func TestColumnsFitOnPaper(t *testing.T) {
	const ordinary = "{ name: a }, { name: b }, { name: c }, { name: d }, { name: e, format: date }, { name: f, format: datetime }, { name: g, format: money }, { name: h, format: money }, { name: i, format: money }, { name: j, format: integer }, { name: k, format: percent }, { name: l, format: boolean }"
	texts := strings.Repeat("{ name: NAME }, ", 11) + "{ name: NAME }"
	for name, test := range map[string]struct {
		columns, sheet string
		orientation    string
		across         int
		side           float64 // of the margins, in inches
	}{
		"three":                     {"{ name: a }, { name: b }, { name: c, format: money }", "", "portrait", 1, 0.7},
		"seven":                     {"{ name: a }, { name: b }, { name: c }, { name: d }, { name: e }, { name: f }, { name: g, format: money }", "", "landscape", 1, 0.7},
		"twelve":                    {ordinary, "", "landscape", 1, 0.25},
		"twelve of text":            {texts, "", "landscape", 1, 0.25},
		"thirteen of text":          {texts + ", { name: z }", "", "landscape", 2, 0.7},
		"thirteen of text, forced":  {texts + ", { name: z }", "across: 1", "landscape", 1, 0.25},
		"three, over several pages": {"{ name: a }, { name: b }, { name: c }", "across: 2", "landscape", 2, 0.7},
	} {
		columns := test.columns
		for letter := 'a'; strings.Contains(columns, "NAME"); letter++ {
			columns = strings.Replace(columns, "NAME", string(letter), 1)
		}
		for _, paper := range []struct {
			name  string
			width float64
		}{{"a4", 11.69}, {"letter", 11}} {
			d := read(t, "type: p\ntitle: P\nsql: select 1\ncolumns: ["+columns+"]\nsheet: { "+strings.Join([]string{"paper: " + paper.name, test.sheet}, ", ")+" }\n")
			row := make([]any, len(d.Columns))
			for i := range row {
				row[i] = strings.Repeat("x", 21) // which takes 24 with some room for longer ones
				if d.Columns[i].Format != definition.AsText {
					row[i] = nil
				}
			}
			file, _ := write(t, d, definition.XLSX, locale.English, row)
			sheet := part(t, file, "xl/worksheets/sheet2.xml")
			want := fmt.Sprintf(`<pageMargins left="%[1]v" right="%[1]v"`, test.side)
			setUp := regexp.MustCompile(`<pageSetup [^>]*orientation="(\w+)" fitToWidth="(\d+)" fitToHeight="0"`).FindStringSubmatch(sheet)
			if len(setUp) == 0 || setUp[1] != test.orientation || setUp[2] != fmt.Sprint(test.across) || !strings.Contains(sheet, want) {
				t.Errorf("%s on %s: %v in %s", name, paper.name, setUp, regexp.MustCompile(`<pageMargins.*`).FindString(sheet))
			}
			width := 0.0 // inches
			for _, one := range regexp.MustCompile(`<col [^>]*width="([\d.]+)"`).FindAllStringSubmatch(sheet, -1) {
				characters, _ := strconv.ParseFloat(one[1], 64)
				width += characters * 7 / 96
			}
			if scale := (paper.width - 2*test.side) / width; test.across == 1 && test.sheet == "" && scale < 0.5 {
				t.Errorf("%s on %s: printed at %.0f %%", name, paper.name, scale*100)
			}
		}
	}
	if _, err := definition.Read("d.yaml", []byte("type: p\ntitle: P\nsql: select 1\ncolumns: [{ name: a }]\nsheet: { across: 0 }\n")); err == nil || !strings.Contains(err.Error(), "d.yaml:5: across must be a whole number from 1 to 50") {
		t.Errorf("no page across: %v", err)
	}
}
