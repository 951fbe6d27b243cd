package jsonpath

import (
	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// call is a function at the end of a path, or in the middle of one.
type call struct {
	name   string
	params []param
}

// param is a path of its own or a JSON text.
type param struct {
	path  *Path
	value jsonvalue.Value
}

// call reads the parentheses behind a function's name. Without parameters it
// leaves the position on the closing one, as Jayway does.
func (p *compiler) call(name string) *call {
	depth := 1
	for i := p.pos + 1; i <= p.end && depth > 0; i++ {
		switch p.at(i) {
		case ')':
			depth--
		case '(':
			depth++
		}
	}
	if depth != 0 {
		p.fail(language.PathParentheses.Of(name))
	}
	p.pos++
	if p.current() == ')' {
		return &call{name: name}
	}
	r := paramReader{compiler: p, name: name, parens: 1}
	return &call{name: name, params: r.read()}
}

// paramReader splits the parameters of a function at commas. It tracks brackets
// and quotes so that it does not split inside JSON or paths.
type paramReader struct {
	*compiler
	name                             string
	parens, brackets, braces, quotes int
	kind                             byte // 0 while not known; '{' JSON, '$' path
	text                             []byte
	params                           []param
}

// read splits the parameters of a function at the commas that no bracket or quote holds.
func (r *paramReader) read() []param {
	var prior byte
	for done := false; r.hasMore() && !done; {
		c := r.current()
		r.pos++
		if r.kind == 0 {
			if isSpace(c) {
				continue
			}
			r.kind = paramKind(c)
		}
		done = r.group(c, prior)
		if r.kind != 0 && !(c == ',' && r.braces == 0 && r.brackets == 0 && r.parens == 1) {
			r.text = append(r.text, c)
		}
		prior = c
	}
	if r.braces != 0 || r.parens != 0 || r.brackets != 0 {
		r.fail(language.PathParentheses.Of(r.name))
	}
	return r.params
}

func paramKind(c byte) byte {
	switch {
	case c == '{' || c == '"' || c == '-' || isDigit(c):
		return '{'
	case c == '$' || c == '@':
		return '$'
	}
	return 0
}

// group counts brackets and ends parameters; it reports the end of them all.
func (r *paramReader) group(c, prior byte) (done bool) {
	switch c {
	case '"':
		if prior != '\\' && r.quotes > 0 {
			r.quotes--
		} else {
			r.quotes++
		}
	case '(':
		r.parens++
	case '{':
		r.braces++
	case '[':
		r.brackets++
	case '}':
		r.braces = r.less(r.braces, c)
	case ']':
		r.brackets = r.less(r.brackets, c)
	case ')':
		r.parens--
		if r.parens < 0 || prior == '(' {
			r.text = append(r.text, c)
		}
		return r.cut(c)
	case ',':
		return r.cut(c)
	}
	return false
}

func (r *paramReader) less(open int, c byte) int {
	if open == 0 {
		r.fail(language.PathTooMany.Of(string(rune(c))))
	}
	return open - 1
}

func (r *paramReader) cut(c byte) (done bool) {
	if r.quotes != 0 || r.braces != 0 || r.brackets != 0 || !(r.parens == 0 && c == ')' || r.parens == 1) {
		return false
	}
	switch r.kind {
	case '{':
		v, err := literal(string(r.text))
		if err != nil {
			r.fail(language.PathParameter.Of(r.name, err.Error()))
		}
		r.params = append(r.params, param{value: v})
	case '$':
		r.params = append(r.params, param{path: compileAt(newCursor(string(r.text)), string(r.text))})
	}
	r.kind, r.text = 0, nil
	return r.parens == 0
}
