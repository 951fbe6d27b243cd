package jsonvalue

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Classes of bytes inside a string.
const (
	plain   = iota
	quote   // "
	slash   // /
	escape  // \
	control // below U+0020
	special // DEL, or the first byte of a rune that json-smart may escape
)

var classes = func() (table [256]uint8) {
	for c := range 0x20 {
		table[c] = control
	}
	table['"'], table['/'], table['\\'] = quote, slash, escape
	table[0x7F], table[0xC2], table[0xE2] = special, special, special
	return table
}()

// mustEscape says whether s starts with a character that json-smart writes as
// \uXXXX although JSON would not ask for it: U+007F-U+009F and U+2000-U+20FF.
func mustEscape(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r >= 0x7F && r <= 0x9F || r >= 0x2000 && r <= 0x20FF
}

// escapeAt is the length of the escape at the start of s, 0 when it is not one
// of RFC 8259, and whether json-smart would write the same.
func escapeAt(s string) (width int, canonical bool) {
	if len(s) < 2 {
		return 0, false
	}
	switch s[1] {
	case '"', '\\', 'b', 'f', 'n', 'r', 't':
		return 2, true
	case '/':
		return 2, false
	case 'u':
		if len(s) < 6 {
			return 0, false
		}
		if _, ok := hex(s[2:6]); ok {
			return 6, false
		}
	}
	return 0, false
}

func hex(s string) (r rune, ok bool) {
	for i := range len(s) {
		c := s[i]
		switch {
		case c-'0' <= 9:
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// unescape undoes the escapes of a string that was read, with json-smart's
// deviations from RFC 8259: \xNN and \' are escapes, an unknown escape is
// dropped, and raw control characters and DEL are dropped from strings that hold
// escapes.
func unescape(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c != '\\':
			if c >= ' ' && c != 0x7F {
				b.WriteByte(c)
			}
			continue
		case i+1 == len(s):
			return b.String()
		}
		i++
		switch s[i] {
		case 'u':
			r, width := unicodeEscape(s[i+1:])
			b.WriteRune(r)
			i += width
		case 'x':
			r, _ := hex(s[i+1 : min(i+3, len(s))])
			b.WriteRune(r)
			i = min(i+2, len(s))
		default:
			if r, ok := shortEscape(s[i]); ok {
				b.WriteByte(r)
			}
			for i+1 < len(s) && !utf8.RuneStart(s[i+1]) {
				i++
			}
		}
	}
	return b.String()
}

func shortEscape(c byte) (byte, bool) {
	switch c {
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	case '"', '\'', '\\', '/':
		return c, true
	}
	return 0, false
}

// unicodeEscape reads NNNN, and the second half of a surrogate pair behind it.
// A surrogate without its other half is U+FFFD (A-JSON-2).
func unicodeEscape(s string) (r rune, width int) {
	r, _ = hex(s[:min(4, len(s))])
	width = min(4, len(s))
	if !utf16.IsSurrogate(r) {
		return r, width
	}
	if len(s) >= 10 && s[4:6] == `\u` {
		low, ok := hex(s[6:10])
		if pair := utf16.DecodeRune(r, low); ok && pair != utf8.RuneError {
			return pair, 10
		}
	}
	return utf8.RuneError, width
}

const hexDigits = "0123456789ABCDEF"

// appendQuoted appends s as a JSON string, quotes included, as json-smart spells it:
// beyond what JSON asks for, U+007F-U+009F and U+2000-U+20FF become \uXXXX.
func appendQuoted(dst []byte, s string, style Style) []byte {
	dst = append(dst, '"')
	done := 0
	for i := 0; i < len(s); {
		width := 1
		switch classes[s[i]] {
		case plain:
			i++
			continue
		case slash:
			if style != WebSafe {
				i++
				continue
			}
		case special:
			if !mustEscape(s[i:]) {
				i++
				continue
			}
			_, width = utf8.DecodeRuneInString(s[i:])
		}
		dst = append(dst, s[done:i]...)
		dst = appendEscape(dst, s[i:i+width])
		i += width
		done = i
	}
	dst = append(dst, s[done:]...)
	return append(dst, '"')
}

func appendEscape(dst []byte, s string) []byte {
	switch c := s[0]; c {
	case '"', '\\', '/':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, `\b`...)
	case '\f':
		return append(dst, `\f`...)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	r, _ := utf8.DecodeRuneInString(s)
	return append(dst, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}
