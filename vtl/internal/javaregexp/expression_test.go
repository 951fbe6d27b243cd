package javaregexp_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/vtl/internal/javaregexp"
)

// counter is a Meter without limits.
type counter struct {
	took  time.Duration
	found int
}

func (c *counter) Matched(took time.Duration) { c.took += took }

func (c *counter) Found() { c.found++ }

func ExampleCompile() {
	e, err := javaregexp.Compile(new(counter), `(\w+)@(?=example)`, false, time.Second)
	if err != nil {
		fmt.Println(err)
		return
	}
	const text = "ana@example bob@elsewhere"
	matches, err := e.FindAll(new(counter), text, -1)
	for _, m := range matches {
		fmt.Println(m, text[m[2]:m[3]])
	}
	if err != nil {
		fmt.Println(err)
	}
	// Output: [0 4 0 3] ana
}

// What Java spells differently from Go, and what only a backtracking engine
// runs, finds what java.util.regex finds.
func TestJavaSpellings(t *testing.T) {
	tests := []struct{ regex, text, want string }{
		{`\p{Lower}+`, "abC1d", "abd"},
		{`[\p{Punct}&&[^-]]`, "a-b!c?", "!?"},
		{`[a-f&&[^c]]+`, "abcdefg", "abdef"},
		{`[a[x-z]]+`, "axby", "axy"},
		{`a++b`, "aaab", "aaab"},
		{`a++a`, "aaa", ""},
		{`\Q.*\E`, "a.*b", ".*"},
		{`\u0041`, "xAy", "A"},
		{`(?<!a)b`, "abb", "b"},
		{`(a)\1`, "aab", "aa"},
		{`.`, "a\u0085b", "ab"},
		{`(?s).`, "a\nb", "a\nb"},
		{`\h`, "a b\u00a0c", " \u00a0"},
		{`\R`, "a\r\nb", "\r\n"},
		{`\e`, "a\x1bb", "\x1b"},
		{`x*`, "axxb", "xx"}, // empty matches beside the others
	}
	for _, test := range tests {
		e, err := javaregexp.Compile(new(counter), test.regex, false, time.Second)
		if err != nil {
			t.Errorf("%s: %v", test.regex, err)
			continue
		}
		matches, err := e.FindAll(new(counter), test.text, -1)
		got := ""
		for _, m := range matches {
			got += test.text[m[0]:m[1]]
		}
		if got != test.want || err != nil {
			t.Errorf("%s in %q: got %q, %v, want %q", test.regex, test.text, got, err, test.want)
		}
	}
}

func TestWholeMatchesAll(t *testing.T) {
	for text, want := range map[string]int{"ab": 1, "abc": 0, "xab": 0, "ab\n": 0} {
		e, err := javaregexp.Compile(new(counter), "a|ab", true, time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if matches, err := e.FindAll(new(counter), text, 1); len(matches) != want || err != nil {
			t.Errorf("%q: %v, %v", text, matches, err)
		}
	}
}

// What is wrong is reported with the expression as it was given, not as it was
// translated.
func TestErrorsNameTheExpression(t *testing.T) {
	_, err := javaregexp.Compile(new(counter), `[\p{Lower}`, true, time.Second)
	if err == nil || strings.Contains(err.Error(), `\A`) || !strings.Contains(err.Error(), `\p{Lower}`) {
		t.Errorf("got %v", err)
	}
}

func TestBacktrackingEnds(t *testing.T) {
	e, err := javaregexp.Compile(new(counter), `(a+)+(?=b)c`, false, 20*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.FindAll(new(counter), strings.Repeat("a", 40), -1); !errors.Is(err, javaregexp.ErrTimedOut) {
		t.Errorf("got %v", err)
	}
}

func TestExpand(t *testing.T) {
	match := []int{0, 3, 0, 1, -1, -1} // "abc" with the groups "a" and one that took no part
	tests := []struct {
		replacement, want string
		err               error
	}{
		{"<$0>", "<abc>", nil},
		{"$1$2", "a", nil},
		{"$12", "a2", nil},
		{`\$1`, "$1", nil},
		{`\é`, "é", nil},
		{"$3", "", javaregexp.ErrReplacement},
		{"$", "", javaregexp.ErrReplacement},
		{"$x", "", javaregexp.ErrReplacement},
		{`\`, "", javaregexp.ErrReplacement},
	}
	for _, test := range tests {
		got, err := javaregexp.Expand(nil, "abc", match, test.replacement)
		if string(got) != test.want || !errors.Is(err, test.err) {
			t.Errorf("%q: got %q, %v", test.replacement, got, err)
		}
	}
}

func TestLiterals(t *testing.T) {
	tests := []struct {
		regex              string
		literal, separator bool
	}{
		{`,`, true, true},
		{`\.`, true, true},
		{`\\'`, true, false},
		{`\'`, true, true},
		{`ab`, true, false},
		{`.`, false, false},
		{`\d`, false, false},
		{`\1`, false, false},
		{`a|b`, false, false},
		{``, false, false},
	}
	for _, test := range tests {
		_, literal := javaregexp.Literal(test.regex)
		_, separator := javaregexp.Separator(test.regex)
		if literal != test.literal || separator != test.separator {
			t.Errorf("%s: literal %v, separator %v", test.regex, literal, separator)
		}
	}
}

// FuzzCompile: any expression compiles or is refused, and what Go's engine finds
// in a text ends where the text does.
func FuzzCompile(f *testing.F) {
	for _, regex := range []string{`a++`, `[a&&[^b]]`, `\Qx`, `\p{Lower}`, `[`, `(?<x>a)`, `\u00e9`, `a{2,3}+`} {
		f.Add(regex, "aab x")
	}
	f.Fuzz(func(t *testing.T, regex, text string) {
		if len(regex) > 100 || len(text) > 100 {
			return
		}
		e, err := javaregexp.Compile(new(counter), regex, false, 10*time.Millisecond)
		if err != nil {
			return
		}
		matches, err := e.FindAll(new(counter), text, -1)
		if err != nil && !errors.Is(err, javaregexp.ErrTimedOut) {
			t.Fatal(err)
		}
		for _, m := range matches {
			if m[0] > m[1] || m[1] > len(text) {
				t.Fatalf("%q in %q: %v", regex, text, m)
			}
		}
	})
}

// Time that other goroutines use on all processors does not count against the
// limit.
func TestABusyMachineFailsNoExpression(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells the processor time of a thread; elsewhere the clock is read (A-VTL-12)")
	}
	var over atomic.Bool
	var busy sync.WaitGroup
	for range 4 * runtime.GOMAXPROCS(0) {
		busy.Go(func() {
			for !over.Load() {
				continue // keeps a processor
			}
		})
	}
	defer busy.Wait()
	defer over.Store(true)
	e, err := javaregexp.Compile(new(counter), `(a+)+(?=b)`, false, 100*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	var spent counter
	began := time.Now()
	for time.Since(began) < 300*time.Millisecond {
		if _, err := e.FindAll(&spent, "aaaaaaaaac", -1); err != nil {
			t.Fatal(err)
		}
		runtime.Gosched()
	}
	if passed := time.Since(began); spent.took > passed*3/4 {
		t.Errorf("of %v that have passed %v count", passed, spent.took)
	}
}
