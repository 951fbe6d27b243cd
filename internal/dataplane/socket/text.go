package socket

import "unicode/utf8"

// textCheck checks UTF-8 that arrives in pieces. It fails at the first byte that
// no continuation could make valid, as RFC 6455 §8.1 allows.
type textCheck struct {
	part [utf8.UTFMax]byte // the beginning of a character that is still incomplete
	n    uint8
}

// more takes the next piece and says whether all so far may become valid.
func (t *textCheck) more(p []byte) bool {
	for t.n > 0 && len(p) > 0 {
		t.part[t.n] = p[0]
		t.n, p = t.n+1, p[1:]
		if !utf8.FullRune(t.part[:t.n]) {
			continue
		}
		if r, size := utf8.DecodeRune(t.part[:t.n]); r == utf8.RuneError && size == 1 {
			return false
		}
		t.n = 0
	}
	tail := len(p) - incomplete(p)
	t.n += uint8(copy(t.part[t.n:], p[tail:]))
	return utf8.Valid(p[:tail])
}

// done says whether no character is left incomplete.
func (t *textCheck) done() bool { return t.n == 0 }

// incomplete returns how many bytes at the end of p begin a character that lacks
// the rest.
func incomplete(p []byte) int {
	for back := 1; back < utf8.UTFMax && back <= len(p); back++ {
		if c := p[len(p)-back]; utf8.RuneStart(c) {
			if utf8.FullRune(p[len(p)-back:]) {
				return 0
			}
			return back
		}
	}
	return 0
}
