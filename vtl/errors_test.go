package vtl_test

import (
	"errors"
	"testing"

	"github.com/pasarela-ws/pasarela/vtl"
)

// errorTest is a template and what its author reads: the message, and the column
// of the caret in the excerpt, counted from 0.
type errorTest struct {
	template, message string
	excerpt           string
}

func TestParseErrors(t *testing.T) {
	tests := []errorTest{
		{"a\n  #if($x", `2:9: unexpected end of the template, expected ")" of #if`, "  #if($x\n        ^"},
		{"#set($a = )", `1:11: unexpected ")", expected a value`, "#set($a = )\n          ^"},
		{"#set($a 1)", `1:9: unexpected "1", expected "=" of #set`, "#set($a 1)\n        ^"},
		{"#set(a = 1)", `1:6: unexpected "a", expected a reference to set`, "#set(a = 1)\n     ^"},
		{"#if(true)\nx", "2:2: unexpected end of the template, expected #end of #if", "x\n ^"},
		{"#foreach($i in $l)\r\n  x", "2:4: unexpected end of the template, expected #end of #foreach", "  x\n   ^"},
		{"one\rtwo #end", "2:5: #end without an #if, #foreach, #define or #macro that it ends", "two #end\n    ^"},
		{"x#else", "1:2: #else without an #if before it", "x#else\n ^"},
		{"#{elseif}(true)", "1:1: #elseif without an #if before it", "#{elseif}(true)\n^"},
		{"x $a.b( y", `1:10: unexpected end of the template, expected ")" of b()`, "x $a.b( y\n         ^"},
		{"${a", `1:4: unexpected end of the template, expected "}" that closes ${`, "${a\n   ^"},
		{`#set($a = "x)`, "1:11: the string that begins here is not closed", "#set($a = \"x)\n          ^"},
		{"#macro()x#end", "1:1: #macro needs a name: #macro(name $argument)", "#macro()x#end\n^"},
		{"#set($x = [1, 2)", `1:16: unexpected ")", expected "]" that closes the list`, "#set($x = [1, 2)\n               ^"},
		{"#set($x = {1: 2)", `1:16: unexpected ")", expected "}" that closes the map`, "#set($x = {1: 2)\n               ^"},
		{"é😀\t#set($x = ))", `1:14: unexpected ")", expected a value`, "é😀 #set($x = ))\n             ^"},
		{"#[[ x", `1:6: the template ends inside "#[[ x"`, "#[[ x\n     ^"},
		{`#set( $x = "#if($a" )`, `1:12: in the string: unexpected end of the template, expected ")" of #if`, "#set( $x = \"#if($a\" )\n           ^"},
		{"#evaluate()", "1:1: #evaluate takes exactly one argument", "#evaluate()\n^"},
	}
	for _, test := range tests {
		_, err := vtl.Parse(test.template, vtl.Velocity17())
		var parse *vtl.ParseError
		if !errors.As(err, &parse) {
			t.Errorf("%q parses, or fails with %v", test.template, err)
			continue
		}
		test.check(t, parse.Error(), parse.Excerpt)
	}
}

func (test *errorTest) check(t *testing.T, message, excerpt string) {
	t.Helper()
	if message != test.message {
		t.Errorf("%q\n got %s\nwant %s", test.template, message, test.message)
	}
	if excerpt != test.excerpt {
		t.Errorf("%q\n got\n%s\nwant\n%s", test.template, excerpt, test.excerpt)
	}
}

func TestExecErrors(t *testing.T) {
	tests := []errorTest{
		{"$foo.substring(9)", "1:1: $foo.substring(9): substring: begin 9, end 3, length 3", "$foo.substring(9)\n^"},
		{"a\n  $list.get(7)", "2:3: $list.get(7): get: index 7 is out of range for length 3", "  $list.get(7)\n  ^"},
		{"#set($x = $foo.charAt(-1))", "1:11: $foo.charAt(-1): charAt: index -1 is out of range for length 3", "#set($x = $foo.charAt(-1))\n          ^"},
		{
			"#foreach($x in $list)\n  #set($y = $list.add('q'))\n#end", "1:1: #foreach: the list changed while it was iterated",
			"#foreach($x in $list)\n^",
		},
		{
			"$foo.replaceAll('a', '$9')", `1:1: $foo.replaceAll('a', '$9'): replacement "$9": "$" must name a group and "\" must escape something`,
			"$foo.replaceAll('a', '$9')\n^",
		},
		{"$n.parseInt('x')", `1:1: $n.parseInt('x'): parseInt: "x" is not an integer`, "$n.parseInt('x')\n^"},
		{"$foo.format('%d', 'x')", "1:1: $foo.format('%d', 'x'): format: %d takes an integer", "$foo.format('%d', 'x')\n^"},
		{"$foo.format('%q', 1)", "1:1: $foo.format('%q', 1): format: %q is not known", "$foo.format('%q', 1)\n^"},
		{"$foo.format('%s')", "1:1: $foo.format('%s'): format: there is no argument for %s", "$foo.format('%s')\n^"},
		{"#include('x')", "1:1: #include: there are no other templates to include", "#include('x')\n^"},
		{"x #parse('x')", "1:3: #parse: there are no other templates to include", "x #parse('x')\n  ^"},
		{
			"#foreach($x in $list)#break($foo)#end", "1:22: #break: its argument must be a loop, such as $foreach.parent",
			"#foreach($x in $list)#break($foo)#end\n                     ^",
		},
		{"#evaluate('#if(')", "1:1: #evaluate: 1:5: unexpected end of the template, expected a value", "#if(\n    ^"},
		{"$list.size(1)", "1:1: $list.size(1): size: it takes no arguments", "$list.size(1)\n^"},
		{
			"#foreach($foreach in $list)x#end", "1:1: #foreach: its variable must have another name than $foreach",
			"#foreach($foreach in $list)x#end\n^",
		},
		{"$foo.compareTo(1)", "1:1: $foo.compareTo(1): compareTo: strings compare with strings only", "$foo.compareTo(1)\n^"},
		{"#set($list[9] = 1)", "1:1: #set: set: index 9 is out of range for length 3", "#set($list[9] = 1)\n^"},
		{"$list.iterator().remove()", "1:1: $list.iterator().remove(): remove: there is no current item to remove", "$list.iterator().remove()\n^"},
		{"$list.subList(2, 1)", "1:1: $list.subList(2, 1): subList: from 2 to 1 of 3", "$list.subList(2, 1)\n^"},
		{"$map.keySet().add('x')", "1:1: $map.keySet().add('x'): add: a view of a map takes no new items", "$map.keySet().add('x')\n^"},
		{"$foo.split('a').add(1)", "1:1: $foo.split('a').add(1): add: an array has a fixed length", "$foo.split('a').add(1)\n^"},
		{"#m(a)#macro(m $x)$x#end", `1:1: #m: 1:4: unexpected word "a" in the arguments of #m`, "#m(a)#macro(m $x)$x#end\n   ^"},
	}
	for _, test := range tests {
		out, err := render(test.template, vtl.Velocity17(), someVariables())
		var exec *vtl.ExecError
		switch {
		case !errors.As(err, &exec) || out != "":
			t.Errorf("%q: printed %q, error %v", test.template, out, err)
		default:
			test.checkExec(t, exec)
		}
	}
}

// checkExec takes the excerpt of a text that was compiled at run time where
// there is one.
func (test *errorTest) checkExec(t *testing.T, exec *vtl.ExecError) {
	t.Helper()
	excerpt := exec.Excerpt
	var parse *vtl.ParseError
	if errors.As(exec.Err, &parse) {
		excerpt = parse.Excerpt
	}
	test.check(t, exec.Error(), excerpt)
}

// Templates that Velocity refuses to start are known before they run.
func TestCheck(t *testing.T) {
	for _, template := range []string{"#foreach", "x #define($a $b)x#end", "#break(1, 2)", "#literal() #end #literal"} {
		parsed, err := vtl.Parse(template, vtl.Velocity17())
		if err != nil {
			continue
		}
		_, err = parsed.Render(nil)
		if (parsed.Check() == nil) != (err == nil) {
			t.Errorf("%q: Check says %v, rendering %v", template, parsed.Check(), err)
		}
	}
	if parsed, err := vtl.Parse("#foreach", vtl.Velocity17()); err != nil || parsed.Check() == nil {
		t.Errorf("a #foreach without a list passes: %v", err)
	}
}
