package spanish_test

import (
	"testing"

	"github.com/pasarela-ws/pasarela/internal/awsapi/extension/spanish"
	"github.com/pasarela-ws/pasarela/internal/template"
)

// Whatever the linter says, it says in Spanish too.
func TestProblemsAreTranslated(t *testing.T) {
	problems, err := template.Problems(`{"a":"$input.params('x')","b":"$missing","c":"$context.nothing"
#if($missing)1#end #if($context.error.message)1#end}`)
	if err != nil {
		t.Fatal(err)
	}
	if len(problems) < 5 {
		t.Errorf("only %+v", problems)
	}
	for _, p := range problems {
		if _, ok := spanish.Of(p.Message); !ok {
			t.Errorf("nobody says in Spanish: %s", p.Message)
		}
	}
}
