package vtl

import (
	"strings"
	"unicode"
	"unicode/utf16"
)

func region(s string, a arguments, fold bool) bool {
	other := a[1].Text()
	from, otherFrom, size := a.int(0), a.int(2), a.int(3)
	if from < 0 || otherFrom < 0 || from+size > length16(s) || otherFrom+size > length16(other) {
		return false
	}
	if size <= 0 {
		return true
	}
	x, y := slice16(s, from, from+size), slice16(other, otherFrom, otherFrom+size)
	return x == y || fold && strings.EqualFold(x, y)
}

func (r *Run) substring(s string, from, to int) Value {
	if from < 0 || to > length16(s) || from > to {
		r.fail(&MethodError{"substring", "begin " + itoa(int64(from)) + ", end " + itoa(int64(to)) + ", length " + itoa(int64(length16(s)))})
	}
	return String(slice16(s, from, to))
}

func (r *Run) unit(method, s string, i int) uint16 {
	if i < 0 || i >= length16(s) {
		r.outOfRange(method, int64(i), length16(s))
	}
	if isASCII(s) {
		return uint16(s[i])
	}
	return utf16.Encode([]rune(s))[i]
}

func codePoint(s string, i int) rune {
	units := utf16.Encode([]rune(s))[i:]
	if len(units) > 1 && utf16.IsSurrogate(rune(units[0])) {
		if c := utf16.DecodeRune(rune(units[0]), rune(units[1])); c != unicode.ReplacementChar {
			return c
		}
	}
	return rune(units[0])
}

// byteOffset is where the UTF-16 index i is in s.
func byteOffset(s string, i int) int {
	if isASCII(s) {
		return min(i, len(s))
	}
	n := 0
	for at, c := range s {
		if n >= i {
			return at
		}
		n++
		if c > 0xFFFF {
			n++
		}
	}
	return len(s)
}

func index16(s, t string, from int) int {
	at := byteOffset(s, max(from, 0))
	i := strings.Index(s[at:], t)
	if i < 0 {
		return -1
	}
	return offset16(s, at+i)
}

func lastIndex16(s, t string, from int) int {
	if from < 0 {
		return -1
	}
	end := min(byteOffset(s, from)+len(t), len(s))
	i := strings.LastIndex(s[:end], t)
	if i < 0 {
		return -1
	}
	return offset16(s, i)
}

func indexFrom16(name, s string, a arguments) int {
	t := a[0].Text()
	if a[0].kind != KindString {
		t = string(rune(a.int(0)))
	}
	if name == "indexOf" {
		return index16(s, t, a.int(1))
	}
	return lastIndex16(s, t, a.int(1))
}

// compare16 is String.compareTo: the difference of the first units that differ,
// or of the lengths.
func compare16(s, t string) int {
	x, y := utf16.Encode([]rune(s)), utf16.Encode([]rune(t))
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return int(x[i]) - int(y[i])
		}
	}
	return len(x) - len(y)
}

func (r *Run) characters(s string) Value {
	units := utf16.Encode([]rune(s))
	r.Charge(valueSize * len(units))
	items := make([]Value, len(units))
	for i, u := range units {
		items[i] = character(u)
	}
	return newArray(items)
}
