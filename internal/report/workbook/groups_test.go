package workbook_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/workbook"
)

const grouped = `
type: grouped
title: Grouped
sql: select 1
columns:
  - { name: region, header: Region }
  - { name: shop, header: Shop }
  - { name: amount, header: Amount, format: money, total: sum }
  - { name: share, header: Share, format: number, total: average }
  - { name: sales, header: Sales, total: count }
sheet: { SHEET }
`

// regions are rows in the order of their regions and shops: 3 regions of 2 shops with 3
// sales each, and amounts of 1, 2, 3 ...
func regions() (rows [][]any) {
	for i := range 18 {
		rows = append(rows, []any{[]string{"North", "South: [a]", ""}[i/6], fmt.Sprint("shop ", i/3%2), decimal(fmt.Sprint(i + 1)), float64(i % 3), "x"})
	}
	return rows
}

var formula = regexp.MustCompile(`<c r="([A-Z]+\d+)" s="\d+"><f>([^<]+)</f><v>([^<]+)</v>`)

func formulas(sheet string) (all []string) {
	for _, found := range formula.FindAllStringSubmatch(sheet, -1) {
		all = append(all, strings.Join(found[1:], " "))
	}
	return all
}

// TestGroupsHaveSubtotals: below the rows of a value stands what they add up to, which the
// total below all leaves out.
func TestGroupsHaveSubtotals(t *testing.T) {
	t.Parallel()
	d := read(t, strings.Replace(grouped, "SHEET", "group: region, name: Sales", 1))
	file, preview := write(t, d, definition.XLSX, locale.English, regions()...)
	checkPackage(t, file, d)
	sheet := part(t, file, "xl/worksheets/sheet2.xml")
	want := []string{
		"C8 SUBTOTAL(9,C2:C7) 21", "D8 SUBTOTAL(1,D2:D7) 1", "E8 SUBTOTAL(3,E2:E7) 6", "C15 SUBTOTAL(9,C9:C14) 57", "D15 SUBTOTAL(1,D9:D14) 1", "E15 SUBTOTAL(3,E9:E14) 6",
		"C22 SUBTOTAL(9,C16:C21) 93", "D22 SUBTOTAL(1,D16:D21) 1", "E22 SUBTOTAL(3,E16:E21) 6", "C23 SUBTOTAL(9,C2:C22) 171", "D23 SUBTOTAL(1,D2:D22) 1", "E23 SUBTOTAL(3,E2:E22) 18",
	}
	if got := formulas(sheet); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("formulas:\n%s", strings.Join(got, "\n"))
	}
	for _, text := range []string{"Total North<", `<row r="7" outlineLevel="1">`, `<row r="8">`, `outlineLevelRow="1"`} {
		if !strings.Contains(sheet, text) {
			t.Errorf("the sheet lacks %s", text)
		}
	}
	shown := []workbook.Subtotal{
		{After: 6, Cells: []string{"Total North", "", "€21.00", "1.00", "6"}},
		{After: 12, Cells: []string{"Total South: [a]", "", "€57.00", "1.00", "6"}},
		{After: 18, Cells: []string{"Total (no Region)", "", "€93.00", "1.00", "6"}},
	}
	if diff := cmp.Diff(shown, preview.Subtotals); diff != "" {
		t.Error(diff)
	}
	if preview.Totals[2] != "€171.00" {
		t.Errorf("totals %v", preview.Totals)
	}
	_, office := checkWithPeers(t, file)
	if !strings.Contains(office, "171") || strings.Contains(office, "342") {
		t.Errorf("LibreOffice has\n%s", office)
	}
}

// TestAPreviewHasSubtotalsOfItsRows: a group that goes on behind the preview has its subtotal
// there too, with a gap above it; a later one has none. A CSV file has no subtotals.
func TestAPreviewHasSubtotalsOfItsRows(t *testing.T) {
	t.Parallel()
	d := read(t, strings.Replace(grouped, "SHEET", "group: region, name: Sales", 1))
	var rows [][]any
	for i := range 60 {
		rows = append(rows, []any{[]string{"North", "South", "West"}[(i+10)/25], "a", decimal("1"), 0.0, "x"})
	}
	_, preview := write(t, d, definition.XLSX, locale.English, rows...)
	want := []workbook.Subtotal{
		{After: 15, Cells: []string{"Total North", "", "€15.00", "0.00", "15"}},
		{After: 20, Gap: true, Cells: []string{"Total South", "", "€25.00", "0.00", "25"}},
	}
	if diff := cmp.Diff(want, preview.Subtotals); diff != "" || len(preview.Rows) != workbook.PreviewRows {
		t.Errorf("%d rows\n%s", len(preview.Rows), diff)
	}
	if _, preview := write(t, d, definition.CSV, locale.English, rows...); len(preview.Subtotals) > 0 {
		t.Errorf("CSV has %v", preview.Subtotals)
	}
}

// TestDoublesHaveATotalThatIsANumber: a sum of binary numbers has digits that no
// spreadsheet keeps, and is still a number.
func TestDoublesHaveATotalThatIsANumber(t *testing.T) {
	t.Parallel()
	d := read(t, strings.Replace(grouped, "SHEET", "group: region", 1))
	file, _ := write(t, d, definition.XLSX, locale.English, []any{"North", "a", 1582.99 * 1.1, 1.0, "x"}, []any{"North", "a", 0.1 + 0.2, 1.0, "x"}, []any{"North", "b", 8.1e3 / 7, 1.0, "x"})
	if got := formulas(part(t, file, "xl/worksheets/sheet2.xml")); len(got) != 6 || got[0] != "C5 SUBTOTAL(9,C2:C4) 2898.73185714286" {
		t.Errorf("formulas %q", got)
	}
}

// TestEveryValueHasItsSheet: named by it, with a total of its own; names are made valid and
// come once.
func TestEveryValueHasItsSheet(t *testing.T) {
	t.Parallel()
	d := read(t, strings.Replace(grouped, "SHEET", "split: region, group: shop", 1))
	rows := append(regions(), []any{"north", "shop 9", decimal("100"), 0.0, "x"}, []any{"Summary", "shop 9", nil, nil, nil})
	file, _ := write(t, d, definition.XLSX, locale.English, rows...)
	checkPackage(t, file, d)
	book := part(t, file, "xl/workbook.xml")
	var names []string
	for _, found := range regexp.MustCompile(`<sheet name="([^"]+)"`).FindAllStringSubmatch(book, -1) {
		names = append(names, found[1])
	}
	if got := strings.Join(names, "|"); got != "Summary|North|South a|(no Region)|north 2|Summary 2" {
		t.Errorf("sheets %s", got)
	}
	if got, want := strings.Join(formulas(part(t, file, "xl/worksheets/sheet3.xml")), "|"),
		"C5 SUBTOTAL(9,C2:C4) 24|D5 SUBTOTAL(1,D2:D4) 1|E5 SUBTOTAL(3,E2:E4) 3|C9 SUBTOTAL(9,C6:C8) 33|D9 SUBTOTAL(1,D6:D8) 1|E9 SUBTOTAL(3,E6:E8) 3|C10 SUBTOTAL(9,C2:C9) 57|D10 SUBTOTAL(1,D2:D9) 1|E10 SUBTOTAL(3,E2:E9) 6"; got != want {
		t.Errorf("formulas %s", got)
	}
	openpyxl, _ := checkWithPeers(t, file)
	if !strings.Contains(openpyxl, "South a 10 ") {
		t.Errorf("openpyxl read %s", openpyxl)
	}
}

// TestAGroupOverSheets: the subtotal of a group whose sheet was full is a value, and a file
// with groups goes on from a block like any other.
func TestAGroupOverSheets(t *testing.T) {
	t.Parallel()
	for name, sheet := range map[string]string{"subtotals": "group: region, rows: 10", "sheets": "split: region, rows: 10", "both": "split: region, group: shop, rows: 10"} {
		d := read(t, strings.Replace(grouped, "SHEET", sheet, 1))
		var rows [][]any
		for i := range 60 {
			rows = append(rows, []any{fmt.Sprint("r", i/25), fmt.Sprint("s", i/9), decimal(fmt.Sprint(i)), 1.0, "x"})
		}
		options := workbook.Options{Language: locale.English, Format: definition.XLSX, Made: made}
		finish := func(out *bytes.Buffer, from int, options workbook.Options) (states []workbook.State) {
			w, err := workbook.Create(out, d, options)
			if err != nil {
				t.Fatal(err)
			}
			for i := from; i < len(rows); i++ {
				if i > from && i%7 == 0 {
					state, err := w.Block()
					if err != nil {
						t.Fatal(err)
					}
					states = append(states, state)
				}
				if err := w.Row(valuesOf(t, rows[i])); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			return states
		}
		var whole bytes.Buffer
		for i, state := range finish(&whole, 0, options) {
			content, _ := json.Marshal(state)
			var kept workbook.State
			if err := json.Unmarshal(content, &kept); err != nil {
				t.Fatal(err)
			}
			options.From = &kept
			again := bytes.NewBuffer(bytes.Clone(whole.Bytes()[:kept.Bytes]))
			if finish(again, (i+1)*7, options); !bytes.Equal(again.Bytes(), whole.Bytes()) {
				t.Errorf("%s: gone on from row %d the file differs", name, kept.Rows)
			}
		}
		checkPackage(t, whole.Bytes(), d)
		if name != "subtotals" {
			continue
		}
		all := ""
		for i := 2; strings.Contains(part(t, whole.Bytes(), "[Content_Types].xml"), fmt.Sprintf("sheet%d.xml", i)); i++ {
			all += part(t, whole.Bytes(), fmt.Sprintf("xl/worksheets/sheet%d.xml", i))
		}
		if !strings.Contains(all, "><v>300</v>") { // 0 + 1 + ... + 24
			t.Error("the first group's subtotal is missing")
		}
	}
}

// TestAValueThatComesAgainEndsTheReport: rows of a group that do not follow one another would
// have a subtotal in each place, so there is no report of them; the error says what to do. A
// group of another sheet is another one.
func TestAValueThatComesAgainEndsTheReport(t *testing.T) {
	t.Parallel()
	many := make([]string, 30_000)
	for i := range many {
		many[i] = fmt.Sprint("r", i, " s")
	}
	for _, test := range []struct {
		sheet string
		rows  []string // region and shop
		want  string   // "": it is made
	}{
		{"group: region", []string{"a x", "a y", "b x", "c x"}, ""},
		{"group: region", []string{"a x", "b x", "a x"}, `test.yaml:4: sheet: group region: in row 3 the value "a" comes again after rows of others, so its subtotals would be wrong; begin the query's ORDER BY with region`},
		{"split: region", []string{"a x", "b x", "b x", "a x"}, `split region: in row 4 the value "a" comes again`},
		{"split: region, group: shop", []string{"a x", "a y", "b x", "b y"}, ""},
		{"split: region, group: shop", []string{"a x", "b y", "b x", "b y"}, `group shop: in row 4 the value "y" comes again after rows of others, so its subtotals would be wrong; begin the query's ORDER BY with region, shop`},
		{"split: region, group: shop", []string{"a x", "b x", "a y"}, "split region: in row 3"},
		{"group: region", many, ""},
		{"group: region", append(slices.Clip(many), "r7 s"), `in row 30001 the value "r7"`},
		{"group: region", []string{strings.Repeat("ñ", 100) + " x", "b x", strings.Repeat("ñ", 100) + " y"}, `the value "` + strings.Repeat("ñ", 60) + `…" comes`},
	} {
		d := read(t, strings.Replace(grouped, "SHEET", test.sheet, 1))
		rows := make([][]any, len(test.rows))
		for i, row := range test.rows {
			region, shop, _ := strings.Cut(row, " ")
			rows[i] = []any{region, shop, decimal("1"), 1.0, "x"}
		}
		err := writeRows(t, d, rows)
		if (test.want == "") != (err == nil) || err != nil && (!errors.Is(err, definition.ErrScattered) || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s, %d rows: %v", test.sheet, len(rows), err)
		}
	}
	d := read(t, strings.Replace(grouped, "SHEET", "group: region", 1))
	write(t, d, definition.CSV, locale.English, []any{"a", "x", decimal("1"), 1.0, "x"}, []any{"b", "x", decimal("1"), 1.0, "x"}, []any{"a", "x", decimal("1"), 1.0, "x"})
}

func writeRows(t *testing.T, d *definition.Definition, rows [][]any) error {
	t.Helper()
	book, err := workbook.Create(io.Discard, d, workbook.Options{Language: locale.English, Format: definition.XLSX, Made: made})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := book.Row(valuesOf(t, row)); err != nil {
			return err
		}
	}
	return book.Close()
}

// TestAReportThatGoesOnKnowsTheGroupsBefore: a value whose group ended before a checkpoint
// does not come again behind it.
func TestAReportThatGoesOnKnowsTheGroupsBefore(t *testing.T) {
	t.Parallel()
	d := read(t, strings.Replace(grouped, "SHEET", "group: region", 1))
	options := workbook.Options{Language: locale.English, Format: definition.XLSX, Made: made}
	var out bytes.Buffer
	book, err := workbook.Create(&out, d, options)
	if err != nil {
		t.Fatal(err)
	}
	for _, region := range []string{"a", "b"} {
		if err := book.Row(valuesOf(t, []any{region, "x", decimal("1"), 1.0, "x"})); err != nil {
			t.Fatal(err)
		}
	}
	state, err := book.Block()
	if err != nil {
		t.Fatal(err)
	}
	content, _ := json.Marshal(state)
	options.From = &workbook.State{}
	if err := json.Unmarshal(content, options.From); err != nil {
		t.Fatal(err)
	}
	again, err := workbook.Create(&out, d, options)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Row(valuesOf(t, []any{"a", "x", decimal("1"), 1.0, "x"})); !errors.Is(err, definition.ErrScattered) {
		t.Errorf("it ended with %v", err)
	}
}
