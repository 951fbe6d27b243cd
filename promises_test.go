package pasarela_test

import (
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

// TestPromisesHaveTheirTests holds the table of docs/reliability.md against the code:
// every promise names tests that are there, in the package that is named before them.
func TestPromisesHaveTheirTests(t *testing.T) {
	page, err := os.ReadFile("docs/reliability.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "| promise | held by |\n|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	there := map[string]bool{} // "package TestName"
	for _, file := range goFiles(t) {
		if !strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if name, ok := strings.CutPrefix(line, "func "); ok {
				name, _, _ = strings.Cut(name, "(")
				there[path.Base(path.Dir(file))+" "+name] = true
			}
		}
	}
	named := regexp.MustCompile(`^(?:(\w+) )?((?:Test|Fuzz)\w+)$`)
	rows := strings.Split(strings.TrimSpace(table), "\n")
	for _, row := range rows {
		columns := strings.Split(strings.Trim(row, "| "), " | ")
		if len(columns) != 2 {
			t.Errorf("a row is not of two columns: %s", row)
			continue
		}
		pkg := ""
		for test := range strings.SplitSeq(columns[1], ", ") {
			found := named.FindStringSubmatch(test)
			if found == nil {
				t.Errorf("%q is no test, after the promise %q", test, columns[0])
				continue
			}
			if found[1] != "" {
				pkg = found[1]
			}
			if !there[pkg+" "+found[2]] {
				t.Errorf("there is no %s %s, which is to hold %q", pkg, found[2], columns[0])
			}
		}
	}
	if len(rows) < 20 {
		t.Errorf("%d promises", len(rows))
	}
}
