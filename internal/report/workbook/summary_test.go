package workbook_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// TestTheSummaryHasTheTotalsOfEverySheet: of each value of the split column, with a link to its
// sheet and formulas that follow its row of totals; the rows without a value have a name.
func TestTheSummaryHasTheTotalsOfEverySheet(t *testing.T) {
	t.Parallel()
	d := read(t, strings.Replace(grouped, "SHEET", "split: region, rows: 10", 1)+"chart: { category: shop, value: amount }\n")
	rows := [][]any{}
	for i := range 12 {
		rows = append(rows, []any{"North's", "a", decimal(fmt.Sprint(i)), 1.0, "x"})
	}
	rows = append(rows, []any{"South", "a", "no number", 1.0, "x"}, []any{nil, "b", value.OfUint(1 << 63), 1.0, "x"})
	file, _ := write(t, d, definition.XLSX, locale.English, rows...)
	checkPackage(t, file, d)
	summary := part(t, file, "xl/worksheets/sheet1.xml")
	var links []string
	for _, found := range regexp.MustCompile(`<hyperlink [^>]*location="([^"]+)"`).FindAllStringSubmatch(summary, -1) {
		links = append(links, found[1])
	}
	if diff := cmp.Diff([]string{"'North s'!A1", "'South'!A1", "'(no Region)'!A1"}, links); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
	book := open(t, file)
	all, err := book.GetRows("Summary", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"Region", "Rows", "Amount, total", "Share, average", "Sales, count"},
		{"North's", "12", "66", "1", "12"},
		{"South", "1", "0 *", "1", "1"},
		{"(no Region)", "1", "9223372036854775808", "1", "1"},
		{"Total", "14", "9223372036854775874 *", "1", "14"},
	}
	if diff := cmp.Diff(want, all[len(all)-5:]); diff != "" {
		t.Errorf("the totals (-want +got):\n%s", diff)
	}
	if formula, err := book.GetCellFormula("Summary", fmt.Sprintf("C%d", len(all)-3)); err != nil || formula != "'North s 2'!C7" {
		t.Errorf("the total of the first is %q, %v", formula, err)
	}
	if formula, err := book.GetCellFormula("Summary", fmt.Sprintf("E%d", len(all))); err != nil || formula != fmt.Sprintf("SUM(E%d:E%d)", len(all)-3, len(all)-1) {
		t.Errorf("the total of all is %q, %v", formula, err)
	}
	openpyxl, office := checkWithPeers(t, file)
	if !strings.Contains(openpyxl+office, "Total (no Region)") {
		t.Errorf("openpyxl and LibreOffice read\n%s\n%s", openpyxl, office)
	}
}

// TestAWorkbookWithoutRows says so, and has no axes around nothing; so does the preview.
func TestAWorkbookWithoutRows(t *testing.T) {
	t.Parallel()
	for sentence, sql := range map[string]string{"No row matches these values.": "select :a\nparameters: [{ name: a }]", "There are no rows.": "select 1"} {
		d := read(t, strings.Replace(monthly, "sql: select 1", "sql: "+sql, 1))
		file, preview := write(t, d, definition.XLSX, locale.English)
		checkPackage(t, file, d)
		if summary := part(t, file, "xl/worksheets/sheet1.xml"); !strings.Contains(summary, sentence) || strings.Contains(summary, "<drawing") {
			t.Errorf("the summary is\n%s", summary)
		}
		if preview.Empty != sentence || preview.Chart != nil {
			t.Errorf("the preview has %q and the chart %+v", preview.Empty, preview.Chart)
		}
		if _, preview = write(t, d, definition.XLSX, locale.English, []any{"a", "2026-01", "x", decimal("1")}); preview.Empty != "" || preview.Chart == nil {
			t.Errorf("with a row the preview has %q and the chart %+v", preview.Empty, preview.Chart)
		}
	}
}

// TestALongTitleStaysOnThePage: it goes on in the next line of the summary, and is shortened
// above the rows.
func TestALongTitleStaysOnThePage(t *testing.T) {
	t.Parallel()
	for words, lines := range map[int]int{3: 1, 30: 2} {
		title := strings.TrimSpace(strings.Repeat("Orders ", words))
		file, _ := write(t, read(t, strings.Replace(monthly, "{ es: Meses, en: Months }", title, 1)), definition.XLSX, locale.English, []any{"a", "2026-01", "x", decimal("1")})
		summary := part(t, file, "xl/worksheets/sheet1.xml")
		if merged := strings.Contains(summary, `<mergeCell ref="A1:O1"/>`); merged != (lines > 1) || merged != strings.Contains(summary, fmt.Sprintf(`<row r="1" ht="%d"`, 21*lines)) {
			t.Errorf("%d words: %s", words, summary)
		}
		header, err := open(t, file).GetHeaderFooter("Datos")
		if shortened := strings.Contains(header.OddHeader, "…\nAño: 2026"); err != nil || shortened != (words == 30) {
			t.Errorf("the header is %q, %v", header.OddHeader, err)
		}
	}
}

// TestColumnsAreAsWideAsTheyNeed: as the first rows, their subtotals' labels and the headers,
// and no narrower than numbers that may come.
func TestColumnsAreAsWideAsTheyNeed(t *testing.T) {
	t.Parallel()
	text := "type: w\ntitle: W\nsql: select 1\ncolumns: [{ name: a }, { name: b }, { name: m, format: money, total: sum }, { name: i, format: integer }, { name: x, width: 33 }]\nsheet: { name: W, SHEET }\n"
	comment := strings.Repeat("comment ", 20)
	for sheet, want := range map[string][]float64{"table: true": {10, 60, 18, 22, 33}, "group: b": {60, 60, 18, 22, 33}} {
		file, _ := write(t, read(t, strings.Replace(text, "SHEET", sheet, 1)), definition.XLSX, locale.English, []any{"East", comment, decimal("1"), value.OfUint(1<<64 - 1), "x"})
		var got []float64
		for _, column := range []string{"A", "B", "C", "D", "E"} {
			width, err := open(t, file).GetColWidth("W", column)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, width)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: widths (-want +got):\n%s", sheet, diff)
		}
	}
}
