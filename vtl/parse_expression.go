package vtl

// reference is $name, ${name} and what hangs on them. A bare name is one too,
// where the lexer still is inside of a reference; it stands for nothing.
func (p *parser) reference() *tree {
	n := p.open(shapeReference)
	if p.peek(1).kind == kindLeftCurly {
		p.take()
		p.expect(kindIdentifier, "of a variable")
		p.chain(n)
		p.expect(kindRightCurly, "that closes ${")
	} else {
		p.expect(kindIdentifier, "of a variable")
		p.chain(n)
	}
	return p.close(n)
}

func (p *parser) chain(n *tree) {
	p.indexes(n)
	for p.peek(1).kind == kindDot && p.peek(2).kind == kindIdentifier {
		p.take()
		if p.methodFollows() {
			n.kids = append(n.kids, p.method())
		} else {
			n.kids = append(n.kids, p.leaf(shapeProperty))
		}
		p.indexes(n)
	}
}

func (p *parser) indexes(n *tree) {
	for p.peek(1).kind == kindOpenIndex {
		x := p.open(shapeIndex)
		p.take()
		p.skip(kindBlank)
		switch t := p.peek(1); t.kind {
		case kindString, kindInteger, kindTrue, kindFalse, kindIdentifier, kindLeftCurly:
			x.kids = []*tree{p.operand("an index")}
		default:
			p.unexpected(t, "a string, an integer or a reference as index")
		}
		p.skip(kindBlank)
		p.expect(kindCloseIndex, "that closes the index")
		n.kids = append(n.kids, p.close(x))
	}
}

func (p *parser) methodFollows() bool {
	if p.peek(2).kind != kindLeftParen {
		return false
	}
	k := p.peek(3).kind
	return k == kindCloseArguments || k == kindBlank || isOperand(k)
}

func (p *parser) method() *tree {
	n := p.open(shapeMethod)
	name := p.take()
	p.take()
	if p.peek(1).kind != kindCloseArguments {
		n.kids = append(n.kids, p.parameter())
		for p.peek(1).kind == kindComma {
			p.take()
			n.kids = append(n.kids, p.parameter())
		}
	}
	p.expect(kindCloseArguments, "of "+name.image+"()")
	return p.close(n)
}

// isOperand says whether an operand starts with such a token.
func isOperand(k kind) bool {
	switch k {
	case kindString, kindInteger, kindFloat, kindLeftBracket, kindLeftBrace, kindTrue, kindFalse, kindIdentifier, kindLeftCurly:
		return true
	}
	return false
}

// parameter is an operand with blanks around it.
func (p *parser) parameter() *tree {
	p.skip(kindBlank)
	n := p.operand("a value")
	p.skip(kindBlank)
	return n
}

func (p *parser) operand(expected string) *tree {
	t := p.peek(1)
	defer p.deeper(t)()
	switch t.kind {
	case kindString:
		return p.leaf(shapeString)
	case kindInteger:
		return p.leaf(shapeInteger)
	case kindFloat:
		return p.leaf(shapeFloat)
	case kindTrue:
		return p.leaf(shapeTrue)
	case kindFalse:
		return p.leaf(shapeFalse)
	case kindIdentifier, kindLeftCurly:
		return p.reference()
	case kindLeftBracket:
		return p.listOrRange()
	case kindLeftBrace:
		return p.mapLiteral()
	}
	p.unexpected(t, expected)
	return nil
}

// listOrRange reads [a, b] or [a..b]; which of them it is shows behind the first
// item.
func (p *parser) listOrRange() *tree {
	n := p.open(shapeList)
	p.take()
	if p.peek(1).kind == kindRightBracket {
		p.take()
		return p.close(n)
	}
	first := p.parameter()
	n.kids = append(n.kids, first)
	if p.peek(1).kind == kindDoubleDot && (first.shape == shapeInteger || first.shape == shapeReference) {
		return p.rangeEnd(n)
	}
	for p.peek(1).kind == kindComma {
		p.take()
		n.kids = append(n.kids, p.parameter())
	}
	p.expect(kindRightBracket, "that closes the list")
	return p.close(n)
}

func (p *parser) rangeEnd(n *tree) *tree {
	n.shape = shapeRange
	p.take()
	p.skip(kindBlank)
	switch t := p.peek(1); t.kind {
	case kindInteger, kindIdentifier, kindLeftCurly:
		n.kids = append(n.kids, p.operand("an integer"))
	default:
		p.unexpected(t, "an integer or a reference as end of the range")
	}
	p.skip(kindBlank)
	p.expect(kindRightBracket, "that closes the range")
	return p.close(n)
}

func (p *parser) mapLiteral() *tree {
	n := p.open(shapeMap)
	p.take()
	t := p.peek(1)
	if t.kind == kindBlank {
		t = p.peek(2)
	}
	if isOperand(t.kind) {
		p.entry(n)
		for p.peek(1).kind == kindComma {
			p.take()
			p.entry(n)
		}
	} else {
		p.skip(kindBlank)
	}
	if p.peek(1).kind == kindRightCurly { // left by a reference
		p.take()
	} else {
		p.expect(kindRightBrace, "that closes the map")
	}
	return p.close(n)
}

func (p *parser) entry(n *tree) {
	key := p.parameter()
	p.expect(kindColon, "between key and value")
	n.kids = append(n.kids, key, p.parameter())
}

// expression is what #if, #elseif, #set and parentheses hold.
func (p *parser) expression() *tree {
	defer p.deeper(p.peek(1))()
	n := p.open(shapeExpression)
	n.kids = []*tree{p.binary(0)}
	return p.close(n)
}

// precedence lists the binary operators from the weakest on.
var precedence = [...][]kind{
	{kindOr},
	{kindAnd},
	{kindEqual, kindNotEqual},
	{kindLess, kindLessEqual, kindGreater, kindGreaterEqual},
	{kindPlus, kindMinus},
	{kindMultiply, kindDivide, kindModulus},
}

func (p *parser) binary(level int) *tree {
	if level == len(precedence) {
		return p.unary()
	}
	left := p.binary(level + 1)
	for count := 0; ; count++ {
		operator := p.peek(1)
		if !contains(precedence[level], operator.kind) {
			return left
		}
		if count == operatorsPerExpression {
			panic(p.errorAt(operator.at, "too many operators in one expression"))
		}
		k := operator.kind
		p.take()
		n := p.open(shapeBinary) // its source text is the right side's, as in Velocity
		n.operator = k
		n.kids = []*tree{left, p.binary(level + 1)}
		left = p.close(n)
	}
}

func contains(kinds []kind, k kind) bool {
	for _, one := range kinds {
		if one == k {
			return true
		}
	}
	return false
}

func (p *parser) unary() *tree {
	t := p.peek(1)
	if t.kind == kindBlank {
		t = p.peek(2)
	}
	if t.kind != kindNot {
		return p.primary()
	}
	defer p.deeper(t)()
	p.skip(kindBlank)
	p.take()
	n := p.open(shapeNot)
	n.kids = []*tree{p.unary()}
	return p.close(n)
}

func (p *parser) primary() *tree {
	p.skip(kindBlank)
	var n *tree
	if p.peek(1).kind == kindLeftParen {
		p.take()
		n = p.expression()
		p.expect(kindRightParen, "that closes the parenthesis")
	} else {
		n = p.operand("a value")
	}
	p.skip(kindBlank)
	return n
}
