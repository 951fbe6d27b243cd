package stagevariable_test

import (
	"slices"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/engine/stagevariable"
)

func TestSubstitute(t *testing.T) {
	variables := map[string]string{"host": "b.example.com", "empty": "", "nested": "${stageVariables.host}"}
	for _, c := range []struct {
		text, want string
		unset      []string
	}{
		{"http://x/", "http://x/", nil},
		{"http://${stageVariables.host}/${stageVariables.empty}", "http://b.example.com/", nil},
		{"http://${stageVariables.none}/${stageVariables.host}${stageVariables.other}", "http:///b.example.com", []string{"none", "other"}},
		{"${stageVariables.nested}", "${stageVariables.host}", nil},
		{"${other} ${stageVariables.open", "${other} ${stageVariables.open", nil},
	} {
		got, unset := stagevariable.Substitute(c.text, variables)
		if got != c.want || !slices.Equal(unset, c.unset) {
			t.Errorf("%s: %q without %v, want %q without %v", c.text, got, unset, c.want, c.unset)
		}
	}
}
