package vtl

// define is #define( $name ) ... #end, and the body of #@macro() ... #end.
type define struct {
	at   int
	slot int
	body sequence
	deep int // how deep the block may render itself
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
	r.charge(1)
	r.put(n.slot, Value{kind: KindBlock, ref: &block{node: n, layer: r.layer}})
	return flowNext
}

// renderBlock prints a block; ok is false where it renders itself too deep.
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

// body renders a macro or a block, which a #break in it ends.
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

// blockBody renders a block whose depth the caller has counted.
type blockBody struct{ b *block }

func (s blockBody) render(r *Run) flow { return r.body(s.b.node.body) }

func (r *Run) blockText(b *block) string {
	text, _ := r.renderedBlock(b)
	return text
}
