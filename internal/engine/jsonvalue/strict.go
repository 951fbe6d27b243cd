package jsonvalue

// strict reads RFC 8259 into a Document. Methods return false when the text is
// wrong; failure then says where and why.
type strict struct {
	d            *Document
	src          string
	at           int
	depth        int
	nonCanonical int // how many reasons so far that some text is not canonical
	slashes      int // how many strings so far hold a '/'
	failure      failure
}

func (p *strict) fail(at int, reason string) bool {
	p.failure = failure{at, reason}
	return false
}

func (p *strict) document() bool {
	if len(p.src) > MaxSize {
		return p.fail(MaxSize, reasonLarge)
	}
	p.blanks()
	if p.at == len(p.src) {
		return p.fail(p.at, reasonEmpty)
	}
	if !p.value() {
		return false
	}
	p.blanks()
	if p.at < len(p.src) {
		return p.fail(p.at, reasonTrailing)
	}
	return true
}

// blanks skips white space. Any of it makes the text of the container around it not canonical.
func (p *strict) blanks() {
	if p.at >= len(p.src) || p.src[p.at] > ' ' {
		return
	}
	start := p.at
	for p.at < len(p.src) && isBlank(p.src[p.at]) {
		p.at++
	}
	if p.at > start {
		p.nonCanonical++
	}
}

func isBlank(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// value reads one value; false when it is no JSON, with p.failure set.
func (p *strict) value() bool {
	if p.at >= len(p.src) {
		return p.fail(p.at, reasonEnd)
	}
	switch c := p.src[p.at]; {
	case c == '"':
		return p.text()
	case c == '{':
		return p.object()
	case c == '[':
		return p.array()
	case c == '-' || c-'0' <= 9:
		return p.number()
	case c == 't':
		return p.literal("true", Bool)
	case c == 'f':
		return p.literal("false", Bool)
	case c == 'n':
		return p.literal("null", Null)
	default:
		return p.fail(p.at, reasonValue)
	}
}

func (p *strict) literal(word string, kind Kind) bool {
	end := p.at + len(word)
	if end > len(p.src) || p.src[p.at:end] != word {
		return p.fail(p.at, reasonValue)
	}
	p.d.addNode(kind, 0, p.at, end)
	p.at = end
	return true
}

// addNode appends a node; the end and the size of a container are set when it closes.
func (d *Document) addNode(kind Kind, flags flag, start, end int) {
	d.nodes = append(d.nodes, node{start: uint32(start), end: uint32(end), next: uint32(len(d.nodes)) + 1, kind: kind, flags: flags})
}

// object reads an object at its brace; false when it is no JSON, with p.failure set.
func (p *strict) object() bool {
	open := p.open(Object)
	if !open.ok {
		return p.fail(p.at, reasonDeep)
	}
	if p.closes('}') {
		return p.close(open)
	}
	for {
		if p.at >= len(p.src) {
			return p.fail(p.at, reasonEnd)
		}
		if p.src[p.at] != '"' {
			return p.fail(p.at, reasonKey)
		}
		key := len(p.d.nodes)
		if !p.text() {
			return false
		}
		p.blanks()
		if p.at >= len(p.src) || p.src[p.at] != ':' {
			return p.fail(p.at, reasonColon)
		}
		p.at++
		p.blanks()
		if !p.value() {
			return false
		}
		p.d.nodes[key].next = uint32(len(p.d.nodes))
		p.d.nodes[open.node].size++
		if p.closes('}') {
			return p.close(open)
		}
		if !p.comma() {
			return p.fail(p.at, reasonComma)
		}
	}
}

// array reads an array at its bracket; false when it is no JSON, with p.failure set.
func (p *strict) array() bool {
	open := p.open(Array)
	if !open.ok {
		return p.fail(p.at, reasonDeep)
	}
	if p.closes(']') {
		return p.close(open)
	}
	for {
		if !p.value() {
			return false
		}
		p.d.nodes[open.node].size++
		if p.closes(']') {
			return p.close(open)
		}
		if !p.comma() {
			return p.fail(p.at, reasonItem)
		}
	}
}

// opened is the reader's state where a container began.
type opened struct {
	node, nonCanonical, slashes int
	ok                          bool
}

func (p *strict) open(kind Kind) opened {
	o := opened{len(p.d.nodes), p.nonCanonical, p.slashes, p.depth < MaxDepth}
	p.d.addNode(kind, 0, p.at, p.at)
	p.at++
	p.depth++
	return o
}

// closes skips white space and the bracket; false when the bracket does not
// come next.
func (p *strict) closes(bracket byte) bool {
	p.blanks()
	if p.at < len(p.src) && p.src[p.at] == bracket {
		p.at++
		return true
	}
	return false
}

// comma skips a comma and the white space behind it.
func (p *strict) comma() bool {
	if p.at >= len(p.src) || p.src[p.at] != ',' {
		return false
	}
	p.at++
	p.blanks()
	return true
}

func (p *strict) close(o opened) bool {
	p.depth--
	n := &p.d.nodes[o.node]
	n.end, n.next = uint32(p.at), uint32(len(p.d.nodes))
	if n.kind == Object && p.d.mergeDuplicates(o.node) {
		p.nonCanonical++
	}
	if p.nonCanonical != o.nonCanonical {
		n.flags |= flagNonCanonical
	}
	if p.slashes != o.slashes {
		n.flags |= flagSlash
	}
	return true
}

// text reads a string in double quotes.
func (p *strict) text() bool {
	start := p.at + 1
	src := p.src
	var flags flag
	for i := start; i < len(src); i++ {
		switch class := classes[src[i]]; class {
		case plain:
		case quote:
			p.d.addNode(String, flags, start, i)
			p.at = i + 1
			p.count(flags)
			return true
		case slash:
			flags |= flagSlash
		case escape:
			flags |= flagEscaped
			width, canonical := escapeAt(src[i:])
			if width == 0 {
				return p.fail(i, reasonEscape)
			}
			if !canonical {
				flags |= flagNonCanonical
			}
			i += width - 1
		case control:
			return p.fail(i, reasonControl)
		case special:
			if mustEscape(src[i:]) {
				flags |= flagNonCanonical
			}
		}
	}
	return p.fail(len(src), reasonEnd)
}

func (p *strict) count(flags flag) {
	if flags&flagNonCanonical != 0 {
		p.nonCanonical++
	}
	if flags&flagSlash != 0 {
		p.slashes++
	}
}

func (p *strict) number() bool {
	start := p.at
	end, fraction := scanNumber(p.src[start:])
	if end == 0 {
		return p.fail(start, reasonNumber)
	}
	p.at += end
	kind := numberKind(p.src[start:p.at], fraction)
	if !bounded(p.src[start:p.at], kind) {
		return p.fail(start, reasonNumber)
	}
	var flags flag
	if !canonicalNumber(p.src[start:p.at], kind) {
		flags = flagNonCanonical
		p.nonCanonical++
	}
	p.d.addNode(kind, flags, start, p.at)
	return true
}
