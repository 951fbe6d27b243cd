package vtl

import (
	"strings"

	"github.com/pasarela-ws/pasarela/vtl/internal/javatext"
)

// stringMethods are those of java.lang.String. Indexes count UTF-16 units.
var stringMethods = []method{
	{"length", "", alone, func(_ *Run, v Value, _ arguments) Value { return Int(int64(javatext.Length(v.Text()))) }},
	{"isEmpty", "", alone, func(_ *Run, v Value, _ arguments) Value { return Bool(v.Text() == "") }},
	{"isBlank", "", alone, func(_ *Run, v Value, _ arguments) Value { return Bool(javatext.IsBlank(v.Text())) }},
	{"toString", "", alone, returnSelf},
	{"intern", "", alone, returnSelf},
	{"stripIndent", "", alone, returnSelf},
	{"trim", "", alone, func(_ *Run, v Value, _ arguments) Value {
		return String(strings.TrimFunc(v.Text(), func(c rune) bool { return c <= ' ' }))
	}},
	{"strip", "", alone, func(_ *Run, v Value, _ arguments) Value { return String(strings.TrimFunc(v.Text(), javatext.IsSpace)) }},
	{"stripLeading", "", alone, func(_ *Run, v Value, _ arguments) Value {
		return String(strings.TrimLeftFunc(v.Text(), javatext.IsSpace))
	}},
	{"stripTrailing", "", alone, func(_ *Run, v Value, _ arguments) Value {
		return String(strings.TrimRightFunc(v.Text(), javatext.IsSpace))
	}},
	{"toUpperCase", "", alone, func(r *Run, v Value, _ arguments) Value { return r.text(javatext.ToUpper(v.Text())) }},
	{"toLowerCase", "", alone, func(r *Run, v Value, _ arguments) Value { return r.text(javatext.ToLower(v.Text())) }},
	{"toCharArray", "", alone, func(r *Run, v Value, _ arguments) Value { return r.characters(v.Text()) }},
	{"getBytes", "", alone, nil},
	{"chars", "", alone, nil},
	{"codePoints", "", alone, nil},
	{"lines", "", alone, nil},
	{"describeConstable", "", alone, nil},
	{"translateEscapes", "", alone, nil},

	{"charAt", "i", 0, func(r *Run, v Value, a arguments) Value { return character(r.unit("charAt", v.Text(), a.int(0))) }},
	{"codePointAt", "i", 0, func(r *Run, v Value, a arguments) Value {
		r.unit("codePointAt", v.Text(), a.int(0))
		return Int(int64(javatext.CodePoint(v.Text(), a.int(0))))
	}},
	{"codePointCount", "ii", 0, func(r *Run, v Value, a arguments) Value {
		return Int(int64(len([]rune(r.substring(v.Text(), a.int(0), a.int(1)).Text()))))
	}},
	{"substring", "i", 0, func(r *Run, v Value, a arguments) Value {
		return r.substring(v.Text(), a.int(0), javatext.Length(v.Text()))
	}},
	{"substring", "ii", 0, substring},
	{"subSequence", "ii", 0, substring},
	{"indexOf", "i", 0, indexOf},
	{"indexOf", "s", noNulls, indexOf},
	{"indexOf", "ii", 0, indexOf},
	{"indexOf", "si", noNulls, indexOf},
	{"lastIndexOf", "i", 0, lastIndexOf},
	{"lastIndexOf", "s", noNulls, lastIndexOf},
	{"lastIndexOf", "ii", 0, lastIndexOf},
	{"lastIndexOf", "si", noNulls, lastIndexOf},
	{"contains", "s", noNulls, func(_ *Run, v Value, a arguments) Value { return Bool(strings.Contains(v.Text(), a[0].Text())) }},
	{"startsWith", "s", noNulls, func(_ *Run, v Value, a arguments) Value { return Bool(strings.HasPrefix(v.Text(), a[0].Text())) }},
	{"startsWith", "si", noNulls, startsWithAt},
	{"endsWith", "s", noNulls, func(_ *Run, v Value, a arguments) Value { return Bool(strings.HasSuffix(v.Text(), a[0].Text())) }},
	{"regionMatches", "isii", 0, func(_ *Run, v Value, a arguments) Value { return Bool(region(v.Text(), a, false)) }},
	{"regionMatches", "bisii", 0, func(_ *Run, v Value, a arguments) Value { return Bool(region(v.Text(), a[1:], a[0].Bool())) }},

	{"equals", "s", 0, func(_ *Run, v Value, a arguments) Value {
		return Bool(a[0].kind == KindString && v.Text() == a[0].Text())
	}},
	{"equalsIgnoreCase", "s", 0, func(_ *Run, v Value, a arguments) Value {
		return Bool(a[0].kind == KindString && strings.EqualFold(v.Text(), a[0].Text()))
	}},
	{"contentEquals", "s", noNulls, func(_ *Run, v Value, a arguments) Value { return Bool(v.Text() == a[0].Text()) }},
	{"compareTo", "o", 0, func(r *Run, v Value, a arguments) Value {
		if a[0].kind != KindString {
			r.refuse("compareTo", "compare_strings")
		}
		return Int(int64(javatext.Compare(v.Text(), a[0].Text())))
	}},
	{"compareToIgnoreCase", "s", noNulls, func(_ *Run, v Value, a arguments) Value {
		fold := func(s string) string { return javatext.ToLower(javatext.ToUpper(s)) }
		return Int(int64(javatext.Compare(fold(v.Text()), fold(a[0].Text()))))
	}},
	{"compare", "ss", noNulls, func(_ *Run, _ Value, a arguments) Value {
		return Int(int64(javatext.Compare(a[0].Text(), a[1].Text())))
	}},

	{"concat", "s", noNulls, func(r *Run, v Value, a arguments) Value { return r.text(v.Text() + a[0].Text()) }},
	{"repeat", "i", 0, func(r *Run, v Value, a arguments) Value { return r.repeat(v.Text(), a.int(0)) }},
	{"indent", "i", 0, func(r *Run, v Value, a arguments) Value { return r.indent(v.Text(), a.int(0)) }},
	{"replace", "cc", 0, func(r *Run, v Value, a arguments) Value {
		return r.replaceText(v.Text(), string(rune(a[0].bits)), string(rune(a[1].bits)), true)
	}},
	{"replace", "ss", noNulls, func(r *Run, v Value, a arguments) Value {
		return r.replaceText(v.Text(), a[0].Text(), a[1].Text(), true)
	}},
	{"replaceAll", "ss", noNulls, func(r *Run, v Value, a arguments) Value {
		return r.replacePattern(v.Text(), a[0].Text(), a[1].Text(), true)
	}},
	{"replaceFirst", "ss", noNulls, func(r *Run, v Value, a arguments) Value {
		return r.replacePattern(v.Text(), a[0].Text(), a[1].Text(), false)
	}},
	{"matches", "s", noNulls, func(r *Run, v Value, a arguments) Value { return Bool(r.matches(v.Text(), a[0].Text())) }},
	{"split", "s", noNulls, func(r *Run, v Value, a arguments) Value { return r.split(v.Text(), a[0].Text(), 0) }},
	{"split", "si", noNulls, func(r *Run, v Value, a arguments) Value { return r.split(v.Text(), a[0].Text(), a.int(1)) }},

	{"valueOf", "o", 0, func(r *Run, _ Value, a arguments) Value { return r.text(r.toString(a[0])) }},
	{"format", "to*", 0, func(r *Run, _ Value, a arguments) Value { return r.format(a[0].Text(), a[1:]) }},
	{"format", "s", noNulls, nullFormat},
	{"formatted", "o*", 0, func(r *Run, v Value, a arguments) Value { return r.format(v.Text(), a) }},
	{"join", "sC", noNulls, func(r *Run, _ Value, a arguments) Value {
		return r.join(a[0].Text(), r.copyOf(a[1].ref.(*List)))
	}},
	{"join", "tt*", 0, func(r *Run, _ Value, a arguments) Value { return r.join(a[0].Text(), a[1:]) }},
}

func returnSelf(_ *Run, v Value, _ arguments) Value { return v }

// nullFormat is never called: its only argument is null, which noNulls refuses.
func nullFormat(*Run, Value, arguments) Value { return Value{} }

func substring(r *Run, v Value, a arguments) Value { return r.substring(v.Text(), a.int(0), a.int(1)) }

// indexOf finds a string or a code point, from an index on.
func indexOf(_ *Run, v Value, a arguments) Value {
	from := 0
	if len(a) > 1 {
		from = a.int(1)
	}
	return Int(int64(javatext.Index(v.Text(), a.searched(), from)))
}

// lastIndexOf finds a string or a code point that begins at an index or before.
func lastIndexOf(_ *Run, v Value, a arguments) Value {
	from := javatext.Length(v.Text())
	if len(a) > 1 {
		from = a.int(1)
	}
	return Int(int64(javatext.LastIndex(v.Text(), a.searched(), from)))
}

// searched is the first argument as a string; an int is a code point.
func (a arguments) searched() string {
	if a[0].kind == KindString {
		return a[0].Text()
	}
	return string(rune(a.int(0)))
}

func startsWithAt(_ *Run, v Value, a arguments) Value {
	s, from := v.Text(), a.int(1)
	size := javatext.Length(s)
	return Bool(from >= 0 && from <= size && strings.HasPrefix(javatext.Slice(s, from, size), a[0].Text()))
}
