package jsonpath

import (
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// condition is the content of [?( )]: a comparison, or several joined by && or
// ||, or a negation.
type condition struct {
	join        byte // '&', '|', '!' or 0 for a comparison
	parts       []*condition
	left, right operand
	op          string
}

// compileFilter reads "[?( ... )]". Its grammar is that of Jayway's
// FilterCompiler: or, and, not, parentheses, comparisons; a path alone tests
// whether it exists.
func compileFilter(text string, offset int) *condition {
	c := newCursor(text)
	c.trim()
	c.pos++
	c.end--
	c.trim()
	c.pos++
	c.trim()
	if c.current() != '(' || c.at(c.end) != ')' {
		c.fail(language.PathFilterForm.Of())
	}
	defer rethrow(offset)
	f := filterCompiler{c}
	result := f.or()
	c.skipBlanks()
	if c.hasMore() {
		c.fail(language.PathFilterEnd.Of(strconv.Quote(c.sub(c.pos, c.end+1))))
	}
	return result
}

type filterCompiler struct{ *cursor }

func (f *filterCompiler) or() *condition {
	return f.joined('|', "||", f.and)
}

func (f *filterCompiler) and() *condition {
	return f.joined('&', "&&", f.operand)
}

func (f *filterCompiler) joined(join byte, word string, part func() *condition) *condition {
	parts := []*condition{part()}
	for {
		saved := f.pos
		if !f.take(word) {
			f.pos = saved
			break
		}
		parts = append(parts, part())
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return &condition{join: join, parts: parts}
}

func (f *filterCompiler) operand() *condition {
	f.skipBlanks()
	saved := f.pos
	if f.significant() == '!' {
		f.expect('!')
		if c := f.significant(); c != '$' && c != '@' {
			return &condition{join: '!', parts: []*condition{f.operand()}}
		}
		f.pos = saved
	}
	if f.significant() == '(' {
		f.expect('(')
		inner := f.or()
		f.expect(')')
		return inner
	}
	return f.comparison()
}

// comparison reads "left op right", or a path alone when that does not parse.
func (f *filterCompiler) comparison() *condition {
	left := f.value()
	saved := f.pos
	if c := f.attempt(left); c != nil {
		return c
	}
	f.pos = saved
	if left.kind != isPath {
		f.fail(language.PathComparison.Of())
	}
	left.kind = isExistence
	return &condition{left: left, op: "EXISTS", right: operand{kind: isBool, boolean: left.boolean}}
}

func (f *filterCompiler) attempt(left operand) (c *condition) {
	defer func() {
		switch t := recover().(type) {
		case nil:
		case thrown:
			if t.crash {
				panic(t)
			}
			c = nil
		default:
			panic(t)
		}
	}()
	op := f.operator()
	return &condition{left: left, op: op, right: f.value()}
}

// operator reads the operator of a comparison.
func (f *filterCompiler) operator() string {
	f.skipBlanks()
	begin := f.pos
	if isOperator(f.current()) {
		for f.hasMore() && isOperator(f.current()) {
			f.pos++
		}
	} else {
		for f.hasMore() && f.current() != ' ' {
			f.pos++
		}
	}
	op := strings.ToUpper(f.sub(begin, f.pos))
	switch op {
	case ">=", "<=", "==", "===", "!=", "!==", "<", ">", "=~",
		"NIN", "IN", "CONTAINS", "ALL", "SIZE", "EXISTS", "TYPE", "MATCHES", "EMPTY", "SUBSETOF", "ANYOF", "NONEOF":
		return op
	}
	f.fail(language.PathComparesNone.Of(strconv.Quote(op)))
	return ""
}

func isOperator(c byte) bool {
	return c == '<' || c == '>' || c == '=' || c == '~' || c == '!'
}

// value compiles one side of a comparison; its first character says its kind.
func (f *filterCompiler) value() operand {
	switch c := f.significant(); c {
	case '$', '@':
		return f.pathOperand()
	case '!':
		f.pos++
		if c := f.significant(); c != '$' && c != '@' {
			f.fail(language.PathNegation.Of())
		}
		return f.pathOperand()
	case '\'', '"':
		return f.stringLiteral(c)
	case 't', 'f':
		return f.boolLiteral(c)
	case 'n':
		return f.nullLiteral()
	case '{':
		return f.jsonLiteral('{', '}')
	case '[':
		return f.jsonLiteral('[', ']')
	case '/':
		return f.patternLiteral()
	default:
		return f.numberLiteral()
	}
}

// pathOperand reads a path up to a space, an operator or the parenthesis that
// closes the filter.
func (f *filterCompiler) pathOperand() operand {
	_, before := f.previous()
	begin := f.pos
	f.pos++
	for f.hasMore() {
		if f.current() == '[' {
			closing := f.closing(f.pos, '[', ']', false)
			if closing == -1 {
				f.fail(language.PathBracketOpen.Of())
			}
			f.pos = closing + 1
		}
		c := f.current()
		if !f.hasMore() || isOperator(c) || c == ' ' || c == ')' && !f.closesCall(begin) {
			break
		}
		f.pos++
	}
	return operand{kind: isPath, path: nested(f.sub(begin, f.pos)), boolean: before != '!'}
}

// closesCall says whether the parenthesis here ends a call without parameters.
func (f *filterCompiler) closesCall(begin int) bool {
	i, before := f.previous()
	return before == '(' && i > begin+1 && strings.Contains(f.s[begin+1:i], ".")
}

// nested compiles a path inside of a filter.
func nested(text string) *Path {
	defer rethrow(0)
	return compile(text)
}

// rethrow turns a panic from compiling a part into one of the whole filter;
// offset is where the part starts. All of them become InvalidPathException, as
// in Jayway.
func rethrow(offset int) {
	r := recover()
	if t, is := r.(thrown); is {
		r = thrown{offset: offset + max(t.offset, 0), reason: t.reason}
	}
	if r != nil {
		panic(r)
	}
}
