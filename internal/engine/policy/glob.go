package policy

import "unicode/utf8"

// Wildcards inside a compiled pattern are two bytes that no text can hold, so
// that a * in the value of a variable is not a wildcard.
const (
	anyRun = 0xFF // *
	anyOne = 0xFE // ?
)

// glob is a pattern without variables, ready to match.
type glob struct {
	text  string
	fold  bool // ignore the case of ASCII letters; text is in lower case
	plain int  // bytes before the first wildcard; len(text) when there is none
}

func newGlob(text string, fold bool) glob {
	if fold {
		text = lower(text)
	}
	g := glob{text: text, fold: fold, plain: len(text)}
	for i := range len(text) {
		if text[i] == anyRun || text[i] == anyOne {
			g.plain = i
			break
		}
	}
	return g
}

// lower does not change the wildcard bytes, which are not UTF-8:
// strings.ToLower would replace them.
func lower(text string) string {
	b := []byte(text)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + ('a' - 'A')
		}
	}
	return string(b)
}

// equalFold compares ignoring the case of ASCII letters only: U+212A, the Kelvin
// sign, is not equal to k, unlike in strings.EqualFold.
func equalFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if lowerByte(a[i]) != lowerByte(b[i]) {
			return false
		}
	}
	return true
}

func lowerByte(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + ('a' - 'A')
	}
	return c
}

func (g *glob) equal(a, b byte) bool {
	if g.fold && b >= 'A' && b <= 'Z' {
		b += 'a' - 'A'
	}
	return a == b
}

// match reports whether the whole of text fits. It takes
// O(len(pattern)·len(text)) time at worst and allocates nothing.
func (g *glob) match(text string) bool {
	if len(text) < g.plain || g.plain == len(g.text) && len(text) != g.plain {
		return false
	}
	for i := range g.plain {
		if !g.equal(g.text[i], text[i]) {
			return false
		}
	}
	pattern, text := g.text[g.plain:], text[g.plain:]
	if len(pattern) == 1 && pattern[0] == anyRun {
		return true
	}
	return g.matchRest(pattern, text)
}

// matchRest matches with "*" and "?" without recursion: when a match fails, the last "*" takes
// one byte more, so that time is at most the product of both lengths.
func (g *glob) matchRest(pattern, text string) bool {
	p, t := 0, 0
	retryP, retryT := -1, 0 // where to resume when the last * must match one byte more
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == anyRun:
			p++
			retryP, retryT = p, t
		case p < len(pattern) && pattern[p] == anyOne:
			_, size := utf8.DecodeRuneInString(text[t:])
			p, t = p+1, t+size
		case p < len(pattern) && g.equal(pattern[p], text[t]):
			p, t = p+1, t+1
		case retryP >= 0:
			retryT++
			p, t = retryP, retryT
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == anyRun {
		p++
	}
	return p == len(pattern)
}
