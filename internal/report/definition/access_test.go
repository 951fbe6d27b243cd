package definition_test

import (
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
)

func TestWrongAttributesAreNamed(t *testing.T) {
	t.Parallel()
	for attributes, says := range map[string]string{
		"{}": "must be a mapping", "[a]": "must be a mapping", "{ a b: c }": `attribute "a b" must match`, "{ a: [] }": `attribute "a" has no values`,
		"{ a: { b: c } }": "the values of a", "{ a: b, a: c }": `"a" is given twice`, "{ a: [[b]] }": "a value",
	} {
		_, err := definition.Read("d.yaml", []byte("type: d\ntitle: D\nsql: select 1 as a\ncolumns: [{ name: a }]\nattributes: "+attributes+"\n"))
		if err == nil || !strings.Contains(err.Error(), "d.yaml:5: ") || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", attributes, err)
		}
	}
}
