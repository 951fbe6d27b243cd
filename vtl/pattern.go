package vtl

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pasarela-ws/pasarela/vtl/internal/javaregexp"
)

// patterns are the regular expressions that a template has used, so that they
// compile once.
type patterns struct {
	known sync.Map // patternKey to *javaregexp.Expression
	count atomic.Int64
}

type patternKey struct {
	text  string
	whole bool
}

// keptPattern is the length up to which patterns are kept; longer ones, which a
// template may make out of messages, must not fill the memory.
const (
	keptPattern = 256
	maxPatterns = 64
	maxPattern  = 4096
)

// pattern compiles a regular expression; with whole it matches only all of a
// text.
func (r *Run) pattern(text string, whole bool) *javaregexp.Expression {
	kept := &r.template.patterns
	key := patternKey{text, whole}
	if p, ok := kept.known.Load(key); ok {
		return p.(*javaregexp.Expression)
	}
	if len(text) > maxPattern {
		r.fail(ErrStringTooLong)
	}
	r.work(len(text) * evaluateCost)
	p, err := javaregexp.Compile((*meter)(r), text, whole, r.limits.RegexTime/2)
	if err != nil {
		r.refuse("", "pattern", quoteToken(text), err.Error())
	}
	if len(text) <= keptPattern && kept.count.Add(1) <= maxPatterns {
		kept.known.Store(key, p)
	}
	return p
}

// meter charges the rendering for regular expressions; it is a type of its own
// so that its methods are not those of Run.
type meter Run

// Matched counts the processor time that regular expressions have taken.
func (m *meter) Matched(took time.Duration) {
	m.matching += took
	if m.matching > m.limits.RegexTime {
		(*Run)(m).fail(ErrPatternTimedOut)
	}
}

// Found counts a match as a step.
func (m *meter) Found() { (*Run)(m).charge(1) }

// findAll are the matches of a regular expression in s, at most so many where
// most is not negative.
func (r *Run) findAll(p *javaregexp.Expression, s string, most int) [][]int {
	r.work(len(s))
	all, err := p.FindAll((*meter)(r), s, most)
	if err != nil {
		if errors.Is(err, javaregexp.ErrTimedOut) {
			err = ErrPatternTimedOut
		}
		r.fail(err)
	}
	return all
}

// matches is String.matches.
func (r *Run) matches(s, regex string) bool { return len(r.findAll(r.pattern(regex, true), s, 1)) > 0 }

// replacePattern is String.replaceAll and replaceFirst.
func (r *Run) replacePattern(s, regex, replacement string, all bool) Value {
	if literal, ok := javaregexp.Literal(regex); ok && !strings.ContainsAny(replacement, `$\`) {
		return r.replaceText(s, literal, replacement, all)
	}
	p := r.pattern(regex, false)
	most := -1
	if !all {
		most = 1
	}
	var out []byte
	from := 0
	for _, m := range r.findAll(p, s, most) {
		out = append(out, s[from:m[0]]...)
		var err error
		if out, err = javaregexp.Expand(out, s, m, replacement); err != nil {
			r.refuse("", "replacement", quoteToken(replacement))
		}
		from = m[1]
		r.checkSize(len(out))
	}
	if from == 0 && out == nil {
		return String(s)
	}
	return r.text(string(append(out, s[from:]...)))
}

func (r *Run) replaceText(s, from, to string, all bool) Value {
	count := 1
	if all {
		count = strings.Count(s, from)
	}
	if count == 0 {
		return String(s)
	}
	if len(to) > len(from) {
		r.checkSize(len(s) + count*(len(to)-len(from)))
	}
	return r.text(strings.Replace(s, from, to, count))
}

// split is String.split: without empty texts at the end if limit is 0, and
// without an empty text before an empty match at the beginning.
func (r *Run) split(s, regex string, limit int) Value {
	if s == "" {
		return newArray([]Value{String("")})
	}
	var parts []Value
	from := 0
	for _, m := range r.separators(s, regex) {
		if limit > 0 && len(parts) == limit-1 {
			break
		}
		if m[1] == 0 {
			continue
		}
		parts = append(parts, String(s[from:m[0]]))
		from = m[1]
	}
	if from == 0 && len(parts) == 0 {
		return newArray([]Value{String(s)})
	}
	parts = append(parts, String(s[from:]))
	for limit == 0 && len(parts) > 0 && parts[len(parts)-1].Text() == "" {
		parts = parts[:len(parts)-1]
	}
	r.take(valueSize * len(parts))
	return newArray(parts)
}

// separators are the matches at which a text is split.
func (r *Run) separators(s, regex string) [][]int {
	literal, ok := javaregexp.Separator(regex)
	if !ok {
		return r.findAll(r.pattern(regex, false), s, -1)
	}
	var all [][]int
	for from := 0; ; {
		i := strings.Index(s[from:], literal)
		if i < 0 {
			return all
		}
		all = append(all, []int{from + i, from + i + len(literal)})
		from += i + len(literal)
	}
}
