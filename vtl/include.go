package vtl

// include is #include or #parse. There are no resources to include, so they
// fail as in Velocity when a resource is missing. #parse of null prints
// nothing.
type include struct {
	place
	arguments []expression
}

const errNothingToInclude = renderError("include")

func (n *include) render(r *Run) flow {
	for i, a := range n.arguments {
		v := a.value(r)
		if _, isReference := a.(*reference); v.kind == KindNull && isReference {
			if n.directive == "#parse" {
				return flowNext
			}
			r.write("<!-- include error : error with arg " + itoa(int64(i)) + " please see log. see error log -->")
			continue
		}
		r.where = &n.place
		r.fail(errNothingToInclude)
	}
	if n.directive == "#parse" && len(n.arguments) == 0 {
		r.where = &n.place
		r.fail(errNothingToInclude)
	}
	return flowNext
}
