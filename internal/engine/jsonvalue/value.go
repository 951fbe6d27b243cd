package jsonvalue

import (
	"iter"
	"strconv"
)

// Value is one value of a [Document]. The zero Value is missing: it has no kind,
// no text and no members, and prints nothing.
type Value struct {
	d  *Document
	at uint32
}

// resolve follows a node of kind ref to the node that it stands for.
func (d *Document) resolve(at uint32) Value {
	if d.nodes[at].kind == ref {
		at = d.nodes[at].start
	}
	return Value{d, at}
}

func (v Value) node() *node { return &v.d.nodes[v.at] }

// Kind says what the value is, Missing for the zero Value.
func (v Value) Kind() Kind {
	if v.d == nil {
		return Missing
	}
	return v.node().kind
}

// Exists says whether there is a value; null is one.
func (v Value) Exists() bool { return v.d != nil }

// Bool is true for true, false for everything else.
func (v Value) Bool() bool {
	return v.Kind() == Bool && v.d.text(v.node()) == "true"
}

// Text is the content of a string, without quotes and escapes, and "" for every
// other kind. It allocates only when the source holds escapes.
func (v Value) Text() string {
	if v.d == nil {
		return ""
	}
	n := v.node()
	switch {
	case n.kind != String:
		return ""
	case n.flags&(flagEscaped|flagMade) == 0:
		return v.d.src[n.start:n.end]
	case n.flags&flagEscaped != 0:
		return unescape(v.d.text(n))
	}
	return v.d.text(n)
}

// Raw is the value's own spelling in the source: with quotes and escapes for a
// quoted string, with all its white space for a container. Values made by a
// path have none and return "".
func (v Value) Raw() string {
	if v.d == nil {
		return ""
	}
	n := v.node()
	start, end := n.start, n.end
	switch {
	case n.flags&flagMade != 0 || n.end == 0:
		return ""
	case n.kind == String && start > 0 && int(end) < len(v.d.src) && v.d.src[start-1] == v.d.src[end] && isQuote(v.d.src[end]):
		start, end = start-1, end+1
	}
	return v.d.src[start:end]
}

func isQuote(c byte) bool { return c == '"' || c == '\'' }

// Int64 is the value of an integer that fits into 64 bits; ok is false for
// larger integers (see Number) and every other kind.
func (v Value) Int64() (i int64, ok bool) {
	if v.Kind() != Integer {
		return 0, false
	}
	text := v.Number()
	if i, ok := short(text); ok {
		return i, true
	}
	i, err := strconv.ParseInt(text, 10, 64)
	return i, err == nil
}

// short reads the most frequent integers, without a sign and of so few digits
// that nothing can overflow, faster than strconv does.
func short(text string) (i int64, ok bool) {
	const most = 18
	if text == "" || len(text) > most {
		return 0, false
	}
	for _, c := range []byte(text) {
		if c-'0' > 9 {
			return 0, false
		}
		i = 10*i + int64(c-'0')
	}
	return i, true
}

// Float64 is the nearest double of any number, 0 for every other kind.
func (v Value) Float64() float64 {
	switch v.Kind() {
	case Integer, Double, Decimal:
		f, _ := strconv.ParseFloat(v.d.text(v.node()), 64)
		return f
	}
	return 0
}

// Number is a number as Java prints it: 7, 12345678901234567890, 1.0E7; "" for
// every other kind. It is part of the source where the source says the same.
func (v Value) Number() string {
	switch v.Kind() {
	case Integer, Double, Decimal:
		n := v.node()
		if n.flags&flagNonCanonical == 0 {
			return v.d.text(n)
		}
		return string(v.appendNumber(nil))
	}
	return ""
}

// Len is the number of items of an array or of distinct members of an object, 0
// for every other kind.
func (v Value) Len() int {
	switch v.Kind() {
	case Array, Object:
		return int(v.node().size)
	}
	return 0
}

// Field is the member of that name of an object, the last one when the name
// comes twice; missing when there is none or the value is not an object.
func (v Value) Field(name string) Value {
	if v.Kind() != Object {
		return Value{}
	}
	nodes := v.d.nodes
	for at, end := v.at+1, v.node().next; at < end; at = nodes[at].next {
		key := &nodes[at]
		if key.flags&flagShadowed == 0 && v.d.keyIs(key, name) {
			return v.d.member(at)
		}
	}
	return Value{}
}

func (d *Document) keyIs(key *node, name string) bool {
	s := d.text(key)
	if key.flags&flagEscaped != 0 {
		return unescape(s) == name
	}
	return s == name
}

// member is the value that belongs to the key at that node.
func (d *Document) member(at uint32) Value {
	if key := &d.nodes[at]; key.flags&flagReplaced != 0 {
		return d.resolve(key.size)
	}
	return d.resolve(at + 1)
}

// At is the item of an array, counted from 0; missing when there is none or the
// value is not an array. It counts from the first item each time; use
// [Value.Items] in loops.
func (v Value) At(index int) Value {
	if v.Kind() != Array || index < 0 || index >= v.Len() {
		return Value{}
	}
	at := v.at + 1
	for ; index > 0; index-- {
		at = v.d.nodes[at].next
	}
	return v.d.resolve(at)
}

// Items yields the items of an array in order, nothing for every other kind.
func (v Value) Items() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if v.Kind() != Array {
			return
		}
		for at, end := v.at+1, v.node().next; at < end; at = v.d.nodes[at].next {
			if !yield(v.d.resolve(at)) {
				return
			}
		}
	}
}

// Members yields the members of an object in order, nothing for every other
// kind. A name that comes twice keeps its first place and has its last value, as
// in Java's LinkedHashMap. The name is a String value: see [Value.Text].
func (v Value) Members() iter.Seq2[Value, Value] {
	return func(yield func(name, member Value) bool) {
		if v.Kind() != Object {
			return
		}
		for at, end := v.at+1, v.node().next; at < end; at = v.d.nodes[at].next {
			if v.d.nodes[at].flags&flagShadowed != 0 {
				continue
			}
			if !yield(Value{v.d, at}, v.d.member(at)) {
				return
			}
		}
	}
}

// IsView says that the value is the key set of an object ([Document.NewView]),
// which Java prints as a plain collection.
func (v Value) IsView() bool { return v.Kind() == Array && v.node().flags&flagView != 0 }

// Place is where the value stands in its Document, below [Document.Places]. Two
// values of one Document are the same value if their places are.
func (v Value) Place() int { return int(v.at) }

// Document is the value's Document, nil for a missing value.
func (v Value) Document() *Document { return v.d }
