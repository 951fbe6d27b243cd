package vtl

import (
	"strings"
	"unicode"
	"unicode/utf16"
)

// stringMethod is a method of java.lang.String. Indexes count UTF-16 units.
func (r *Run) stringMethod(s, name string, a arguments) (Value, bool) {
	r.work(len(s))
	switch len(a) {
	case 0:
		return r.stringMethod0(s, name)
	case 1:
		if v, ok := r.stringMethod1(s, name, a); ok {
			return v, true
		}
	case 2:
		if v, ok := r.stringMethod2(s, name, a); ok {
			return v, true
		}
	}
	return r.stringMethodMore(s, name, a)
}

func (r *Run) stringMethod0(s, name string) (Value, bool) {
	switch name {
	case "length":
		return Int(int64(length16(s))), true
	case "isEmpty":
		return Bool(s == ""), true
	case "isBlank":
		return Bool(isBlank(s)), true
	case "toString", "intern", "stripIndent":
		return String(s), true
	case "trim":
		return String(strings.TrimFunc(s, func(c rune) bool { return c <= ' ' })), true
	case "strip":
		return String(strings.TrimFunc(s, isSpace)), true
	case "stripLeading":
		return String(strings.TrimLeftFunc(s, isSpace)), true
	case "stripTrailing":
		return String(strings.TrimRightFunc(s, isSpace)), true
	case "toUpperCase":
		return r.text(toUpper(s)), true
	case "toLowerCase":
		return r.text(toLower(s)), true
	case "toCharArray":
		return r.characters(s), true
	case "formatted":
		return r.format(s, nil), true
	}
	return Value{}, false
}

func (r *Run) stringMethod1(s, name string, a arguments) (Value, bool) {
	switch {
	case name == "compareTo" && a[0].kind != KindString:
		r.fail(&MethodError{name, "strings compare with strings only"})
	case a.fit("i"):
		return r.stringMethodInt(s, name, a.int(0))
	case a.fit("s") && a[0].kind == KindNull:
		return r.stringMethodNull(s, name)
	case a.fit("s"):
		return r.stringMethodString(s, name, a[0].Text())
	}
	return Value{}, false
}

func (r *Run) stringMethodInt(s, name string, i int) (Value, bool) {
	switch name {
	case "charAt":
		return character(r.unit(name, s, i)), true
	case "codePointAt":
		r.unit(name, s, i)
		return Int(int64(codePoint(s, i))), true
	case "substring":
		return r.substring(s, i, length16(s)), true
	case "indexOf":
		return Int(int64(index16(s, string(rune(i)), 0))), true
	case "lastIndexOf":
		return Int(int64(lastIndex16(s, string(rune(i)), length16(s)))), true
	case "repeat":
		return r.repeat(s, i), true
	case "indent":
		return r.indent(s, i), true
	}
	return Value{}, false
}

func (r *Run) stringMethodNull(s, name string) (Value, bool) {
	switch name {
	case "equals", "equalsIgnoreCase":
		return Bool(false), true
	case "contains", "startsWith", "endsWith", "indexOf", "lastIndexOf", "concat", "compareTo", "compareToIgnoreCase",
		"matches", "split", "contentEquals", "format":
		r.fail(&MethodError{name, "the argument is null"})
	}
	return Value{}, false
}

func (r *Run) stringMethodString(s, name, t string) (Value, bool) {
	switch name {
	case "equals", "contentEquals":
		return Bool(s == t), true
	case "equalsIgnoreCase":
		return Bool(strings.EqualFold(s, t)), true
	case "contains":
		return Bool(strings.Contains(s, t)), true
	case "startsWith":
		return Bool(strings.HasPrefix(s, t)), true
	case "endsWith":
		return Bool(strings.HasSuffix(s, t)), true
	case "indexOf":
		return Int(int64(index16(s, t, 0))), true
	case "lastIndexOf":
		return Int(int64(lastIndex16(s, t, length16(s)))), true
	case "concat":
		return r.text(s + t), true
	case "compareTo":
		return Int(int64(compare16(s, t))), true
	case "compareToIgnoreCase":
		return Int(int64(compare16(toLower(toUpper(s)), toLower(toUpper(t))))), true
	case "matches":
		return Bool(r.pattern(t, true).find(r, s, 0) != nil), true
	case "split":
		return r.split(s, t, 0), true
	}
	return Value{}, false
}

func (r *Run) stringMethod2(s, name string, a arguments) (Value, bool) {
	switch name {
	case "substring", "subSequence":
		if a.fit("ii") {
			return r.substring(s, a.int(0), a.int(1)), true
		}
	case "replace":
		return r.replaceLiteral(s, a)
	case "replaceAll", "replaceFirst":
		if a.fit("ss") {
			r.present(name, a)
			return r.replacePattern(s, a[0].Text(), a[1].Text(), name == "replaceAll"), true
		}
	case "split":
		if a.fit("si") {
			r.present(name, a)
			return r.split(s, a[0].Text(), a.int(1)), true
		}
	case "indexOf", "lastIndexOf":
		if a.fit("si") || a.fit("ii") {
			r.present(name, a)
			return Int(int64(indexFrom16(name, s, a))), true
		}
	case "startsWith":
		if a.fit("si") {
			r.present(name, a)
			from := a.int(1)
			return Bool(from >= 0 && from <= length16(s) && strings.HasPrefix(slice16(s, from, length16(s)), a[0].Text())), true
		}
	case "compare":
		if a.fit("ss") {
			r.present(name, a)
			return Int(int64(compare16(a[0].Text(), a[1].Text()))), true
		}
	case "codePointCount":
		if a.fit("ii") {
			return Int(int64(len([]rune(r.substring(s, a.int(0), a.int(1)).Text())))), true
		}
	}
	return Value{}, false
}

// stringMethodMore are static methods, methods with many arguments and those
// with a variable number of them.
func (r *Run) stringMethodMore(s, name string, a arguments) (Value, bool) {
	switch {
	case name == "valueOf" && a.fit("o"):
		return r.text(r.toString(a[0])), true
	case name == "format" && len(a) > 0 && a[0].kind == KindString:
		return r.format(a[0].Text(), a[1:]), true
	case name == "formatted":
		return r.format(s, a), true
	case name == "join" && a.fit("sC"):
		r.present(name, a)
		l := a[1].ref.(*List)
		items := make([]Value, l.Len())
		for i := range items {
			items[i] = l.At(i)
		}
		return r.join(a[0].Text(), items), true
	case name == "join" && len(a) > 0 && a.allStrings():
		return r.join(a[0].Text(), a[1:]), true
	case name == "regionMatches" && a.fit("isii"):
		return Bool(region(s, a, false)), true
	case name == "regionMatches" && a.fit("bisii"):
		return Bool(region(s, a[1:], a[0].Bool())), true
	}
	return Value{}, false
}

func (a arguments) allStrings() bool {
	for _, v := range a {
		if v.kind != KindString {
			return false
		}
	}
	return true
}

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

func (r *Run) characters(s string) Value {
	units := utf16.Encode([]rune(s))
	r.Charge(valueSize * len(units))
	items := make([]Value, len(units))
	for i, u := range units {
		items[i] = character(u)
	}
	return newArray(items)
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
