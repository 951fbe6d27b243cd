package vtl

import (
	"unicode"

	"github.com/pasarela-ws/pasarela/vtl/internal/javatext"
)

// characterStatic are the static methods of java.lang.Character.
func characterStatic(name string, c rune) (Value, bool) {
	switch name {
	case "valueOf":
		return character(uint16(c)), true
	case "toString":
		return String(string(c)), true
	case "hashCode":
		return Int(int64(c)), true
	case "isDigit":
		return Bool(unicode.IsDigit(c)), true
	case "isLetter", "isAlphabetic":
		return Bool(unicode.IsLetter(c)), true
	case "isLetterOrDigit":
		return Bool(unicode.IsLetter(c) || unicode.IsDigit(c)), true
	case "isWhitespace":
		return Bool(javatext.IsSpace(c)), true
	case "isUpperCase":
		return Bool(unicode.IsUpper(c)), true
	case "isLowerCase":
		return Bool(unicode.IsLower(c)), true
	case "toUpperCase":
		return character(uint16(unicode.ToUpper(c))), true
	case "toLowerCase":
		return character(uint16(unicode.ToLower(c))), true
	case "getNumericValue":
		return Int(int64(javatext.NumericValue(c))), true
	}
	return Value{}, false
}

// characterOfInt are the static methods that take a code point.
func characterOfInt(name string, c rune) (Value, bool) {
	v, ok := characterStatic(name, c)
	switch {
	case name == "valueOf" || name == "hashCode":
		return Value{}, false
	case v.kind == KindCharacter: // of a code point, the other case is a code point
		return Int(int64(v.bits)), true
	}
	return v, ok
}

func (r *Run) characterMethod(v Value, name string, a arguments) (Value, bool) {
	switch {
	case name == "charValue" && a.fit(""):
		return v, true
	case name == "compareTo" && len(a) == 1:
		if a[0].kind != KindCharacter {
			r.fail(&MethodError{name, "characters compare with characters only"})
		}
		return Int(int64(v.bits) - int64(a[0].bits)), true
	case a.fit("i"):
		return characterOfInt(name, rune(a.int(0)))
	case !a.fit("c"):
		return Value{}, false
	}
	return characterStatic(name, rune(a[0].bits))
}
