package jsonpath

import (
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// compiler reads a path character by character in Jayway's order of attempts
// (com.jayway.jsonpath.internal.path.PathCompiler); what that accepts by
// mistake is accepted here too, such as $.a.first().b meaning a property named
// ")".
type compiler struct {
	*cursor
	path *Path
}

func compile(text string) *Path {
	c := newCursor(text)
	if c.end < 0 {
		c.crash(language.PathEmpty.Of())
	}
	c.trim()
	if first := c.at(0); first != '$' && first != '@' {
		c = newCursor("$." + text)
		c.trim()
	}
	if c.at(c.end) == '.' {
		c.pos = c.end
		c.fail(language.PathDotLast.Of())
	}
	return compileAt(c, text)
}

// compileAt reads from the context character, $ or @, on.
func compileAt(c *cursor, text string) *Path {
	p := compiler{c, &Path{text: text}}
	for p.hasMore() && isSpace(p.current()) {
		p.pos++
	}
	switch p.current() {
	case '$':
		p.path.root = true
	case '@':
	default:
		p.fail(language.PathStart.Of())
	}
	if !p.isTail() {
		p.pos++
		if p.current() != '.' && p.current() != '[' {
			p.fail(language.PathStartEnds.Of())
		}
		p.next()
	}
	p.path.seal()
	return p.path.inverted()
}

func (p *compiler) add(s step) { p.path.steps = append(p.path.steps, s) }

// next reads the step at the position and, through rest, all that follow.
func (p *compiler) next() {
	switch p.current() {
	case '[':
		if !p.bracketName() && !p.bracketIndex() && !p.wildcard() && !p.filter() && !p.placeholder() {
			p.fail(language.PathBracketText.Of())
		}
	case '.':
		p.dot()
	case '*':
		if !p.wildcard() {
			p.fail(language.PathEndsHere.Of())
		}
	default:
		p.name()
	}
}

func (p *compiler) rest() {
	if !p.isTail() {
		p.next()
	}
}

func (p *compiler) dot() {
	switch {
	case p.has(p.pos+1) && p.at(p.pos+1) == '.':
		p.add(step{kind: scan})
		p.pos += 2
	case !p.has(p.pos + 1):
		p.fail(language.PathDotLast.Of())
	default:
		p.pos++
	}
	if p.current() == '.' {
		p.fail(language.PathDotTwice.Of())
	}
	p.next()
}

// name reads fooBar or fooBar(...).
func (p *compiler) name() {
	if p.current() == ' ' {
		p.fail(language.PathBlanks.Of())
	}
	start := p.pos
	end := start
	isCall := false
	for ; p.has(end); end++ {
		c := p.at(end)
		if c == ' ' {
			p.fail(language.PathBlanks.Of())
		}
		if isCall = c == '('; isCall || c == '.' || c == '[' {
			break
		}
	}
	name := p.sub(start, end)
	p.pos = end
	if !isCall {
		p.add(step{kind: property, names: []string{name}})
		p.rest()
		return
	}
	p.add(step{kind: function, call: p.call(name)})
	p.rest()
}

// bracketName reads ['a'] and ['a','b'].
func (p *compiler) bracketName() bool {
	quote := p.nextSignificant(p.pos)
	if quote != '\'' && quote != '"' {
		return false
	}
	names, last := p.quotedNames(quote)
	end := p.find(last, ']')
	if end == -1 {
		p.fail(language.PathBracketOpen.Of())
	}
	if len(names) == 0 {
		p.fail(language.PathBracketsEmpty.Of())
	}
	p.pos = end + 1
	p.add(step{kind: property, names: names})
	p.rest()
	return true
}

// quotedNames reads up to the bracket that closes, and says where the last name
// ended.
func (p *compiler) quotedNames(quote byte) (names []string, last int) {
	start, inName, comma := p.pos+1, false, false
	i := start
	for ; p.has(i); i++ {
		c := p.at(i)
		switch {
		case c == '\\':
			i++
		case c == ']' && !inName:
			if comma {
				p.fail(language.PathCommaTwice.Of())
			}
			return names, last
		case c == quote && inName:
			if after := p.nextSignificant(i); after != ']' && after != ',' {
				p.fail(language.PathCommaAfterName.Of())
			}
			names = append(names, unescapeOrThrow(p.sub(start, i)))
			inName, last = false, i
		case c == quote:
			start, inName, comma = i+1, true, false
		case c == ',' && !inName:
			if comma {
				p.fail(language.PathCommaTwice.Of())
			}
			comma = true
		}
	}
	if inName {
		p.fail(language.PathNameOpen.Of())
	}
	return names, last
}

// bracketIndex reads [1], [1,2], [1:], [1:2] and [:2].
func (p *compiler) bracketIndex() bool {
	if c := p.nextSignificant(p.pos); !isDigit(c) && c != '-' && c != ':' {
		return false
	}
	end := p.indexOf(p.pos+1, ']')
	if end == -1 {
		return false
	}
	text := strings.Trim(p.sub(p.pos+1, end), " ")
	if strings.Trim(text, "0123456789,-: ") != "" {
		return false
	}
	if strings.Contains(text, ":") {
		p.slice(text)
	} else {
		p.indexes(text)
	}
	p.pos = end + 1
	p.rest()
	return true
}

func (p *compiler) indexes(text string) {
	var indexes []int
	for part := range strings.SplitSeq(text, ",") {
		indexes = append(indexes, p.integer(strings.TrimSpace(part)))
	}
	p.add(step{kind: index, indexes: indexes})
}

func (p *compiler) slice(text string) {
	if strings.ContainsAny(text, ", ") {
		p.fail(language.PathSliceForm.Of())
	}
	from, to, _ := strings.Cut(text, ":")
	to, _, _ = strings.Cut(to, ":")
	s := step{kind: slice}
	if from != "" {
		i := p.integer(from)
		s.from = &i
	}
	if to != "" {
		i := p.integer(to)
		s.to = &i
	}
	if s.from == nil && s.to == nil {
		p.fail(language.PathSliceEnds.Of())
	}
	p.add(s)
}

// integer is Java's Integer.parseInt.
func (p *compiler) integer(text string) int {
	i, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		p.fail(language.PathIndex.Of(strconv.Quote(text)))
	}
	return int(i)
}

func (p *compiler) wildcard() bool {
	if p.current() == '[' {
		if !p.nextIs(p.pos, '*') {
			return false
		}
		star := p.find(p.pos, '*')
		if !p.nextIs(star, ']') {
			p.fail(language.PathWildcard.Of())
		}
		p.pos = p.find(star, ']')
	}
	p.pos++
	p.add(step{kind: wildcard})
	p.rest()
	return true
}

// filter reads [?(...)].
func (p *compiler) filter() bool {
	question := p.find(p.pos, '?')
	if question == -1 {
		return false
	}
	open := p.find(question, '(')
	if open == -1 {
		return false
	}
	closing := p.closing(open, '(', ')', true)
	if closing == -1 || !p.nextIs(closing, ']') {
		return false
	}
	end := p.find(closing, ']')
	p.add(step{kind: predicate, filter: compileFilter(p.sub(p.pos, end+1), p.pos)})
	p.pos = end + 1
	p.rest()
	return true
}

// placeholder recognises [?], which Jayway fills with predicates of its Java
// caller; there are none here, so it is refused.
func (p *compiler) placeholder() bool {
	if question := p.find(p.pos, '?'); question != -1 && p.nextIs(question, ']') {
		p.fail(language.PathFilterEmpty.Of())
	}
	return false
}

// inverted turns $..price.max() into $.max($..price), as Jayway does when a scan
// comes first and a function last.
func (p *Path) inverted() *Path {
	last := len(p.steps) - 1
	if last < 1 || p.steps[0].kind != scan || p.steps[last].kind != function {
		return p
	}
	first := 0
	for p.steps[first].kind != function {
		first++
	}
	inner := &Path{text: p.text, steps: p.steps[:first:first], root: true}
	inner.seal()
	call := *p.steps[first].call
	call.params = []param{{path: inner}}
	outer := &Path{text: p.text, root: p.root, steps: append([]step{{kind: function, call: &call}}, p.steps[first+1:]...)}
	outer.seal()
	for i := range outer.steps[1:] {
		outer.steps[i+1].upstream = false // as in Jayway, later steps still count as behind a scan
	}
	return outer
}
