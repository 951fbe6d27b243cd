package vtl

import (
	"slices"
	"strings"
)

// parser is the grammar of Velocity 1.7 (vtl §2) as recursive descent. It takes
// tokens one by one because it tells the lexer what comes after the name of a
// directive.
type parser struct {
	lexer
	options *Options
	tokens  []token
	at      int // the next token to take
	depth   int

	macroNames map[string]bool        // macros whose block was read
	isMacro    func(name string) bool // macros that exist already
}

// operatorsPerExpression bounds chains like 1+1+1..., which nest to the left.
const operatorsPerExpression = 1000

// parse reads the template; errors leave it as panics of *ParseError.
func (p *parser) parse() *tree {
	root := p.open(shapeBlock)
	p.statements(root)
	p.end(p.peek(1))
	return p.close(root)
}

// end says what is wrong where the statements end before the template does.
func (p *parser) end(t *token) {
	switch t.kind {
	case kindEOF:
	case kindEnd:
		panic(p.errorAt(t.at, "#end without an #if, #foreach, #define or #macro that it ends"))
	case kindElse, kindElseIf:
		panic(p.errorAt(t.at, t.kind.String()+" without an #if before it"))
	default:
		p.unexpected(t, "text, a reference or a directive")
	}
}

// peek looks at the n-th token from here, counted from 1.
func (p *parser) peek(n int) *token {
	for len(p.tokens) < p.at+n {
		t, err := p.next()
		if err != nil {
			panic(err)
		}
		p.tokens = append(p.tokens, t)
		if t.kind == kindEOF {
			break
		}
	}
	return &p.tokens[min(p.at+n, len(p.tokens))-1]
}

func (p *parser) take() *token {
	t := p.peek(1)
	p.at++
	return t
}

func (p *parser) skip(k kind) {
	if p.peek(1).kind == k {
		p.at++
	}
}

func (p *parser) expect(k kind, where string) *token {
	t := p.peek(1)
	if t.kind != k {
		p.unexpected(t, k.String()+" "+where)
	}
	p.at++
	return t
}

func (p *parser) unexpected(t *token, expected string) {
	what := "unexpected end of the template"
	if t.kind != kindEOF {
		what = "unexpected " + quoteToken(t.image)
	}
	panic(p.errorAt(t.at, what+", expected "+expected))
}

func (p *parser) open(s shape) *tree {
	p.peek(1)
	return &tree{shape: s, first: p.at}
}

func (p *parser) close(n *tree) *tree {
	n.last = p.at - 1
	return n
}

// deeper counts a level of nesting; call the result when it ends.
func (p *parser) deeper(t *token) func() {
	p.depth++
	if p.depth > p.options.MaxNesting {
		panic(p.errorAt(t.at, "blocks or expressions nest too deep"))
	}
	return p.shallower
}

func (p *parser) shallower() { p.depth-- }

func (p *parser) statements(into *tree) {
	for {
		s := p.statement()
		if s == nil {
			return
		}
		into.kids = append(into.kids, s)
	}
}

func (p *parser) block() *tree {
	defer p.deeper(p.peek(1))()
	n := p.open(shapeBlock)
	p.statements(n)
	return p.close(n)
}

// statement is nil where none begins.
func (p *parser) statement() *tree {
	switch t := p.peek(1); t.kind {
	case kindIf:
		return p.ifStatement()
	case kindIdentifier:
		return p.reference()
	case kindLeftCurly:
		if p.peek(2).kind == kindIdentifier {
			return p.reference()
		}
		return p.leaf(shapeText)
	case kindLineComment:
		n := p.open(shapeComment)
		p.take()
		p.skip(kindLineCommentEnd)
		return p.close(n)
	case kindComment, kindFormalComment:
		return p.leaf(shapeComment)
	case kindVerbatim:
		return p.leaf(shapeVerbatim)
	case kindSet:
		return p.set()
	case kindEscapedDirective:
		return p.escapedDirective()
	case kindDoubleEscape:
		return p.escape()
	case kindWord, kindBracedWord:
		return p.directive()
	case kindText, kindDot, kindLeftParen, kindRightParen, kindInteger, kindFloat, kindString,
		kindEscape, kindRightCurly, kindEmptyIndex:
		return p.leaf(shapeText)
	}
	return nil
}

func (p *parser) leaf(s shape) *tree {
	n := p.open(s)
	p.take()
	return p.close(n)
}

func (p *parser) ifStatement() *tree {
	n := p.open(shapeIf)
	p.take()
	n.kids = p.condition("#if")
	for p.peek(1).kind == kindElseIf {
		e := p.open(shapeElseIf)
		p.take()
		e.kids = p.condition("#elseif")
		n.kids = append(n.kids, p.close(e))
	}
	if p.peek(1).kind == kindElse {
		e := p.open(shapeElse)
		p.take()
		e.kids = []*tree{p.block()}
		n.kids = append(n.kids, p.close(e))
	}
	p.expect(kindEnd, "of #if")
	return p.close(n)
}

// condition is ( expression ) and the block behind it.
func (p *parser) condition(directive string) []*tree {
	p.skip(kindBlank)
	p.expect(kindLeftParen, "after "+directive)
	test := p.expression()
	p.expect(kindRightParen, "of "+directive)
	return []*tree{test, p.block()}
}

func (p *parser) set() *tree {
	n := p.open(shapeSet)
	p.take()
	p.skip(kindBlank)
	if t := p.peek(1); t.kind != kindIdentifier && t.kind != kindLeftCurly {
		p.unexpected(t, "a reference to set")
	}
	left := p.reference()
	p.skip(kindBlank)
	p.expect(kindAssign, "of #set")
	n.kids = []*tree{left, p.expression()}
	p.expect(kindRightParen, "of #set")
	p.inSet = false
	return p.close(n)
}

// known says whether name is a directive of this dialect, besides the keywords.
func (p *parser) known(name string) bool {
	switch name {
	case "foreach", "define", "macro", "literal", "break", "stop":
		return true
	case "evaluate":
		return p.options.Evaluate
	case "include", "parse":
		return p.options.Include
	}
	return false
}

func isBlockDirective(name string) bool {
	return slices.Contains([]string{"foreach", "define", "macro", "literal"}, name)
}

func isKeyword(name string) bool {
	return slices.Contains([]string{"if", "elseif", "else", "end", "set"}, name)
}

// escapedDirective is backslashes before a directive: half of them, and the
// directive as text, if it is one.
func (p *parser) escapedDirective() *tree {
	n := p.open(shapeEscapedDirective)
	t := p.take()
	slashes := 0
	for t.image[slashes] == '\\' {
		slashes++
	}
	name := t.image[slashes+1:]
	if name[0] == '{' {
		name = name[1 : len(name)-1]
	}
	if p.known(name) || p.macroNames[name] || p.isMacro(name) || isKeyword(name) {
		t.image = t.image[:(slashes-1)/2] + t.image[slashes:]
	}
	n.text = t.image
	return p.close(n)
}

// escape is an even number of backslashes: each pair is one before a directive
// and stays two elsewhere.
func (p *parser) escape() *tree {
	n := p.open(shapeEscape)
	pairs := 0
	for ; p.peek(1).kind == kindDoubleEscape; pairs++ {
		p.take()
	}
	control := false
	switch t := p.peek(1); t.kind {
	case kindIf, kindElse, kindElseIf, kindEnd:
		control = true
	default:
		if len(t.image) > 1 {
			name := t.image[1:]
			control = p.known(name) || p.macroNames[name] || p.isMacro(name)
		}
	}
	if !control {
		pairs *= 2
	}
	n.text = strings.Repeat(`\`, pairs)
	return p.close(n)
}

// directive is everything that starts with '#' and a word but the keywords:
// known directives, calls of macros, and text.
func (p *parser) directive() *tree {
	n := p.open(shapeDirective)
	t := p.take()
	if t.kind == kindBracedWord {
		n.name = t.image[2 : len(t.image)-1]
	} else {
		n.name = t.image[1:]
	}
	known := p.known(n.name)
	p.state = inDirective
	if !p.parenFollows() {
		if n.name == "macro" {
			panic(p.errorAt(t.at, "#macro needs a name: #macro(name $argument)"))
		}
		p.pop()
		return p.close(n)
	}
	n.paren = true
	p.directiveArguments(n, known)
	if isBlockDirective(n.name) || !known && n.name != "" && n.name[0] == '@' {
		n.kids = append(n.kids, p.block())
		p.expect(kindEnd, "of #"+n.name)
	}
	if n.name == "macro" {
		p.declareMacro(n)
	}
	return p.close(n)
}

func (p *parser) declareMacro(n *tree) {
	if len(n.kids) < 2 {
		panic(p.errorAt(p.tokens[n.first].at, "#macro needs a name: #macro(name $argument)"))
	}
	if p.macroNames == nil {
		p.macroNames = make(map[string]bool)
	}
	p.macroNames[p.tokens[n.kids[0].first].image] = true
}

func (p *parser) directiveArguments(n *tree, known bool) {
	p.skip(kindBlank)
	p.expect(kindLeftParen, "after #"+n.name)
	for p.argumentFollows() {
		p.skip(kindBlank)
		if p.peek(1).kind == kindComma {
			p.take()
			p.skip(kindBlank)
		}
		t := p.peek(1)
		a := p.directiveArgument()
		p.checkArgument(n, known, a, t)
		n.kids = append(n.kids, a)
	}
	p.skip(kindBlank)
	p.expect(kindRightParen, "of #"+n.name)
}

// argumentFollows looks two tokens ahead, no further.
func (p *parser) argumentFollows() bool {
	t := p.peek(1)
	if t.kind == kindBlank {
		t = p.peek(2)
	}
	return t.kind == kindComma || isOperand(t.kind) || t.kind == kindWord
}

func (p *parser) checkArgument(n *tree, known bool, a *tree, t *token) {
	at := len(n.kids)
	switch {
	case n.name == "macro" && at == 0:
		if a.shape != shapeWord {
			panic(p.errorAt(t.at, "the name of a #macro is a word without quotes"))
		}
	case a.shape != shapeWord || known && n.name == "foreach" && at == 1:
	case known || p.isMacro(n.name):
		panic(p.errorAt(t.at, "unexpected word "+quoteToken(t.image)+" in the arguments of #"+n.name))
	}
}

func (p *parser) directiveArgument() *tree {
	if p.peek(1).kind == kindWord {
		return p.leaf(shapeWord)
	}
	return p.operand("an argument")
}
