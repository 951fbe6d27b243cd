package jsonpath

import (
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// cursor is a position in a path or filter. end is the last character that
// belongs to the text; characters behind it can be looked at, as Jayway does.
type cursor struct {
	s        string
	pos, end int
}

// thrown is what compiling panics with. Jayway throws InvalidPathException for
// faults that it checks, and other exceptions of Java for the rest; a filter
// recovers from the first kind only.
type thrown struct {
	offset int
	reason language.Message
	crash  bool
}

// recovered turns a panic with a thrown into the error of Compile.
func recovered(text string, err *error) {
	switch r := recover().(type) {
	case nil:
	case thrown:
		*err = &Error{Path: text, Offset: r.offset, Invalid: true, Reason: r.reason}
	default:
		panic(r)
	}
}

// fail ends the compilation of what is not valid; where a filter may be read in another way,
// that one is tried (attempt).
func (c *cursor) fail(reason language.Message) {
	panic(thrown{offset: c.pos, reason: reason})
}

// crash ends the compilation where Jayway throws what it does not catch itself: no other
// way to read a filter is tried.
func (c *cursor) crash(reason language.Message) {
	panic(thrown{offset: min(c.pos, len(c.s)), reason: reason, crash: true})
}

func newCursor(s string) *cursor {
	c := &cursor{s: s, end: len(s) - 1}
	return c
}

func (c *cursor) at(i int) byte {
	if i < 0 || i >= len(c.s) {
		c.crash(language.PathEndsEarly.Of())
	}
	return c.s[i]
}

func (c *cursor) sub(from, to int) string {
	if from < 0 || to > len(c.s) || from > to {
		c.crash(language.PathEndsEarly.Of())
	}
	return c.s[from:to]
}

func (c *cursor) current() byte { return c.at(c.pos) }

func (c *cursor) has(i int) bool { return i >= 0 && i <= c.end }

func (c *cursor) hasMore() bool { return c.has(c.pos) }

func (c *cursor) isTail() bool { return c.pos >= c.end }

func (c *cursor) trim() {
	c.skipBlanks()
	for c.hasMore() && c.pos < c.end && c.at(c.end) == ' ' {
		c.end--
	}
}

// skipBlanks stops at the last character even if that is a space.
func (c *cursor) skipBlanks() {
	for c.hasMore() && c.pos < c.end && c.current() == ' ' {
		c.pos++
	}
}

func (c *cursor) significant() byte {
	c.skipBlanks()
	return c.current()
}

// after is the index of the first character behind from that is not blank.
func (c *cursor) after(from int) int {
	i := from + 1
	for c.has(i) && c.at(i) == ' ' {
		i++
	}
	return i
}

// nextSignificant is that character, a space at the end.
func (c *cursor) nextSignificant(from int) byte {
	if i := c.after(from); c.has(i) {
		return c.at(i)
	}
	return ' '
}

func (c *cursor) nextIs(from int, want byte) bool {
	i := c.after(from)
	return c.has(i) && c.at(i) == want
}

// find is the index of the next character behind from that is not a space if it
// is want, else -1.
func (c *cursor) find(from int, want byte) int {
	if i := c.after(from); c.at(i) == want {
		return i
	}
	return -1
}

func (c *cursor) indexOf(from int, want byte) int {
	for i := from; c.has(i); i++ {
		if c.at(i) == want {
			return i
		}
	}
	return -1
}

// unescaped is where want comes next behind from without a backslash before it.
func (c *cursor) unescaped(from int, want byte) int {
	for i := from + 1; c.has(i); i++ {
		switch c.at(i) {
		case '\\':
			i++
		case want:
			return i
		}
	}
	return -1
}

// closing is where the bracket at from is closed, -1 if it is not. Strings are
// skipped, regular expressions too if asked for.
func (c *cursor) closing(from int, open, closing byte, skipPatterns bool) int {
	if c.at(from) != open {
		c.fail(language.PathExpected.Of(strconv.QuoteRune(rune(open))))
	}
	depth := 1
	for i := from + 1; c.has(i); i++ {
		if q := c.at(i); q == '\'' || q == '"' {
			i = c.skipQuoted(i, q)
		}
		if skipPatterns && c.at(i) == '/' {
			i = c.skipQuoted(i, '/')
		}
		switch c.at(i) {
		case open:
			depth++
		case closing:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

func (c *cursor) skipQuoted(i int, mark byte) int {
	closing := c.unescaped(i, mark)
	if closing == -1 {
		c.pos = i
		c.fail(language.PathOpen.Of(string(rune(mark))))
	}
	return closing + 1
}

// previous is the last character before the position that is not a space, a
// space at the start.
func (c *cursor) previous() (at int, char byte) {
	i := c.pos - 1
	for c.has(i) && c.at(i) == ' ' {
		i--
	}
	if !c.has(i) {
		return -1, ' '
	}
	return i, c.at(i)
}

// take consumes s if it comes next, spaces ignored.
func (c *cursor) take(s string) bool {
	c.skipBlanks()
	if !c.has(c.pos+len(s)-1) || !strings.HasPrefix(c.s[c.pos:], s) {
		return false
	}
	c.pos += len(s)
	return true
}

func (c *cursor) expect(char byte) {
	if c.significant() != char {
		c.fail(language.PathExpected.Of(strconv.QuoteRune(rune(char))))
	}
	c.pos++
}

func isDigit(c byte) bool { return c-'0' <= 9 }

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
