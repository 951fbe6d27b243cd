package pasarela_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A citation names the page under docs/aws and a heading on it; sections of RFCs
// stand behind the RFC's number.
var (
	citedPage    = regexp.MustCompile(`(RFC \d+|aws-dataplane|aws-controlplane|aws-lambda|vtl),?(?:\s*//)?\s+$`)
	citedSection = regexp.MustCompile(`^§+\s?(\d+(?:\.\d+)*)?`)
	numbered     = regexp.MustCompile(`(?m)^#+ (\d+(?:\.\d+)*) `)
)

// longestPage bounds, in bytes, how far before the sign § the name of its page
// begins.
const longestPage = 64

// citations are the page and the section of every citation in a text. The signs are
// searched for first, since a regular expression over all of the code takes
// seconds.
func citations(text string) (found [][2]string) {
	for at := strings.Index(text, "§"); at >= 0; {
		section := citedSection.FindStringSubmatch(text[at:])
		page := ""
		if named := citedPage.FindStringSubmatch(text[max(0, at-longestPage):at]); named != nil {
			page = named[1]
		}
		found = append(found, [2]string{page, section[1]})
		after := at + len(section[0])
		next := strings.Index(text[after:], "§")
		if next < 0 {
			break
		}
		at = after + next
	}
	return found
}

// TestCitations checks that every citation in Go code names a heading of docs/aws:
// a reader must be able to follow it.
func TestCitations(t *testing.T) {
	headings := map[string]map[string]bool{}
	for _, page := range []string{"aws-dataplane", "aws-controlplane", "aws-lambda", "vtl"} {
		text, err := os.ReadFile(filepath.Join("docs", "aws", page+".md"))
		if err != nil {
			t.Fatal(err)
		}
		headings[page] = map[string]bool{}
		for _, heading := range numbered.FindAllStringSubmatch(string(text), -1) {
			headings[page][heading[1]] = true
		}
	}
	found := 0
	for _, path := range goFiles(t) {
		if path == "citations_test.go" {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, cited := range citations(string(text)) {
			page, section := cited[0], cited[1]
			if strings.HasPrefix(page, "RFC ") {
				continue
			}
			found++
			if !headings[page][section] {
				t.Errorf("%s cites %q of page %q, which is no heading of docs/aws: write \"aws-dataplane §8.5\" (or aws-controlplane, aws-lambda, vtl) with a section that is there", path, section, page)
			}
		}
	}
	if found == 0 {
		t.Fatal("no citations found: this test looks at nothing")
	}
}

// goFiles lists the Go files of the module, tests included.
func goFiles(t *testing.T) []string {
	t.Helper()
	files, err := listGoFiles()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// listGoFiles walks the module; a folder with a go.mod of its own is another module.
func listGoFiles() ([]string, error) {
	var files []string
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "testdata" || entry.Name() == "node_modules" || len(entry.Name()) > 1 && entry.Name()[0] == '.'):
			return filepath.SkipDir
		case entry.IsDir() && path != "." && isModule(path):
			return filepath.SkipDir
		case strings.HasSuffix(path, ".go"):
			files = append(files, filepath.ToSlash(path))
		}
		return nil
	})
	return files, err
}

func isModule(folder string) bool {
	_, err := os.Stat(filepath.Join(folder, "go.mod"))
	return err == nil
}
