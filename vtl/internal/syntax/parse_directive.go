package syntax

import (
	"slices"
	"strings"
)

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
