package jsonvalue

import "strings"

// permissive reproduces json-smart 2's behaviour in MODE_PERMISSIVE exactly,
// including its deviations from JSON, which were compared with the original.
// Like it, it looks at one character at a time: c is the byte at index at, or
// stopEnd.
type permissive struct {
	d       *Document
	src     string
	at      int
	depth   int
	failure failure
}

// endOfText is what json-smart sees behind the last character; a real U+001A ends the
// text there as well.
const endOfText = 0x1A

// stops is a set of characters that end an unquoted text.
type stops string

const (
	stopNothing stops = "\x1A"
	stopKey     stops = ":\x1A"
	stopValue   stops = ",}\x1A"
	stopItem    stops = ",]\x1A"
)

func (s stops) has(c byte) bool { return strings.IndexByte(string(s), c) >= 0 }

func (p *permissive) fail(at int, reason string) bool {
	p.failure = failure{at, reason}
	return false
}

func (p *permissive) c() byte {
	if p.at < len(p.src) {
		return p.src[p.at]
	}
	return endOfText
}

func (p *permissive) document() bool {
	if len(p.src) > MaxSize {
		return p.fail(MaxSize, reasonLarge)
	}
	return p.value(stopNothing)
}

func (p *permissive) value(stop stops) bool {
	for isBlank(p.c()) {
		p.at++
	}
	switch c := p.c(); {
	case c == ':' || c == '}' || c == ']':
		return p.fail(p.at, reasonMisplaced)
	case c == '{':
		return p.object()
	case c == '[':
		return p.array()
	case isQuote(c):
		return p.quoted()
	case c == '-' || c-'0' <= 9:
		return p.number(stop)
	default:
		p.unquoted(stop)
		return true
	}
}

// unquoted reads a text without quotes up to a stop; the words null, NaN, true and
// false are values of their own, if no character at all comes before them.
func (p *permissive) unquoted(stop stops) {
	first := p.at
	start, end := p.until(stop)
	word := p.src[start:end]
	if first < start {
		word = ""
	}
	switch word {
	case "null":
		p.d.addNode(Null, 0, start, end)
	case "true", "false":
		p.d.addNode(Bool, 0, start, end)
	case "NaN":
		p.d.addNode(Double, 0, start, end)
	default:
		p.d.addNode(String, flagNonCanonical, start, end)
	}
}

// until is the span up to a stop without the spaces around it.
func (p *permissive) until(stop stops) (start, end int) {
	start = p.at
	p.skipTo(stop)
	return p.trim(start, p.at)
}

func (p *permissive) skipTo(stop stops) {
	for p.at < len(p.src) && !stop.has(p.src[p.at]) {
		p.at++
	}
}

func (p *permissive) trim(start, end int) (int, int) {
	for start < end && p.src[start] <= ' ' {
		start++
	}
	for end > start && p.src[end-1] <= ' ' {
		end--
	}
	return start, end
}

// space skips every character up to U+0020, not only white space, but not the
// end (stopEnd).
func (p *permissive) space() {
	for p.at < len(p.src) && p.src[p.at] <= ' ' && p.src[p.at] != endOfText {
		p.at++
	}
}

// quoted reads a text between quotes of either kind.
func (p *permissive) quoted() bool {
	mark := p.src[p.at]
	start := p.at + 1
	flags := flagNonCanonical
	for i := start; i < len(p.src); i++ {
		switch c := p.src[i]; {
		case c == mark:
			p.d.addNode(String, flags, start, i)
			p.at = i + 1
			return true
		case c == '\\':
			flags |= flagEscaped
			width, ok := p.escape(i)
			if !ok {
				return p.fail(i, reasonEscape)
			}
			i += width - 1
		}
	}
	return p.fail(len(p.src), reasonEnd)
}

// escape is the length of an escape; only broken hexadecimal is refused.
func (p *permissive) escape(at int) (width int, ok bool) {
	if at+1 >= len(p.src) {
		return 1, true
	}
	width = 2
	switch p.src[at+1] {
	case 'u':
		width = 6
	case 'x':
		width = 4
	default:
		return width, true
	}
	if at+width > len(p.src) {
		return 0, false
	}
	_, ok = hex(p.src[at+2 : at+width])
	return width, ok
}

func (p *permissive) open(kind Kind) (int, bool) {
	at := len(p.d.nodes)
	p.d.addNode(kind, flagNonCanonical, p.at, p.at)
	p.at++
	p.depth++
	return at, p.depth <= MaxDepth
}

func (p *permissive) close(at int) bool {
	p.depth--
	p.at++
	n := &p.d.nodes[at]
	n.end, n.next = uint32(p.at), uint32(len(p.d.nodes))
	if n.kind == Object {
		p.d.mergeDuplicates(at)
	}
	return true
}

// array reads an array at its bracket as json-smart does: commas may be repeated or stand
// first.
func (p *permissive) array() bool {
	node, ok := p.open(Array)
	if !ok {
		return p.fail(p.at, reasonDeep)
	}
	for {
		switch c := p.c(); {
		case isBlank(c) || c == ',':
			p.at++
		case c == ']':
			return p.close(node)
		case c == ':' || c == '}':
			return p.fail(p.at, reasonMisplaced)
		case c == endOfText:
			return p.fail(p.at, reasonEnd)
		default:
			if !p.value(stopItem) {
				return false
			}
			p.d.nodes[node].size++
		}
	}
}

// object reads an object at its brace as json-smart does: commas may be repeated or stand
// first.
func (p *permissive) object() bool {
	node, ok := p.open(Object)
	if !ok {
		return p.fail(p.at, reasonDeep)
	}
	for {
		switch c := p.c(); {
		case isBlank(c) || c == ',':
			p.at++
			continue
		case c == '}':
			return p.close(node)
		case c == ':' || c == ']' || c == '[' || c == '{':
			return p.fail(p.at, reasonMisplaced)
		}
		if !p.member(node) {
			return false
		}
		switch p.c() {
		case '}':
			return p.close(node)
		case ',':
			p.at++
		default:
			return p.fail(p.at, reasonComma)
		}
	}
}

// member reads one member of the object at that node. A key without quotes ends at the colon.
func (p *permissive) member(object int) bool {
	key := len(p.d.nodes)
	if isQuote(p.c()) {
		if !p.quoted() {
			return false
		}
	} else {
		start, end := p.until(stopKey)
		p.d.addNode(String, flagNonCanonical, start, end)
	}
	p.space()
	if p.c() != ':' {
		return p.fail(p.at, reasonColon)
	}
	p.at++
	if p.at >= len(p.src) {
		return p.fail(p.at, reasonEnd)
	}
	if !p.value(stopValue) {
		return false
	}
	p.d.nodes[key].next = uint32(len(p.d.nodes))
	p.d.nodes[object].size++
	p.space()
	return true
}

// number reads a number; when other characters follow before the stop, the
// whole is an unquoted string (2024-01-01).
func (p *permissive) number(stop stops) bool {
	start := p.at
	p.at = digits(p.src, p.at+1)
	fraction := false
	if p.c() == '.' {
		fraction = true
		p.at = digits(p.src, p.at+1)
	}
	if c := p.c(); c == 'e' || c == 'E' {
		fraction = true
		p.at++
		if c := p.c(); c != '+' && c != '-' && c-'0' > 9 {
			return p.stringFrom(start, stop)
		}
		p.at = digits(p.src, p.at+1)
	}
	p.space()
	if c := p.c(); c < '~' && !stop.has(c) {
		return p.stringFrom(start, stop)
	}
	from, to := p.trim(start, p.at)
	literal := p.src[from:to]
	kind := numberKind(literal, fraction)
	if fraction && !isJavaDouble(literal) || !bounded(literal, kind) {
		return p.fail(from, reasonNumber)
	}
	p.d.addNode(kind, flagNonCanonical, from, to)
	return true
}

func (p *permissive) stringFrom(start int, stop stops) bool {
	p.skipTo(stop)
	from, to := p.trim(start, p.at)
	p.d.addNode(String, flagNonCanonical, from, to)
	return true
}

// isJavaDouble says whether Double.parseDouble takes what number has scanned:
// digits on either side of the point, and behind the exponent.
func isJavaDouble(s string) bool {
	m := mantissa(s)
	if last := s[len(s)-1]; len(m) < len(s) && last-'0' > 9 {
		return false
	}
	return strings.ContainsAny(m, "0123456789")
}
