package printable_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/pasarela-ws/pasarela/internal/printable"
)

func TestEveryCharacterIsVisible(t *testing.T) {
	for name, c := range map[string]struct{ text, line, lines string }{
		"plain":          {`{"a": "ñ €"}`, `{"a": "ñ €"}`, `{"a": "ñ €"}`},
		"colour":         {"a\x1b[31mb", `a\u001b[31mb`, `a\u001b[31mb`},
		"title":          {"\x1b]0;x\x07", `\u001b]0;x\u0007`, `\u001b]0;x\u0007`},
		"line ends":      {"a\r\nb\n", `a\u000d\u000ab\u000a`, "a\\u000d\nb\n"},
		"tab":            {"a\tb", "a\tb", "a\tb"},
		"C1":             {"\u009b31m\u0085", `\u009b31m\u0085`, `\u009b31m\u0085`},
		"DEL":            {"\x7f", `\u007f`, `\u007f`},
		"bidi":           {"\u202eabc\u2066\u061c", `\u202eabc\u2066\u061c`, `\u202eabc\u2066\u061c`},
		"no width":       {"a\u200bb\ufeff\u00ad", `a\u200bb\ufeff\u00ad`, `a\u200bb\ufeff\u00ad`},
		"separators":     {"a\u2028b\u2029", `a\u2028b\u2029`, `a\u2028b\u2029`},
		"tags":           {"\U000E0041", `\udb40\udc41`, `\udb40\udc41`},
		"no UTF-8":       {"a\xff\x9bb\xc3", `a\xff\x9bb\xc3`, `a\xff\x9bb\xc3`},
		"replacement":    {"\ufffd", "\ufffd", "\ufffd"},
		"filler":         {"a\u3164", `a\u3164`, `a\u3164`},
		"emoji, accents": {"😀 e\u0301", "😀 e\u0301", "😀 e\u0301"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := printable.String(c.text, printable.Line); got != c.line {
				t.Errorf("line: %q, want %q", got, c.line)
			}
			if got := string(printable.AppendString([]byte("x"), c.text, printable.Text)); got != "x"+c.lines {
				t.Errorf("lines: %q, want %q", got, c.lines)
			}
			if got := string(printable.InPlace([]byte("\x1b"+c.text), 1, printable.Line)); got != "\x1b"+c.line {
				t.Errorf("in place: %q, want %q", got, c.line)
			}
		})
	}
}

func TestQuotedTextStaysInItsQuotes(t *testing.T) {
	for text, want := range map[string]string{
		`a"b\`: `a\"b\\`, "a\tb\nc\r": `a\u0009b\nc\u000d`, "\u009b\xff": `\u009b\\xff`, "é": "é",
	} {
		if got := printable.String(text, printable.Quoted); got != want || !json.Valid([]byte(`"`+got+`"`)) {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

// A character that is split between two writes is still one character.
func TestWritesMayCutAnywhere(t *testing.T) {
	const text = "ñ\x1b€\u202e😀\xff\u009b\n"
	want := printable.String(text, printable.Text)
	for cut := range len(text) + 1 {
		var out bytes.Buffer
		w := printable.NewWriter(&out)
		for _, piece := range []string{text[:cut], text[cut:]} {
			if n, err := w.Write([]byte(piece)); n != len(piece) || err != nil {
				t.Fatal(n, err)
			}
		}
		if err := w.Flush(); err != nil || out.String() != want {
			t.Errorf("cut at %d: %q, %v", cut, out.String(), err)
		}
	}
	var out bytes.Buffer
	w := printable.NewWriter(&out)
	_, _ = w.Write([]byte("a\xe2\x82"))
	if err := w.Flush(); err != nil || out.String() != `a\xe2\x82` {
		t.Errorf("half a character: %q, %v", out.String(), err)
	}
}

func TestCleanTextTakesNoMemory(t *testing.T) {
	dst, text := make([]byte, 0, 100), "a clean line — of text\n"
	if n := testing.AllocsPerRun(100, func() { dst = printable.AppendString(dst[:0], text, printable.Text) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzVisible(f *testing.F) {
	f.Add("a\x1b\u202e\xff\n😀")
	f.Fuzz(func(t *testing.T, text string) {
		line := printable.String(text, printable.Line)
		if !utf8.ValidString(line) {
			t.Errorf("%q is no UTF-8", line)
		}
		for _, r := range line {
			if r != '\t' && (unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r)) {
				t.Errorf("%U is left in %q", r, line)
			}
		}
		if again := printable.String(line, printable.Line); again != line {
			t.Errorf("%q became %q", line, again)
		}
		// What is escaped inside of a JSON string leaves it a JSON string.
		quoted, err := json.Marshal(strings.ToValidUTF8(text, ""))
		if err != nil {
			t.Fatal(err)
		}
		if visible := printable.InPlace(quoted, 0, printable.Line); !json.Valid(visible) {
			t.Errorf("%q is no JSON", visible)
		}
	})
}
