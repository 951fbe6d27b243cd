package vtl

import (
	"errors"
	"math/big"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/vtl/internal/syntax"
)

// names assigns slots to variables by name.
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

// compiler turns the syntax tree into statements and expressions.
type compiler struct {
	text    *syntax.Text
	depth   int // nesting depth of strings around the text
	options *Options
	names   *names
	macros  map[string]*macro
	shared  *compiled
	base    int  // where this text begins in the template
	fixed   bool // the text is not a part of the template, so all positions are base
	inText  bool // compiling a string
}

// compiled is what compiling collects for the whole template.
type compiled struct {
	unwinds     bool
	renderError *ExecError // error with which each rendering fails before it prints anything, as in Velocity
	references  []Reference
}

func (c *compiler) offset(at int) int {
	if c.fixed {
		return c.base
	}
	return c.base + at
}

func (c *compiler) at(n *syntax.Tree) int { return c.offset(c.text.Token(n).At) }

func (c *compiler) place(n *syntax.Tree, directive string) place { return place{c.at(n), directive} }

// fails sets the error with which every rendering of the template fails.
func (c *compiler) fails(n *syntax.Tree, directive, id string, arguments ...string) {
	if c.shared.renderError == nil {
		at := c.text.Token(n).At
		c.shared.renderError = &ExecError{
			Position: positionOf(c.text.Source, at), Directive: directive,
			Excerpt: excerpt(c.text.Source, at), Err: &MethodError{Problem: &Problem{ID: id, Arguments: arguments}},
		}
	}
}

func (c *compiler) block(n *syntax.Tree) sequence {
	var s sequence
	for _, kid := range n.Kids {
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

// statement compiles one statement of a block; nil for what renders nothing.
func (c *compiler) statement(n *syntax.Tree) statement {
	t := c.text.Token(n)
	switch n.Shape {
	case syntax.ShapeReference:
		return c.reference(n)
	case syntax.ShapeSet:
		return c.set(n)
	case syntax.ShapeIf:
		return c.conditional(n)
	case syntax.ShapeDirective:
		return c.directive(n)
	case syntax.ShapeText:
		return c.plain(t.Literal())
	case syntax.ShapeEscape, syntax.ShapeEscapedDirective:
		return c.plain(n.Text)
	case syntax.ShapeComment:
		return c.plain(commentPrefix(t.Image))
	case syntax.ShapeVerbatim:
		return c.plain(t.Image[len("#[[") : len(t.Image)-len("]]#")])
	}
	return nil
}

func (c *compiler) plain(s string) statement {
	if s == "" {
		return nil
	}
	return &plainText{s}
}

// commentPrefix is the part of a comment's token before the comment.
func commentPrefix(image string) string {
	if i := strings.Index(image, "##"); i >= 0 {
		return image[:i]
	}
	if i := strings.Index(image, "#*"); i >= 0 {
		return image[:i]
	}
	return ""
}

func (c *compiler) set(n *syntax.Tree) statement {
	left := c.value(n.Kids[0])
	at := len(c.shared.references) - 1
	c.shared.references[at].Set = true
	name := c.text.Token(n.Kids[0]).Image[1:]
	right := c.expression(n.Kids[1])
	if withoutParentheses(n.Kids[1]).Shape == syntax.ShapeReference {
		value := c.shared.references[len(c.shared.references)-1]
		c.shared.references[at].Value = &value
	}
	return &set{place: c.place(n, "#set"), left: left, slot: c.names.slot(name), right: right}
}

// withoutParentheses is an expression without the parentheses around it.
func withoutParentheses(n *syntax.Tree) *syntax.Tree {
	for n.Shape == syntax.ShapeExpression {
		n = n.Kids[0]
	}
	return n
}

// negated is an expression behind a "!"; if it is only a reference, that is marked
// as negated.
func (c *compiler) negated(n *syntax.Tree) expression {
	e := c.expression(n)
	if withoutParentheses(n).Shape == syntax.ShapeReference {
		c.shared.references[len(c.shared.references)-1].Negated = true
	}
	return e
}

func (c *compiler) conditional(n *syntax.Tree) statement {
	s := &conditional{place: c.place(n, "#if")}
	s.branches = []branch{{c.condition(n.Kids[0]), c.block(n.Kids[1])}}
	for _, kid := range n.Kids[2:] {
		if kid.Shape == syntax.ShapeElse {
			s.others = c.block(kid.Kids[0])
		} else {
			s.branches = append(s.branches, branch{c.condition(kid.Kids[0]), c.block(kid.Kids[1])})
		}
	}
	return s
}

// condition is the expression of an #if; if it is only a reference, that is
// marked as tested.
func (c *compiler) condition(n *syntax.Tree) expression {
	e := c.expression(n)
	if withoutParentheses(n).Shape == syntax.ShapeReference {
		c.shared.references[len(c.shared.references)-1].Tested = true
	}
	return e
}

func (c *compiler) expressions(kids []*syntax.Tree) []expression {
	list := make([]expression, len(kids))
	for i, kid := range kids {
		list[i] = c.expression(kid)
	}
	return list
}

// expression compiles an expression. A number that Java's lexer accepts and no type holds
// fails when it is rendered, as in Velocity, not here.
func (c *compiler) expression(n *syntax.Tree) expression {
	image := c.text.Token(n).Image
	switch n.Shape {
	case syntax.ShapeExpression:
		return c.expression(n.Kids[0])
	case syntax.ShapeReference:
		return c.value(n)
	case syntax.ShapeString:
		return c.stringLiteral(n, image)
	case syntax.ShapeInteger:
		v, ok := integerLiteral(image)
		if !ok {
			c.fails(n, "number", "not_number", quoteToken(image))
		}
		return &constant{v}
	case syntax.ShapeFloat:
		f, err := strconv.ParseFloat(image, 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			c.fails(n, "number", "not_number", quoteToken(image))
		}
		return &constant{Double(f)}
	case syntax.ShapeTrue, syntax.ShapeFalse:
		return &constant{Bool(n.Shape == syntax.ShapeTrue)}
	case syntax.ShapeList:
		return &listNode{c.expressions(n.Kids)}
	case syntax.ShapeRange:
		return &rangeNode{c.expression(n.Kids[0]), c.expression(n.Kids[1])}
	case syntax.ShapeMap:
		m := &mapNode{}
		for i := 0; i < len(n.Kids); i += 2 {
			m.keys = append(m.keys, c.expression(n.Kids[i]))
			m.values = append(m.values, c.expression(n.Kids[i+1]))
		}
		return m
	case syntax.ShapeNot:
		return &notNode{c.negated(n.Kids[0])}
	case syntax.ShapeBinary:
		return c.binary(n)
	}
	return &constant{}
}

// integerLiteral is not ok for a number with a '#' before it, which Velocity's
// lexer accepts and Java does not parse.
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

func (c *compiler) binary(n *syntax.Tree) expression {
	a, b := c.expression(n.Kids[0]), c.expression(n.Kids[1])
	switch n.Operator {
	case syntax.KindAnd, syntax.KindOr:
		return &logicNode{and: n.Operator == syntax.KindAnd, a: a, b: b}
	case syntax.KindPlus, syntax.KindMinus, syntax.KindMultiply, syntax.KindDivide, syntax.KindModulus:
		return &arithmetic{
			operator: n.Operator, a: a, b: b,
			aLiteral: c.text.Literal(n.Kids[0]), bLiteral: c.text.Literal(n.Kids[1]),
		}
	}
	return &comparison{operator: n.Operator, a: a, b: b}
}

// stringLiteral is a constant, or a template of its own if it is in double
// quotes and holds a '$' or '#'.
func (c *compiler) stringLiteral(n *syntax.Tree, image string) expression {
	quote := image[:1]
	text := image[1 : len(image)-1]
	if quote == `"` {
		decoded, ok := decodeUnicode(text)
		if !ok {
			c.fails(n, "string", "string_escape")
		}
		text = decoded
	}
	text = strings.ReplaceAll(text, quote+quote, quote)
	if quote != `"` || !strings.ContainsAny(image, "$#") {
		return &constant{String(text)}
	}
	s := &interpolated{blank: !strings.Contains(text, "##")}
	at := c.text.Token(n).At
	source := text
	if s.blank {
		source += " "
	}
	inner, err := c.inner(source, at+1, true)
	if err != nil {
		panic(c.errorAt(at, &Problem{ID: "in_string", Why: err.Problem}))
	}
	s.body = inner
	return s
}

// inner compiles the text of a string literal or of #evaluate.
func (c *compiler) inner(source string, at int, isString bool) (body sequence, err *ParseError) {
	sub := &compiler{
		options: c.options, names: c.names, macros: c.macros, shared: c.shared,
		base: c.offset(at), fixed: c.fixed, inText: isString, depth: c.depth + 1,
	}
	return sub.compile(source)
}

// compile parses and compiles a text.
func (c *compiler) compile(source string) (body sequence, err *ParseError) {
	text, failed := syntax.Parse(source, syntax.Options{
		MaxNesting: c.options.MaxNesting, Depth: c.depth,
		Evaluate: c.options.Evaluate, Include: c.options.Include, IsMacro: c.isMacro,
	})
	var wrong *syntax.Error
	if errors.As(failed, &wrong) {
		return nil, newParseError(source, wrong.At, newProblem(wrong.Problem))
	}
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *ParseError:
			err = e
		default:
			panic(e)
		}
	}()
	c.text = text
	return c.block(text.Root), nil
}

func (c *compiler) errorAt(at int, what *Problem) *ParseError {
	return newParseError(c.text.Source, at, what)
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
