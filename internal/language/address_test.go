package language_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// formal is usted: the word, or an imperative of it where a sentence begins. Forms that are
// also of another mood or another language (use, nombre) are left out, since they would be
// found where nobody is addressed.
var formal = regexp.MustCompile(`(?i)\bustede?s?\b|(?:^|["'` + "`" + `>(¿¡«]|[.:;,] |\b[oy] )(haga|dele|copie|escuche|use el|arranque con|pulse|escriba|introduzca|seleccione|elija|vuelva|cree|añada|abra|cierre|revise|compruebe|consulte|indique|ponga|quite|cambie|mire|pida|guarde|ejecute|instale|configure|espere|repita|pruebe|borre|elimine|deje|reciba|confíe|publique|envíe|hágalo|inténtelo|elimínelo|prográmelo|cópielo|guárdelo|revíselo|pruébelo|créelo|añádalo|escríbalo|nómbrelo|nombre solo|dél[ea]s?|ábralo|póngalo|pídalo|elíjalo|haced|escribid|elegid|poned)\b`)

// Spanish addresses its readers as tú, wherever they read it: the program's messages, the
// console, the page of the reports and the pages in Spanish.
func TestSpanishAddressesReadersAsTu(t *testing.T) {
	for _, usted := range []string{"Pulse el botón", "No se pudo. Elimínelo y", `es: 'Escriba el nombre'`, "si usted quiere", "Nómbrelo, o", "pasan por el proxy: déles su dirección"} {
		if !formal.MatchString(usted) {
			t.Errorf("%q is not found", usted)
		}
	}
	read := 0
	for _, tree := range []string{".", "../console/web/src", "../report/web", "../../docs/es"} {
		err := filepath.WalkDir(tree, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			switch ext := filepath.Ext(path); {
			case strings.HasSuffix(path, "_test.go"), !strings.Contains(".go .ts .tsx .js .html .md ", ext+" "):
				return nil
			}
			text, err := os.ReadFile(path)
			read++
			for number, line := range strings.Split(string(text), "\n") {
				if found := formal.FindString(line); found != "" {
					t.Errorf("%s:%d: %q: %s", path, number+1, found, strings.TrimSpace(line))
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if read < 100 {
		t.Errorf("only %d files were read", read)
	}
}
