package vtl

// directive is what #name became: see parser.directive.
func (c *compiler) directive(n *tree) statement {
	if c.p.known(n.name) {
		return c.knownDirective(n)
	}
	if n.name != "" && n.name[0] == '@' {
		if !n.paren {
			return &plainText{"#" + n.name}
		}
		last := len(n.kids) - 1
		call := c.macroCall(n, n.kids[:last])
		call.name = n.name[1:]
		call.body = &define{at: call.at, slot: c.names.slot("bodyContent"), deep: macroDepth, body: c.block(n.kids[last])}
		call.source = c.p.images(n)
		return call
	}
	return c.macroCall(n, n.kids)
}

func (c *compiler) knownDirective(n *tree) statement {
	switch n.name {
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
	return &include{place: c.place(n, "#"+n.name), arguments: c.expressions(n.kids)}
}

func (c *compiler) foreach(n *tree) statement {
	if !n.paren {
		c.fails(n, "#foreach", "it needs a list: #foreach($item in $list)")
		return nil
	}
	s := &foreach{place: c.place(n, "#foreach"), most: c.options.MaxIterations}
	first := n.kids[0]
	if first.shape == shapeReference {
		ref := c.value(first)
		c.shared.references[len(c.shared.references)-1].Set = true
		s.variable = ref.slot
	} else {
		s.variable = c.names.slot(afterFirst(c.p.tokens[first.first].image))
	}
	s.slots = loopSlots{c.names.slot("velocityCount"), c.names.slot("velocityHasNext"), c.names.slot("foreach")}
	switch {
	case len(n.kids) < 3:
		s.list = &constant{ListValue(NewList(Null()))} // fails when it runs
	case n.kids[2].shape != shapeBlock:
		s.list = c.expression(n.kids[2])
	}
	if len(n.kids) > 3 {
		s.body = c.body(n.kids[3])
	}
	return s
}

// body is what a loop repeats. Behind a surplus argument it is that argument.
func (c *compiler) body(n *tree) statement {
	switch n.shape {
	case shapeBlock:
		return c.block(n)
	case shapeReference:
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

func (c *compiler) define(n *tree) statement {
	if len(n.kids) != 2 {
		c.fails(n, "#define", "it needs one name: #define($name)")
		return nil
	}
	if n.kids[0].shape == shapeReference {
		c.value(n.kids[0])
		c.shared.references[len(c.shared.references)-1].Set = true
	}
	name := afterFirst(c.p.tokens[n.kids[0].first].image)
	return &define{at: c.at(n), slot: c.names.slot(name), deep: defineDepth, body: c.block(n.kids[1])}
}

func (c *compiler) literalDirective(n *tree) statement {
	if !n.paren || n.kids[0].last < n.kids[0].first {
		c.fails(n, "#literal", "it needs a body: #literal() text #end")
		return nil
	}
	c.body(n.kids[0])
	return c.text(c.p.literal(n.kids[0]))
}

// macro defines a macro; the first definition stays.
func (c *compiler) macro(n *tree) {
	last := len(n.kids) - 1
	m := &macro{}
	for _, kid := range n.kids[1:last] {
		if kid.shape == shapeReference {
			c.value(kid)
			c.shared.references[len(c.shared.references)-1].Set = true
		}
		name := c.p.tokens[kid.first].image
		if name[0] == '$' {
			name = name[1:]
		}
		m.parameters = append(m.parameters, c.names.slot(name))
		m.literals = append(m.literals, "$"+name)
	}
	m.body = c.block(n.kids[last])
	name := c.p.tokens[n.kids[0].first].image
	if c.options.InlineMacros && c.macros[name] == nil {
		c.macros[name] = m
	}
}

func (c *compiler) macroCall(n *tree, arguments []*tree) *macroCall {
	s := &macroCall{place: c.place(n, "#"+n.name), name: n.name}
	for _, kid := range arguments {
		if kid.shape == shapeWord && s.wrong == nil {
			t := &c.p.tokens[kid.first]
			s.wrong = c.p.errorAt(t.at, "unexpected word "+quoteToken(t.image)+" in the arguments of #"+n.name)
		}
		s.arguments = append(s.arguments, c.expression(kid))
		s.constants = append(s.constants, isConstantShape(kid.shape))
		s.literals = append(s.literals, c.p.literal(kid))
	}
	s.source = c.p.images(n)
	return s
}

func isConstantShape(s shape) bool {
	switch s {
	case shapeRange, shapeReference, shapeList, shapeMap, shapeString:
		return false
	}
	return true
}

func (c *compiler) leave(n *tree) statement {
	if len(n.kids) > 1 {
		c.fails(n, "#"+n.name, "it takes one argument at most")
		return nil
	}
	var argument expression
	if len(n.kids) == 1 {
		argument = c.expression(n.kids[0])
	}
	if n.name == "stop" {
		return &stop{argument}
	}
	if c.inText || c.fixed {
		c.shared.unwinds = true
	}
	return &breakNode{place: c.place(n, "#break"), scope: argument}
}

func (c *compiler) evaluate(n *tree) statement {
	if len(n.kids) != 1 {
		panic(c.p.errorAt(c.p.tokens[n.first].at, "#evaluate takes exactly one argument"))
	}
	kid := n.kids[0]
	if kid.shape != shapeString && kid.shape != shapeReference {
		panic(c.p.errorAt(c.p.tokens[kid.first].at, "#evaluate takes a string or a reference"))
	}
	c.shared.unwinds = true
	return &evaluate{place: c.place(n, "#evaluate"), text: c.expression(kid)}
}
