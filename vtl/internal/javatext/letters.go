package javatext

import (
	"strings"
	"unicode"
)

// IsSpace is Character.isWhitespace.
func IsSpace(c rune) bool {
	switch {
	case c >= '\t' && c <= '\r' || c >= 0x1C && c <= 0x1F:
		return true
	case c == 0xA0 || c == 0x2007 || c == 0x202F:
		return false
	}
	return unicode.In(c, unicode.Zs, unicode.Zl, unicode.Zp)
}

// IsBlank is String.isBlank.
func IsBlank(s string) bool { return strings.TrimFunc(s, IsSpace) == "" }

// ToUpper is String.toUpperCase, which may give two letters for one, such as SS
// for ß.
func ToUpper(s string) string {
	if IsASCII(s) {
		return strings.ToUpper(s)
	}
	var b strings.Builder
	for _, c := range s {
		if c == 'ß' {
			b.WriteString("SS")
		} else if special, ok := specialUpper[c]; ok {
			b.WriteString(special)
		} else {
			b.WriteRune(unicode.ToUpper(c))
		}
	}
	return b.String()
}

// specialUpper are the other letters of Unicode's SpecialCasing.txt that occur in
// Latin texts.
var specialUpper = map[rune]string{
	'ŉ': "ʼN", 'ǰ': "J̌", 'ΐ': "Ϊ́", 'ΰ': "Ϋ́", 'և': "ԵՒ", 'ẖ': "H̱", 'ẗ': "T̈", 'ẘ': "W̊", 'ẙ': "Y̊", 'ẚ': "Aʾ",
	'ﬀ': "FF", 'ﬁ': "FI", 'ﬂ': "FL", 'ﬃ': "FFI", 'ﬄ': "FFL", 'ﬅ': "ST", 'ﬆ': "ST",
}

// ToLower is String.toLowerCase.
func ToLower(s string) string {
	if IsASCII(s) {
		return strings.ToLower(s)
	}
	var b strings.Builder
	runes := []rune(s)
	for i, c := range runes {
		switch {
		case c == 'İ':
			b.WriteString("i̇")
		case c == 'Σ' && i > 0 && unicode.IsLetter(runes[i-1]) && (i+1 == len(runes) || !unicode.IsLetter(runes[i+1])):
			b.WriteRune('ς')
		default:
			b.WriteRune(unicode.ToLower(c))
		}
	}
	return b.String()
}

// NumericValue is Character.getNumericValue for digits and ASCII letters; -1 for
// all others.
func NumericValue(c rune) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'z' && c < 0x80:
		return int(c|0x20-'a') + 10
	}
	return -1
}
