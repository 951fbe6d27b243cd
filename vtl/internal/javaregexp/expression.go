package javaregexp

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
	"time"

	"github.com/dlclark/regexp2"
)

// Expression is a compiled regular expression. It is safe for concurrent use.
type Expression struct {
	source string
	fast   *regexp.Regexp
	size   int  // of fast's program, in instructions
	inward bool // fast has no assertion about text before a match, so the rest of a text can be searched alone
	limit  time.Duration
	groups int

	once sync.Once
	slow *regexp2.Regexp
	err  error
}

// Meter counts what matching costs. Its methods may panic to end the work, as
// the limits of a rendering do; this package does not recover.
type Meter interface {
	// Matched counts the processor time that an engine took.
	Matched(took time.Duration)
	// Found counts a match.
	Found()
}

// ErrTimedOut is a match that took longer than the limit of its expression.
var ErrTimedOut = errors.New("the regular expression takes longer than its limit")

// heaviest bounds the length of a text times the size of the program that Go's
// engine may run without checking the time between matches: some tens of
// milliseconds.
const heaviest = 4 << 20

// Compile compiles a Java expression; with whole it matches only all of a text
// (String.matches). limit bounds one match of the engine with a time limit; m counts
// what compiling takes. The error names the expression as it was given.
func Compile(m Meter, text string, whole bool, limit time.Duration) (*Expression, error) {
	watch := newStopwatch()
	e, err := compile(text, whole, limit)
	m.Matched(watch.stop())
	return e, err
}

// compile translates and compiles a pattern. Go's engine is used where it finds the same
// matches, since its time is linear; else the one that backtracks, with a limit.
func compile(text string, whole bool, limit time.Duration) (*Expression, error) {
	t := translate(text)
	e := &Expression{source: t.text, limit: limit}
	if whole {
		e.source = `\A(?:` + t.text + `)\z`
	}
	if !t.backtracks {
		if parsed, err := syntax.Parse(e.source, syntax.Perl); err == nil && (whole || !mayBeEmpty(parsed)) {
			e.useGo(parsed)
		}
	}
	if e.fast != nil {
		return e, nil
	}
	slow, err := e.stoppable()
	if err != nil {
		return nil, errors.New(strings.ReplaceAll(err.Error(), e.source, text))
	}
	e.groups = len(slow.GetGroupNumbers()) - 1
	return e, nil
}

// useGo compiles for Go's engine, if that can run the expression.
func (e *Expression) useGo(parsed *syntax.Regexp) {
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return
	}
	fast, err := regexp.Compile(e.source)
	if err != nil {
		return
	}
	e.fast, e.groups, e.size, e.inward = fast, fast.NumSubexp(), len(program.Inst), true
	for i := range program.Inst {
		if in := &program.Inst[i]; in.Op == syntax.InstEmptyWidth && syntax.EmptyOp(in.Arg)&^(syntax.EmptyEndLine|syntax.EmptyEndText) != 0 {
			e.inward = false
		}
	}
}

// stoppable is the expression for the engine with a time limit. Most
// expressions never need it, so it is compiled at its first use.
func (e *Expression) stoppable() (*regexp2.Regexp, error) {
	e.once.Do(func() {
		checkTimeoutsOften()
		if e.slow, e.err = regexp2.Compile(e.source, regexp2.None); e.err == nil {
			e.slow.MatchTimeout = e.limit
		}
	})
	return e.slow, e.err
}

// checkTimeoutsOften shortens the period, 100 ms by default, of the clock that
// all regexp2 expressions share, so that it is fine enough for limits of that
// size. It must not be set while an expression runs
// (regexp2.SetTimeoutCheckPeriod), hence once, before the first one.
var checkTimeoutsOften = sync.OnceFunc(func() { regexp2.SetTimeoutCheckPeriod(5 * time.Millisecond) })

// mayBeEmpty says whether an expression can match no text at all. Go skips an
// empty match directly after another match, Java does not.
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

// FindAll are all matches, or the first most of them where most is not negative.
// A match is byte offsets in pairs, the groups behind the whole, -1 for groups
// that did not take part. The error is [ErrTimedOut].
func (e *Expression) FindAll(m Meter, s string, most int) ([][]int, error) {
	switch weight := len(s) * e.size; {
	case e.fast == nil || weight > heaviest:
		return e.findSlowly(m, s, most)
	case most != 1 && weight*len(s) > heaviest: // each match may have to read to the end of the text
		if e.inward {
			return e.findOneByOne(m, s, most), nil
		}
		return e.findSlowly(m, s, most)
	}
	begin := time.Now()
	all := e.fast.FindAllStringSubmatchIndex(s, most)
	m.Matched(min(time.Since(begin), e.longest(len(s), len(all)+1)))
	return all, nil
}

// perInstruction is an upper bound, on a slow machine, of the time that Go's engine
// takes for one instruction of a program and one byte of a text.
const perInstruction = 50 * time.Nanosecond

// longest is an upper bound of the processor time of so many searches of Go's engine,
// whose time is linear (package regexp). Time that the clock shows beyond it was used by
// others.
func (e *Expression) longest(length, searches int) time.Duration {
	return time.Duration((length+1)*e.size*searches) * perInstruction
}

// findOneByOne reports the time after each match of Go's engine, so that limits
// act between matches. No match is empty: see mayBeEmpty.
func (e *Expression) findOneByOne(m Meter, s string, most int) (all [][]int) {
	for from := 0; len(all) != most; {
		begin := time.Now()
		match := e.fast.FindStringSubmatchIndex(s[from:])
		m.Matched(min(time.Since(begin), e.longest(len(s)-from, 1)))
		m.Found()
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

// findSlowly runs the engine with a time limit.
func (e *Expression) findSlowly(m Meter, s string, most int) (all [][]int, err error) {
	slow, err := e.stoppable()
	if err != nil {
		return nil, ErrTimedOut
	}
	offsets := runeOffsets(s)
	match, err := e.search(m, func() (*regexp2.Match, error) { return slow.FindStringMatch(s) })
	for match != nil && err == nil && len(all) != most {
		all = append(all, e.indexes(match, offsets))
		m.Found()
		last := match
		match, err = e.search(m, func() (*regexp2.Match, error) { return slow.FindNextMatch(last) })
	}
	if err != nil {
		return nil, ErrTimedOut
	}
	return all, nil
}

// maxSearches bounds how often a search is repeated that timed out although it had used
// less than half of its limit of processor time.
const maxSearches = 5

// search is one match of the engine with a time limit. That engine measures elapsed
// time, which passes while others use the processor; the limit is on processor time.
func (e *Expression) search(m Meter, find func() (*regexp2.Match, error)) (match *regexp2.Match, err error) {
	for range maxSearches {
		watch := newStopwatch()
		match, err = find()
		took := watch.stop()
		m.Matched(took)
		if err == nil || took > e.limit/2 {
			break
		}
	}
	return match, err
}

func (e *Expression) indexes(m *regexp2.Match, offsets []int) []int {
	indexes := make([]int, 0, 2*(e.groups+1))
	for n := range e.groups + 1 {
		g := m.GroupByNumber(n)
		if g == nil || len(g.Captures) == 0 {
			indexes = append(indexes, -1, -1)
			continue
		}
		indexes = append(indexes, offsets[g.Index], offsets[g.Index+g.Length])
	}
	return indexes
}

// runeOffsets are the byte offsets of the runes of s, and its length: regexp2
// counts runes.
func runeOffsets(s string) []int {
	offsets := make([]int, 0, len(s)+1)
	for i := range s {
		offsets = append(offsets, i)
	}
	return append(offsets, len(s))
}
