package vtl

import (
	"strings"

	"github.com/pasarela-ws/pasarela/vtl/internal/javatext"
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
		return Int(int64(javatext.Length(s))), true
	case "isEmpty":
		return Bool(s == ""), true
	case "isBlank":
		return Bool(javatext.IsBlank(s)), true
	case "toString", "intern", "stripIndent":
		return String(s), true
	case "trim":
		return String(strings.TrimFunc(s, func(c rune) bool { return c <= ' ' })), true
	case "strip":
		return String(strings.TrimFunc(s, javatext.IsSpace)), true
	case "stripLeading":
		return String(strings.TrimLeftFunc(s, javatext.IsSpace)), true
	case "stripTrailing":
		return String(strings.TrimRightFunc(s, javatext.IsSpace)), true
	case "toUpperCase":
		return r.text(javatext.ToUpper(s)), true
	case "toLowerCase":
		return r.text(javatext.ToLower(s)), true
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
		return Int(int64(javatext.CodePoint(s, i))), true
	case "substring":
		return r.substring(s, i, javatext.Length(s)), true
	case "indexOf":
		return Int(int64(javatext.Index(s, string(rune(i)), 0))), true
	case "lastIndexOf":
		return Int(int64(javatext.LastIndex(s, string(rune(i)), javatext.Length(s)))), true
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
		return Int(int64(javatext.Index(s, t, 0))), true
	case "lastIndexOf":
		return Int(int64(javatext.LastIndex(s, t, javatext.Length(s)))), true
	case "concat":
		return r.text(s + t), true
	case "compareTo":
		return Int(int64(javatext.Compare(s, t))), true
	case "compareToIgnoreCase":
		return Int(int64(javatext.Compare(javatext.ToLower(javatext.ToUpper(s)), javatext.ToLower(javatext.ToUpper(t))))), true
	case "matches":
		return Bool(r.matches(s, t)), true
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
			return Bool(from >= 0 && from <= javatext.Length(s) && strings.HasPrefix(javatext.Slice(s, from, javatext.Length(s)), a[0].Text())), true
		}
	case "compare":
		if a.fit("ss") {
			r.present(name, a)
			return Int(int64(javatext.Compare(a[0].Text(), a[1].Text()))), true
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
