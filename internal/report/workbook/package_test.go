package workbook_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
)

var (
	relationTarget = regexp.MustCompile(`<Relationship Id="[^"]+" Type="[^"]+" Target="([^"]+)"/>`)
	partOfType     = regexp.MustCompile(`PartName="/([^"]+)"`)
)

// TestTheFilesOfAWorkbookBelongTogether: every file is well-formed XML or the logo, has a
// type, and is named by another; what is named is there.
func TestTheFilesOfAWorkbookBelongTogether(t *testing.T) {
	logo, err := os.ReadFile("testdata/logo.png")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"a pie and tables": every, "no tables": strings.Replace(every, "rows: 12", "rows: 12, table: false", 1),
		"columns": monthly, "bars": strings.Replace(monthly, "kind: column", "kind: bar", 1), "a line": strings.Replace(monthly, "kind: column", "kind: line", 1),
		"no chart": monthly[:strings.Index(monthly, "chart:")], "awkward words": strings.NewReplacer("Datos", `'A & "B"'`, "Who", `'<_x0041_ & "W">'`).Replace(monthly),
	} {
		for _, drawn := range [][]byte{nil, logo} {
			d := read(t, text)
			d.Logo, d.LogoKind = drawn, ".png"
			var rows [][]any
			for range 2 * d.Sheet.Rows % 1000 {
				rows = append(rows, make([]any, len(d.Columns)))
			}
			file, _ := write(t, d, definition.XLSX, locale.Spanish, rows...)
			t.Run(name, func(t *testing.T) { checkPackage(t, file, d) })
		}
	}
}

func checkPackage(t *testing.T, file []byte, d *definition.Definition) {
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	files, named := map[string][]byte{}, map[string]bool{"[Content_Types].xml": true}
	for _, entry := range archive.File {
		if _, twice := files[entry.Name]; twice {
			t.Errorf("%s is in it twice", entry.Name)
		}
		files[entry.Name] = contentOf(t, entry)
	}
	for name, content := range files {
		if path.Ext(name) != d.LogoKind {
			wellFormed(t, name, content)
		}
		if folder, of, relations := strings.Cut(name, "_rels/"); relations {
			named[name] = true
			if of = folder + strings.TrimSuffix(of, ".rels"); of != folder && files[of] == nil {
				t.Errorf("%s is for a file that is not there", name)
			}
			for _, target := range relationTarget.FindAllSubmatch(content, -1) {
				to := path.Join(folder, string(target[1]))
				if named[to] = true; files[to] == nil {
					t.Errorf("%s names %s, which is not there", name, to)
				}
			}
		}
	}
	types := string(files["[Content_Types].xml"])
	for _, one := range partOfType.FindAllStringSubmatch(types, -1) {
		if files[one[1]] == nil {
			t.Errorf("%s has a type and is not there", one[1])
		}
	}
	for name := range files {
		if !named[name] {
			t.Errorf("no file names %s", name)
		}
		byName := strings.Contains(types, `PartName="/`+name+`"`)
		if generic := path.Ext(name) == ".xml" && name != "[Content_Types].xml"; generic && !byName || !strings.Contains(types, `Extension="`+path.Ext(name)[1:]+`"`) {
			t.Errorf("%s has no type", name)
		}
	}
}

func wellFormed(t *testing.T, name string, content []byte) {
	t.Helper()
	decoder := xml.NewDecoder(bytes.NewReader(content))
	for {
		_, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v\n%.300s", name, err, content)
		}
	}
	var any struct{ XMLName xml.Name }
	if err := xml.Unmarshal(content, &any); err != nil || bytes.Contains(content, []byte("%!")) {
		t.Errorf("%s: %v\n%.300s", name, err, content)
	}
}

// A chart has its figures with it, for viewers that compute nothing, and names the sheet
// as formulas do.
func TestAChartHasItsFigures(t *testing.T) {
	file, _ := write(t, read(t, monthly), definition.XLSX, locale.English, []any{"a", "2026-01", "x", decimal("2700")}, []any{"b", "2026-02", "x", decimal("3200.5")})
	chart := part(t, file, "xl/charts/chart1.xml")
	for _, want := range []string{
		`<f>'Summary'!$A$9:$A$10</f><strCache><ptCount val="2"/><pt idx="0"><v>Jan 2026</v></pt><pt idx="1"><v>Feb 2026</v></pt></strCache>`,
		`<f>'Summary'!$B$9:$B$10</f><numCache>`, `<pt idx="1"><v>3200.5</v></pt>`,
	} {
		if !strings.Contains(chart, want) {
			t.Errorf("the chart lacks %s", want)
		}
	}
}
