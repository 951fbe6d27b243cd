package vtl

// referenceStyle is how a reference is written.
type referenceStyle uint8

const (
	styleNormal referenceStyle = iota // $a, ${a}
	styleQuiet                        // $!a, $!{a}
	styleRunt                         // a bare name, printed as it is written; null as a value
	styleBroken                       // $\!a, which is always text
)

// reference is $name with the properties, methods and indexes after it. The
// prefixes are what Velocity prints for the backslashes and dollars before it
// (vtl §2.4).
type reference struct {
	place    // its source is the reference as written
	slot     int
	root     string
	style    referenceStyle
	escaped  bool
	escapes  string // half of the backslashes
	more     string // '$' and '#' before the reference's own
	nullText string // text that a null prints
	steps    []step
	tail     string // the last property, for #set
	empty    bool   // null is the empty string
	odd      bool   // it is printed by renderOdd
}

// step is an index, a property or a method.
type step interface {
	get(r *Run, v Value) Value
}

// resolve is the value; null for undefined variables and missing properties.
func (n *reference) resolve(r *Run) Value {
	if n.style >= styleRunt {
		return Value{}
	}
	v := r.get(n.slot)
	if len(n.steps) == 0 || v.kind == KindNull {
		return v
	}
	r.where = &n.place
	r.charge(1)
	v = n.steps[0].get(r, v)
	for i := 1; i < len(n.steps) && v.kind != KindNull; i++ {
		v = n.steps[i].get(r, v)
	}
	return v
}

func (n *reference) value(r *Run) Value {
	v := n.resolve(r)
	if v.kind == KindNull && n.empty && n.style < styleRunt {
		return String("")
	}
	return v
}

func (n *reference) truth(r *Run) bool {
	switch v := n.value(r); v.kind {
	case KindNull:
		return false
	case KindBoolean:
		return v.bits != 0
	case KindBlock:
		_, ok := r.renderedBlock(v.ref.(*block))
		return ok
	}
	return true
}

func (n *reference) render(r *Run) flow {
	r.charge(1)
	v := n.resolve(r)
	switch {
	case n.odd:
		return n.renderOdd(r, v)
	case v.kind == KindBlock:
		return n.renderBlock(r, v.ref.(*block))
	case v.kind != KindNull:
		r.writeValue(v)
	case !n.empty:
		r.write(r.nullTextOf(n))
	}
	return flowNext
}

// renderOdd is for references with backslashes or dollars before them, and for
// runts and broken ones.
func (n *reference) renderOdd(r *Run, v Value) flow {
	if v.kind == KindNull && n.empty {
		v = String("")
	}
	switch {
	case n.style == styleRunt:
		r.write(n.root)
	case n.escaped:
		r.write(n.escapes)
		if v.kind == KindNull {
			r.write(`\`)
		}
		r.write(r.nullTextOf(n))
	case v.kind == KindBlock:
		return n.renderBlock(r, v.ref.(*block))
	case v.kind == KindNull:
		n.renderNull(r)
	default:
		r.write(n.escapes)
		r.write(n.more)
		r.writeValue(v)
	}
	return flowNext
}

func (n *reference) renderBlock(r *Run, b *block) flow {
	r.where = &n.place
	f, ok := r.renderBlock(b)
	if !ok {
		n.renderNull(r)
	}
	return f
}

func (n *reference) renderNull(r *Run) {
	r.write(n.escapes)
	r.write(n.escapes)
	r.write(n.more)
	r.write(r.nullTextOf(n))
}

// nullTextOf is the source text of a null reference; for a macro's argument the
// source text at the call.
func (r *Run) nullTextOf(n *reference) string {
	for l := r.layer; l != nil; l = l.inner {
		if text, ok := l.literals[n.nullText]; ok {
			return text
		}
	}
	return n.nullText
}

// property is .name.
type property struct {
	name   string
	getter string // the name as it follows "get", with its first letter in lower case
}

func (s *property) get(r *Run, v Value) Value {
	if v.kind == KindMap {
		return v.ref.(*Map).text(s.name)
	}
	return r.property(v, s)
}

// index is [i].
type index struct{ i expression }

func (s *index) get(r *Run, v Value) Value {
	return r.index(v, s.i.value(r))
}

// call is .name(arguments).
type call struct {
	name      string
	arguments []expression
	constants []Value // the arguments, if they never change
	prepared  any
	methods   *overloads // of the name; nil where no class has one
}

func (s *call) get(r *Run, v Value) Value {
	c := Call{Method: s.name, Arguments: s.constants, Prepared: s.prepared}
	if s.constants != nil {
		return r.invoke(v, c, s.methods)
	}
	from := len(r.arguments)
	for _, a := range s.arguments {
		r.arguments = append(r.arguments, a.value(r))
	}
	c.Arguments = r.arguments[from:]
	result := r.invoke(v, c, s.methods)
	r.arguments = r.arguments[:from]
	return result
}
