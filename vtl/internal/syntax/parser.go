package syntax

import (
	"fmt"
	"slices"
	"strings"
)

// parser is the grammar of Velocity 1.7 (vtl §2) as recursive descent. It takes
// tokens one by one because it sets the lexer's state after the name of a
// directive.
type parser struct {
	lexer
	options Options
	tokens  []Token
	at      int // the next token to take
	depth   int

	macroNames map[string]bool // macros whose block was read
}

// operatorsPerExpression bounds chains like 1+1+1..., which nest to the left.
const operatorsPerExpression = 1000

// Options say which directives there are, and how deep a text may nest.
type Options struct {
	// MaxNesting is how deep blocks, and how deep expressions, may nest; Depth is
	// the nesting depth at which the text begins, for a string in a template.
	MaxNesting, Depth int
	// Evaluate enables #evaluate, Include enables #include and #parse.
	Evaluate, Include bool
	// IsMacro says whether a macro is defined before the text; nil if none is.
	IsMacro func(name string) bool
}

// Error says where and why a text is not valid.
type Error struct {
	At      int // where, in bytes
	Problem *Problem
}

func (e *Error) Error() string { return e.Problem.String() }

// Parse reads a text. The error is an [*Error].
func Parse(source string, options Options) (text *Text, err error) {
	p := &parser{lexer: lexer{src: source}, options: options, depth: options.Depth}
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *Error:
			err = e
		default:
			panic(e)
		}
	}()
	if p.depth > options.MaxNesting {
		panic(p.errorAt(0, problem("strings")))
	}
	root := p.open(ShapeBlock)
	p.statements(root)
	p.end(p.peek(1))
	p.close(root)
	return &Text{Source: source, Root: root, Tokens: p.tokens, options: options}, nil
}

func (l *lexer) errorAt(at int, what *Problem) *Error { return &Error{at, what} }

// Quote quotes a piece of a template for a message.
func Quote(s string) string {
	const most = 30
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "..."
	}
	return fmt.Sprintf("%q", s)
}

// end reports the error where statements end before the template does, such as
// an #end without a beginning.
func (p *parser) end(t *Token) {
	switch t.Kind {
	case KindEOF:
	case KindEnd:
		panic(p.errorAt(t.At, problem("end_alone")))
	case KindElse, KindElseIf:
		panic(p.errorAt(t.At, problem("else_alone", t.Kind.String())))
	default:
		p.unexpected(t, problem("expected_statement"))
	}
}

// peek looks at the n-th token from here, counted from 1.
func (p *parser) peek(n int) *Token {
	for len(p.tokens) < p.at+n {
		t, err := p.next()
		if err != nil {
			panic(err)
		}
		p.tokens = append(p.tokens, t)
		if t.Kind == KindEOF {
			break
		}
	}
	return &p.tokens[min(p.at+n, len(p.tokens))-1]
}

func (p *parser) take() *Token {
	t := p.peek(1)
	p.at++
	return t
}

func (p *parser) skip(k Kind) {
	if p.peek(1).Kind == k {
		p.at++
	}
}

// expect takes a token of that kind; a token of another kind is an error with the
// problem given.
func (p *parser) expect(k Kind, expected *Problem) *Token {
	t := p.peek(1)
	if t.Kind != k {
		p.unexpected(t, expected)
	}
	p.at++
	return t
}

// expectOf is expect for a token that belongs to a directive or a method.
func (p *parser) expectOf(k Kind, name string) *Token {
	return p.expect(k, problem("expected_of", k.String(), name))
}

func (p *parser) expectAfter(k Kind, name string) *Token {
	return p.expect(k, problem("expected_after", k.String(), name))
}

func (p *parser) unexpected(t *Token, expected *Problem) {
	what := problem("unexpected_end")
	if t.Kind != KindEOF {
		what = problem("unexpected", Quote(t.Image))
	}
	what.Why = expected
	panic(p.errorAt(t.At, what))
}

func (p *parser) open(s Shape) *Tree {
	p.peek(1)
	return &Tree{Shape: s, First: p.at}
}

func (p *parser) close(n *Tree) *Tree {
	n.Last = p.at - 1
	return n
}

// deeper counts a level of nesting; call the result when it ends.
func (p *parser) deeper(t *Token) func() {
	p.depth++
	if p.depth > p.options.MaxNesting {
		panic(p.errorAt(t.At, problem("nesting")))
	}
	return p.shallower
}

func (p *parser) shallower() { p.depth-- }

func (p *parser) statements(into *Tree) {
	for {
		s := p.statement()
		if s == nil {
			return
		}
		into.Kids = append(into.Kids, s)
	}
}

func (p *parser) block() *Tree {
	defer p.deeper(p.peek(1))()
	n := p.open(ShapeBlock)
	p.statements(n)
	return p.close(n)
}

// statement reads one statement; nil where none begins.
func (p *parser) statement() *Tree {
	switch t := p.peek(1); t.Kind {
	case KindIf:
		return p.ifStatement()
	case KindIdentifier:
		return p.reference()
	case KindLeftCurly:
		if p.peek(2).Kind == KindIdentifier {
			return p.reference()
		}
		return p.leaf(ShapeText)
	case KindLineComment:
		n := p.open(ShapeComment)
		p.take()
		p.skip(KindLineCommentEnd)
		return p.close(n)
	case KindComment, KindFormalComment:
		return p.leaf(ShapeComment)
	case KindVerbatim:
		return p.leaf(ShapeVerbatim)
	case KindSet:
		return p.set()
	case KindEscapedDirective:
		return p.escapedDirective()
	case KindDoubleEscape:
		return p.escape()
	case KindWord, KindBracedWord:
		return p.directive()
	case KindText, KindDot, KindLeftParen, KindRightParen, KindInteger, KindFloat, KindString,
		KindEscape, KindRightCurly, KindEmptyIndex:
		return p.leaf(ShapeText)
	}
	return nil
}

func (p *parser) leaf(s Shape) *Tree {
	n := p.open(s)
	p.take()
	return p.close(n)
}

func (p *parser) ifStatement() *Tree {
	n := p.open(ShapeIf)
	p.take()
	n.Kids = p.condition("#if")
	for p.peek(1).Kind == KindElseIf {
		e := p.open(ShapeElseIf)
		p.take()
		e.Kids = p.condition("#elseif")
		n.Kids = append(n.Kids, p.close(e))
	}
	if p.peek(1).Kind == KindElse {
		e := p.open(ShapeElse)
		p.take()
		e.Kids = []*Tree{p.block()}
		n.Kids = append(n.Kids, p.close(e))
	}
	p.expectOf(KindEnd, "#if")
	return p.close(n)
}

// condition reads ( expression ) and the block after it.
func (p *parser) condition(directive string) []*Tree {
	p.skip(KindBlank)
	p.expectAfter(KindLeftParen, directive)
	test := p.expression()
	p.expectOf(KindRightParen, directive)
	return []*Tree{test, p.block()}
}

func (p *parser) set() *Tree {
	n := p.open(ShapeSet)
	p.take()
	p.skip(KindBlank)
	if t := p.peek(1); t.Kind != KindIdentifier && t.Kind != KindLeftCurly {
		p.unexpected(t, problem("expected_set_target"))
	}
	left := p.reference()
	p.skip(KindBlank)
	p.expectOf(KindAssign, "#set")
	n.Kids = []*Tree{left, p.expression()}
	p.expectOf(KindRightParen, "#set")
	p.inSet = false
	return p.close(n)
}

// known says whether name is a directive of this dialect, besides the keywords.
func (o *Options) known(name string) bool {
	switch name {
	case "foreach", "define", "macro", "literal", "break", "stop":
		return true
	case "evaluate":
		return o.Evaluate
	case "include", "parse":
		return o.Include
	}
	return false
}

// isMacro says whether a macro is defined before the text.
func (o *Options) isMacro(name string) bool { return o.IsMacro != nil && o.IsMacro(name) }

func isBlockDirective(name string) bool {
	return slices.Contains([]string{"foreach", "define", "macro", "literal"}, name)
}

func isKeyword(name string) bool {
	return slices.Contains([]string{"if", "elseif", "else", "end", "set"}, name)
}

// escapedDirective reads backslashes before a directive: it prints half of
// them, and the directive as text, if it is one.
func (p *parser) escapedDirective() *Tree {
	n := p.open(ShapeEscapedDirective)
	t := p.take()
	slashes := 0
	for t.Image[slashes] == '\\' {
		slashes++
	}
	name := t.Image[slashes+1:]
	if name[0] == '{' {
		name = name[1 : len(name)-1]
	}
	if p.options.known(name) || p.macroNames[name] || p.options.isMacro(name) || isKeyword(name) {
		t.Image = t.Image[:(slashes-1)/2] + t.Image[slashes:]
	}
	n.Text = t.Image
	return p.close(n)
}

// escape reads an even number of backslashes: each pair prints one before a
// directive and two elsewhere.
func (p *parser) escape() *Tree {
	n := p.open(ShapeEscape)
	pairs := 0
	for ; p.peek(1).Kind == KindDoubleEscape; pairs++ {
		p.take()
	}
	control := false
	switch t := p.peek(1); t.Kind {
	case KindIf, KindElse, KindElseIf, KindEnd:
		control = true
	default:
		if len(t.Image) > 1 {
			name := t.Image[1:]
			control = p.options.known(name) || p.macroNames[name] || p.options.isMacro(name)
		}
	}
	if !control {
		pairs *= 2
	}
	n.Text = strings.Repeat(`\`, pairs)
	return p.close(n)
}

// directive reads everything that starts with '#' and a word that is no
// keyword: known directives, calls of macros, and text.
func (p *parser) directive() *Tree {
	n := p.open(ShapeDirective)
	t := p.take()
	if t.Kind == KindBracedWord {
		n.Name = t.Image[2 : len(t.Image)-1]
	} else {
		n.Name = t.Image[1:]
	}
	known := p.options.known(n.Name)
	p.state = inDirective
	if !p.parenFollows() {
		if n.Name == "macro" {
			panic(p.errorAt(t.At, problem("macro_name")))
		}
		p.pop()
		return p.close(n)
	}
	n.Paren = true
	p.directiveArguments(n, known)
	if isBlockDirective(n.Name) || !known && n.Name != "" && n.Name[0] == '@' {
		n.Kids = append(n.Kids, p.block())
		p.expectOf(KindEnd, "#"+n.Name)
	}
	if n.Name == "macro" {
		p.declareMacro(n)
	}
	return p.close(n)
}

func (p *parser) declareMacro(n *Tree) {
	if len(n.Kids) < 2 {
		panic(p.errorAt(p.tokens[n.First].At, problem("macro_name")))
	}
	if p.macroNames == nil {
		p.macroNames = make(map[string]bool)
	}
	p.macroNames[p.tokens[n.Kids[0].First].Image] = true
}

func (p *parser) directiveArguments(n *Tree, known bool) {
	p.skip(KindBlank)
	p.expectAfter(KindLeftParen, "#"+n.Name)
	for p.argumentFollows() {
		p.skip(KindBlank)
		if p.peek(1).Kind == KindComma {
			p.take()
			p.skip(KindBlank)
		}
		t := p.peek(1)
		a := p.directiveArgument()
		p.checkArgument(n, known, a, t)
		n.Kids = append(n.Kids, a)
	}
	p.skip(KindBlank)
	p.expectOf(KindRightParen, "#"+n.Name)
}

// argumentFollows looks two tokens ahead, no further.
func (p *parser) argumentFollows() bool {
	t := p.peek(1)
	if t.Kind == KindBlank {
		t = p.peek(2)
	}
	return t.Kind == KindComma || isOperand(t.Kind) || t.Kind == KindWord
}

func (p *parser) checkArgument(n *Tree, known bool, a *Tree, t *Token) {
	at := len(n.Kids)
	switch {
	case n.Name == "macro" && at == 0:
		if a.Shape != ShapeWord {
			panic(p.errorAt(t.At, problem("macro_word")))
		}
	case a.Shape != ShapeWord || known && n.Name == "foreach" && at == 1:
	case known || p.options.isMacro(n.Name):
		panic(p.errorAt(t.At, problem("word", Quote(t.Image), n.Name)))
	}
}

func (p *parser) directiveArgument() *Tree {
	if p.peek(1).Kind == KindWord {
		return p.leaf(ShapeWord)
	}
	return p.operand(problem("expected_argument"))
}
