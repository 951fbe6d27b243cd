package vtl_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/pasarela-ws/pasarela/vtl"
)

// The places of references are those that a reader counts, across lines of every kind
// of end and characters of several bytes.
func TestPlacesOfReferences(t *testing.T) {
	source := "é$a$b\r\nñ $c\r$d\n\n  «$e» \"x $f\" $g\n$h"
	template, err := vtl.Parse(source, vtl.Options{})
	if err != nil {
		t.Fatal(err)
	}
	list := template.References()
	if len(list) != 8 {
		t.Fatalf("%d references", len(list))
	}
	for _, r := range list {
		lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(source[:r.Offset]), "\n")
		want := vtl.Position{Line: len(lines), Column: utf8.RuneCountInString(lines[len(lines)-1]) + 1}
		if r.Position != want {
			t.Errorf("the reference at byte %d is at %s, not at %s", r.Offset, r.Position, want)
		}
	}
}

// A template that is one long line of references costs as much as its length: counting
// every column from the line's begin took minutes of CPU for 2 MB, and for a quarter of it longer than this waits.
func TestReferencesOfALongLine(t *testing.T) {
	source := strings.Repeat("$a", 1<<18)
	template, err := vtl.Parse(source, vtl.Options{Limits: vtl.Limits{MaxTemplate: len(source)}})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	list := template.References()
	if len(list) != 1<<18 || list[len(list)-1].Column != len(source)-1 {
		t.Errorf("%d references, the last at %s", len(list), list[len(list)-1].Position)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
}
