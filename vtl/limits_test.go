package vtl_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/vtl"
)

// hostileTemplates ask for more time, memory or stack than the limits allow.
var hostileTemplates = []string{
	"#foreach($i in [1..2000000000])#foreach($j in [1..2000000000])x#end#end",
	"#set($s = 'aaaaaaaaaa')#foreach($i in [1..1000])#set($s = $s + $s)#end$s",
	"#set($l = [1])#foreach($i in [1..1000])$l.addAll($l)#end",
	"#set($m = {})#set($x = $m.put('m', $m))$m",
	"#set($a = [])#set($b = [$a])#set($x = $a.add($b))$a $a.hashCode() $a.equals($b)",
	"#set($x = [1, 2])#foreach($i in [1..60])#set($x = [$x, $x])#end$x",
	"#set($x = [1, 2])#set($y = [1, 2])#foreach($i in [1..60])#set($x = [$x, $x])#set($y = [$y, $y])#end#if($x == $y)same#end",
	"#set($x = [1, 2])#foreach($i in [1..60])#set($x = [$x, $x])#end$x.hashCode()",
	"#macro(m)#m()#m()#end#m()",
	"#macro(m $a)$a$a#end#m(\"#m('x')#m(\"\"$foo\"\")\")",
	"#define($d)$d$d$e#end#define($e)$e$d$d#end$d$e",
	"#set($s = '#evaluate($s)#evaluate($s)')#evaluate($s)",
	"$foo.repeat(2000000000)",
	"$foo.format('%2000000000d', 1)",
	"#foreach($i in [1..1000])#set($foo = $foo.replaceAll('', 'xxxxxxxxxx'))#end$foo",
	"#set($s = $foo.repeat(3000))$s.matches('(r*a*)*b(?=c)')",
	"$foo.repeat(1000).replaceAll('(b|a|r)*?(?<!x)$', 'x')",
	"$foo.matches('((((((((((a{0,1000}){0,1000}){0,1000}){0,1000}))))))))')",
	"#set($n = 2)#foreach($i in [1..100])#set($n = $n * $n)#end$n",
	"#set($n = 2.5)#set($n = $n * 99999999999999999999)#foreach($i in [1..100])#set($n = $n * $n)#end$n",
	"#set($r = [1..2000000000])$r.size()",
	strings.Repeat("(", 5000),
	"#set($x = " + strings.Repeat("(", 5000) + "1",
	"#set($x = " + strings.Repeat("[", 5000),
	"#set($x = " + strings.Repeat("1+", 20_000) + "1)",
	strings.Repeat("#if(true)", 5000),
	strings.Repeat(`\`, 100_000),
	strings.Repeat("$", 50_000) + "a",
	strings.Repeat("$a.b(", 5000),
	strings.Repeat(" ", 100_000) + "#set ",
	"#set($l = [1..5000])#foreach($i in [1..1000])$l.contains('x')#end",
	"#set($m = {})#foreach($i in [1..1000])#set($x = $m.put([$i, $m.size()], $i))#end$m.size()",
}

func TestHostileTemplatesEnd(t *testing.T) {
	for _, text := range hostileTemplates {
		for _, options := range []vtl.Options{vtl.Velocity17(), vtl.APIGateway(), tight(vtl.Velocity17())} {
			checkBounded(t, text, options)
		}
	}
}

func TestLimits(t *testing.T) {
	tests := []struct {
		name, text string
		change     func(*vtl.Options)
		want       error
	}{
		{"steps", "#foreach($i in [1..100])$i#end", func(o *vtl.Options) { o.MaxSteps = 50 }, vtl.ErrTooManySteps},
		{"output", "#foreach($i in [1..100])$i#end", func(o *vtl.Options) { o.MaxOutput = 50 }, vtl.ErrOutputTooLarge},
		{"string", "#set($s = $foo + $foo)", func(o *vtl.Options) { o.MaxString = 5 }, vtl.ErrStringTooLong},
		{"memory", "#set($s = [1..1000])", func(o *vtl.Options) { o.MaxMemory = 5000 }, vtl.ErrTooMuchMemory},
		{"depth", "#macro(m)#m()#end#m()", func(*vtl.Options) {}, vtl.ErrTooDeep},
		{"pattern", "#set($s = $foo.repeat(30))$s.matches('(b*a*r*b*)*(?=x)c')", func(o *vtl.Options) { o.RegexTime = time.Millisecond }, vtl.ErrPatternTimedOut},
	}
	for _, test := range tests {
		options := vtl.Velocity17()
		test.change(&options)
		out, err := render(test.text, options, someVariables())
		var exec *vtl.ExecError
		if !errors.Is(err, test.want) || !errors.As(err, &exec) || exec.Line != 1 || exec.Directive == "" || out != "" {
			t.Errorf("%s: got %v, want %v", test.name, err, test.want)
		}
	}
}

// All expressions of a rendering have one time limit together, on either
// engine.
func TestExpressionsShareTheirTime(t *testing.T) {
	for name, text := range map[string]string{
		"backtracking":        "#set($s = 'aaaaaaaaaaaaaaaaa')#foreach($i in [1..1000])#set($x = $s.matches('(?=(a+)+$)(a+)+c'))#end",
		"nested":              "#set($s = 'aaaaaaaaaaaaaaaaa')#foreach($i in [1..1000])#foreach($j in [1..1000])#set($x = $s.matches('(?=(a+)+$)(a+)+c'))#end#end",
		"many patterns":       "#set($s = 'aaaaaaaaaaaaaaaaa')#foreach($i in [1..1000])#set($x = $s.matches(\"(?=(a+)+$)(a+)+$i\"))#end",
		"to the end and back": "#set($s = $foo.repeat(20000))#set($x = $s.replaceAll('b.*z|b', 'x'))",
		"with context":        "#set($s = $foo.repeat(20000))#set($x = $s.replaceAll('\\bq|b.*z|b', 'x'))",
		"a large program":     "#set($s = $foo.repeat(20000))#set($x = $s.matches('(b?a?r?){1000}'))",
		"compiling":           "#foreach($i in [1..1000])#set($x = $foo.matches(\"((a{1,100}){1,9}){1,9}$i\"))#end",
	} {
		options := vtl.APIGateway()
		options.InlineMacros = true
		began := time.Now()
		_, err := render(text, options, someVariables())
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s took %v", name, took)
		}
		// A fast machine may be done with these two in time.
		if name != "compiling" && name != "a large program" && !errors.Is(err, vtl.ErrPatternTimedOut) && !errors.Is(err, vtl.ErrTooManySteps) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// One by one the matches are those that Go's engine finds at once.
func TestLongTextsMatchAsShortOnes(t *testing.T) {
	options := vtl.APIGateway()
	options.RegexTime = time.Minute
	for _, pattern := range []string{"b", "(a)(r)", "r$", "[^b]+", "bar|ba", "(b)|a"} {
		short, err := render("$foo.repeat(3).replaceAll('"+pattern+"', '<$0>')", options, someVariables())
		if err != nil {
			t.Fatal(err)
		}
		long, err := render("$foo.repeat(3000).replaceAll('"+pattern+"', '<$0>')", options, someVariables())
		if err != nil || !strings.HasSuffix(long, strings.TrimPrefix(short, strings.Split(short, "r")[0])) || strings.Count(long, "<") < 1 {
			t.Errorf("%s: %.60q and %.60q, %v", pattern, short, long, err)
		}
	}
}

func TestRenderingsShareABudget(t *testing.T) {
	options := vtl.APIGateway()
	options.Memory = vtl.NewBudget(4 << 20)
	template, err := vtl.Parse("#set($s = $foo.repeat(100000))#set($l = [])#foreach($i in [1..$n])#set($x = $l.add($s.concat('x')))#end$l.size()", options)
	if err != nil {
		t.Fatal(err)
	}
	with := func(n int64) (string, error) {
		variables := someVariables()
		variables["n"] = vtl.Int(n)
		return template.Render(variables)
	}
	for range 3 {
		if out, err := with(5); out != "5" || err != nil {
			t.Errorf("within the budget: %q, %v", out, err)
		}
		if _, err := with(100); !errors.Is(err, vtl.ErrBudgetSpent) {
			t.Errorf("beyond the budget: %v", err)
		}
		if left := options.Memory.Left(); left != 4<<20 {
			t.Fatalf("%d bytes were given back of %d", left, 4<<20)
		}
	}
	small, err := vtl.Parse("$foo", options)
	if err != nil {
		t.Fatal(err)
	}
	options.Memory.Take(4 << 20)
	if out, err := small.Render(someVariables()); out != "bar" || err != nil {
		t.Errorf("a small rendering beside a spent budget: %q, %v", out, err)
	}
}

func TestRenderingsEndWhenTheyAreCanceled(t *testing.T) {
	template, err := vtl.Parse("#foreach($i in [1..1000])#foreach($j in [1..1000])$i#end#end", vtl.APIGateway())
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	close(done)
	if out, err := template.AppendUntil(done, []byte("before")); !errors.Is(err, vtl.ErrCanceled) || string(out) != "before" {
		t.Errorf("%.40q, %v", out, err)
	}
}

// Every rendering keeps its limits: its output fits, and when it fails the error
// names the limit.
func TestRenderingKeepsItsLimits(t *testing.T) {
	for n, text := range append(corpusTemplates(t), hostileTemplates...) {
		for most := 1; most <= 1000; most *= 10 {
			options := vtl.Velocity17()
			options.MaxOutput, options.MaxSteps, options.MaxString, options.MaxMemory = most, 3*most, 5*most, 50*most
			options.RegexTime = time.Millisecond
			parsed, err := vtl.Parse(text, options)
			if err != nil {
				continue
			}
			before := []byte("before")
			out, err := parsed.Append(before)
			var exec *vtl.ExecError
			switch {
			case err != nil && (!errors.As(err, &exec) || string(out) != "before"):
				t.Fatalf("%d %q within %d: %q, %v", n, text, most, out, err)
			case len(out)-len(before) > most:
				t.Fatalf("%d %q printed %d bytes of %d", n, text, len(out)-len(before), most)
			}
		}
	}
}

// corpusTemplates is every seventh of the project's own.
func corpusTemplates(t *testing.T) []string {
	data, err := os.ReadFile("testdata/corpus-own.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var templates []string
	n := 0
	for line := range bytes.Lines(data) {
		var c corpusCase
		if n++; n%7 == 0 && json.Unmarshal(line, &c) == nil {
			templates = append(templates, c.Template)
		}
	}
	return templates
}

func TestNesting(t *testing.T) {
	options := vtl.Velocity17()
	options.MaxNesting = 10
	deep := func(n int) string { return strings.Repeat("#if(true)", n) + "x" + strings.Repeat("#end", n) }
	if out, err := render(deep(9), options, nil); out != "x" || err != nil {
		t.Errorf("9 blocks: %q, %v", out, err)
	}
	if _, err := vtl.Parse(deep(11), options); err == nil || !strings.Contains(err.Error(), "nest too deep") {
		t.Errorf("11 blocks: %v", err)
	}
}

func TestTemplateSize(t *testing.T) {
	options := vtl.APIGateway()
	if _, err := vtl.Parse(strings.Repeat("x", options.MaxTemplate), options); err != nil {
		t.Error(err)
	}
	if _, err := vtl.Parse(strings.Repeat("x", options.MaxTemplate+1), options); err == nil {
		t.Error("a template above the limit parses")
	}
}

func TestIterationsStopSilently(t *testing.T) {
	out, err := render("#foreach($i in [1..5000])x#end|", vtl.APIGateway(), nil)
	if want := strings.Repeat("x", 1000) + "|"; out != want || err != nil {
		t.Errorf("got %d bytes, error %v", len(out), err)
	}
}

func TestConcurrentRendering(t *testing.T) {
	// The limit is of elapsed time, which a machine that is busy with other tests
	// stretches.
	options := vtl.Velocity17()
	options.RegexTime = time.Minute
	template, err := vtl.Parse("#macro(m $a)#set($k = $a)<$k>#end"+
		"#foreach($x in $list)$x#m($foo.replaceAll('(b)(?=a)', '<$1>'))#evaluate('$foreach.count')#end", options)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan string)
	for range 8 {
		go func() {
			text := ""
			for range 50 {
				var err error
				if text, err = template.Render(someVariables()); err != nil {
					text = err.Error()
					break
				}
			}
			done <- text
		}()
	}
	for range 8 {
		if got, want := <-done, "a<<b>ar>1b<<b>ar>2$x<<b>ar>3"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
