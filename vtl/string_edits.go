package vtl

import (
	"strings"
	"unicode"
)

func (r *Run) join(separator string, items []Value) Value {
	parts := make([]string, len(items))
	for i, item := range items {
		if item.kind != KindString && item.kind != KindNull {
			r.fail(&MethodError{"join", "an item is not a string"})
		}
		parts[i] = r.toString(item)
	}
	size := 0
	for _, part := range parts {
		size += len(part) + len(separator)
	}
	r.room(size)
	return r.text(strings.Join(parts, separator))
}

// room fails before a text is made that would be too long.
func (r *Run) room(size int) {
	if size > r.limits.MaxString {
		r.fail(ErrStringTooLong)
	}
}

func (r *Run) replaceLiteral(s string, a arguments) (Value, bool) {
	var from, to string
	switch {
	case a.fit("cc"):
		from, to = string(rune(a[0].bits)), string(rune(a[1].bits))
	case a.fit("ss"):
		r.present("replace", a)
		from, to = a[0].Text(), a[1].Text()
	default:
		return Value{}, false
	}
	if len(to) > len(from) {
		r.room(len(s) + strings.Count(s, from)*(len(to)-len(from)))
	}
	return r.text(strings.ReplaceAll(s, from, to)), true
}

func (r *Run) repeat(s string, count int) Value {
	if count < 0 {
		r.fail(&MethodError{"repeat", "the count is negative"})
	}
	if len(s) > 0 && count > r.limits.MaxString/len(s) {
		r.fail(ErrStringTooLong)
	}
	if s == "" {
		return String("")
	}
	return r.text(strings.Repeat(s, count))
}

func (r *Run) indent(s string, by int) Value {
	if s == "" {
		return String("")
	}
	lines := strings.Split(strings.TrimSuffix(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"), "\n"), "\n")
	if by > 0 {
		r.room(len(s) + len(lines)*min(by, r.limits.MaxString))
	}
	for i, line := range lines {
		if by > 0 {
			line = strings.Repeat(" ", by) + line
		} else {
			blanks := len(line) - len(strings.TrimLeftFunc(line, isSpace))
			line = line[min(blanks, -by):]
		}
		lines[i] = line
	}
	return r.text(strings.Join(lines, "\n") + "\n")
}

// isSpace is Character.isWhitespace.
func isSpace(c rune) bool {
	switch {
	case c >= '\t' && c <= '\r' || c >= 0x1C && c <= 0x1F:
		return true
	case c == 0xA0 || c == 0x2007 || c == 0x202F:
		return false
	}
	return unicode.In(c, unicode.Zs, unicode.Zl, unicode.Zp)
}

func isBlank(s string) bool { return strings.TrimFunc(s, isSpace) == "" }

// toUpper is String.toUpperCase, which knows two letters for one.
func toUpper(s string) string {
	if isASCII(s) {
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

// specialUpper are the other letters of Unicode's SpecialCasing that Latin texts meet.
var specialUpper = map[rune]string{
	'ŉ': "ʼN", 'ǰ': "J̌", 'ΐ': "Ϊ́", 'ΰ': "Ϋ́", 'և': "ԵՒ", 'ẖ': "H̱", 'ẗ': "T̈", 'ẘ': "W̊", 'ẙ': "Y̊", 'ẚ': "Aʾ",
	'ﬀ': "FF", 'ﬁ': "FI", 'ﬂ': "FL", 'ﬃ': "FFI", 'ﬄ': "FFL", 'ﬅ': "ST", 'ﬆ': "ST",
}

// toLower is String.toLowerCase.
func toLower(s string) string {
	if isASCII(s) {
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
