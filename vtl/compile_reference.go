package vtl

import (
	"slices"
	"strings"
)

// Reference is a reference of a template, for tools that look at templates: see
// [Template.References].
type Reference struct {
	Position
	// Source is the reference as it is written.
	Source string
	// Root is the variable, Path the properties and methods behind it, up to the
	// first index; methods have "()" behind their names.
	Root string
	Path []string
	// Argument is the first argument of the first method when it is a constant.
	Argument string
	// Printed says that the reference stands in the text; Tested that it is all
	// there is to the condition of an #if; Set that it is the left side of a #set,
	// or the variable of a loop, a block or a macro.
	Printed, Tested, Set bool
	// Negated says that it is all there is behind a "!".
	Negated bool
	// Value is the right side of a #set whose left side this is, when it is a
	// reference alone; its Position is not filled in.
	Value *Reference
	// Offset is where the reference begins in the template, in bytes. References in
	// strings are where the string is.
	Offset int
}

// value is a reference whose value counts.
func (c *compiler) value(n *tree) *reference {
	ref := c.reference(n)
	c.shared.references[len(c.shared.references)-1].Printed = false
	return ref
}

func (c *compiler) reference(n *tree) *reference {
	ref := &reference{empty: c.options.UndefinedAsEmpty}
	for _, kid := range n.kids {
		ref.steps = append(ref.steps, c.step(kid))
	}
	for _, kid := range n.kids {
		if kid.shape != shapeIndex {
			ref.tail = c.p.tokens[kid.first].image
		}
	}
	c.root(n, ref)
	ref.place = c.place(n, c.p.literal(n))
	ref.odd = ref.style >= styleRunt || ref.escaped || ref.escapes != "" || ref.more != ""
	if ref.style < styleRunt {
		ref.slot = c.names.slot(ref.root)
		c.prepare(ref)
	}
	c.note(n, ref)
	return ref
}

func (c *compiler) step(n *tree) step {
	image := c.p.tokens[n.first].image
	switch n.shape {
	case shapeIndex:
		return &index{c.expression(n.kids[0])}
	case shapeMethod:
		arguments := c.expressions(n.kids)
		return &call{name: image, arguments: arguments, constants: constantsOf(arguments)}
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
// own one, quietness and name. It shortens the token, which is what makes the
// source text of escaped references come out as Velocity's.
func (c *compiler) root(n *tree, ref *reference) {
	t := &c.p.tokens[n.first]
	if strings.Contains(t.image, `\!`) {
		c.brokenRoot(t, ref)
		return
	}
	slashes := 0
	for t.image[slashes] == '\\' {
		slashes++
	}
	ref.escaped = slashes%2 == 1
	ref.escapes = t.image[:slashes/2]
	t.image = t.image[slashes:]
	if own := strings.LastIndexByte(t.image, '$'); own > 0 {
		ref.more = t.image[:own]
		t.image = t.image[own:]
	}
	ref.nullText = c.p.literal(n)
	switch {
	case strings.HasPrefix(t.image, "$!"):
		ref.style = styleQuiet
		if !ref.escaped {
			ref.nullText = ""
		}
		ref.root = t.image[2:]
		if strings.HasPrefix(t.image, "$!{") {
			ref.root = c.p.tokens[n.first+1].image
		}
	case t.image == "${":
		ref.root = c.p.tokens[n.first+1].image
	case t.image[0] == '$':
		ref.root = t.image[1:]
	default:
		ref.style = styleRunt
		ref.root = t.image
	}
}

// brokenRoot is $\!name, whose text loses a backslash.
func (c *compiler) brokenRoot(t *token, ref *reference) {
	dollar := strings.IndexByte(t.image, '$')
	start := dollar + strings.IndexByte(t.image[dollar:], '\\')
	count := 0
	for t.image[start+count] == '\\' {
		count++
	}
	ref.style = styleBroken
	ref.nullText = t.image[:start+count-1] + t.image[start+count:]
}

// prepare lets the program that embeds the engine look at constant arguments.
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
func (c *compiler) note(n *tree, ref *reference) {
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
