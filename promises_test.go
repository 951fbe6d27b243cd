package pasarela_test

import (
	"fmt"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

// promisePages are checked sentence by sentence: each promise must be a row of the table
// in docs/reliability.md, and name it: "(P7)".
var promisePages = []string{"docs/reliability.md", "docs/resume.md", "docs/async.md", "docs/operations.md"}

// promising are the words by which a promise is recognized. A paragraph, a point of a list
// or a row of a table that has one of them names its promise, or says it in other words.
var promising = regexp.MustCompile(`(?i)\b(never|guarantee\w*|promised?|promises|outlives?|survives?|at least once|exactly once|in order|runs? once|by itself|by themselves|loses? nothing|(nothing|none|no \w+)( \w+){0,4} (is|are|was) (lost|refused|dropped|undone))\b`)

const promiseTable = "| number | promise | held by |\n|---|---|---|\n"

// TestPromisesHaveTheirTests compares the table of docs/reliability.md with the code:
// every promise names tests that exist, in the package that is named before them.
func TestPromisesHaveTheirTests(t *testing.T) {
	there := testNames(t)
	named := regexp.MustCompile(`^(?:(\w+) )?((?:Test|Fuzz)\w+)$`)
	rows := promiseRows(t)
	for i, row := range rows {
		columns := strings.Split(strings.Trim(row, "| "), " | ")
		if len(columns) != 3 {
			t.Errorf("a row is not of three columns: %s", row)
			continue
		}
		if want := fmt.Sprint("P", i+1); columns[0] != want {
			t.Errorf("the promise %q has number %s instead of %s", columns[1], columns[0], want)
		}
		pkg := ""
		for test := range strings.SplitSeq(columns[2], ", ") {
			found := named.FindStringSubmatch(test)
			if found == nil {
				t.Errorf("%q is no test, after the promise %q", test, columns[1])
				continue
			}
			if found[1] != "" {
				pkg = found[1]
			}
			if !there[pkg+" "+found[2]] {
				t.Errorf("there is no %s %s, which is to hold %q", pkg, found[2], columns[1])
			}
		}
	}
	if len(rows) < 20 {
		t.Errorf("%d promises", len(rows))
	}
}

// TestPromisesAreInTheTable reads the pages that promise something about failures.
func TestPromisesAreInTheTable(t *testing.T) {
	known := map[string]bool{}
	for i := range promiseRows(t) {
		known[fmt.Sprint("P", i+1)] = true
	}
	number := regexp.MustCompile(`\bP\d+\b`)
	for _, page := range promisePages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		if page == promisePages[0] {
			before, rest, _ := strings.Cut(string(text), promiseTable)
			_, rest, _ = strings.Cut(rest, "\n\n")
			text = []byte(before + rest)
		}
		for _, block := range blocks(string(text)) {
			cited := number.FindAllString(block, -1)
			for _, p := range cited {
				if !known[p] {
					t.Errorf("%s: %s is no promise of the table: %s", page, p, block)
				}
			}
			if words := promising.FindString(block); words != "" && len(cited) == 0 {
				t.Errorf("%s: %q promises something: name its row in the table of docs/reliability.md, as in (P7), make one with its tests, or say it in other words:\n%s", page, words, block)
			}
		}
	}
}

// promiseRows are the rows of the table.
func promiseRows(t *testing.T) []string {
	t.Helper()
	page, err := os.ReadFile("docs/reliability.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), promiseTable)
	table, _, _ = strings.Cut(table, "\n\n")
	return strings.Split(strings.TrimSpace(table), "\n")
}

// testNames has every test of the module, as "package TestName".
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	there := map[string]bool{}
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
	return there
}

// blocks are the paragraphs, points of lists and rows of tables of a page, without headings
// and examples, and without what stands below "Not promised".
func blocks(page string) []string {
	page, _, _ = strings.Cut(page, "\n## Not promised")
	var all []string
	block, fenced := "", false
	end := func() {
		if block != "" {
			all = append(all, block)
		}
		block = ""
	}
	for line := range strings.Lines(page) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		switch {
		case fenced, line == "", strings.HasPrefix(line, "```"), strings.HasPrefix(line, "#"), strings.HasPrefix(line, "    "):
			end()
			continue
		case strings.HasPrefix(line, "- "), strings.HasPrefix(line, "|"):
			end()
		}
		block = strings.TrimSpace(block + " " + strings.TrimSpace(line))
	}
	end()
	return all
}
