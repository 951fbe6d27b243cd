package vtl

import (
	"errors"
	"maps"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pasarela-ws/pasarela/vtl/internal/syntax"
)

// Errors that a rendering ends with when it reaches a limit; every one of them
// comes wrapped in an [*ExecError].
var (
	ErrOutputTooLarge  = errors.New("the output is larger than the limit allows")
	ErrTooManySteps    = errors.New("the template takes more steps than the limit allows")
	ErrTooMuchMemory   = errors.New("the template needs more memory than the limit allows")
	ErrStringTooLong   = errors.New("a string is longer than the limit allows")
	ErrTooDeep         = errors.New("calls or values nest deeper than the limit allows")
	ErrPatternTimedOut = errors.New("regular expressions take longer than the limit allows")
	ErrBudgetSpent     = errors.New("all renderings together need more memory than the limit allows")
	ErrCanceled        = errors.New("the rendering was canceled")
)

// Position is a place in a template. Line and Column count from 1, columns in
// characters.
type Position struct{ Line, Column int }

func (p Position) String() string { return strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column) }

// Problem is what is wrong with a template, as data: an id of [ProblemTexts], the
// arguments of its text in their order, and the problem that {why} stands for. A program
// that speaks other languages than English keeps texts of its own by these ids.
type Problem struct {
	ID        string
	Arguments []string
	Why       *Problem // nil where the text has no {why}
}

// String is the problem in English.
func (p *Problem) String() string { return p.inside().String() }

func (p *Problem) inside() *syntax.Problem {
	if p == nil {
		return nil
	}
	return &syntax.Problem{ID: p.ID, Arguments: p.Arguments, Why: p.Why.inside()}
}

func newProblem(p *syntax.Problem) *Problem {
	if p == nil {
		return nil
	}
	return &Problem{ID: p.ID, Arguments: p.Arguments, Why: newProblem(p.Why)}
}

// ProblemTexts are the texts of all problems in English, by id, with {names} for their
// arguments and {why} for the problem below.
func ProblemTexts() map[string]string { return maps.Clone(syntax.Texts) }

// ParseError is a template that is not valid.
type ParseError struct {
	Position
	Problem *Problem
	// Excerpt is the line of the template with a caret under the column, for a
	// terminal; both lines are shortened around the column.
	Excerpt string
}

func (e *ParseError) Error() string { return e.Position.String() + ": " + e.Problem.String() }

// ExecError is a template that could not be rendered.
type ExecError struct {
	Position
	// Directive is the innermost directive or reference that was at work, as
	// the template spells it: #foreach, $list.get().
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

// MethodError is a method that exists and refused its arguments, or a host
// object that failed.
type MethodError struct {
	Method string
	Reason string
}

func (e *MethodError) Error() string { return e.Method + ": " + e.Reason }

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
