package vtl

// breakNode is #break or #break($foreach).
type breakNode struct {
	place
	scope expression
}

func (n *breakNode) render(r *Run) flow {
	if n.scope == nil {
		return flowBreak
	}
	v := n.scope.value(r)
	if v.kind != KindScope {
		r.where = &n.place
		r.refuse("#break", "break_argument")
	}
	r.target = v.ref.(*scope).owner
	return flowBreakTo
}

// stop is #stop.
type stop struct{ message expression }

func (n *stop) render(r *Run) flow {
	if n.message != nil {
		n.message.value(r)
	}
	return flowStop
}
