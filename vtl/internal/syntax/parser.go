package syntax

import (
	"fmt"
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
