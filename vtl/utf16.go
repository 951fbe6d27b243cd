package vtl

import (
	"unicode/utf16"
	"unicode/utf8"
)

// isASCII says whether bytes and UTF-16 units of s are the same.
func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// length16 is String.length.
func length16(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

// slice16 is String.substring; the bounds must be valid.
func slice16(s string, from, to int) string {
	if isASCII(s) {
		return s[from:to]
	}
	return string(utf16.Decode(utf16.Encode([]rune(s))[from:to]))
}

// offset16 is the UTF-16 index of a byte offset.
func offset16(s string, offset int) int { return length16(s[:offset]) }
