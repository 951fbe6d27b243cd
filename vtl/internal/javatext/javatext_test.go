package javatext_test

import (
	"errors"
	"fmt"
	"testing"
	"unicode/utf8"

	"github.com/pasarela-ws/pasarela/vtl/internal/javatext"
)

func ExampleLength() {
	fmt.Println(javatext.Length("Grüße 😀"), javatext.Index("Grüße 😀!", "!", 0), javatext.Slice("Grüße 😀!", 2, 5))
	// Output: 8 8 üße
}

func ExampleReadDirective() {
	d, size, err := javatext.ReadDirective("2$-8.3s| and so on", 1000)
	fmt.Printf("%+v %d %v\n", d, size, err)
	fmt.Printf("[%s]\n", d.Pad(nil, d.Truncated("abcdef")))
	// Output:
	// {Index:2 Flags:- Width:8 Precision:3 Conversion:115} 7 <nil>
	// [abc     ]
}

func TestDirectivesThatAreRefused(t *testing.T) {
	for text, want := range map[string]error{
		"9999s": javatext.ErrTooWide, ".9999f": javatext.ErrTooWide, "99999999999999999999s": javatext.ErrDirective, ".f": javatext.ErrDirective,
		"5": javatext.UnfinishedError("5"), "": javatext.UnfinishedError(""), "-": javatext.UnfinishedError("-"),
	} {
		if _, _, err := javatext.ReadDirective(text, 100); !errors.Is(err, want) {
			t.Errorf("%q: got %v, want %v", text, err, want)
		}
	}
}

func TestSigned(t *testing.T) {
	tests := []struct {
		directive, number string
		negative          bool
		want              string
	}{
		{"+,d", "1234567", false, "+1,234,567"},
		{"08d", "42", true, "-0000042"},
		{"(d", "42", true, "(42)"},
		{" d", "42", false, " 42"},
		{"#x", "ff", false, "0xff"},
		{"-8d", "42", true, "-42     "},
	}
	for _, test := range tests {
		d, _, err := javatext.ReadDirective(test.directive, 100)
		if got := string(d.Signed(nil, test.number, test.negative)); got != test.want || err != nil {
			t.Errorf("%%%s of %s: got %q, %v, want %q", test.directive, test.number, got, err, test.want)
		}
	}
}

func TestLetters(t *testing.T) {
	for text, want := range map[string]string{"straße": "STRASSE", "ﬁn": "FIN", "abc": "ABC", "émile": "ÉMILE"} {
		if got := javatext.ToUpper(text); got != want {
			t.Errorf("%s: got %s", text, got)
		}
	}
	for text, want := range map[string]string{"ΟΔΟΣ": "οδος", "İ": "i̇", "ABC": "abc"} {
		if got := javatext.ToLower(text); got != want {
			t.Errorf("%s: got %s", text, got)
		}
	}
	if !javatext.IsBlank("\u2003\t\n") || javatext.IsBlank("\u00a0") {
		t.Error("a no-break space is no white space in Java, an em space is")
	}
}

// FuzzUTF16: slices joined are the whole text, and found indexes are correct.
func FuzzUTF16(f *testing.F) {
	f.Add("Grüße 😀!", "😀", 3)
	f.Add("", "", 0)
	f.Fuzz(func(t *testing.T, s, part string, at int) {
		if !utf8.ValidString(s) || !utf8.ValidString(part) {
			return // Java has no such strings
		}
		n := javatext.Length(s)
		if n != len(javatext.Units(s)) {
			t.Fatalf("%q: %d units, not %d", s, n, len(javatext.Units(s)))
		}
		if i := javatext.Index(s, part, at); i >= n && part != "" {
			t.Fatalf("%q in %q from %d: %d of %d", part, s, at, i, n)
		}
		if i := javatext.LastIndex(s, part, at); i > n {
			t.Fatalf("%q in %q before %d: %d of %d", part, s, at, i, n)
		}
		if at >= 0 && at < n {
			units := javatext.Units(s)
			if javatext.Unit(s, at) != units[at] {
				t.Fatalf("%q at %d", s, at)
			}
			javatext.CodePoint(s, at)
			javatext.Slice(s, at, n)
		}
	})
}
