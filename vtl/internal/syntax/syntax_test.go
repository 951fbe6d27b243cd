package syntax_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/vtl/internal/syntax"
)

func options() syntax.Options {
	return syntax.Options{MaxNesting: 50, Evaluate: true, Include: true}
}

func ExampleParse() {
	text, err := syntax.Parse("#if($a.b[0])yes#end", options())
	if err != nil {
		fmt.Println(err)
		return
	}
	condition := text.Root.Kids[0]
	fmt.Println(condition.Shape == syntax.ShapeIf, text.Literal(condition.Kids[0]), text.Literal(condition.Kids[1]))
	// Output: true $a.b[0] yes
}

// What the nodes of a text print as their source is the text, but for comments,
// which print nothing, and backslashes, of which directives take half.
func TestLiteralsAreTheSource(t *testing.T) {
	for _, source := range []string{
		"plain", "$a", "${a}", "$!{a.b.c(1, 'x')}", "$a[1]['x'] #set( $x = [1..2] )\n", "#foreach($i in [1, 2.5])$i,#end",
		"#if(!$a && ($b || 1 < 2))x#elseif(true)y#{else}z#end", "#m($a, 'b')", "$ # $5 #[[ $a ]]#", "#set($m = {'k': $v, 'l': \"a$b\"})",
	} {
		text, err := syntax.Parse(source, options())
		if err != nil {
			t.Errorf("%q: %v", source, err)
			continue
		}
		if got := text.Literal(text.Root); got != source {
			t.Errorf("%q: got %q", source, got)
		}
	}
}

func TestErrorsSayWhere(t *testing.T) {
	tests := []struct {
		source, message string
		at              int
	}{
		{"a#if($x", `unexpected end of the template, expected ")" of #if`, 7},
		{"#end", "#end without an #if, #foreach, #define or #macro that it ends", 0},
		{"#set($x = )", `unexpected ")", expected a value`, 10},
		{"#if(" + strings.Repeat("(", 100), "blocks or expressions nest too deep", 54},
	}
	for _, test := range tests {
		_, err := syntax.Parse(test.source, options())
		var wrong *syntax.Error
		if !errors.As(err, &wrong) || wrong.Error() != test.message || wrong.At != test.at {
			t.Errorf("%q: got %+v, %v", test.source, wrong, err)
		}
	}
}

// FuzzParse: every text is read or refused at a place inside of it, and every
// node has tokens of the text.
func FuzzParse(f *testing.F) {
	for _, source := range []string{"#if($a)b#else c#end", `\\$a\#set`, "#[[x", "$a.b($c[1])", "#*x", "#foreach($x in [1..3])#end"} {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		text, err := syntax.Parse(source, options())
		if err != nil {
			var wrong *syntax.Error
			if !errors.As(err, &wrong) || wrong.At < 0 || wrong.At > len(source) || wrong.Error() == "" {
				t.Fatalf("%q: %v", source, err)
			}
			return
		}
		var walk func(n *syntax.Tree)
		walk = func(n *syntax.Tree) {
			if n.First < 0 || n.Last >= len(text.Tokens) {
				t.Fatalf("%q: a node has the tokens %d to %d of %d", source, n.First, n.Last, len(text.Tokens))
			}
			for _, kid := range n.Kids {
				walk(kid)
			}
		}
		walk(text.Root)
	})
}
