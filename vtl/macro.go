package vtl

// macro is #macro( name $a $b ) ... #end.
type macro struct {
	parameters []int
	literals   []string // "$a"
	body       sequence
}

// macroCall is #name(arguments), or #@name(arguments) body #end. The macro is
// looked up when the call runs; without one of that name the call is text.
type macroCall struct {
	place
	name      string
	arguments []expression
	constants []bool // evaluated at the call instead of at each use
	literals  []string
	source    string
	wrong     *ParseError // a bare word among the arguments
	body      *define     // of #@name
}

// render calls a macro. One that is not defined prints its call as it is written.
func (n *macroCall) render(r *Run) flow {
	m := r.macros[n.name]
	if m == nil {
		r.write(n.source)
		return flowNext
	}
	r.where = &n.place
	r.charge(1)
	if n.wrong != nil {
		r.fail(n.wrong)
	}
	if r.macroUse == macroDepth {
		r.fail(ErrTooDeep)
	}
	l := n.layer(r, m)
	r.enter()
	r.macroUse++
	r.layer = l
	f := r.body(m.body)
	r.layer = l.inner
	r.macroUse--
	r.depth--
	return f
}

func (n *macroCall) layer(r *Run, m *macro) *layer {
	l := &layer{
		inner:     r.layer,
		locals:    make(map[int]Value),
		arguments: make(map[int]expression),
		literals:  make(map[string]string),
	}
	for i, slot := range m.parameters[:min(len(m.parameters), len(n.arguments))] {
		if n.constants[i] {
			l.locals[slot] = n.arguments[i].value(r)
		} else {
			l.arguments[slot] = n.arguments[i]
			l.literals[m.literals[i]] = n.literals[i]
		}
	}
	if n.body != nil {
		l.locals[n.body.slot] = Value{kind: KindBlock, ref: &block{node: n.body, layer: r.layer}}
	}
	return l
}
