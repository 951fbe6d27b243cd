package vtl

import "github.com/pasarela-ws/pasarela/vtl/internal/syntax"

// directive compiles the node of #name: see parser.directive.
func (c *compiler) directive(n *syntax.Tree) statement {
	if c.text.Known(n.Name) {
		return c.knownDirective(n)
	}
	if n.Name != "" && n.Name[0] == '@' {
		if !n.Paren {
			return &plainText{"#" + n.Name}
		}
		last := len(n.Kids) - 1
		call := c.macroCall(n, n.Kids[:last])
		call.name = n.Name[1:]
		call.body = &define{at: call.at, slot: c.names.slot("bodyContent"), deep: macroDepth, body: c.block(n.Kids[last])}
		call.source = c.text.Images(n)
		return call
	}
	return c.macroCall(n, n.Kids)
}

func (c *compiler) knownDirective(n *syntax.Tree) statement {
	switch n.Name {
	case "foreach":
		return c.foreach(n)
	case "define":
		return c.define(n)
	case "literal":
		return c.literalDirective(n)
	case "macro":
		c.macro(n)
		return nil
	case "break", "stop":
		return c.leave(n)
	case "evaluate":
		return c.evaluate(n)
	}
	return &include{place: c.place(n, "#"+n.Name), arguments: c.expressions(n.Kids)}
}

// foreach compiles #foreach. What is missing of it fails when it is rendered, as in Velocity.
func (c *compiler) foreach(n *syntax.Tree) statement {
	if !n.Paren {
		c.fails(n, "#foreach", "foreach_list")
		return nil
	}
	s := &foreach{place: c.place(n, "#foreach"), most: c.options.MaxIterations}
	first := n.Kids[0]
	if first.Shape == syntax.ShapeReference {
		ref := c.value(first)
		c.shared.references[len(c.shared.references)-1].Set = true
		s.variable = ref.slot
	} else {
		s.variable = c.names.slot(afterFirst(c.text.Token(first).Image))
	}
	s.slots = loopSlots{c.names.slot("velocityCount"), c.names.slot("velocityHasNext"), c.names.slot("foreach")}
	switch {
	case len(n.Kids) < 3:
		s.list = &constant{ListValue(NewList(Null()))} // fails when it runs
	case n.Kids[2].Shape != syntax.ShapeBlock:
		s.list = c.expression(n.Kids[2])
	}
	if len(n.Kids) > 3 {
		s.body = c.body(n.Kids[3])
	}
	return s
}

// body is what a loop repeats. After a surplus argument it is that argument, as
// in Velocity.
func (c *compiler) body(n *syntax.Tree) statement {
	switch n.Shape {
	case syntax.ShapeBlock:
		return c.block(n)
	case syntax.ShapeReference:
		return c.reference(n)
	}
	return sequence(nil)
}

func afterFirst(image string) string {
	if image == "" {
		return ""
	}
	return image[1:]
}

func (c *compiler) define(n *syntax.Tree) statement {
	if len(n.Kids) != 2 {
		c.fails(n, "#define", "define_name")
		return nil
	}
	if n.Kids[0].Shape == syntax.ShapeReference {
		c.value(n.Kids[0])
		c.shared.references[len(c.shared.references)-1].Set = true
	}
	name := afterFirst(c.text.Token(n.Kids[0]).Image)
	return &define{at: c.at(n), slot: c.names.slot(name), deep: defineDepth, body: c.block(n.Kids[1])}
}

func (c *compiler) literalDirective(n *syntax.Tree) statement {
	if !n.Paren || n.Kids[0].Last < n.Kids[0].First {
		c.fails(n, "#literal", "literal_body")
		return nil
	}
	c.body(n.Kids[0])
	return c.plain(c.text.Literal(n.Kids[0]))
}

// macro defines a macro; of several definitions the first holds.
func (c *compiler) macro(n *syntax.Tree) {
	last := len(n.Kids) - 1
	m := &macro{}
	for _, kid := range n.Kids[1:last] {
		if kid.Shape == syntax.ShapeReference {
			c.value(kid)
			c.shared.references[len(c.shared.references)-1].Set = true
		}
		name := c.text.Token(kid).Image
		if name[0] == '$' {
			name = name[1:]
		}
		m.parameters = append(m.parameters, c.names.slot(name))
		m.literals = append(m.literals, "$"+name)
	}
	m.body = c.block(n.Kids[last])
	name := c.text.Token(n.Kids[0]).Image
	if c.options.InlineMacros && c.macros[name] == nil {
		c.macros[name] = m
	}
}

func (c *compiler) macroCall(n *syntax.Tree, arguments []*syntax.Tree) *macroCall {
	s := &macroCall{place: c.place(n, "#"+n.Name), name: n.Name}
	for _, kid := range arguments {
		if kid.Shape == syntax.ShapeWord && s.wrong == nil {
			t := c.text.Token(kid)
			s.wrong = c.errorAt(t.At, &Problem{ID: "word", Arguments: []string{quoteToken(t.Image), n.Name}})
		}
		s.arguments = append(s.arguments, c.expression(kid))
		s.constants = append(s.constants, isConstantShape(kid.Shape))
		s.literals = append(s.literals, c.text.Literal(kid))
	}
	s.source = c.text.Images(n)
	return s
}

func isConstantShape(s syntax.Shape) bool {
	switch s {
	case syntax.ShapeRange, syntax.ShapeReference, syntax.ShapeList, syntax.ShapeMap, syntax.ShapeString:
		return false
	}
	return true
}

func (c *compiler) leave(n *syntax.Tree) statement {
	if len(n.Kids) > 1 {
		c.fails(n, "#"+n.Name, "one_argument")
		return nil
	}
	var argument expression
	if len(n.Kids) == 1 {
		argument = c.expression(n.Kids[0])
	}
	if n.Name == "stop" {
		return &stop{argument}
	}
	if c.inText || c.fixed {
		c.shared.unwinds = true
	}
	return &breakNode{place: c.place(n, "#break"), scope: argument}
}

func (c *compiler) evaluate(n *syntax.Tree) statement {
	if len(n.Kids) != 1 {
		panic(c.errorAt(c.text.Token(n).At, &Problem{ID: "evaluate_count"}))
	}
	kid := n.Kids[0]
	if kid.Shape != syntax.ShapeString && kid.Shape != syntax.ShapeReference {
		panic(c.errorAt(c.text.Token(kid).At, &Problem{ID: "evaluate_argument"}))
	}
	c.shared.unwinds = true
	return &evaluate{place: c.place(n, "#evaluate"), text: c.expression(kid)}
}
