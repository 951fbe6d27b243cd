package vtl

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
)

// pattern is a Java regular expression. Go's engine, which takes linear time for a
// match, runs what it can; regexp2 runs the rest, and what would take Go's engine
// too long: it can be stopped, Go's cannot.
type pattern struct {
	source string
	fast   *regexp.Regexp
	size   int  // of fast's program, in instructions
	inward bool // fast looks at nothing before a match: what is left of a text is a text
	limit  time.Duration
	groups int

	once sync.Once
	slow *regexp2.Regexp
	err  error
}

// heaviest is the length of a text times the size of a program that Go's engine may
// meet without a look at the clock: some tens of milliseconds.
const heaviest = 4 << 20

// patterns are those that a template has used, so that they compile once.
type patterns struct {
	known sync.Map // patternKey to *pattern
}

type patternKey struct {
	text  string
	whole bool
}

// keptPattern is the length up to which patterns are kept; a template that makes
// patterns out of messages must not fill the memory.
const (
	keptPattern = 256
	maxPatterns = 64
	maxPattern  = 4096
)

// pattern compiles a regular expression; a whole one matches nothing less than
// all of a text.
func (r *Run) pattern(text string, whole bool) *pattern {
	key := patternKey{text, whole}
	if p, ok := r.template.patterns.known.Load(key); ok {
		return p.(*pattern)
	}
	if len(text) > maxPattern {
		r.fail(ErrStringTooLong)
	}
	r.work(len(text) * evaluateCost)
	p, err := r.compilePattern(text, whole)
	if err != nil {
		r.fail(&MethodError{"regular expression " + quoteToken(text), err.Error()})
	}
	if len(text) <= keptPattern && r.template.patternCount.Add(1) <= maxPatterns {
		r.template.patterns.known.Store(key, p)
	}
	return p
}

func (r *Run) compilePattern(text string, whole bool) (*pattern, error) {
	defer r.matched(time.Now())
	t := translate(text)
	p := &pattern{source: t.text, limit: r.limits.RegexTime / 2}
	if whole {
		p.source = `\A(?:` + t.text + `)\z`
	}
	if !t.backtracks {
		if parsed, err := syntax.Parse(p.source, syntax.Perl); err == nil && (whole || !mayBeEmpty(parsed)) {
			p.useGo(parsed)
		}
	}
	if p.fast != nil {
		return p, nil
	}
	slow, err := p.stoppable()
	if err != nil {
		return nil, withoutOurs(err, p.source, text)
	}
	p.groups = len(slow.GetGroupNumbers()) - 1
	return p, nil
}

// useGo compiles for Go's engine; what it cannot run is left to the other.
func (p *pattern) useGo(parsed *syntax.Regexp) {
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return
	}
	fast, err := regexp.Compile(p.source)
	if err != nil {
		return
	}
	p.fast, p.groups, p.size, p.inward = fast, fast.NumSubexp(), len(program.Inst), true
	for i := range program.Inst {
		if in := &program.Inst[i]; in.Op == syntax.InstEmptyWidth && syntax.EmptyOp(in.Arg)&^(syntax.EmptyEndLine|syntax.EmptyEndText) != 0 {
			p.inward = false
		}
	}
}

// withoutOurs takes what this package put around an expression out of an error.
func withoutOurs(err error, source, text string) error {
	return errors.New(strings.ReplaceAll(err.Error(), source, text))
}

// stoppable is the expression for the engine that looks at the clock.
func (p *pattern) stoppable() (*regexp2.Regexp, error) {
	p.once.Do(func() {
		lookOften()
		if p.slow, p.err = regexp2.Compile(p.source, regexp2.None); p.err == nil {
			p.slow.MatchTimeout = p.limit
		}
	})
	return p.slow, p.err
}

// lookOften makes the clock of all regexp2 expressions, which is 100 ms coarse, fine
// enough for our limits. It must not be set while one runs.
var lookOften = sync.OnceFunc(func() { regexp2.SetTimeoutCheckPeriod(5 * time.Millisecond) })

// matched counts the time since regular expressions began to work.
func (r *Run) matched(begin time.Time) {
	r.matching += time.Since(begin)
	if r.matching > r.limits.RegexTime {
		r.fail(ErrPatternTimedOut)
	}
}

// mayBeEmpty says whether an expression can match no text at all. Go leaves out
// empty matches next to others, Java does not.
func mayBeEmpty(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpLiteral, syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL, syntax.OpNoMatch:
		return false
	case syntax.OpCapture, syntax.OpPlus:
		return mayBeEmpty(re.Sub[0])
	case syntax.OpRepeat:
		return re.Min == 0 || mayBeEmpty(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if !mayBeEmpty(sub) {
				return false
			}
		}
		return true
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			if mayBeEmpty(sub) {
				return true
			}
		}
		return false
	}
	return true
}

// find is the first match: byte offsets in pairs, groups behind the whole, -1
// for groups that did not take part.
func (p *pattern) find(r *Run, s string) []int {
	matches := p.findAll(r, s, 1)
	if len(matches) == 0 {
		return nil
	}
	return matches[0]
}

// findAll are all matches, or the first most of them.
func (p *pattern) findAll(r *Run, s string, most int) [][]int {
	r.work(len(s))
	switch weight := len(s) * p.size; {
	case p.fast == nil || weight > heaviest:
		return p.findSlowly(r, s, most)
	case most != 1 && weight*len(s) > heaviest: // a match may have to read to the end, and so may the next
		if p.inward {
			return p.findOneByOne(r, s, most)
		}
		return p.findSlowly(r, s, most)
	}
	begin := time.Now()
	all := p.fast.FindAllStringSubmatchIndex(s, most)
	r.matched(begin)
	return all
}

// findOneByOne looks at the clock after each match of Go's engine. No match is empty.
func (p *pattern) findOneByOne(r *Run, s string, most int) (all [][]int) {
	for from := 0; len(all) != most; {
		begin := time.Now()
		match := p.fast.FindStringSubmatchIndex(s[from:])
		r.matched(begin)
		r.charge(1)
		if match == nil {
			return all
		}
		for i := range match {
			if match[i] >= 0 {
				match[i] += from
			}
		}
		all = append(all, match)
		from = match[1]
	}
	return all
}

// findSlowly runs the engine that can be stopped.
func (p *pattern) findSlowly(r *Run, s string, most int) (all [][]int) {
	slow, err := p.stoppable()
	if err != nil {
		r.fail(ErrPatternTimedOut)
	}
	offsets := runeOffsets(s)
	begin := time.Now()
	m, err := slow.FindStringMatch(s)
	r.matched(begin)
	for m != nil && err == nil && len(all) != most {
		all = append(all, p.indexes(m, offsets))
		r.charge(1)
		begin = time.Now()
		m, err = slow.FindNextMatch(m)
		r.matched(begin)
	}
	if err != nil {
		r.fail(ErrPatternTimedOut)
	}
	return all
}

func (p *pattern) indexes(m *regexp2.Match, offsets []int) []int {
	indexes := make([]int, 0, 2*(p.groups+1))
	for n := range p.groups + 1 {
		g := m.GroupByNumber(n)
		if g == nil || len(g.Captures) == 0 {
			indexes = append(indexes, -1, -1)
			continue
		}
		indexes = append(indexes, offsets[g.Index], offsets[g.Index+g.Length])
	}
	return indexes
}

// runeOffsets are the byte offsets of the runes of s, and its length.
func runeOffsets(s string) []int {
	offsets := make([]int, 0, len(s)+1)
	for i := range s {
		offsets = append(offsets, i)
	}
	return append(offsets, len(s))
}

// replacePattern is String.replaceAll and replaceFirst.
func (r *Run) replacePattern(s, regex, replacement string, all bool) Value {
	if literal, ok := literalPattern(regex); ok && !strings.ContainsAny(replacement, `$\`) {
		return r.replaceText(s, literal, replacement, all)
	}
	p := r.pattern(regex, false)
	most := -1
	if !all {
		most = 1
	}
	var out []byte
	from := 0
	for _, m := range p.findAll(r, s, most) {
		out = append(out, s[from:m[0]]...)
		out = r.expand(out, s, m, replacement)
		from = m[1]
		r.room(len(out))
	}
	if from == 0 && out == nil {
		return String(s)
	}
	return r.text(string(append(out, s[from:]...)))
}

// literalPattern is the text that an expression matches, if it is nothing but a
// text, of which at most the first character is escaped: the idiom
// replaceAll("\\'", "'") is.
func literalPattern(regex string) (string, bool) {
	escaped := 0
	if len(regex) > 1 && regex[0] == '\\' && !isLetter(regex[1]) && regex[1]-'0' > 9 && regex[1] < utf8.RuneSelf {
		escaped = 1
	}
	literal := regex[escaped:]
	return literal, literal != "" && !strings.ContainsAny(literal[escaped:], `.$|()[]{}^?*+\`)
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
		r.room(len(s) + count*(len(to)-len(from)))
	}
	return r.text(strings.Replace(s, from, to, count))
}

// expand writes a replacement: $1 is a group, as many digits as there are
// groups for, ${name} a named one, \x is x.
func (r *Run) expand(out []byte, s string, m []int, replacement string) []byte {
	for i := 0; i < len(replacement); i++ {
		switch c := replacement[i]; c {
		case '\\':
			i++
			if i == len(replacement) {
				r.badReplacement(replacement)
			}
			_, size := utf8.DecodeRuneInString(replacement[i:])
			out = append(out, replacement[i:i+size]...)
			i += size - 1
		case '$':
			group, digits := r.groupNumber(replacement, i+1, len(m)/2-1)
			i += digits
			if m[2*group] >= 0 {
				out = append(out, s[m[2*group]:m[2*group+1]]...)
			}
		default:
			out = append(out, c)
		}
	}
	return out
}

func (r *Run) groupNumber(replacement string, at, groups int) (group, digits int) {
	if at >= len(replacement) || replacement[at]-'0' > 9 {
		r.badReplacement(replacement)
	}
	group = int(replacement[at] - '0')
	if group > groups {
		r.badReplacement(replacement)
	}
	digits = 1
	for at+digits < len(replacement) && replacement[at+digits]-'0' <= 9 {
		longer := group*10 + int(replacement[at+digits]-'0')
		if longer > groups {
			break
		}
		group = longer
		digits++
	}
	return group, digits
}

func (r *Run) badReplacement(replacement string) {
	r.fail(&MethodError{"replacement " + quoteToken(replacement), `"$" must name a group and "\" must escape something`})
}

// split is String.split: without empty texts at the end if limit is 0, and
// without an empty one before a match of no width at the beginning.
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
	r.Charge(valueSize * len(parts))
	return newArray(parts)
}

// separators are where a text splits. A single character that means itself needs
// no expression.
func (r *Run) separators(s, regex string) [][]int {
	literal := regex
	if len(literal) == 2 && literal[0] == '\\' && !isLetter(literal[1]) && literal[1]-'0' > 9 {
		literal = literal[1:]
	} else if len(literal) != 1 || strings.Contains(`.$|()[{^?*+\`, literal) {
		return r.pattern(regex, false).findAll(r, s, -1)
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
