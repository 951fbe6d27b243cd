package syntax

// reference is $name or ${name} with the properties, methods and indexes after
// it. A bare name is one too, where the lexer is still inside a reference; its
// value is null.
func (p *parser) reference() *Tree {
	n := p.open(ShapeReference)
	if p.peek(1).Kind == KindLeftCurly {
		p.take()
		p.expect(KindIdentifier, problem("expected_name"))
		p.chain(n)
		p.expect(KindRightCurly, problem("expected_brace"))
	} else {
		p.expect(KindIdentifier, problem("expected_name"))
		p.chain(n)
	}
	return p.close(n)
}

func (p *parser) chain(n *Tree) {
	p.indexes(n)
	for p.peek(1).Kind == KindDot && p.peek(2).Kind == KindIdentifier {
		p.take()
		if p.methodFollows() {
			n.Kids = append(n.Kids, p.method())
		} else {
			n.Kids = append(n.Kids, p.leaf(ShapeProperty))
		}
		p.indexes(n)
	}
}

func (p *parser) indexes(n *Tree) {
	for p.peek(1).Kind == KindOpenIndex {
		x := p.open(ShapeIndex)
		p.take()
		p.skip(KindBlank)
		switch t := p.peek(1); t.Kind {
		case KindString, KindInteger, KindTrue, KindFalse, KindIdentifier, KindLeftCurly:
			x.Kids = []*Tree{p.operand(problem("expected_index"))}
		default:
			p.unexpected(t, problem("expected_index_value"))
		}
		p.skip(KindBlank)
		p.expect(KindCloseIndex, problem("expected_index_end"))
		n.Kids = append(n.Kids, p.close(x))
	}
}

func (p *parser) methodFollows() bool {
	if p.peek(2).Kind != KindLeftParen {
		return false
	}
	k := p.peek(3).Kind
	return k == KindCloseArguments || k == KindBlank || isOperand(k)
}

func (p *parser) method() *Tree {
	n := p.open(ShapeMethod)
	name := p.take()
	p.take()
	if p.peek(1).Kind != KindCloseArguments {
		n.Kids = append(n.Kids, p.parameter())
		for p.peek(1).Kind == KindComma {
			p.take()
			n.Kids = append(n.Kids, p.parameter())
		}
	}
	p.expectOf(KindCloseArguments, name.Image+"()")
	return p.close(n)
}

// isOperand says whether an operand starts with such a token.
func isOperand(k Kind) bool {
	switch k {
	case KindString, KindInteger, KindFloat, KindLeftBracket, KindLeftBrace, KindTrue, KindFalse, KindIdentifier, KindLeftCurly:
		return true
	}
	return false
}

// parameter is an operand with optional white space around it.
func (p *parser) parameter() *Tree {
	p.skip(KindBlank)
	n := p.operand(problem("expected_value"))
	p.skip(KindBlank)
	return n
}

// operand parses what an operator may take; expected is what the error about anything else
// says.
func (p *parser) operand(expected *Problem) *Tree {
	t := p.peek(1)
	defer p.deeper(t)()
	switch t.Kind {
	case KindString:
		return p.leaf(ShapeString)
	case KindInteger:
		return p.leaf(ShapeInteger)
	case KindFloat:
		return p.leaf(ShapeFloat)
	case KindTrue:
		return p.leaf(ShapeTrue)
	case KindFalse:
		return p.leaf(ShapeFalse)
	case KindIdentifier, KindLeftCurly:
		return p.reference()
	case KindLeftBracket:
		return p.listOrRange()
	case KindLeftBrace:
		return p.mapLiteral()
	}
	p.unexpected(t, expected)
	return nil
}

// listOrRange reads [a, b] or [a..b]; the token after the first item
// distinguishes them.
func (p *parser) listOrRange() *Tree {
	n := p.open(ShapeList)
	p.take()
	if p.peek(1).Kind == KindRightBracket {
		p.take()
		return p.close(n)
	}
	first := p.parameter()
	n.Kids = append(n.Kids, first)
	if p.peek(1).Kind == KindDoubleDot && (first.Shape == ShapeInteger || first.Shape == ShapeReference) {
		return p.rangeEnd(n)
	}
	for p.peek(1).Kind == KindComma {
		p.take()
		n.Kids = append(n.Kids, p.parameter())
	}
	p.expect(KindRightBracket, problem("expected_list_end"))
	return p.close(n)
}

func (p *parser) rangeEnd(n *Tree) *Tree {
	n.Shape = ShapeRange
	p.take()
	p.skip(KindBlank)
	switch t := p.peek(1); t.Kind {
	case KindInteger, KindIdentifier, KindLeftCurly:
		n.Kids = append(n.Kids, p.operand(problem("expected_integer")))
	default:
		p.unexpected(t, problem("expected_range_value"))
	}
	p.skip(KindBlank)
	p.expect(KindRightBracket, problem("expected_range_end"))
	return p.close(n)
}

// mapLiteral parses {"key": value, ...}.
func (p *parser) mapLiteral() *Tree {
	n := p.open(ShapeMap)
	p.take()
	t := p.peek(1)
	if t.Kind == KindBlank {
		t = p.peek(2)
	}
	if isOperand(t.Kind) {
		p.entry(n)
		for p.peek(1).Kind == KindComma {
			p.take()
			p.entry(n)
		}
	} else {
		p.skip(KindBlank)
	}
	if p.peek(1).Kind == KindRightCurly { // left by a reference
		p.take()
	} else {
		p.expect(KindRightBrace, problem("expected_map_end"))
	}
	return p.close(n)
}

func (p *parser) entry(n *Tree) {
	key := p.parameter()
	p.expect(KindColon, problem("expected_colon"))
	n.Kids = append(n.Kids, key, p.parameter())
}

// expression is the content of #if, #elseif, #set and parentheses.
func (p *parser) expression() *Tree {
	defer p.deeper(p.peek(1))()
	n := p.open(ShapeExpression)
	n.Kids = []*Tree{p.binary(0)}
	return p.close(n)
}

// precedence lists the binary operators, the weakest first.
var precedence = [...][]Kind{
	{KindOr},
	{KindAnd},
	{KindEqual, KindNotEqual},
	{KindLess, KindLessEqual, KindGreater, KindGreaterEqual},
	{KindPlus, KindMinus},
	{KindMultiply, KindDivide, KindModulus},
}

func (p *parser) binary(level int) *Tree {
	if level == len(precedence) {
		return p.unary()
	}
	left := p.binary(level + 1)
	for count := 0; ; count++ {
		operator := p.peek(1)
		if !contains(precedence[level], operator.Kind) {
			return left
		}
		if count == operatorsPerExpression {
			panic(p.errorAt(operator.At, problem("operators")))
		}
		k := operator.Kind
		p.take()
		n := p.open(ShapeBinary) // its source text is the right side's, as in Velocity
		n.Operator = k
		n.Kids = []*Tree{left, p.binary(level + 1)}
		left = p.close(n)
	}
}

func contains(kinds []Kind, k Kind) bool {
	for _, one := range kinds {
		if one == k {
			return true
		}
	}
	return false
}

func (p *parser) unary() *Tree {
	t := p.peek(1)
	if t.Kind == KindBlank {
		t = p.peek(2)
	}
	if t.Kind != KindNot {
		return p.primary()
	}
	defer p.deeper(t)()
	p.skip(KindBlank)
	p.take()
	n := p.open(ShapeNot)
	n.Kids = []*Tree{p.unary()}
	return p.close(n)
}

func (p *parser) primary() *Tree {
	p.skip(KindBlank)
	var n *Tree
	if p.peek(1).Kind == KindLeftParen {
		p.take()
		n = p.expression()
		p.expect(KindRightParen, problem("expected_parenthesis"))
	} else {
		n = p.operand(problem("expected_value"))
	}
	p.skip(KindBlank)
	return n
}
