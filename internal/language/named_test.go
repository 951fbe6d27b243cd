package language_test

import (
	"testing"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// People know things by their names, commands by their ids; some have no name.
func TestNamesStandBeforeIDs(t *testing.T) {
	for _, c := range []struct{ name, id, want string }{{"basic", "a1b2c3", "basic (a1b2c3)"}, {"", "a1b2c3", "a1b2c3"}} {
		if got := language.Named(c.name, c.id); got != c.want {
			t.Errorf("%q, %q: %q, want %q", c.name, c.id, got, c.want)
		}
	}
}
