package vtl

// branch is #if or #elseif.
type branch struct {
	test expression
	body sequence
}

// conditional is #if ... #end.
type conditional struct {
	place
	branches []branch
	others   sequence
}

func (n *conditional) render(r *Run) flow {
	r.where = &n.place
	r.charge(1)
	for i := range n.branches {
		if n.branches[i].test.truth(r) {
			return n.branches[i].body.render(r)
		}
	}
	return n.others.render(r)
}
