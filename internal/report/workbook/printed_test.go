package workbook_test

import (
	"fmt"
	"image"
	_ "image/png" // what pdftoppm writes
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
)

// whole is a report with everything that a workbook can have: a logo, totals, a chart with a
// unit, a sheet for each region with subtotals, every format, and more columns than fit on
// one page. Its lists are those of wholeRows.
const whole = `
type: whole
title: { es: Ventas por región, en: Sales by region }
description: { es: "Ventas de cada tienda y mes, con su margen", en: Sales of every shop and month with their margin }
sql: select 1
columns:
  - { name: region, header: { es: Región, en: Region } }
  - { name: shop, header: { es: Tienda, en: Shop } }
  - { name: month, header: { es: Mes, en: Month }, format: month }
  - { name: first, header: { es: Primera venta, en: First sale }, format: date }
  - { name: moment, header: { es: Último pago, en: Last payment }, format: datetime }
  - { name: units, header: { es: Unidades, en: Units }, format: integer, total: sum }
  - { name: amount, header: { es: Importe, en: Amount }, format: money, total: sum }
  - { name: share, header: { es: Margen, en: Margin }, format: percent }
  - { name: weight, header: { es: Peso medio por pedido en kilos, en: Mean weight of an order in kilograms }, format: number, total: average }
  - { name: paid, header: { es: Pagado, en: Paid }, format: boolean }
  - { name: note, header: { es: Nota, en: Note } }
  - { name: more, header: { es: Observaciones de la tienda, en: Remarks of the shop }, width: 134 }
sheet: { split: region, group: shop, PAPER }
chart: { kind: KIND, category: month, value: amount, title: { es: Importe por mes, en: Amount by month } }
`

func wholeRows() (rows [][]any) {
	for i := range 180 {
		region, day := []string{"Norte", "Sur: costa", "Este"}[i/60], time.Date(2026, 1+time.Month(i%12), 1+i%28, 18, i%60, 0, 0, time.UTC)
		var note any
		if i%7 == 0 {
			note = fmt.Sprint("pedido ", i, ", ñ & <ü>")
		}
		rows = append(rows, []any{region, fmt.Sprint("Tienda ", i/20%3+1), day.Format("2006-01"), day.Format("2006-01-02"), day, int64(i * 37 % 4000), decimal(fmt.Sprintf("%d.%02d", i*7919%100000, i%100)), float64(i%40) / 100, float64(i%13) * 1.5, i%3 == 0, note, "sin observaciones"})
	}
	return rows
}

// TestEverySheetIsPrinted has LibreOffice print workbooks and reads every page: none is
// blank, each has the title, its sheet's name and its number, the header stands on each page
// of rows, and no value is wider than its column. The pages are kept as pictures:
//
//	go test ./internal/report/workbook -run TestEverySheetIsPrinted -artifacts -outputdir DIR
func TestEverySheetIsPrinted(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"soffice", "pdftotext", "pdftoppm"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("SKIPPED: %s is missing; apt-get install libreoffice-calc-nogui poppler-utils", program)
		}
	}
	logo, err := os.ReadFile("testdata/logo.png")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.ArtifactDir()
	tests := []printedTest{
		{
			name: "es", definition: strings.NewReplacer("PAPER", "paper: a4", "KIND", "column").Replace(whole), in: locale.Spanish, paper: image.Pt(842, 596), pages: 13,
			words: []string{"Ventas por región", "Ventas de cada tienda y mes, con su margen", "24/11/2026 12:00", "Importe, total", "Importe por mes", "ene 2026", "Total Tienda 1", "Total Norte", "Sí", "No", "18:30", "7,919.01 €", "100,000 €", "2.0%"},
			title: "Ventas por región", header: "Región", sheets: []string{"Resumen", "Norte", "Sur costa", "Este"}, page: "Página %d / %d",
		},
		{
			name: "en", definition: strings.NewReplacer("PAPER", "paper: letter", "KIND", "pie").Replace(whole) + "currency: USD\n", in: locale.English, paper: image.Pt(792, 612), pages: 7,
			words: []string{"Sales by region", "2026-11-24 12:00", "Amount, total", "Jan 2026", "Total Norte", "Yes", "No", "$7,919.01", "2.0%", "10%"},
			title: "Sales by region", header: "Region", sheets: []string{"Summary", "Norte", "Sur costa", "Este"}, page: "Page %d / %d",
		},
	}
	convert := []string{"-env:UserInstallation=file://" + officeProfile + "-print", "--headless", "--convert-to", "pdf", "--outdir", dir}
	for _, test := range tests {
		d := read(t, test.definition)
		d.Logo, d.LogoKind = logo, ".png"
		file, _ := write(t, d, definition.XLSX, test.in, wholeRows()...)
		path := filepath.Join(dir, test.name+".xlsx")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		convert = append(convert, path)
	}
	run(t, "soffice", convert...)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.check(t, filepath.Join(dir, test.name+".pdf")) })
	}
}

type printedTest struct {
	name, definition string
	in               locale.Language
	paper            image.Point // points of 1/72 inch, rounded up
	pages            int
	words            []string // somewhere
	title            string
	header           string // of the first column
	sheets           []string
	page             string // the number at the foot
}

func (test *printedTest) check(t *testing.T, file string) {
	text := run(t, "pdftotext", "-layout", file, "-")
	pages := strings.Split(strings.TrimSuffix(text, "\f"), "\f")
	if len(pages) != test.pages {
		t.Errorf("it has %d pages, not %d", len(pages), test.pages)
	}
	for _, word := range test.words {
		if !strings.Contains(text, word) {
			t.Errorf("%q is on no page", word)
		}
	}
	if strings.Contains(text, "###") {
		t.Error("a value is wider than its column")
	}
	var sheets []string
	for i, page := range pages {
		foot := regexp.MustCompile(`(?m)^\s*(\S.*?)\s+` + regexp.QuoteMeta(fmt.Sprintf(test.page, i+1, len(pages))) + `\s*$`).FindStringSubmatch(page)
		if foot == nil {
			t.Errorf("page %d has no number:\n%s", i+1, page)
			continue
		}
		if lines := strings.Split(page, "\n"); i > 0 && (!strings.HasPrefix(lines[0], test.title) || !regexp.MustCompile(`(?m)^\s*`+test.header+`\s`).MatchString(page)) {
			t.Errorf("page %d has not the title and the first column's header on top:\n%s", i+1, page)
		}
		if len(sheets) == 0 || sheets[len(sheets)-1] != foot[1] {
			sheets = append(sheets, foot[1])
		}
	}
	if diff := cmp.Diff(test.sheets, sheets); diff != "" {
		t.Errorf("sheets (-want +got):\n%s", diff)
	}
	test.look(t, file, len(pages))
}

// look makes pictures of the pages, of which none may be blank.
func (test *printedTest) look(t *testing.T, file string, pages int) {
	folder := strings.TrimSuffix(file, ".pdf")
	run(t, "pdftoppm", "-r", "72", "-png", file, folder)
	pictures, err := filepath.Glob(folder + "-*.png")
	if err != nil || len(pictures) != pages {
		t.Fatalf("%d pictures, %v", len(pictures), err)
	}
	for _, picture := range pictures {
		content, err := os.Open(picture)
		if err != nil {
			t.Fatal(err)
		}
		drawn, _, err := image.Decode(content)
		content.Close()
		if err != nil {
			t.Fatal(err)
		}
		if size := drawn.Bounds().Size(); size != test.paper {
			t.Errorf("%s is %v, not %v", picture, size, test.paper)
		}
		if dark := darkShare(drawn); dark < 0.001 || dark > 0.5 {
			t.Errorf("%s: %.4f of it is dark", picture, dark)
		}
	}
}

// darkShare is the share of a picture that is not nearly white.
func darkShare(of image.Image) float64 {
	bounds, dark := of.Bounds(), 0
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			if _, green, _, _ := of.At(x, y).RGBA(); green < 0xE000 {
				dark++
			}
		}
	}
	return float64(dark) / float64(bounds.Dx()*bounds.Dy())
}

func run(t *testing.T, program string, arguments ...string) string {
	t.Helper()
	said, err := exec.Command(program, arguments...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", program, err, said)
	}
	return string(said)
}
