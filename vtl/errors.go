package vtl

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pasarela-ws/pasarela/vtl/internal/syntax"
)

// Errors with which a rendering ends when it reaches a limit; each is wrapped
// in an [*ExecError].
var (
	ErrOutputTooLarge  error = renderError("output_size")
	ErrTooManySteps    error = renderError("steps")
	ErrTooMuchMemory   error = renderError("memory")
	ErrStringTooLong   error = renderError("string_size")
	ErrTooDeep         error = renderError("depth")
	ErrPatternTimedOut error = renderError("pattern_time")
	ErrBudgetSpent     error = renderError("budget")
	ErrCanceled        error = renderError("canceled")
)

// Position is a place in a template. Line and Column count from 1, columns in
// characters.
type Position struct{ Line, Column int }

func (p Position) String() string { return strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column) }

// ParseError says where and why a template is not valid.
type ParseError struct {
	Position
	Problem *Problem
	// Excerpt is the line of the template with a caret under the column, for a
	// terminal; both lines are shortened around the column.
	Excerpt string
}

func (e *ParseError) Error() string { return e.Position.String() + ": " + e.Problem.String() }

// ExecError says where and why a template could not be rendered.
type ExecError struct {
	Position
	// Directive is the innermost directive or reference that was being
	// rendered, as written in the template: #foreach, $list.get().
	Directive string
	// Excerpt is as in [ParseError].
	Excerpt string
	Err     error
}

func (e *ExecError) Error() string {
	reason := e.Err.Error()
	if !strings.HasPrefix(reason, e.Directive+": ") {
		reason = e.Directive + ": " + reason
	}
	return e.Position.String() + ": " + reason
}

func (e *ExecError) Unwrap() error { return e.Err }

// Problem is why the template could not be rendered, as data; nil where the cause, an
// error of a host object or of the text of an #evaluate, is in Err only.
func (e *ExecError) Problem() *Problem {
	var refused *MethodError
	var limit renderError
	switch {
	case errors.As(e.Err, &refused):
		return refused.Problem
	case errors.As(e.Err, &limit):
		return &Problem{ID: string(limit)}
	}
	return nil
}

// MethodError is the error of a method or directive that refused its arguments.
type MethodError struct {
	Method  string // as written in the template; "" where the problem names it
	Problem *Problem
}

func (e *MethodError) Error() string {
	if e.Method == "" {
		return e.Problem.String()
	}
	return e.Method + ": " + e.Problem.String()
}

// refuse ends the rendering with a [MethodError].
func (r *Run) refuse(method, id string, arguments ...string) {
	r.fail(&MethodError{method, &Problem{ID: id, Arguments: arguments}})
}

// renderError is an error made of the id of a problem without arguments.
type renderError string

func (e renderError) Error() string { return renderTexts[string(e)] }

func newParseError(source string, at int, what *Problem) *ParseError {
	return &ParseError{Position: positionOf(source, at), Problem: what, Excerpt: excerpt(source, at)}
}

func positionOf(src string, at int) Position {
	at = min(at, len(src))
	line, from := 1, 0
	for i := 0; i < at; i++ {
		if src[i] == '\n' || src[i] == '\r' && !(i+1 < len(src) && src[i+1] == '\n') {
			line++
			from = i + 1
		}
	}
	return Position{line, utf8.RuneCountInString(src[from:at]) + 1}
}

// excerptWidth is how much of a line an excerpt shows on each side.
const excerptWidth = 50

// excerpt shows the line of a place with a caret below the place.
func excerpt(src string, at int) string {
	at = min(at, len(src))
	from := strings.LastIndexAny(src[:at], "\r\n") + 1
	to := at
	if n := strings.IndexAny(src[at:], "\r\n"); n >= 0 {
		to += n
	} else {
		to = len(src)
	}
	from, to = max(from, at-excerptWidth), min(to, at+excerptWidth)
	for from > 0 && from < at && !utf8.RuneStart(src[from]) {
		from++
	}
	for to < len(src) && to > at && !utf8.RuneStart(src[to]) {
		to--
	}
	line := strings.ReplaceAll(src[from:to], "\t", " ")
	return line + "\n" + strings.Repeat(" ", utf8.RuneCountInString(src[from:at])) + "^"
}

// quoteToken quotes a piece of a template for a message.
func quoteToken(s string) string { return syntax.Quote(s) }
