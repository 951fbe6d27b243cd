package workbook_test

import (
	"archive/zip"
	"bytes"
	"io"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/value"
	"github.com/pasarela-ws/pasarela/internal/report/workbook"
)

const manySheets = "type: d\ntitle: D\nsql: select 1\nsheet: { rows: 10 }\ncolumns: [{ name: l }, { name: v, format: integer, total: sum }]\nchart: { category: l, value: v }\n"

// sheetsOf writes a workbook of so many sheets of rows, 8 rows each, all 1.
func sheetsOf(t *testing.T, sheets int) []byte {
	t.Helper()
	return rowsOf(t, manySheets, sheets*8)
}

func rowsOf(t *testing.T, text string, rows int) []byte {
	t.Helper()
	var out bytes.Buffer
	book, err := workbook.Create(&out, read(t, text), workbook.Options{Language: locale.Spanish, Format: definition.XLSX, Made: made})
	if err != nil {
		t.Fatal(err)
	}
	for range rows {
		if err := book.Row([]value.Value{value.OfText("x"), value.OfInt(1)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A sheet costs the same however many there are before it. What is counted is the
// memory that the writer asks for, which does not depend on the machine: 4 times the
// sheets ask for 4 times as much, and for 16 times where each looks at all others.
func TestASheetCostsTheSameHoweverMany(t *testing.T) {
	asked := func(sheets int) (objects, bytes uint64) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		sheetsOf(t, sheets)
		runtime.ReadMemStats(&after)
		return after.Mallocs - before.Mallocs, after.TotalAlloc - before.TotalAlloc
	}
	asked(1) // what is made once
	fewObjects, fewBytes := asked(100)
	manyObjects, manyBytes := asked(400)
	t.Logf("100 sheets: %d objects, %d bytes; 400 sheets: %d objects, %d bytes", fewObjects, fewBytes, manyObjects, manyBytes)
	if manyObjects > 5*fewObjects || manyBytes > 5*fewBytes {
		t.Errorf("400 sheets ask for %d objects and %d bytes, 100 sheets for %d and %d", manyObjects, manyBytes, fewObjects, fewBytes)
	}
}

// A total over several sheets is a formula that Excel takes, of at most 255 arguments
// and 8,192 characters; over more sheets it is a value.
func TestTheTotalOfManySheets(t *testing.T) {
	for sheets, arguments := range map[int]int{1: 1, 2: 2, 100: 100, 255: 255, 256: 0} {
		book := open(t, sheetsOf(t, sheets))
		list := book.GetSheetList()
		formula, err := book.GetCellFormula(list[sheets], "B10")
		if err != nil || len(list) != sheets+1 || content(t, book, list[sheets], "B10") != strconv.Itoa(sheets*8) {
			t.Errorf("%d sheets, the total is %s, %v", sheets, content(t, book, list[sheets], "B10"), err)
		}
		if got := strings.Count(formula, ":"); got != arguments || len(formula) > 8192 {
			t.Errorf("%d sheets: %d arguments in %d characters: %.200s", sheets, got, len(formula), formula)
		}
		for _, name := range list[1:max(arguments, 1)] {
			if !strings.Contains(formula, "'"+name+"'!B2:B9,") {
				t.Errorf("%d sheets: the sheet %s is not in the total =%s", sheets, name, formula)
			}
		}
	}
	long := strings.Replace(manySheets, "rows: 10", "rows: 10, name: "+strings.Repeat("x", 28), 1)
	book := open(t, rowsOf(t, long, 250*8))
	list := book.GetSheetList()
	if formula, err := book.GetCellFormula(list[250], "B10"); err != nil || formula != "" || content(t, book, list[250], "B10") != "2000" {
		t.Errorf("a formula of %d characters, %v", len(formula), err)
	}
}

// Here LibreOffice computes the total of several sheets itself: the value that stands with
// the formula is taken out before.
func TestOtherProgramsComputeTheTotalOfSeveralSheets(t *testing.T) {
	file := withoutCachedTotals(t, sheetsOf(t, 4))
	if _, office := checkWithPeers(t, file); !strings.Contains(office, "Total;32") || strings.Contains(office, "Err:") {
		t.Errorf("LibreOffice has another total:\n%s", office)
	}
}

var cachedTotal = regexp.MustCompile(`</f><v>[^<]*</v>`)

func withoutCachedTotals(t *testing.T, file []byte) []byte {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	changed, taken := zip.NewWriter(&out), 0
	for _, entry := range archive.File {
		to, err := changed.Create(entry.Name)
		if err != nil {
			t.Fatal(err)
		}
		part := contentOf(t, entry)
		taken += len(cachedTotal.FindAll(part, -1))
		if _, err := to.Write(cachedTotal.ReplaceAll(part, []byte("</f>"))); err != nil {
			t.Fatal(err)
		}
	}
	if err := changed.Close(); err != nil || taken == 0 {
		t.Fatalf("%d values were taken out: %v", taken, err)
	}
	return out.Bytes()
}

func contentOf(t *testing.T, entry *zip.File) []byte {
	t.Helper()
	from, err := entry.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	content, err := io.ReadAll(from)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
