package pasarela_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What pages name in code spans and commands: a file or folder from the root of the
// module, and a test or benchmark.
var (
	namedPath = regexp.MustCompile("(?:^|[ `])(?:\\./|`)((?:cmd|deploy|docs|examples|internal|pasarelatest|sigv4|test|tools|vtl)/[A-Za-z0-9_./-]*[A-Za-z0-9_])")
	namedTest = regexp.MustCompile(`\b(?:Test|Benchmark|Fuzz)[A-Z]\w+`)
)

// TestPagesNameWhatIsThere: the files, folders, tests and benchmarks that the pages name
// are in the module, so that a command on a page runs.
func TestPagesNameWhatIsThere(t *testing.T) {
	tests := map[string]bool{}
	for name := range testNames(t) {
		_, name, _ = strings.Cut(name, " ")
		tests[name] = true
	}
	paths := 0
	for _, page := range pages(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range namedTest.FindAllString(string(text), -1) {
			if !tests[name] {
				t.Errorf("%s names %s, which is not there", page, name)
			}
		}
		for _, named := range namedPath.FindAllStringSubmatch(string(text), -1) {
			name := strings.TrimSuffix(named[1], "/...")
			paths++
			_, atRoot := os.Stat(name)
			_, beside := os.Stat(filepath.Join(filepath.Dir(page), name))
			if atRoot != nil && beside != nil {
				t.Errorf("%s names %s, which is not there", page, name)
			}
		}
	}
	if paths < 200 {
		t.Errorf("%d paths found: this test looks at too little", paths)
	}
}

// pages are the Markdown files of the module.
func pages(t *testing.T) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "testdata" || entry.Name() == "node_modules" || len(entry.Name()) > 1 && entry.Name()[0] == '.'):
			return filepath.SkipDir
		case strings.HasSuffix(path, ".md"):
			found = append(found, filepath.ToSlash(path))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
