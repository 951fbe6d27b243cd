package pasarela_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The promises of docs/security.md cite numbered choices and pages that there are.
func TestTheSecurityPageCitesWhatThereIs(t *testing.T) {
	read := func(name string) string {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	files, err := filepath.Glob("docs/assumptions/*.md")
	if err != nil {
		t.Fatal(err)
	}
	var choices strings.Builder
	for _, file := range files {
		choices.WriteString("\n" + read(file))
	}
	page := read("docs/security.md")
	cited := regexp.MustCompile(`A-[A-Z]+-\d+`).FindAllString(page, -1)
	if len(cited) < 15 {
		t.Errorf("only %v are cited", cited)
	}
	for _, number := range cited {
		if !strings.Contains(choices.String(), "\n## "+number+" ") {
			t.Errorf("docs/security.md cites %s, which is no choice", number)
		}
	}
	for _, name := range []string{"SECURITY.md", "docs/security.md", "README.md", "CONTRIBUTING.md", "docs/README.md", "docs/architecture.md", "docs/glossary.md", "docs/operations.md", "docs/settings.md"} {
		for _, link := range regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`).FindAllStringSubmatch(read(name), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(name), link[1])); err != nil {
				t.Errorf("%s links to %s: %v", name, link[1], err)
			}
		}
	}
}

// TestNumberedChoicesAreUnique: a citation leads to one choice.
func TestNumberedChoicesAreUnique(t *testing.T) {
	files, err := filepath.Glob("docs/assumptions/*.md")
	if err != nil || len(files) == 0 {
		t.Fatal("no choices found", err)
	}
	where := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, heading := range regexp.MustCompile(`(?m)^## (A-[A-Z]+-\d+) `).FindAllStringSubmatch(string(text), -1) {
			if first, twice := where[heading[1]]; twice {
				t.Errorf("%s is a choice of %s and again of %s", heading[1], first, file)
			}
			where[heading[1]] = file
		}
	}
}

// TestContributingNamesFilesThatThereAre: "where do I change" and the page for operators
// name folders, files and metrics that exist.
func TestContributingNamesFilesThatThereAre(t *testing.T) {
	read := func(name string) string {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	paths := regexp.MustCompile("`((?:internal|cmd|docs|test)/[^` ]+)`").FindAllStringSubmatch(read("CONTRIBUTING.md"), -1)
	if len(paths) < 10 {
		t.Errorf("only %v are named", paths)
	}
	for _, path := range paths {
		if _, err := os.Stat(path[1]); err != nil {
			t.Errorf("CONTRIBUTING.md: %v", err)
		}
	}
	known := read("internal/node/metrics/collector.go")
	for _, metric := range regexp.MustCompile("`pasarela_([a-z_]+)`").FindAllStringSubmatch(read("docs/operations.md"), -1) {
		if name := metric[1]; !strings.Contains(known, `"`+name+`"`) && !strings.Contains(known, `"`+strings.TrimSuffix(name, "_total")+`"`) {
			t.Errorf("docs/operations.md names the metric pasarela_%s, which is not there", name)
		}
	}
}
