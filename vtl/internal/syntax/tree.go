package syntax

import "strings"

// Shape is the kind of a node of the syntax tree.
type Shape uint8

// The shapes of nodes.
const (
	ShapeBlock Shape = iota
	ShapeText
	ShapeEscape
	ShapeEscapedDirective
	ShapeComment
	ShapeVerbatim
	ShapeReference // kids: indexes, properties and methods
	ShapeIndex     // kids: the index
	ShapeProperty
	ShapeMethod // kids: the arguments
	ShapeSet    // kids: the reference, the expression
	ShapeIf     // kids: the condition, the block, then else-ifs and the else
	ShapeElseIf // kids: the condition, the block
	ShapeElse   // kids: the block
	ShapeDirective
	ShapeString
	ShapeInteger
	ShapeFloat
	ShapeTrue
	ShapeFalse
	ShapeWord
	ShapeList
	ShapeMap // kids: key, value, key, value ...
	ShapeRange
	ShapeExpression // kids: the expression; also what parentheses hold
	ShapeBinary     // kids: left, right
	ShapeNot
)

// Tree is a node of the syntax tree. First and Last are the indexes of its
// tokens, from which the source text of a null reference is put together.
type Tree struct {
	Shape       Shape
	Operator    Kind // of a binary node
	First, Last int
	Kids        []*Tree
	Name        string // of a directive
	Text        string // what an escape prints
	Paren       bool   // a directive has arguments
}

// Text is a text that was parsed: a template, or a string in one.
type Text struct {
	Source string
	Root   *Tree
	Tokens []Token

	options Options
}

// Token is the first token of a node.
func (t *Text) Token(n *Tree) *Token { return &t.Tokens[n.First] }

// Literal is the source text of a node.
func (t *Text) Literal(n *Tree) string {
	if n.First == n.Last {
		return t.Tokens[n.First].Literal()
	}
	var b strings.Builder
	for i := n.First; i <= n.Last; i++ {
		b.WriteString(t.Tokens[i].Literal())
	}
	return b.String()
}

// Images is the source text of a node without the special text of its tokens.
func (t *Text) Images(n *Tree) string {
	var b strings.Builder
	for i := n.First; i <= n.Last; i++ {
		b.WriteString(t.Tokens[i].Image)
	}
	return b.String()
}

// Known says whether name is a directive of this dialect, besides the keywords.
func (t *Text) Known(name string) bool { return t.options.known(name) }
