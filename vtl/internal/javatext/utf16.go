package javatext

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// IsASCII says whether bytes and UTF-16 units of s are the same.
func IsASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Length is String.length.
func Length(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

// Slice is String.substring; the bounds must be valid.
func Slice(s string, from, to int) string {
	if IsASCII(s) {
		return s[from:to]
	}
	return string(utf16.Decode(utf16.Encode([]rune(s))[from:to]))
}

// offset is the UTF-16 index of a byte offset.
func offset(s string, offset int) int { return Length(s[:offset]) }

// Unit is String.charAt; the index must be valid.
func Unit(s string, i int) uint16 {
	if IsASCII(s) {
		return uint16(s[i])
	}
	return utf16.Encode([]rune(s))[i]
}

// Units are the UTF-16 units of s.
func Units(s string) []uint16 { return utf16.Encode([]rune(s)) }

// CodePoint is String.codePointAt; the index must be valid.
func CodePoint(s string, i int) rune {
	units := utf16.Encode([]rune(s))[i:]
	if len(units) > 1 && utf16.IsSurrogate(rune(units[0])) {
		if c := utf16.DecodeRune(rune(units[0]), rune(units[1])); c != unicode.ReplacementChar {
			return c
		}
	}
	return rune(units[0])
}

// byteOffset is the byte offset in s of the UTF-16 index i.
func byteOffset(s string, i int) int {
	if IsASCII(s) {
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

// Index is String.indexOf(t, from).
func Index(s, t string, from int) int {
	at := byteOffset(s, max(from, 0))
	i := strings.Index(s[at:], t)
	if i < 0 {
		return -1
	}
	return offset(s, at+i)
}

// LastIndex is String.lastIndexOf(t, from).
func LastIndex(s, t string, from int) int {
	if from < 0 {
		return -1
	}
	end := min(byteOffset(s, from)+len(t), len(s))
	i := strings.LastIndex(s[:end], t)
	if i < 0 {
		return -1
	}
	return offset(s, i)
}

// Compare is String.compareTo: the difference of the first units that differ,
// or of the lengths.
func Compare(s, t string) int {
	x, y := utf16.Encode([]rune(s)), utf16.Encode([]rune(t))
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return int(x[i]) - int(y[i])
		}
	}
	return len(x) - len(y)
}

// Hash is String.hashCode.
func Hash(s string) int32 {
	h := int32(0)
	for _, r := range s {
		if r > 0xFFFF {
			r -= 0x10000
			h = 31*h + 0xD800 + r>>10
			r = 0xDC00 + r&0x3FF
		}
		h = 31*h + r
	}
	return h
}
