package vtl

import "errors"

// set is #set( $a.b = value ).
type set struct {
	place
	left  *reference
	slot  int // of a plain variable
	right expression
}

func (n *set) render(r *Run) flow {
	r.where = &n.place
	r.spend(1)
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
	r.spend(1)
	for i := range n.branches {
		if n.branches[i].test.truth(r) {
			return n.branches[i].body.render(r)
		}
	}
	return n.others.render(r)
}

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
		r.fail(&MethodError{"#break", "its argument must be a loop, such as $foreach.parent"})
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

// define is #define( $name ) ... #end, and the body of #@macro() ... #end.
type define struct {
	at   int
	slot int
	body sequence
	deep int // how often the block may be inside of itself
}

// defineDepth is Velocity's define.provide.depth, macroDepth its velocimacro.max.depth.
const (
	defineDepth = 2
	macroDepth  = 20
)

// block is the value that #define assigns: rendered at each use.
type block struct {
	node  *define
	layer *layer // where it was defined, for its text
	depth int
}

func (b *block) tooDeep() bool { return b.depth >= b.node.deep }

func (n *define) render(r *Run) flow {
	r.spend(1)
	r.put(n.slot, Value{kind: KindBlock, ref: &block{node: n, layer: r.layer}})
	return flowNext
}

// renderBlock prints a block; ok is false where it is inside of itself too often.
func (r *Run) renderBlock(b *block) (f flow, ok bool) {
	if b.tooDeep() {
		return flowNext, false
	}
	b.depth++
	r.enter()
	f = r.body(b.node.body)
	r.depth--
	b.depth--
	return f, true
}

// body renders what a #break ends: a macro or a block.
func (r *Run) body(s sequence) flow {
	var f flow
	if r.unwinds {
		f = r.guarded(s)
	} else {
		f = s.render(r)
	}
	if f == flowBreak {
		return flowNext
	}
	return f
}

func (r *Run) renderedBlock(b *block) (text string, ok bool) {
	if b.tooDeep() {
		return "", false
	}
	kept := r.layer
	r.layer = b.layer
	b.depth++
	text = r.capture(sequence{blockBody{b}})
	b.depth--
	r.layer = kept
	return text, true
}

// blockBody renders a block whose depth is counted already.
type blockBody struct{ b *block }

func (s blockBody) render(r *Run) flow { return r.body(s.b.node.body) }

func (r *Run) blockText(b *block) string {
	text, _ := r.renderedBlock(b)
	return text
}

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

// evaluateCost is how many bytes looked at a byte of a template costs to compile.
const evaluateCost = 16

// include is #include or #parse, which have nothing to include: they fail as
// Velocity does without resources. #parse of null is nothing.
type include struct {
	place
	arguments []expression
}

var errNothingToInclude = errors.New("there are no other templates to include")

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
