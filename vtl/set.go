package vtl

// set is #set( $a.b = value ).
type set struct {
	place
	left  *reference
	slot  int // of a plain variable
	right expression
}

// render runs #set. A null on the right leaves the old value (Velocity 1.7), and so does a
// left side of which an inner step is null.
func (n *set) render(r *Run) flow {
	r.where = &n.place
	r.charge(1)
	v := n.right.value(r)
	if v.kind == KindNull {
		return flowNext // the statement is ignored, the old value stays
	}
	if len(n.left.steps) == 0 {
		r.put(n.slot, v)
		return flowNext
	}
	into := Value{}
	if n.left.style < styleRunt {
		into = r.get(n.left.slot)
	}
	last := len(n.left.steps) - 1
	for _, s := range n.left.steps[:last] {
		if into.kind == KindNull {
			return flowNext
		}
		into = s.get(r, into)
	}
	if into.kind == KindNull {
		return flowNext
	}
	r.where = &n.place
	if i, ok := n.left.steps[last].(*index); ok {
		r.setIndex(into, i.i.value(r), v)
	} else {
		r.setProperty(into, n.left.tail, v)
	}
	return flowNext
}
