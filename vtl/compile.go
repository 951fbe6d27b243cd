package vtl

import (
	"errors"
	"math/big"
	"strconv"
	"strings"
)

// names gives variables their slots.
type names struct {
	list  []string
	index map[string]int
}

func (n *names) slot(name string) int {
	if i, ok := n.index[name]; ok {
		return i
	}
	n.index[name] = len(n.list)
	n.list = append(n.list, name)
	return len(n.list) - 1
}

func (n *names) clone() *names {
	c := &names{list: append([]string(nil), n.list...), index: make(map[string]int, len(n.index))}
	for name, i := range n.index {
		c.index[name] = i
	}
	return c
}

// compiler turns the syntax tree into nodes that run.
type compiler struct {
	p       *parser
	options *Options
	names   *names
	macros  map[string]*macro
	shared  *compiled
	base    int  // where this text begins in the template
	fixed   bool // the text is none of the template's: all of it is at base
	inText  bool // compiling a string
}

// compiled is what parts of a template add to the whole.
type compiled struct {
	unwinds    bool
	broken     *ExecError // fails before it prints anything, as in Velocity
	references []Reference
}

func (c *compiler) offset(at int) int {
	if c.fixed {
		return c.base
	}
	return c.base + at
}

func (c *compiler) at(n *tree) int { return c.offset(c.p.tokens[n.first].at) }

func (c *compiler) place(n *tree, directive string) place { return place{c.at(n), directive} }

// fails makes the template one that never renders.
func (c *compiler) fails(n *tree, directive, reason string) {
	if c.shared.broken == nil {
		at := c.p.tokens[n.first].at
		c.shared.broken = &ExecError{
			Position: positionOf(c.p.src, at), Directive: directive,
			Excerpt: excerpt(c.p.src, at), Err: errors.New(reason),
		}
	}
}

func (c *compiler) block(n *tree) sequence {
	var s sequence
	for _, kid := range n.kids {
		one := c.statement(kid)
		if one == nil {
			continue
		}
		if text, ok := one.(*plainText); ok && len(s) > 0 {
			if before, ok := s[len(s)-1].(*plainText); ok {
				before.text += text.text
				continue
			}
		}
		s = append(s, one)
	}
	return s
}

func (c *compiler) statement(n *tree) statement {
	t := &c.p.tokens[n.first]
	switch n.shape {
	case shapeReference:
		return c.reference(n)
	case shapeSet:
		return c.set(n)
	case shapeIf:
		return c.conditional(n)
	case shapeDirective:
		return c.directive(n)
	case shapeText:
		return c.text(t.literal())
	case shapeEscape, shapeEscapedDirective:
		return c.text(n.text)
	case shapeComment:
		return c.text(commentPrefix(t.image))
	case shapeVerbatim:
		return c.text(t.image[len("#[[") : len(t.image)-len("]]#")])
	}
	return nil
}

func (c *compiler) text(s string) statement {
	if s == "" {
		return nil
	}
	return &plainText{s}
}

// commentPrefix is what stands in a comment's token before the comment.
func commentPrefix(image string) string {
	if i := strings.Index(image, "##"); i >= 0 {
		return image[:i]
	}
	if i := strings.Index(image, "#*"); i >= 0 {
		return image[:i]
	}
	return ""
}

func (c *compiler) set(n *tree) statement {
	left := c.value(n.kids[0])
	at := len(c.shared.references) - 1
	c.shared.references[at].Set = true
	name := c.p.tokens[n.kids[0].first].image[1:]
	right := c.expression(n.kids[1])
	if bare(n.kids[1]).shape == shapeReference {
		value := c.shared.references[len(c.shared.references)-1]
		c.shared.references[at].Value = &value
	}
	return &set{place: c.place(n, "#set"), left: left, slot: c.names.slot(name), right: right}
}

// bare is an expression without the parentheses around it.
func bare(n *tree) *tree {
	for n.shape == shapeExpression {
		n = n.kids[0]
	}
	return n
}

// negated is an expression behind a "!"; if it is a reference alone, it is marked.
func (c *compiler) negated(n *tree) expression {
	e := c.expression(n)
	if bare(n).shape == shapeReference {
		c.shared.references[len(c.shared.references)-1].Negated = true
	}
	return e
}

func (c *compiler) conditional(n *tree) statement {
	s := &conditional{place: c.place(n, "#if")}
	s.branches = []branch{{c.condition(n.kids[0]), c.block(n.kids[1])}}
	for _, kid := range n.kids[2:] {
		if kid.shape == shapeElse {
			s.others = c.block(kid.kids[0])
		} else {
			s.branches = append(s.branches, branch{c.condition(kid.kids[0]), c.block(kid.kids[1])})
		}
	}
	return s
}

// condition is an expression whose outermost reference, if it is nothing else, is
// marked as tested.
func (c *compiler) condition(n *tree) expression {
	e := c.expression(n)
	if bare(n).shape == shapeReference {
		c.shared.references[len(c.shared.references)-1].Tested = true
	}
	return e
}

func (c *compiler) expressions(kids []*tree) []expression {
	list := make([]expression, len(kids))
	for i, kid := range kids {
		list[i] = c.expression(kid)
	}
	return list
}

func (c *compiler) expression(n *tree) expression {
	image := c.p.tokens[n.first].image
	switch n.shape {
	case shapeExpression:
		return c.expression(n.kids[0])
	case shapeReference:
		return c.value(n)
	case shapeString:
		return c.stringLiteral(n, image)
	case shapeInteger:
		v, ok := integerLiteral(image)
		if !ok {
			c.fails(n, "number", quoteToken(image)+" is not a number")
		}
		return &constant{v}
	case shapeFloat:
		f, err := strconv.ParseFloat(image, 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			c.fails(n, "number", quoteToken(image)+" is not a number")
		}
		return &constant{Double(f)}
	case shapeTrue, shapeFalse:
		return &constant{Bool(n.shape == shapeTrue)}
	case shapeList:
		return &listNode{c.expressions(n.kids)}
	case shapeRange:
		return &rangeNode{c.expression(n.kids[0]), c.expression(n.kids[1])}
	case shapeMap:
		m := &mapNode{}
		for i := 0; i < len(n.kids); i += 2 {
			m.keys = append(m.keys, c.expression(n.kids[i]))
			m.values = append(m.values, c.expression(n.kids[i+1]))
		}
		return m
	case shapeNot:
		return &notNode{c.negated(n.kids[0])}
	case shapeBinary:
		return c.binary(n)
	}
	return &constant{}
}

// integerLiteral is not ok for a number with a '#' before it, which the lexer
// lets through and Java does not read.
func integerLiteral(image string) (v Value, ok bool) {
	if i, err := strconv.ParseInt(image, 10, 64); err == nil {
		return Int(i), true
	}
	i, ok := new(big.Int).SetString(image, 10)
	if !ok {
		return Value{}, false
	}
	return BigInteger(i), true
}

func (c *compiler) binary(n *tree) expression {
	a, b := c.expression(n.kids[0]), c.expression(n.kids[1])
	switch n.operator {
	case kindAnd, kindOr:
		return &logicNode{and: n.operator == kindAnd, a: a, b: b}
	case kindPlus, kindMinus, kindMultiply, kindDivide, kindModulus:
		return &arithmetic{
			operator: n.operator, a: a, b: b,
			aLiteral: c.p.literal(n.kids[0]), bLiteral: c.p.literal(n.kids[1]),
		}
	}
	return &comparison{operator: n.operator, a: a, b: b}
}

// stringLiteral is a constant, or a template of its own if it is in double
// quotes and holds a '$' or '#'.
func (c *compiler) stringLiteral(n *tree, image string) expression {
	quote := image[:1]
	text := image[1 : len(image)-1]
	if quote == `"` {
		decoded, ok := decodeUnicode(text)
		if !ok {
			c.fails(n, "string", `\u must be followed by four hexadecimal digits`)
		}
		text = decoded
	}
	text = strings.ReplaceAll(text, quote+quote, quote)
	if quote != `"` || !strings.ContainsAny(image, "$#") {
		return &constant{String(text)}
	}
	s := &interpolated{blank: !strings.Contains(text, "##")}
	at := c.p.tokens[n.first].at
	source := text
	if s.blank {
		source += " "
	}
	inner, err := c.inner(source, at+1, true)
	if err != nil {
		panic(c.p.errorAt(at, "in the string: "+err.Message))
	}
	s.body = inner
	return s
}

// inner compiles a text that is part of this template or made by it.
func (c *compiler) inner(source string, at int, isString bool) (body sequence, err *ParseError) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *ParseError:
			err = e
		default:
			panic(e)
		}
	}()
	p := &parser{lexer: lexer{src: source}, options: c.options, depth: c.p.depth + 1, isMacro: c.isMacro}
	if p.depth > c.options.MaxNesting {
		panic(p.errorAt(0, "strings nest too deep"))
	}
	sub := &compiler{
		p: p, options: c.options, names: c.names, macros: c.macros, shared: c.shared,
		base: c.offset(at), fixed: c.fixed, inText: isString,
	}
	return sub.block(p.parse()), nil
}

func (c *compiler) isMacro(name string) bool { return c.macros[name] != nil }

// decodeUnicode replaces \uXXXX, the only escape that double quotes know.
func decodeUnicode(s string) (string, bool) {
	if !strings.Contains(s, `\u`) {
		return s, true
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, `\u`)
		b.WriteString(before)
		if !found {
			return b.String(), true
		}
		if len(after) < 4 {
			return "", false
		}
		unit, err := strconv.ParseUint(after[:4], 16, 16)
		if err != nil {
			return "", false
		}
		b.WriteRune(rune(unit))
		s = after[4:]
	}
}
