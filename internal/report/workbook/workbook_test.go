package workbook_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/value"
	"github.com/pasarela-ws/pasarela/internal/report/workbook"
)

const every = `
type: every
title: { es: Todo, en: Everything }
sql: select 1
sheet: { name: Datos, rows: 12 }
columns:
  - { name: t, header: Text }
  - { name: i, header: Integer, format: integer, total: sum }
  - { name: n, header: Number, format: number, total: average }
  - { name: m, header: Money, format: money, total: sum }
  - { name: p, header: Percent, format: percent }
  - { name: d, header: Date, format: date, total: count }
  - { name: dt, header: Moment, format: datetime }
  - { name: b, header: Boolean, format: boolean }
chart: { kind: pie, category: t, value: m, limit: 2 }
`

var made = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func read(t *testing.T, text string) *definition.Definition {
	t.Helper()
	d, err := definition.Read("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// write makes a file of the rows.
func write(t *testing.T, d *definition.Definition, format definition.Format, in locale.Language, rows ...[]any) ([]byte, workbook.Preview) {
	t.Helper()
	var out bytes.Buffer
	book, err := workbook.Create(&out, d, workbook.Options{Language: in, Format: format, Made: made, Details: []workbook.Detail{{Name: "Año", Value: "2026"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := book.Row(valuesOf(t, row)); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), book.Preview()
}

func valuesOf(t *testing.T, row []any) []value.Value {
	t.Helper()
	values := make([]value.Value, len(row))
	for i, given := range row {
		values[i] = of(t, given)
	}
	return values
}

// decimal is a number as a database sends it.
type decimal string

// of makes a value of Go's.
func of(t *testing.T, given any) value.Value {
	t.Helper()
	switch v := given.(type) {
	case nil:
		return value.Value{}
	case bool:
		return value.OfBool(v)
	case int64:
		return value.OfInt(v)
	case uint64:
		return value.OfUint(v)
	case float64:
		return value.OfDouble(v)
	case string:
		return value.OfText(v)
	case decimal:
		return value.OfDecimal(string(v))
	case time.Time:
		return value.Value{Kind: value.Timestamp, Moment: value.OfTime(v, false)}
	case value.Value:
		return v
	}
	t.Fatalf("no value is made of %T", given)
	return value.Value{}
}

func open(t *testing.T, content []byte) *excelize.File {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { book.Close() })
	return book
}

func content(t *testing.T, book *excelize.File, sheet, cell string) string {
	t.Helper()
	got, err := book.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestEveryKindOfValue(t *testing.T) {
	day := time.Date(2026, 2, 28, 18, 30, 0, 0, time.FixedZone("", 3600))
	file, _ := write(t, read(t, every), definition.XLSX, locale.Spanish,
		[]any{"uno", int64(3), 1.5, "12.30", 0.25, "2026-02-28", day, true},
		[]any{"dos", "4", int64(2), decimal("0.70"), "0.5", day, "2026-02-28 18:30:00", int64(0)},
		[]any{nil, nil, nil, nil, nil, nil, nil, nil},
		[]any{int64(7), "many", "n/a", 1.0, true, "soon", "1899-01-01", "maybe"})
	book := open(t, file)
	for cell, want := range map[string]string{
		"A1": "Text", "A2": "uno", "B2": "3", "C2": "1.5", "D2": "12.3", "E2": "0.25", "F2": "46081", "G2": "46081.77083333333", "H2": "Sí",
		"A3": "dos", "B3": "4", "C3": "2", "D3": "0.7", "E3": "0.5", "F3": "46081.77083333333", "G3": "46081.770833333336", "H3": "No",
		"A4": "", "A5": "7", "B5": "many", "C5": "n/a", "D5": "1", "E5": "1", "F5": "soon", "G5": "01/01/1899 00:00", "H5": "maybe",
		"A6": "Total", "B6": "7 *", "C6": "1,75 *", "D6": "14", "F6": "3",
	} {
		if got := content(t, book, "Datos", cell); got != want && !(strings.HasPrefix(want, "46081.77") && strings.HasPrefix(got, "46081.7708333")) {
			t.Errorf("%s is %q, want %q", cell, got, want)
		}
	}
	for cell, want := range map[string]string{"B6": "", "C6": "", "D6": "SUM(D2:D5)", "F6": "COUNTA(F2:F5)"} {
		if got, err := book.GetCellFormula("Datos", cell); err != nil || got != want {
			t.Errorf("%s is =%s %v, want =%s", cell, got, err, want)
		}
	}
	shown := map[string]string{}
	for _, cell := range []string{"D2", "E2", "F2", "G2"} {
		shown[cell], _ = book.GetCellValue("Datos", cell)
	}
	if diff := cmp.Diff(map[string]string{"D2": "12.30 €", "E2": "25.0%", "F2": "28/02/2026", "G2": "28/02/2026 18:30"}, shown); diff != "" {
		t.Errorf("as shown (-want +got):\n%s", diff)
	}
}

func TestTheSheetsAround(t *testing.T) {
	file, preview := write(t, read(t, every), definition.XLSX, locale.English,
		[]any{"a", nil, nil, 1.0, nil, nil, nil, nil}, []any{"b", nil, nil, 2.0, nil, nil, nil, nil},
		[]any{"c", nil, nil, 4.0, nil, nil, nil, nil}, []any{"a", nil, nil, 8.0, nil, nil, nil, nil})
	book := open(t, file)
	if diff := cmp.Diff([]string{"Summary", "Datos"}, book.GetSheetList()); diff != "" {
		t.Error(diff)
	}
	rows, err := book.GetRows("Summary")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"Everything"}, {"Made on", "2026-11-24 12:00"}, {"Año", "2026"}, {"Rows", "4"}, {"Integer, total", "0"}, {"Number, average", "0.00"}, {"Money, total", "€15.00"}, {"Date, count", "0"}, nil, {"Text", "Money"}, {"a", "€9.00"}, {"b", "€2.00"}, {"Other", "€4.00"}, {"Total", "€15.00"}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("the summary (-want +got):\n%s", diff)
	}
	tables, err := book.GetTables("Datos")
	if err != nil || len(tables) != 1 || tables[0].Range != "A1:H5" {
		t.Errorf("tables %+v %v", tables, err)
	}
	panes, err := book.GetPanes("Datos")
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("panes %+v %v", panes, err)
	}
	properties, err := book.GetDocProps()
	if err != nil || properties.Title != "Everything" || properties.Created != "2026-11-24T12:00:00Z" {
		t.Errorf("properties %+v %v", properties, err)
	}
	if diff := cmp.Diff([]workbook.Point{{Label: "a", Value: 9}, {Label: "b", Value: 2}, {Label: "Other", Value: 4}}, preview.Chart.Points); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Total", "0", "0.00", "€15.00", "", "0", "", ""}, preview.Totals); diff != "" {
		t.Error(diff)
	}
}

func TestRowsGoOnToTheNextSheet(t *testing.T) {
	var rows [][]any
	for i := range 25 {
		rows = append(rows, []any{"x", int64(i + 1), nil, nil, nil, nil, nil, nil})
	}
	file, _ := write(t, read(t, every), definition.XLSX, locale.Spanish, rows...)
	book := open(t, file)
	if diff := cmp.Diff([]string{"Resumen", "Datos", "Datos 2", "Datos 3"}, book.GetSheetList()); diff != "" {
		t.Fatal(diff)
	}
	for _, want := range [][3]string{
		{"Datos", "B11", "10"}, {"Datos", "B12", ""}, {"Datos 2", "B1", "Integer"}, {"Datos 2", "B2", "11"}, {"Datos 2", "B11", "20"}, {"Datos 3", "B6", "25"}, {"Datos 3", "B7", "325"},
	} {
		if got := content(t, book, want[0], want[1]); got != want[2] {
			t.Errorf("%s!%s is %q, want %q", want[0], want[1], got, want[2])
		}
	}
	if formula, _ := book.GetCellFormula("Datos 3", "B7"); formula != "SUM('Datos'!B2:B11,'Datos 2'!B2:B11,B2:B6)" {
		t.Errorf("the total is =%s", formula)
	}
	for i, want := range []string{"A1:H11", "A1:H11", "A1:H6"} {
		tables, err := book.GetTables([]string{"Datos", "Datos 2", "Datos 3"}[i])
		if err != nil || len(tables) != 1 || tables[0].Range != want {
			t.Errorf("table %d: %+v %v", i, tables, err)
		}
	}
}

func TestAReportWithoutRows(t *testing.T) {
	for _, table := range []string{"true", "false"} {
		d := read(t, strings.Replace(every, "rows: 12", "rows: 12, table: "+table, 1))
		file, preview := write(t, d, definition.XLSX, locale.Spanish)
		book := open(t, file)
		if got := content(t, book, "Datos", "A1"); got != "Text" || len(preview.Rows) != 0 {
			t.Errorf("header %q, preview %v", got, preview.Rows)
		}
		checkWithPeers(t, file)
	}
}

func TestTextIsNeverAFormula(t *testing.T) {
	dangerous := []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"}
	var rows [][]any
	for _, text := range dangerous {
		rows = append(rows, []any{text, nil, nil, nil, nil, nil, nil, nil})
	}
	d := read(t, every)
	file, _ := write(t, d, definition.XLSX, locale.Spanish, rows...)
	book := open(t, file)
	for i, text := range dangerous {
		cell, _ := excelize.CoordinatesToCellName(1, i+2)
		formula, _ := book.GetCellFormula("Datos", cell)
		kind, _ := book.GetCellType("Datos", cell)
		if got := content(t, book, "Datos", cell); formula != "" || got != text && got != strings.ReplaceAll(text, "\r", "_x000D_") || kind != excelize.CellTypeInlineString {
			t.Errorf("%q became %q, formula %q, kind %v", text, got, formula, kind)
		}
	}
	file, _ = write(t, d, definition.CSV, locale.Spanish, rows...)
	for _, record := range csvRecords(t, file, ';')[1:] {
		if record[0] != "Total" && !strings.HasPrefix(record[0], "'") {
			t.Errorf("in CSV stands %q", record[0])
		}
	}
}

func TestStrangeText(t *testing.T) {
	for text, want := range map[string]string{
		`<b> & "q" ]]>`:            `<b> & "q" ]]>`,
		"two\nlines\tand a tab":    "two\nlines\tand a tab",
		" spaces ":                 " spaces ",
		"bro\xffken":               "bro\uFFFDken",
		"emoji 😀 ñ":                "emoji 😀 ñ",
		strings.Repeat("ñ", 40000): strings.Repeat("ñ", 32756) + " […cortado]",
		strings.Repeat("😀", 20000): strings.Repeat("😀", 16378) + " […cortado]",
		strings.Repeat("😀", 16383): strings.Repeat("😀", 16383),
		"bell\aand nul\x00":        "bell\aand nul\x00",
		"looks _x0041_ escaped":    "looks _x0041_ escaped",
		"_under_score_":            "_under_score_",
	} {
		file, _ := write(t, read(t, every), definition.XLSX, locale.Spanish, []any{text, nil, nil, nil, nil, nil, nil, nil})
		// excelize leaves the escapes of inline strings as they are; others read them.
		got := content(t, open(t, file), "Datos", "A2")
		got = strings.NewReplacer("_x0007_", "\a", "_x0000_", "\x00", "_x005F_", "_").Replace(got)
		if got != want {
			t.Errorf("%.40q became %.40q (%d bytes, want %d)", text, got, len(got), len(want))
		}
	}
}

func TestCSVSpeaksTheLanguage(t *testing.T) {
	row := []any{`say "hola"; amigo`, int64(1234), 1234.5, "0.1", 0.25, "2026-02-28", "2026-02-28 18:30:00", true}
	for in, want := range map[locale.Language][]string{
		locale.Spanish: {`say "hola"; amigo`, "1234", "1234,5", "0,1", "0,25", "28/02/2026", "28/02/2026 18:30", "Sí"},
		locale.English: {`say "hola"; amigo`, "1234", "1234.5", "0.1", "0.25", "2026-02-28", "2026-02-28 18:30", "Yes"},
	} {
		file, _ := write(t, read(t, every), definition.CSV, in, row)
		records := csvRecords(t, file, rune(in.ListMark()))
		if diff := cmp.Diff(want, records[1]); diff != "" || len(records) != 3 || records[2][0] != "Total" {
			t.Errorf("%s (-want +got):\n%s %v", in, diff, records)
		}
	}
}

func csvRecords(t *testing.T, content []byte, mark rune) [][]string {
	t.Helper()
	text, found := strings.CutPrefix(string(content), "\ufeff")
	if !found {
		t.Error("the file does not begin with a byte order mark")
	}
	reader := csv.NewReader(strings.NewReader(text))
	reader.Comma = mark
	records, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records
}

func TestAMillionCentsAddUp(t *testing.T) {
	d := read(t, "type: s\ntitle: S\nsql: select 1\ncolumns: [{ name: m, format: money, total: sum }]\n")
	var out bytes.Buffer
	book, err := workbook.Create(&out, d, workbook.Options{Language: locale.Spanish, Format: definition.CSV, Made: made})
	if err != nil {
		t.Fatal(err)
	}
	for range 1_000_000 {
		if err := book.Row([]value.Value{value.OfDouble(0.1)}); err != nil {
			t.Fatal(err)
		}
	}
	if got := book.Preview().Totals[0]; got != "100.000,00 €" {
		t.Errorf("the total is %s", got)
	}
}

func FuzzText(f *testing.F) {
	for _, seed := range []string{"", "=1", "_x0041_", "\xff\xfe", "a\x00b", "<&>", "\uFFFE"} {
		f.Add(seed)
	}
	d, err := definition.Read("fuzz.yaml", []byte("type: f\ntitle: F\nsql: select 1\nsheet: { table: false }\ncolumns: [{ name: t }]\n"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file, _ := write(t, d, definition.XLSX, locale.English, []any{text})
		if rows, err := open(t, file).GetRows("F"); err != nil || len(rows) < 1 {
			t.Errorf("%q cannot be read back: %v", text, err)
		}
	})
}
