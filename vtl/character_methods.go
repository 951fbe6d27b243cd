package vtl

import (
	"unicode"

	"github.com/pasarela-ws/pasarela/vtl/internal/javatext"
)

// characterMethods are those of java.lang.Character. Those that test a
// character take a code point too.
func characterMethods() []method {
	rows := []method{
		{"charValue", "", alone, func(_ *Run, v Value, _ arguments) Value { return v }},
		{"compareTo", "o", 0, func(r *Run, v Value, a arguments) Value {
			if a[0].kind != KindCharacter {
				r.refuse("compareTo", "compare_characters")
			}
			return Int(int64(v.bits) - int64(a[0].bits))
		}},
		{"valueOf", "c", 0, func(_ *Run, _ Value, a arguments) Value { return a[0] }},
		{"hashCode", "c", 0, func(_ *Run, _ Value, a arguments) Value { return Int(int64(a[0].bits)) }},
		{"describeConstable", "", alone, nil},
	}
	for name, look := range map[string]func(c rune) Value{
		"toString":        func(c rune) Value { return String(string(c)) },
		"isDigit":         func(c rune) Value { return Bool(unicode.IsDigit(c)) },
		"isLetter":        func(c rune) Value { return Bool(unicode.IsLetter(c)) },
		"isAlphabetic":    func(c rune) Value { return Bool(unicode.IsLetter(c)) },
		"isLetterOrDigit": func(c rune) Value { return Bool(unicode.IsLetter(c) || unicode.IsDigit(c)) },
		"isWhitespace":    func(c rune) Value { return Bool(javatext.IsSpace(c)) },
		"isUpperCase":     func(c rune) Value { return Bool(unicode.IsUpper(c)) },
		"isLowerCase":     func(c rune) Value { return Bool(unicode.IsLower(c)) },
		"toUpperCase":     func(c rune) Value { return character(uint16(unicode.ToUpper(c))) },
		"toLowerCase":     func(c rune) Value { return character(uint16(unicode.ToLower(c))) },
		"getNumericValue": func(c rune) Value { return Int(int64(javatext.NumericValue(c))) },
	} {
		rows = append(rows,
			method{name, "i", 0, func(_ *Run, _ Value, a arguments) Value {
				v := look(rune(a.int(0)))
				if v.kind == KindCharacter { // for an int, a code point, the result is an int too
					return Int(int64(v.bits))
				}
				return v
			}},
			method{name, "c", 0, func(_ *Run, _ Value, a arguments) Value { return look(rune(a[0].bits)) }})
	}
	return rows
}
