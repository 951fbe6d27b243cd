package selection_test

import (
	"testing"

	"github.com/pasarela-ws/pasarela/internal/engine/selection"
)

// Every expression compiles or is refused; Evaluate and Append give the same
// result.
func FuzzExpression(f *testing.F) {
	for _, e := range []string{"$request.body.action", "${request.body['a}']}/\\$x", "$request.body..a[?(@.b=='/')] $", "$default", "${integration.response.header.x}-"} {
		f.Add(e, `{"action":"x","a}":[1,{"b":"/"}]}`)
	}
	f.Fuzz(func(t *testing.T, expression, message string) {
		e, err := selection.Compile(expression, selection.ResponseTemplate)
		if err != nil {
			return
		}
		in := selection.Input{Body: parse(t, message), StatusCode: "200"}
		if a, b := e.Evaluate(&in), string(e.Append(nil, &in)); a != b {
			t.Fatalf("%q: %q and %q", expression, a, b)
		}
	})
}
