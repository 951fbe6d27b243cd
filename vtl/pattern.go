package vtl

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
)

// pattern is a Java regular expression. Go's engine, which takes linear time,
// runs what it can; regexp2 runs the rest under a time limit.
type pattern struct {
	fast   *regexp.Regexp
	slow   *regexp2.Regexp
	groups int
}

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
	t := translate(text)
	source := t.text
	if whole {
		source = `\A(?:` + source + `)\z`
	}
	if !t.backtracks {
		if parsed, err := syntax.Parse(source, syntax.Perl); err == nil && (whole || !mayBeEmpty(parsed)) {
			if fast, err := regexp.Compile(source); err == nil {
				return &pattern{fast: fast, groups: fast.NumSubexp()}, nil
			}
		}
	}
	slow, err := regexp2.Compile(source, regexp2.None)
	if err != nil {
		return nil, err
	}
	slow.MatchTimeout = r.limits.RegexTime
	return &pattern{slow: slow, groups: len(slow.GetGroupNumbers()) - 1}, nil
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
func (p *pattern) find(r *Run, s string, _ int) []int {
	if p.fast != nil {
		return p.fast.FindStringSubmatchIndex(s)
	}
	matches := p.findAll(r, s, 1)
	if len(matches) == 0 {
		return nil
	}
	return matches[0]
}

// findAll are all matches, or the first most of them.
func (p *pattern) findAll(r *Run, s string, most int) [][]int {
	r.work(len(s))
	if p.fast != nil {
		return p.fast.FindAllStringSubmatchIndex(s, most)
	}
	offsets := runeOffsets(s)
	var all [][]int
	m, err := p.slow.FindStringMatch(s)
	for m != nil && err == nil && len(all) != most {
		all = append(all, p.indexes(m, offsets))
		r.spend(1)
		m, err = p.slow.FindNextMatch(m)
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
