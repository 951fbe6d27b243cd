package workbook_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

const openpyxlScript = `
import sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
for sheet in book:
    print(sheet.title, sheet.max_row, len(sheet._charts), len(sheet._images), sorted(table.ref for table in sheet.tables.values()))
    for row in sheet.iter_rows():
        for cell in row:
            if cell.data_type == 'f' and row[0].value != 'Total': print('FORMULA', cell.coordinate, cell.value)
`

// officeProfile is the profile of LibreOffice for all tests of this process: making one
// takes longer than reading a workbook, and another LibreOffice may be running with the
// user's.
var officeProfile string

func TestMain(m *testing.M) {
	testkit.DependsOnInputs()
	dir, err := os.MkdirTemp("", "office-profile-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	officeProfile = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// checkWithPeers has openpyxl and LibreOffice read a workbook whole; what is
// missing on the machine is said loudly.
func checkWithPeers(t *testing.T, content []byte) (openpyxl, office string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.xlsx")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if exec.Command("/usr/bin/python3", "-c", "import openpyxl").Run() != nil {
		t.Skip("SKIPPED: openpyxl is missing; apt-get install python3-openpyxl")
	}
	said, err := exec.Command("/usr/bin/python3", "-c", openpyxlScript, file).CombinedOutput()
	if err != nil {
		t.Fatalf("openpyxl: %v\n%s", err, said)
	}
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("SKIPPED: LibreOffice is missing; apt-get install libreoffice-calc-nogui")
	}
	convert := exec.Command(soffice, "-env:UserInstallation=file://"+officeProfile, "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false,false,false,-1", "--outdir", filepath.Dir(file), file)
	if said, err := convert.CombinedOutput(); err != nil {
		t.Fatalf("LibreOffice: %v\n%s", err, said)
	}
	sheets, _ := filepath.Glob(filepath.Join(filepath.Dir(file), "*.csv"))
	if len(sheets) == 0 {
		t.Fatal("LibreOffice wrote no sheet")
	}
	var all strings.Builder
	for _, sheet := range sheets {
		content, err := os.ReadFile(sheet)
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(filepath.Base(sheet) + "\n" + string(content))
	}
	return string(said), all.String()
}

func TestOtherProgramsReadTheWorkbook(t *testing.T) {
	logo, err := os.ReadFile("testdata/logo.png")
	if err != nil {
		t.Fatal(err)
	}
	d := read(t, every)
	d.Logo, d.LogoKind = logo, ".png"
	var rows [][]any
	for i := range 25 {
		rows = append(rows, []any{"=A1 & <x>\a", int64(i + 1), 0.5, 0.1, 0.25, "2026-02-28", "2026-02-28 18:30:00", i%2 == 0})
	}
	content, _ := write(t, d, definition.XLSX, locale.Spanish, rows...)
	openpyxl, office := checkWithPeers(t, content)
	want := "Resumen 12 1 1 []\nDatos 11 0 0 ['A1:H11']\nDatos 2 11 0 0 ['A1:H11']\nDatos 3 7 0 0 ['A1:H6']\n"
	if exec.Command("/usr/bin/python3", "-c", "import PIL").Run() != nil {
		t.Log("NOT CHECKED: openpyxl leaves the logo out without Pillow; apt-get install python3-pil")
		want = strings.Replace(want, "11 1 1", "11 1 0", 1)
	}
	if openpyxl != want {
		t.Errorf("openpyxl read\n%swant\n%s", openpyxl, want)
	}
	for _, want := range []string{"report-Datos 3.csv", "=A1 & <x>", "02/28/2026 18:30:00", "Total;325;0.5;2.5;;25;", ";2.5"} {
		if !strings.Contains(office, want) {
			t.Errorf("LibreOffice's sheets lack %q:\n%s", want, office)
		}
	}
}
