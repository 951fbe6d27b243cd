package vtl

import "errors"

// referenceStyle is how a reference is written.
type referenceStyle uint8

const (
	styleNormal referenceStyle = iota // $a, ${a}
	styleQuiet                        // $!a, $!{a}
	styleRunt                         // a bare name, which stands for itself as text and for null as value
	styleBroken                       // $\!a, which is never more than text
)

// reference is $name and what hangs on it. The prefixes are what Velocity makes
// of the backslashes and dollars before it (vtl §2.4).
type reference struct {
	at       int
	slot     int
	root     string
	style    referenceStyle
	escaped  bool
	escapes  string // half of the backslashes
	more     string // '$' and '#' before the reference's own
	nullText string // what a null prints
	source   string // the reference as it is written, for messages
	steps    []step
	tail     string // the last property, for #set
	empty    bool   // null is the empty string
}

// step is an index, a property or a method.
type step interface {
	get(r *Run, v Value) Value
}

// resolve is the value, null where there is none: undefined variables, missing
// properties.
func (n *reference) resolve(r *Run) Value {
	if n.style >= styleRunt {
		return Value{}
	}
	v := r.get(n.slot)
	if len(n.steps) == 0 || v.kind == KindNull {
		return v
	}
	r.at, r.directive = n.at, n.source
	r.spend(1)
	if h, ok := v.ref.(Host); ok && v.kind == KindHost && len(n.steps) == 1 {
		return n.member(r, h, v)
	}
	for _, s := range n.steps {
		if p, ok := s.(*property); ok && v.kind == KindMap {
			v, _ = v.ref.(*Map).Get(p.key)
		} else {
			v = s.get(r, v)
		}
		if v.kind == KindNull {
			break
		}
	}
	return v
}

// member is the short way to a property of a host object, which most references
// of most templates are.
func (n *reference) member(r *Run, h Host, v Value) Value {
	if p, ok := n.steps[0].(*property); ok {
		found, err := h.Get(r, p.name)
		if err == nil {
			return found
		}
		if !errors.Is(err, ErrNoMember) {
			r.fail(err)
		}
	}
	return n.steps[0].get(r, v)
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
	if n.style == styleRunt {
		r.write(n.root)
		return flowNext
	}
	r.spend(1)
	v := n.resolve(r)
	if v.kind == KindNull && n.empty {
		v = String("")
	}
	if n.escaped {
		r.write(n.escapes)
		if v.kind == KindNull {
			r.write(`\`)
		}
		r.write(r.nullTextOf(n))
		return flowNext
	}
	if v.kind == KindBlock {
		r.at, r.directive = n.at, n.source
		if f, ok := r.renderBlock(v.ref.(*block)); ok {
			return f
		}
		v = Value{}
	}
	if v.kind == KindNull {
		r.write(n.escapes)
		r.write(n.escapes)
		r.write(n.more)
		r.write(r.nullTextOf(n))
		return flowNext
	}
	if n.escapes != "" || n.more != "" {
		r.write(n.escapes)
		r.write(n.more)
	}
	r.writeValue(v)
	return flowNext
}

// nullTextOf is the source text of a null reference; that of a macro's argument
// is what the caller wrote.
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
	name string
	key  Value // the name, as a key of maps
}

func (s *property) get(r *Run, v Value) Value { return r.property(v, s.name) }

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
}

func (s *call) get(r *Run, v Value) Value {
	if s.constants != nil {
		c := Call{Method: s.name, Arguments: s.constants, Prepared: s.prepared}
		if h, ok := v.ref.(Host); ok && v.kind == KindHost {
			r.spend(1)
			result, err := h.Call(r, c)
			if err == nil {
				return result
			}
			if !errors.Is(err, ErrNoMember) {
				r.fail(err)
			}
		}
		result, _ := r.invoke(v, c)
		return result
	}
	from := len(r.arguments)
	for _, a := range s.arguments {
		r.arguments = append(r.arguments, a.value(r))
	}
	c := Call{Method: s.name, Arguments: r.arguments[from:], Prepared: s.prepared}
	result, _ := r.invoke(v, c)
	r.arguments = r.arguments[:from]
	return result
}
