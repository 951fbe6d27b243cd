package jsonpath

import (
	"regexp"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
)

// operandKind is Jayway's class of value nodes.
type operandKind uint8

const (
	isUndefined operandKind = iota
	isNull
	isBool
	isNumber
	isString
	isJSON
	isPattern
	isPath
	isExistence // a path that asks whether something is there
)

// operand is one side of a comparison.
type operand struct {
	kind    operandKind
	boolean bool   // of a bool; of a path: no '!' before it
	literal bool   // JSON that stands in the path
	text    string // of a string, of literal JSON
	number  decimal
	json    jsonvalue.Value
	path    *Path
	pattern *regexp.Regexp
}

// resolve replaces a path by its value for item.
func (e *evaluation) resolve(o operand, item jsonvalue.Value) (operand, failure) {
	switch o.kind {
	case isExistence:
		_, f := e.exists(o.path, item)
		if f.code == notFound {
			return operand{kind: isBool}, failure{}
		}
		return operand{kind: isBool, boolean: true}, f
	case isPath:
		v, f := e.fromContext(o.path, item)
		if f.code == notFound {
			return operand{}, failure{}
		}
		if f.code != ok {
			return operand{}, f
		}
		return valueOperand(v)
	}
	return o, failure{}
}

// exists evaluates a path that stands alone in a filter. In Jayway it starts at
// the item even if it is written with $.
func (e *evaluation) exists(p *Path, item jsonvalue.Value) (jsonvalue.Value, failure) {
	before := e.require
	e.require = true
	v, f := e.value(p, item)
	e.require = before
	return v, f
}

// fromContext evaluates a path of a filter from the root ($) or the item (@).
func (e *evaluation) fromContext(p *Path, item jsonvalue.Value) (jsonvalue.Value, failure) {
	switch {
	case !p.root:
		return e.value(p, item)
	case e.require:
		return e.value(p, e.root)
	}
	if r, known := e.roots[p]; known {
		return r.v, r.f
	}
	v, f := e.value(p, e.root)
	if e.roots == nil {
		e.roots = make(map[*Path]result)
	}
	e.roots[p] = result{v, f}
	return v, f
}

// valueOperand is the operand of a value that a path gave.
func valueOperand(v jsonvalue.Value) (operand, failure) {
	switch v.Kind() {
	case jsonvalue.Null:
		return operand{kind: isNull}, failure{}
	case jsonvalue.Bool:
		return operand{kind: isBool, boolean: v.Bool()}, failure{}
	case jsonvalue.String:
		return operand{kind: isString, text: v.Text()}, failure{}
	case jsonvalue.Array, jsonvalue.Object:
		if v.IsView() {
			return operand{}, failure{crash, "the result of keys() cannot be compared"}
		}
		return operand{kind: isJSON, json: v}, failure{}
	}
	n, valid := parseDecimal(v.Number())
	if !valid {
		return operand{}, failure{crash, "NaN and Infinity cannot be compared"}
	}
	return operand{kind: isNumber, number: n}, failure{}
}

// itemOperand is the operand of an item of a list. Jayway parses strings a
// second time here: one that parses as a path or as JSON equals nothing, and
// quotes around it are removed. Nested lists and maps are a failure.
func itemOperand(v jsonvalue.Value) (operand, failure) {
	switch v.Kind() {
	case jsonvalue.Array, jsonvalue.Object:
		return operand{}, failure{crash, "lists and objects inside of a list cannot be compared"}
	case jsonvalue.String:
		s := v.Text()
		switch trimmed := strings.TrimSpace(s); {
		case readsAsPath(trimmed):
			return operand{kind: isPath}, failure{}
		case readsAsJSON(trimmed):
			return operand{kind: isJSON, text: s, literal: true}, failure{}
		}
		return operand{kind: isString, text: unquote(s)}, failure{}
	}
	return valueOperand(v)
}

func readsAsPath(s string) bool {
	if s == "" || s[0] != '@' && s[0] != '$' {
		return false
	}
	_, err := Compile(s)
	return err == nil
}

func readsAsJSON(s string) bool {
	if len(s) < 2 || !(s[0] == '[' && s[len(s)-1] == ']' || s[0] == '{' && s[len(s)-1] == '}') {
		return false
	}
	_, err := literal(s)
	return err == nil
}

func unquote(s string) string {
	if len(s) < 2 {
		return s
	}
	if q := s[0]; (q == '\'' || q == '"') && s[len(s)-1] == q {
		s = s[1 : len(s)-1]
	}
	return tryUnescape(s)
}

// tryUnescape returns text with a malformed \u unchanged.
func tryUnescape(s string) string {
	text, malformed := unescape(s)
	if malformed != "" {
		return s
	}
	return text
}

// isList says whether the operand is a JSON array.
func (o *operand) isList() bool { return o.kind == isJSON && o.json.Kind() == jsonvalue.Array }

// equals is Java's equals of the two value nodes; it is not symmetric between
// strings and numbers.
func (o *operand) equals(other *operand) bool {
	switch o.kind {
	case isNull:
		return other.kind == isNull
	case isBool:
		return other.kind == isBool && o.boolean == other.boolean
	case isString:
		return other.kind == isString && o.text == other.text ||
			other.kind == isNumber && o.text == other.number.java()
	case isNumber:
		if other.kind == isString {
			n, valid := parseDecimal(other.text)
			return valid && o.number.compare(n) == 0
		}
		return other.kind == isNumber && o.number.compare(other.number) == 0
	case isJSON:
		return other.kind == isJSON && o.equalsJSON(other)
	}
	return false
}

// equalsJSON compares as Jayway does: JSON that stands in the path is text, and
// text equals nothing but the same text.
func (o *operand) equalsJSON(other *operand) bool {
	if o.literal || other.literal {
		return o.literal && other.literal && o.text == other.text
	}
	return sameValue(o.json, other.json)
}

// sameValue is Java's equals of two values: 1 and 1.0 differ, the order of
// members does not matter.
func sameValue(a, b jsonvalue.Value) bool {
	if a.Kind() != b.Kind() || a.Len() != b.Len() {
		return false
	}
	switch a.Kind() {
	case jsonvalue.Array:
		for i := range a.Len() {
			if !sameValue(a.At(i), b.At(i)) {
				return false
			}
		}
		return true
	case jsonvalue.Object:
		for name, member := range a.Members() {
			if !sameValue(member, b.Field(name.Text())) {
				return false
			}
		}
		return true
	case jsonvalue.String:
		return a.Text() == b.Text()
	}
	return string(a.AppendJava(nil)) == string(b.AppendJava(nil))
}
