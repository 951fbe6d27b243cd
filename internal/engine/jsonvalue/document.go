package jsonvalue

// MaxDepth bounds how deep arrays and objects nest; deeper text is refused. It
// is json-smart's own bound since 2.4.9 (A-JSON-1).
const MaxDepth = 400

// MaxSize bounds the source of one Document in bytes: the largest payload of
// any API Gateway integration's response (10 MB), and far above a message's
// limit.
const MaxSize = 10 << 20

// keptNodes is how many nodes a Document keeps when it is emptied; one that grew
// for a huge response must not keep that memory in a pool.
const keptNodes = 16 << 10

// Document is a text that was read: see the package comment. The zero Document
// is ready to read.
type Document struct {
	src   string
	nodes []node
	made  []string // texts of values that are not in src
	own   int      // number of nodes that were read; the rest is made
}

// node is a value, or a key right before its value. Containers are followed by
// their children.
type node struct {
	start, end uint32 // text in src; strings and keys without quotes. flagMade: start indexes made; kind ref: start indexes nodes
	next       uint32 // the node after this value; for a key, after its value
	size       uint32 // items or distinct members; for a key with flagReplaced, where the winning value is
	kind       Kind
	flags      flag
}

type flag uint8

const (
	flagNonCanonical flag = 1 << iota // its JSON is not its source text, byte for byte
	flagSlash                         // has a '/' in a string, which WebSafe escapes
	flagEscaped                       // the text holds backslash escapes
	flagMade                          // the text is in made, not in src
	flagReplaced                      // key that came again later: the value is the last one's
	flagShadowed                      // key that came before: passed over
	flagView                          // key set: prints as a Java collection
)

// Kind says what a Value is.
type Kind uint8

// The kinds of values. The three kinds of numbers are Java's classes: Integer is
// Integer, Long or BigInteger by its size; a literal with a point or exponent is
// Double, or Decimal (BigDecimal) when it is longer than 18 characters, from
// which on json-smart does not use doubles.
const (
	Missing Kind = iota
	Null
	Bool
	Integer
	Double
	Decimal
	String
	Array
	Object

	ref // stands for another node; never returned to callers
)

func (k Kind) String() string {
	names := [...]string{"missing", "null", "boolean", "integer", "double", "decimal", "string", "array", "object", "ref"}
	if int(k) < len(names) {
		return names[k]
	}
	return "unknown"
}

// ReadStrict replaces the content by src, which must be exactly one JSON text
// (RFC 8259) with optional white space around it. The error is a
// [*SyntaxError]; the Document is empty then.
func (d *Document) ReadStrict(src string) error {
	d.Reset()
	d.src = src
	p := strict{d: d, src: src}
	if !p.document() {
		d.Reset()
		return p.failure.in(src)
	}
	d.own = len(d.nodes)
	return nil
}

// Read replaces the content by src, read as leniently as json-smart's permissive
// mode does. It fails only where that fails: text that ends inside an object,
// array or quoted string, a misplaced ':' or bracket, a broken \u escape. The
// error is a [*SyntaxError]; the Document is empty then.
func (d *Document) Read(src string) error {
	d.Reset()
	d.src = src
	if p := (strict{d: d, src: src}); p.document() {
		d.own = len(d.nodes)
		return nil
	}
	d.Reset()
	d.src = src
	p := permissive{d: d, src: src}
	if !p.document() {
		d.Reset()
		return p.failure.in(src)
	}
	d.own = len(d.nodes)
	return nil
}

// Reset empties the Document and releases its source; Values of it become
// invalid. Its memory is kept for the next read, up to keptNodes.
func (d *Document) Reset() {
	d.src = ""
	if cap(d.nodes) > keptNodes {
		d.nodes = nil
	}
	d.nodes = d.nodes[:0]
	clear(d.made)
	d.made = d.made[:0]
	d.own = 0
}

// Root is the whole value; missing when nothing was read.
func (d *Document) Root() Value {
	if len(d.nodes) == 0 {
		return Value{}
	}
	return Value{d, 0}
}

// Places is the number of values and names, made ones included.
func (d *Document) Places() int { return len(d.nodes) }

// Source is the text that was read.
func (d *Document) Source() string { return d.src }

func (d *Document) text(n *node) string {
	if n.flags&flagMade != 0 {
		return d.made[n.start]
	}
	return d.src[n.start:n.end]
}
