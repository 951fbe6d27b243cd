package console_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestExamplesInFieldsSayThatTheyAreExamples fails where an input shows a literal in the
// place of its value: it looks like one that was entered. useExample puts "e.g." before it.
func TestExamplesInFieldsSayThatTheyAreExamples(t *testing.T) {
	literal := regexp.MustCompile("placeholder=(\"|'|\\{ *['\"`])")
	sources, read := os.DirFS("web/src"), 0
	err := fs.WalkDir(sources, ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".tsx") {
			return err
		}
		text, err := fs.ReadFile(sources, path)
		if err != nil {
			return err
		}
		read++
		for number, line := range strings.Split(string(text), "\n") {
			if literal.MatchString(line) {
				t.Errorf("%s:%d shows an example as it would show a value: %s", path, number+1, strings.TrimSpace(line))
			}
		}
		return nil
	})
	if err != nil || read == 0 {
		t.Fatalf("%d sources read; %v", read, err)
	}
}
