package workbook_test

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// TestDigitsSurvive: CSV has all digits of a value, and a workbook those that are shown: as a
// number, or as text where a spreadsheet would lose one of them.
func TestDigitsSurvive(t *testing.T) {
	for _, test := range []struct {
		format string
		given  value.Value
		csv    string // in Spanish
		xlsx   string // the cell's raw value
		text   bool   // in the workbook it is text
	}{
		{"integer", value.OfInt(9007199254740993), "9007199254740993", "9007199254740993", true},
		{"integer", value.OfInt(math.MinInt64), "-9223372036854775808", "-9223372036854775808", true},
		{"integer", value.OfInt(1234567890123456789), "1234567890123456789", "1234567890123456789", true},
		{"integer", value.OfUint(math.MaxUint64), "18446744073709551615", "18446744073709551615", true},
		{"integer", value.OfInt(999999999999999), "999999999999999", "999999999999999", false},
		{"integer", value.OfInt(10_000_000_000_000_000), "10000000000000000", "10000000000000000", false},
		{"number", value.OfDecimal("1234567890123456789012345678.1234567890"), "1234567890123456789012345678,1234567890", "1234567890123456789012345678,1234567890", true},
		{"money", value.OfDecimal("-12345678901234.56"), "-12345678901234,56", "-12345678901234,56", true},
		{"money", value.OfDecimal("642.7619274666666667"), "642,7619274666666667", "642.7619274666666", false},
		{"money", value.OfText("-642.7619274666666667"), "-642,7619274666666667", "-642.7619274666666", false},
		{"percent", value.OfDecimal("0.20020876826722338205"), "0,20020876826722338205", "0.2002087682672234", false},
		{"number", value.OfDecimal("0.0000000000000000123"), "0,0000000000000000123", "0.0000000000000000123", false},
		{"integer", value.OfDecimal("12345678901234.5000000000"), "12345678901234,5000000000", "12345678901234.5", false},
		{"money", value.OfDecimal("1234567890123.005000000001"), "1234567890123,005000000001", "1234567890123.005", false},
		{"money", value.OfDecimal("12345678901234.5000001"), "12345678901234,5000001", "12345678901234.5", false},
		{"percent", value.OfDecimal("1234567890123.1234"), "1234567890123,1234", "1234567890123,1234", true},
		{"money", value.OfDecimal("1234567890123.45"), "1234567890123,45", "1234567890123.45", false},
		{"number", value.OfDouble(1e6), "1000000", "1000000", false},
		{"number", value.OfDouble(0.1), "0,1", "0.1", false},
		{"text", value.OfDouble(12345678.9), "12345678.9", "12345678.9", true},
		{"text", value.OfInt(9007199254740993), "9007199254740993", "9007199254740993", true},
		{"date", value.OfDate("9999-12-31"), "31/12/9999", "2958465", false},
		{"date", value.OfDate("2192-04-12"), "12/04/2192", "106755", false},
		{"date", value.OfDate("1900-03-01"), "01/03/1900", "61", false},
		{"date", value.OfDate("1899-12-31"), "31/12/1899", "31/12/1899", true},
		{"date", value.OfDate("0044-03-15 BC"), "15/03/0044 a. C.", "15/03/0044 a. C.", true},
		{"date", value.OfDate("10000-01-01"), "01/01/10000", "01/01/10000", true},
		{"date", value.OfDate("0000-00-00"), "0000-00-00", "0000-00-00", true},
		{"date", value.OfDate("infinity"), "infinity", "infinity", true},
		{"datetime", value.OfTimestamp("1850-05-05 10:00:00"), "05/05/1850 10:00", "05/05/1850 10:00", true},
		{"datetime", value.OfTimestamp("2026-02-28 23:59:59.999"), "28/02/2026 23:59:59,999", "46081.99999998843", false},
		{"boolean", value.OfBool(true), "Sí", "Sí", true},
		{"text", value.Value{Kind: value.Bytes, Text: `\x4142`}, `\x4142`, `\x4142`, true},
		{"number", value.OfDecimal("NaN"), "NaN", "NaN", true},
	} {
		d := read(t, "type: d\ntitle: D\nsql: select 1\ncolumns: [{ name: v, format: "+test.format+" }]\n")
		file, preview := write(t, d, definition.CSV, locale.Spanish, []any{test.given})
		if got := csvRecords(t, file, ';')[1][0]; got != test.csv && got != "'"+test.csv {
			t.Errorf("%s %s in CSV is %q, want %q", test.format, test.given, got, test.csv)
		}
		if strings.HasPrefix(test.format, "date") && preview.Rows[0][0] != test.csv {
			t.Errorf("%s %s in the preview is %q", test.format, test.given, preview.Rows[0][0])
		}
		file, _ = write(t, d, definition.XLSX, locale.Spanish, []any{test.given})
		book := open(t, file)
		kind, err := book.GetCellType("D", "A2")
		if got := content(t, book, "D", "A2"); err != nil || got != test.xlsx || (kind == excelize.CellTypeInlineString) != test.text {
			t.Errorf("%s %s in the workbook is %q of type %v, want %q", test.format, test.given, got, kind, test.xlsx)
		}
	}
}

func TestTotalsAreExactOrMarked(t *testing.T) {
	d := read(t, "type: d\ntitle: D\nsql: select 1\ncolumns: [{ name: l }, { name: v, format: money, total: sum }]\n")
	for name, test := range map[string]struct {
		rows    []value.Value
		total   string // in CSV
		cell    string
		formula string
		notes   int
	}{
		"amounts":       {[]value.Value{value.OfDecimal("0.10"), value.OfDecimal("0.20"), {}}, "0,3", "0.3", "SUM(B2:B4)", 0},
		"beyond a cell": {[]value.Value{value.OfUint(math.MaxUint64), value.OfInt(1)}, "18446744073709551616", "18446744073709551616", "", 1},
		"wide, even":    {[]value.Value{value.OfInt(9007199254740993), value.OfInt(-9007199254740990)}, "3", "3", "", 1},
		"averages":      {[]value.Value{value.OfDecimal("642.7619274666666667"), value.OfText("642.7900000000000001")}, "1285,5519274666666668", "1285.5519274666667", "SUM(B2:B3)", 0},
		"NaN":           {[]value.Value{value.OfDecimal("1.5"), value.OfDecimal("NaN"), value.OfDouble(math.Inf(1)), value.OfText("x")}, "1,5 *", "1,50 € *", "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			var rows [][]any
			for _, v := range test.rows {
				rows = append(rows, []any{"x", v})
			}
			file, _ := write(t, d, definition.CSV, locale.Spanish, rows...)
			records := csvRecords(t, file, ';')
			if got := records[len(records)-1]; got[0] != "Total" || got[1] != test.total {
				t.Errorf("in CSV the total is %v, want %s", got, test.total)
			}
			file, preview := write(t, d, definition.XLSX, locale.Spanish, rows...)
			book, place := open(t, file), fmt.Sprintf("B%d", len(rows)+2)
			formula, err := book.GetCellFormula("D", place)
			if got := content(t, book, "D", place); err != nil || got != test.cell || formula != test.formula || len(preview.Notes) != test.notes {
				t.Errorf("the total is %q =%s with %q, want %q =%s", got, formula, preview.Notes, test.cell, test.formula)
			}
			summary, err := book.GetRows("Resumen")
			if err != nil || strings.Count(fmt.Sprint(summary), "Aviso") != test.notes {
				t.Errorf("the summary says %v for notes %v: %v", summary, preview.Notes, err)
			}
		})
	}
}

// TestNumbersThatAreTextAreNoted: formulas leave them out, in a column without a total, too.
func TestNumbersThatAreTextAreNoted(t *testing.T) {
	d := read(t, "type: d\ntitle: D\nsql: select 1\ncolumns: [{ name: id, header: Id, format: integer }, { name: v, format: money }]\n")
	rows := [][]any{{value.OfInt(1234567890123456789), decimal("1.23456789012345678")}, {value.OfInt(-1234567890123456789), decimal("2")}, {value.OfInt(7), nil}}
	_, preview := write(t, d, definition.XLSX, locale.English, rows...)
	want := []string{"Id: 2 numbers of more than 15 digits are text, which keeps every digit and which formulas such as SUM leave out"}
	if diff := cmp.Diff(want, preview.Notes); diff != "" {
		t.Error(diff)
	}
	if _, preview := write(t, d, definition.CSV, locale.English, rows...); preview.Notes != nil {
		t.Errorf("CSV has the notes %q", preview.Notes)
	}
}

func TestACutTextIsNoted(t *testing.T) {
	d := read(t, "type: d\ntitle: D\nsql: select 1\ncolumns: [{ name: v }]\n")
	long := strings.Repeat("x", 40_000)
	file, preview := write(t, d, definition.CSV, locale.English, []any{long})
	if got := csvRecords(t, file, ',')[1][0]; got != long || preview.Notes != nil {
		t.Errorf("CSV has %d characters and %v", len(got), preview.Notes)
	}
	file, preview = write(t, d, definition.XLSX, locale.English, []any{long}, []any{"bro\xffken"})
	book := open(t, file)
	if got := content(t, book, "D", "A2"); !strings.HasSuffix(got, "x […cut]") || len(preview.Notes) != 2 {
		t.Errorf("it ends in %q, notes %q", got[len(got)-20:], preview.Notes)
	}
	if rows, err := book.GetRows("Summary"); err != nil || !strings.Contains(fmt.Sprint(rows), "1 text of more than 32767 characters is cut") {
		t.Errorf("the summary says %v, %v", rows, err)
	}
}

func TestThePrintedPage(t *testing.T) {
	var columns strings.Builder
	for i := range 30 {
		fmt.Fprintf(&columns, "  - { name: c%d, header: %s }\n", i, strings.Repeat("x", 250)+fmt.Sprint(i))
	}
	d := read(t, "type: d\ntitle: D & E\nsheet: { name: D }\nsql: select 1\ncolumns:\n"+columns.String())
	row := make([]any, 30)
	file, _ := write(t, d, definition.XLSX, locale.Spanish, row)
	book := open(t, file)
	layout, err := book.GetPageLayout("D")
	if err != nil || *layout.FitToWidth != 15 || *layout.FitToHeight != 0 {
		t.Errorf("the page is %+v, %v", layout, err)
	}
	width, err := book.GetColWidth("D", "A")
	if err != nil || width != 60 {
		t.Errorf("a column is %v wide, %v", width, err)
	}
	for width, want := range map[string]string{"60": "'D'!$A:$A,'D'!$1:$1", "61": "'D'!$1:$1"} { // a wide first column is not repeated on pages across
		file, _ := write(t, read(t, "type: d\ntitle: D\nsql: select 1\ncolumns: [{ name: a, width: "+width+" }, { name: b, width: 240 }]\n"), definition.XLSX, locale.Spanish)
		if diff := cmp.Diff([]excelize.DefinedName{{Name: "_xlnm.Print_Titles", RefersTo: want, Scope: "D"}}, open(t, file).GetDefinedName()); diff != "" {
			t.Error(diff)
		}
	}
	footer, err := book.GetHeaderFooter("D")
	if err != nil || !strings.Contains(footer.OddFooter, "Página &P / &N") || footer.OddHeader != "&LD && E\nAño: 2026" {
		t.Errorf("header and footer are %+v, %v", footer, err)
	}
	if layout.Size == nil || *layout.Size != 9 {
		t.Errorf("the paper is %v, not A4", layout.Size)
	}
	for keys, want := range map[string]int{"currency: USD": 1, "currency: MXN": 1, "currency: GBP": 9, "sheet: { paper: letter }": 1, "currency: USD\nsheet: { paper: a4 }": 9} {
		file, _ := write(t, read(t, "type: d\ntitle: D\nsql: select 1\n"+keys+"\ncolumns: [{ name: a }]\n"), definition.XLSX, locale.English)
		for sheet, orientation := range map[string]string{"Summary": "landscape", "D": "portrait"} {
			if layout, err := open(t, file).GetPageLayout(sheet); err != nil || layout.Size == nil || *layout.Size != want || *layout.Orientation != orientation {
				t.Errorf("%s: %s is printed on %+v, %v", keys, sheet, layout, err)
			}
		}
	}
}

// TestMomentsAreCountedAsSpreadsheetsDo: whole days from 1899-12-30, and the day's fraction
// to a microsecond, or as near as a double comes.
func TestMomentsAreCountedAsSpreadsheetsDo(t *testing.T) {
	d := read(t, "type: d\ntitle: D\nsql: select 1\ncolumns: [{ name: v, format: datetime }]\n")
	var rows [][]any
	var want []float64
	march := time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC)
	for day := 0; day < 2_958_000; day += 997 {
		at := time.Duration(day) * 29_167 * time.Millisecond % (24 * time.Hour)
		rows = append(rows, []any{value.Value{Kind: value.Timestamp, Moment: value.OfTime(march.AddDate(0, 0, day).Add(at), false)}})
		want = append(want, 61+float64(day)+at.Seconds()/86400)
	}
	late := value.OfTimestamp("2026-02-28 23:59:59.9999999")
	file, _ := write(t, d, definition.XLSX, locale.Spanish, append(rows, []any{late})...)
	book := open(t, file)
	for i := range want {
		cell := content(t, book, "D", fmt.Sprintf("A%d", i+2))
		if got, err := strconv.ParseFloat(cell, 64); err != nil || math.Abs(got-want[i]) > 1e-11+want[i]*0x1p-52 {
			t.Fatalf("row %d is %s, not %v", i, cell, want[i])
		}
	}
	if got := content(t, book, "D", fmt.Sprintf("A%d", len(want)+2)); got != "46082" {
		t.Errorf("the last moment of a day is %s", got)
	}
}
