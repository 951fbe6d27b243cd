package vtl

// evaluate is #evaluate( text ).
type evaluate struct {
	place
	text expression
}

func (n *evaluate) render(r *Run) flow {
	text := ""
	if v := n.text.value(r); v.kind != KindNull {
		text = r.toString(v)
	}
	r.where = &n.place
	r.enter()
	r.work(len(text) * evaluateCost)
	body, err := r.compileText(text, n.at)
	if err != nil {
		r.fail(err)
	}
	f := r.guarded(body)
	r.depth--
	if f == flowBreak || f == flowStop {
		return flowNext
	}
	return f
}

// evaluateCost is the work of compiling a byte of a template, in bytes as
// [Run.work] counts them.
const evaluateCost = 16
