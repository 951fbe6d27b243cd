package vtl

import "strings"

// shape is what a node of the syntax tree is.
type shape uint8

const (
	shapeBlock shape = iota
	shapeText
	shapeEscape
	shapeEscapedDirective
	shapeComment
	shapeVerbatim
	shapeReference // kids: indexes, properties and methods
	shapeIndex     // kids: the index
	shapeProperty
	shapeMethod // kids: the arguments
	shapeSet    // kids: the reference, the expression
	shapeIf     // kids: the condition, the block, then else-ifs and the else
	shapeElseIf // kids: the condition, the block
	shapeElse   // kids: the block
	shapeDirective
	shapeString
	shapeInteger
	shapeFloat
	shapeTrue
	shapeFalse
	shapeWord
	shapeList
	shapeMap // kids: key, value, key, value ...
	shapeRange
	shapeExpression // kids: the expression; also what parentheses hold
	shapeBinary     // kids: left, right
	shapeNot
)

// tree is a node as it was read. first and last are its tokens, from which the
// source text of a null reference is put together.
type tree struct {
	shape       shape
	operator    kind // of a binary node
	first, last int
	kids        []*tree
	name        string // of a directive
	text        string // what an escape prints
	paren       bool   // a directive has arguments
}

// literal is the source text of a node.
func (p *parser) literal(n *tree) string {
	if n.first == n.last {
		return p.tokens[n.first].literal()
	}
	var b strings.Builder
	for i := n.first; i <= n.last; i++ {
		b.WriteString(p.tokens[i].literal())
	}
	return b.String()
}

// images is the source text of a node without what terminated tokens left.
func (p *parser) images(n *tree) string {
	var b strings.Builder
	for i := n.first; i <= n.last; i++ {
		b.WriteString(p.tokens[i].image)
	}
	return b.String()
}
