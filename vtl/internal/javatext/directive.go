package javatext

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Directive is one directive of a format of java.util.Formatter:
// %[index$][flags][width][.precision]conversion. A size that is not given is -1,
// a width 0.
type Directive struct {
	Index      int // 0: the next argument, -1: the one before
	Flags      string
	Width      int
	Precision  int
	Conversion byte
}

// Errors of [ReadDirective].
var (
	ErrDirective = errors.New("a width or precision is missing or too large")
	ErrTooWide   = errors.New("a width or precision is above the limit")
)

// UnfinishedError is the error for a format that ends inside a directive.
type UnfinishedError string

func (e UnfinishedError) Error() string { return "the format ends inside of %" + string(e) }

// ReadDirective reads the directive at the start of s, the text after a "%",
// and returns its length in bytes. Widths above most are [ErrTooWide], before
// any text is made.
func ReadDirective(s string, most int) (d Directive, size int, err error) {
	i := digits(s)
	switch {
	case i > 0 && i < len(s) && s[i] == '$':
		if d.Index, err = number(s[:i], most); err != nil {
			return d, 0, err
		}
		i++
	case strings.HasPrefix(s, "<"):
		d.Index = -1
		i = 1
	default:
		i = 0
	}
	from := i
	for i < len(s) && strings.IndexByte("-#+ 0,(", s[i]) >= 0 {
		i++
	}
	d.Flags = s[from:i]
	if n := digits(s[i:]); n > 0 {
		if d.Width, err = number(s[i:i+n], most); err != nil {
			return d, 0, err
		}
		i += n
	}
	d.Precision = -1
	if i < len(s) && s[i] == '.' {
		n := digits(s[i+1:])
		if d.Precision, err = number(s[i+1:i+1+n], most); err != nil {
			return d, 0, err
		}
		i += 1 + n
	}
	if i == len(s) {
		return d, 0, UnfinishedError(s)
	}
	d.Conversion = s[i]
	return d, i + 1, nil
}

func number(s string, most int) (int, error) {
	n, err := strconv.Atoi(s)
	switch {
	case err != nil:
		return 0, ErrDirective
	case n > most:
		return 0, ErrTooWide
	}
	return n, nil
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n]-'0' <= 9 {
		n++
	}
	return n
}

func (d Directive) has(flag byte) bool { return strings.IndexByte(d.Flags, flag) >= 0 }

// Lower is the conversion in lower case, which names the conversion; an
// upper-case letter asks for the same text in upper case.
func (d Directive) Lower() byte { return d.Conversion | 0x20 }

// Pad appends a text in the directive's width, which counts characters.
func (d Directive) Pad(dst []byte, text string) []byte {
	fill := d.Width - utf8.RuneCountInString(text)
	switch {
	case fill <= 0:
		return append(dst, text...)
	case d.has('-'):
		return append(append(dst, text...), strings.Repeat(" ", fill)...)
	}
	return append(append(dst, strings.Repeat(" ", fill)...), text...)
}

// Truncated is a text within the directive's precision.
func (d Directive) Truncated(text string) string {
	if d.Precision >= 0 && d.Precision < Length(text) {
		return Slice(text, 0, d.Precision)
	}
	return text
}

// Signed appends a number without its sign, with the sign, the grouping and the
// zeros that the flags ask for.
func (d Directive) Signed(dst []byte, text string, negative bool) []byte {
	if d.has(',') {
		text = grouped(text)
	}
	before, after := "", ""
	switch {
	case negative && d.has('('):
		before, after = "(", ")"
	case negative:
		before = "-"
	case d.has('+'):
		before = "+"
	case d.has(' '):
		before = " "
	case d.has('#') && d.Conversion == 'x':
		before = "0x"
	}
	if d.has('0') {
		if fill := d.Width - len(before) - len(text) - len(after); fill > 0 {
			text = strings.Repeat("0", fill) + text
		}
	}
	return d.Pad(dst, before+text+after)
}

// grouped is a number in decimal with a comma before every third digit, the flag
// "," of java.util.Formatter.
func grouped(text string) string {
	whole, part, found := strings.Cut(text, ".")
	var b strings.Builder
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	if found {
		return b.String() + "." + part
	}
	return b.String()
}
