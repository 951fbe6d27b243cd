package spanish_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/awsapi/extension/spanish"
)

// A hole that only one language has would leave its name in the text.
func TestBothLanguagesHaveTheSameHoles(t *testing.T) {
	hole := regexp.MustCompile(`\{[a-z]+\}`)
	spanish.EachSentence(func(english, translated string) {
		want, got := hole.FindAllString(english, -1), hole.FindAllString(translated, -1)
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			t.Errorf("%q has %v, its translation %v", english, want, got)
		}
		if n := len(want); len(slices.Compact(want)) != n {
			t.Errorf("%q has a hole twice", english)
		}
	})
}
