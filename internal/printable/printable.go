// Package printable makes text from outside safe to print: clients choose user
// agents, close reasons, messages and paths, and a terminal executes control
// sequences in them. Everything that writes such text into a log line or onto a
// terminal passes it through here; no other code of the module escapes for
// display.
//
// Characters without a glyph are written as JSON escapes, \u001b, and bytes that are
// not UTF-8 as \xff: C0 and C1 controls, DEL, the format characters of Unicode
// (bidirectional controls, zero-width characters, tags), and the line and paragraph
// separators. Backslashes stay as they are, so that JSON stays readable.
package printable

import (
	"unicode"
	"unicode/utf8"
)

// Place says what kind of text the result becomes part of.
type Place uint8

const (
	// Line is a line of text: only the tab stays as it is.
	Line Place = iota
	// Text is lines of text: tab and line end stay.
	Text
	// Quoted is text between the quotes of a JSON string: all control characters
	// are escaped, and quotes and backslashes get a backslash.
	Quoted
)

// Append appends text to dst with every character made visible. It does not
// allocate when dst has room.
func Append(dst, text []byte, place Place) []byte { return appendText(dst, text, place) }

// AppendString is [Append] of a string.
func AppendString(dst []byte, text string, place Place) []byte { return appendText(dst, text, place) }

// String is text with every character made visible; text itself where all are.
func String(text string, place Place) string {
	if clean(text, place) == len(text) {
		return text
	}
	return string(appendText(make([]byte, 0, len(text)+16), text, place))
}

// InPlace makes every character of line from start on visible.
func InPlace(line []byte, start int, place Place) []byte {
	at := start + clean(line[start:], place)
	if at == len(line) {
		return line
	}
	rest := string(line[at:])
	return appendText(line[:at], rest, place)
}

type text interface{ ~string | ~[]byte }

// clean is the length of the prefix of text that needs no change.
func clean[T text](t T, place Place) int {
	for i := 0; i < len(t); {
		if c := t[i]; c < utf8.RuneSelf {
			if hidden(rune(c), place) {
				return i
			}
			i++
			continue
		}
		r, width := decode(t, i)
		if r == utf8.RuneError && width == 1 || hidden(r, place) {
			return i
		}
		i += width
	}
	return len(t)
}

func appendText[T text](dst []byte, t T, place Place) []byte {
	for i := 0; i < len(t); {
		r, width := decode(t, i)
		switch {
		case r == utf8.RuneError && width == 1:
			if place == Quoted {
				dst = append(dst, '\\') // JSON has no \x
			}
			dst = append(dst, '\\', 'x', hex[t[i]>>4], hex[t[i]&15])
		case place == Quoted && (r == '"' || r == '\\'):
			dst = append(dst, '\\', byte(r))
		case place == Quoted && r == '\n':
			dst = append(dst, '\\', 'n')
		case hidden(r, place):
			dst = appendEscape(dst, r)
		default:
			dst = append(dst, t[i:i+width]...)
		}
		i += width
	}
	return dst
}

// decode reads the character at i.
func decode[T text](t T, i int) (rune, int) {
	var bytes [utf8.UTFMax]byte
	n := copy(bytes[:], t[i:])
	return utf8.DecodeRune(bytes[:n])
}

// hidden says whether r has no glyph, moves what is printed, or ends a quoted text.
func hidden(r rune, place Place) bool {
	switch {
	case r == '\t' && place != Quoted || r == '\n' && place == Text:
		return false
	case r < ' ', place == Quoted && (r == '"' || r == '\\'):
		return true
	case r < 0x7F:
		return false
	case r < 0xA0:
		return true // DEL and C1
	}
	return unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) || blank(r)
}

// blank are letters and marks that are drawn as empty space.
func blank(r rune) bool {
	switch r {
	case 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0:
		return true
	}
	return false
}

const hex = "0123456789abcdef"

// appendEscape writes r as a JSON escape, characters above U+FFFF as a surrogate
// pair, so that a JSON line whose strings were escaped is still JSON.
func appendEscape(dst []byte, r rune) []byte {
	if r > 0xFFFF {
		r -= 0x10000
		return appendEscape(appendEscape(dst, 0xD800+r>>10), 0xDC00+r&0x3FF)
	}
	return append(dst, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}
