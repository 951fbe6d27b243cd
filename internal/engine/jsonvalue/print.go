package jsonvalue

import "math"

// Style is one of json-smart's two spellings of JSON.
type Style uint8

const (
	// Compact is what $input.json gives: '/' as it is (JSONStyle.LT_COMPRESS).
	Compact Style = iota
	// WebSafe writes '/' as '\/': an array printed by a reference in a template
	// (JSONStyle.NO_COMPRESS, the default of JSONArray.toString).
	WebSafe
)

// AppendJSON appends the value as JSON without spaces: members in order, the
// last of equal names at the place of the first, numbers as Java prints them
// (1.10 becomes 1.1, 1e3 becomes 1000.0, an infinite one null). Text that is
// written so already is copied. A missing value appends nothing.
func (v Value) AppendJSON(dst []byte, style Style) []byte {
	if v.d == nil {
		return dst
	}
	n := v.node()
	if n.flags&(flagNonCanonical|flagMade) == 0 && (style == Compact || n.flags&flagSlash == 0) {
		if n.kind == String {
			return append(dst, v.d.src[n.start-1:n.end+1]...)
		}
		return append(dst, v.d.src[n.start:n.end]...)
	}
	switch n.kind {
	case Object:
		return v.appendObject(dst, style)
	case Array:
		return v.appendArray(dst, style)
	case String:
		return appendQuoted(dst, v.Text(), style)
	case Double:
		if math.IsInf(v.Float64(), 0) {
			return append(dst, "null"...)
		}
		return v.appendNumber(dst)
	case Integer, Decimal:
		return v.appendNumber(dst)
	default:
		return append(dst, v.d.text(n)...)
	}
}

func (v Value) appendObject(dst []byte, style Style) []byte {
	dst = append(dst, '{')
	first := true
	for name, member := range v.Members() {
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = name.AppendJSON(dst, style)
		dst = append(dst, ':')
		dst = member.AppendJSON(dst, style)
	}
	return append(dst, '}')
}

func (v Value) appendArray(dst []byte, style Style) []byte {
	dst = append(dst, '[')
	first := true
	for item := range v.Items() {
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = item.AppendJSON(dst, style)
	}
	return append(dst, ']')
}

// AppendJava appends the value as Java's toString prints it, which is what a
// reference in a template shows: a string bare, an object {k=v, k2=v2}, an array
// as WebSafe JSON (json-smart's JSONArray overrides toString, its map does not;
// vtl §7 [A]), null as "null".
func (v Value) AppendJava(dst []byte) []byte {
	switch v.Kind() {
	case Missing:
		return dst
	case String:
		return append(dst, v.Text()...)
	case Object:
		return v.appendMap(dst, Value.AppendJava)
	case Array:
		if v.IsView() {
			return v.appendList(dst, Value.AppendJava)
		}
		return v.AppendJSON(dst, WebSafe)
	case Integer, Double, Decimal:
		return v.appendNumber(dst)
	default:
		return append(dst, v.d.text(v.node())...)
	}
}

// AppendCollection is AppendJava with arrays as Java's own lists print, [a, b]:
// the text that selection expressions compare (aws-dataplane §2.3 [D]).
func (v Value) AppendCollection(dst []byte) []byte {
	switch v.Kind() {
	case Object:
		return v.appendMap(dst, Value.AppendCollection)
	case Array:
		return v.appendList(dst, Value.AppendCollection)
	default:
		return v.AppendJava(dst)
	}
}

func (v Value) appendMap(dst []byte, print func(Value, []byte) []byte) []byte {
	dst = append(dst, '{')
	first := true
	for name, member := range v.Members() {
		if !first {
			dst = append(dst, ", "...)
		}
		first = false
		dst = append(dst, name.Text()...)
		dst = append(dst, '=')
		dst = print(member, dst)
	}
	return append(dst, '}')
}

func (v Value) appendList(dst []byte, print func(Value, []byte) []byte) []byte {
	dst = append(dst, '[')
	first := true
	for item := range v.Items() {
		if !first {
			dst = append(dst, ", "...)
		}
		first = false
		dst = print(item, dst)
	}
	return append(dst, ']')
}
