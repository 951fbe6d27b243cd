package vtl

import "github.com/pasarela-ws/pasarela/vtl/internal/syntax"

// flow is how a statement ended.
type flow uint8

const (
	flowNext    flow = iota
	flowBreak        // #break: leaves the nearest loop, macro or block
	flowBreakTo      // #break($foreach.parent): leaves the loop in Run.target
	flowStop         // #stop
)

// statement is a piece of a compiled template.
type statement interface{ render(r *Run) flow }

// expression computes a value. Its truth may differ from that of its value:
// literals and arithmetic are false as conditions (vtl §5.3).
type expression interface {
	value(r *Run) Value
	truth(r *Run) bool
}

// sequence is statements in order: the body of a directive, or a whole
// template.
type sequence []statement

func (s sequence) render(r *Run) flow {
	for _, one := range s {
		if t, ok := one.(*plainText); ok { // about half of the statements, so without the call
			r.write(t.text)
			continue
		}
		if f := one.render(r); f != flowNext {
			return f
		}
	}
	return flowNext
}

// plainText is printed as it is.
type plainText struct{ text string }

func (t *plainText) render(r *Run) flow {
	r.write(t.text)
	return flowNext
}

// constant is a literal.
type constant struct{ v Value }

func (c *constant) value(*Run) Value { return c.v }
func (c *constant) truth(*Run) bool  { return c.v.Bool() }

// interpolated is a string with references or directives in it.
type interpolated struct {
	body  sequence
	blank bool // a space was added to the end and is to be removed
}

func (s *interpolated) value(r *Run) Value {
	text := r.capture(s.body)
	if s.blank && len(text) > 0 {
		text = text[:len(text)-1]
	}
	return r.text(text)
}

func (s *interpolated) truth(*Run) bool { return false }

// capture renders into a text of its own.
func (r *Run) capture(body sequence) string {
	r.enter()
	from := len(r.out)
	f := body.render(r)
	text := string(r.out[from:])
	r.out = r.out[:from]
	r.depth--
	if f != flowNext {
		panic(unwinding(f))
	}
	return text
}

// unwinding is the panic by which a #break or #stop inside a string ends
// statements around the string.
type unwinding flow

// guarded renders body and recovers from an unwinding out of strings in it.
func (r *Run) guarded(body statement) (f flow) {
	layer, depth, from := r.layer, r.depth, len(r.arguments)
	defer func() {
		switch e := recover().(type) {
		case nil:
		case unwinding:
			r.layer, r.depth, r.arguments = layer, depth, r.arguments[:from]
			f = flow(e)
		default:
			panic(e)
		}
	}()
	return body.render(r)
}

// listNode is [a, b].
type listNode struct{ items []expression }

func (n *listNode) value(r *Run) Value {
	r.take(valueSize * len(n.items))
	items := make([]Value, len(n.items))
	for i, item := range n.items {
		items[i] = item.value(r)
	}
	return ListValue(&List{items: items})
}

func (n *listNode) truth(*Run) bool { return false }

// mapNode is {k: v}.
type mapNode struct{ keys, values []expression }

func (n *mapNode) value(r *Run) Value {
	r.take(2 * valueSize * len(n.keys))
	m := NewMap(len(n.keys))
	for i, key := range n.keys {
		k := key.value(r)
		m.Put(k, n.values[i].value(r))
	}
	return MapValue(m)
}

func (n *mapNode) truth(*Run) bool { return false }

// rangeNode is [a..b].
type rangeNode struct{ from, to expression }

func (n *rangeNode) truth(*Run) bool { return false }

// maxRange bounds the length of a range that becomes a list; loops have no such
// bound.
const maxRange = 100_000

func (n *rangeNode) value(r *Run) Value {
	from, to, ok := n.ends(r)
	if !ok {
		return Value{}
	}
	it := newRangeIterator(from, to)
	if it.rest > maxRange {
		r.fail(ErrTooMuchMemory)
	}
	r.take(valueSize * int(it.rest))
	r.work(int(it.rest))
	items := make([]Value, 0, it.rest)
	for it.hasNext() {
		items = append(items, it.next(r))
	}
	return ListValue(&List{items: items})
}

func (n *rangeNode) ends(r *Run) (from, to int32, ok bool) {
	a, b := n.from.value(r), n.to.value(r)
	if !a.isNumber() || !b.isNumber() {
		return 0, 0, false
	}
	return a.asInt(), b.asInt(), true
}

// notNode is !a.
type notNode struct{ a expression }

func (n *notNode) value(r *Run) Value { return Bool(!n.a.truth(r)) }
func (n *notNode) truth(r *Run) bool  { return !n.a.truth(r) }

// logicNode is a && b or a || b.
type logicNode struct {
	and  bool
	a, b expression
}

func (n *logicNode) value(r *Run) Value { return Bool(n.truth(r)) }

func (n *logicNode) truth(r *Run) bool {
	if n.a.truth(r) != n.and {
		return !n.and
	}
	return n.b.truth(r)
}

// comparison is a == b, a < b and so on.
type comparison struct {
	operator syntax.Kind
	a, b     expression
}

func (n *comparison) value(r *Run) Value { return Bool(n.truth(r)) }

// truth compares; what is no number is neither less nor greater.
func (n *comparison) truth(r *Run) bool {
	a := n.a.value(r)
	b := n.b.value(r)
	switch n.operator {
	case syntax.KindEqual:
		return r.looselyEqual(a, b)
	case syntax.KindNotEqual:
		return !r.looselyEqual(a, b)
	}
	if !a.isNumber() || !b.isNumber() {
		return false
	}
	switch c := compareNumbers(a, b); n.operator {
	case syntax.KindLess:
		return c < 0
	case syntax.KindLessEqual:
		return c <= 0
	case syntax.KindGreater:
		return c > 0
	default:
		return c >= 0
	}
}

// arithmetic is a + b and so on. As a condition it is false, as Velocity's
// SimpleNode.evaluate is.
type arithmetic struct {
	operator           syntax.Kind
	a, b               expression
	aLiteral, bLiteral string
}

func (n *arithmetic) truth(*Run) bool { return false }

func (n *arithmetic) value(r *Run) Value {
	a := n.a.value(r)
	b := n.b.value(r)
	if n.operator == syntax.KindPlus && (a.kind == KindString || b.kind == KindString) {
		return r.text(n.side(r, a, n.aLiteral) + n.side(r, b, n.bLiteral))
	}
	return r.calculate(n.operator, r.plain(a), r.plain(b))
}

// side is the text of one operand of a concatenation; that of a null is its
// source text.
func (n *arithmetic) side(r *Run, v Value, literal string) string {
	if v.kind == KindNull {
		return literal
	}
	return r.toString(v)
}
