package vtl

import (
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela/vtl/internal/syntax"
)

// Reference is a reference of a template, for tools that look at templates: see
// [Template.References].
type Reference struct {
	Position
	// Source is the reference as it is written.
	Source string
	// Root is the variable, Path the properties and methods after it, up to the
	// first index; names of methods end in "()".
	Root string
	Path []string
	// Argument is the first argument of the first method when it is a constant.
	Argument string
	// Printed says that the reference stands in the text; Tested that it is the
	// whole condition of an #if; Set that it is the left side of a #set, or the
	// variable of a loop, a block or a macro.
	Printed, Tested, Set bool
	// Negated says that it is the whole operand of a "!".
	Negated bool
	// Value is the right side of a #set whose left side this is, when that is
	// only a reference; its Position is not filled in.
	Value *Reference
	// Offset is where the reference begins in the template, in bytes. References in
	// strings have the string's offset.
	Offset int
}

// value is a reference in an expression, where its value is used and not its
// text.
func (c *compiler) value(n *syntax.Tree) *reference {
	ref := c.reference(n)
	c.shared.references[len(c.shared.references)-1].Printed = false
	return ref
}

func (c *compiler) reference(n *syntax.Tree) *reference {
	ref := &reference{empty: c.options.UndefinedAsEmpty}
	for _, kid := range n.Kids {
		ref.steps = append(ref.steps, c.step(kid))
	}
	for _, kid := range n.Kids {
		if kid.Shape != syntax.ShapeIndex {
			ref.tail = c.text.Token(kid).Image
		}
	}
	c.root(n, ref)
	ref.place = c.place(n, c.text.Literal(n))
	ref.odd = ref.style >= styleRunt || ref.escaped || ref.escapes != "" || ref.more != ""
	if ref.style < styleRunt {
		ref.slot = c.names.slot(ref.root)
		c.prepare(ref)
	}
	c.note(n, ref)
	return ref
}

func (c *compiler) step(n *syntax.Tree) step {
	image := c.text.Token(n).Image
	switch n.Shape {
	case syntax.ShapeIndex:
		return &index{c.expression(n.Kids[0])}
	case syntax.ShapeMethod:
		arguments := c.expressions(n.Kids)
		return &call{name: image, arguments: arguments, constants: constantsOf(arguments), methods: methodsNamed[image]}
	}
	return newProperty(image)
}

// constantsOf is nil where one of the arguments is not constant.
func constantsOf(arguments []expression) []Value {
	values := make([]Value, len(arguments))
	for i, a := range arguments {
		known, ok := a.(*constant)
		if !ok {
			return nil
		}
		values[i] = known.v
	}
	return values
}

// root reads the first token of a reference: backslashes, dollars before the
// reference's own, whether it is quiet, and the name. It shortens the token, so
// that the source text of escaped references is printed as by Velocity.
func (c *compiler) root(n *syntax.Tree, ref *reference) {
	t := c.text.Token(n)
	if strings.Contains(t.Image, `\!`) {
		c.brokenRoot(t, ref)
		return
	}
	slashes := 0
	for t.Image[slashes] == '\\' {
		slashes++
	}
	ref.escaped = slashes%2 == 1
	ref.escapes = t.Image[:slashes/2]
	t.Image = t.Image[slashes:]
	if own := strings.LastIndexByte(t.Image, '$'); own > 0 {
		ref.more = t.Image[:own]
		t.Image = t.Image[own:]
	}
	ref.nullText = c.text.Literal(n)
	switch {
	case strings.HasPrefix(t.Image, "$!"):
		ref.style = styleQuiet
		if !ref.escaped {
			ref.nullText = ""
		}
		ref.root = t.Image[2:]
		if strings.HasPrefix(t.Image, "$!{") {
			ref.root = c.text.Tokens[n.First+1].Image
		}
	case t.Image == "${":
		ref.root = c.text.Tokens[n.First+1].Image
	case t.Image[0] == '$':
		ref.root = t.Image[1:]
	default:
		ref.style = styleRunt
		ref.root = t.Image
	}
}

// brokenRoot is $\!name, whose text loses a backslash.
func (c *compiler) brokenRoot(t *syntax.Token, ref *reference) {
	dollar := strings.IndexByte(t.Image, '$')
	start := dollar + strings.IndexByte(t.Image[dollar:], '\\')
	count := 0
	for t.Image[start+count] == '\\' {
		count++
	}
	ref.style = styleBroken
	ref.nullText = t.Image[:start+count-1] + t.Image[start+count:]
}

// prepare calls Options.Prepare for a call with constant arguments.
func (c *compiler) prepare(ref *reference) {
	if c.options.Prepare == nil || len(ref.steps) == 0 || !slices.Contains(c.options.Globals, ref.root) {
		return
	}
	m, ok := ref.steps[0].(*call)
	if !ok {
		return
	}
	if m.constants != nil {
		m.prepared = c.options.Prepare(ref.root, m.name, m.constants)
	}
}

// note keeps the reference for Template.References.
func (c *compiler) note(n *syntax.Tree, ref *reference) {
	info := Reference{Source: ref.directive, Root: ref.root, Printed: true, Offset: ref.at}
	if ref.style >= styleRunt {
		info.Root = ""
	}
	for i, s := range ref.steps {
		switch s := s.(type) {
		case *property:
			info.Path = append(info.Path, s.name)
			continue
		case *call:
			info.Path = append(info.Path, s.name+"()")
			if i == 0 && len(s.arguments) > 0 {
				if a, ok := s.arguments[0].(*constant); ok {
					info.Argument = a.v.Text()
				}
			}
			continue
		}
		break
	}
	c.shared.references = append(c.shared.references, info)
}
