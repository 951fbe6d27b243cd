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
	for _, name := range []string{"SECURITY.md", "docs/security.md", "README.md"} {
		for _, link := range regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`).FindAllStringSubmatch(read(name), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(name), link[1])); err != nil {
				t.Errorf("%s links to %s: %v", name, link[1], err)
			}
		}
	}
}
