package vtl

import (
	"math/big"
	"strconv"
	"unicode/utf8"

	"github.com/pasarela-ws/pasarela/vtl/internal/javanumber"
)

// Append appends the text that the value prints, Java's toString: lists as [a,
// b], maps as {k=v}, doubles as 1.0E7, null as null. Values that nest too deep,
// or contain themselves, are cut off.
func (v Value) Append(dst []byte) []byte {
	p := printer{max: len(dst) + defaultLimits.MaxOutput}
	return p.append(dst, v)
}

// AppendJSON appends the value as JSON without spaces, as json-smart writes it
// for $input.json; '/' stays as it is.
func (v Value) AppendJSON(dst []byte) []byte {
	p := printer{max: len(dst) + defaultLimits.MaxOutput}
	return p.json(dst, v, false)
}

// printer prints values until they are too long or too deep.
type printer struct {
	run   *Run // nil where blocks cannot be rendered
	max   int
	depth int
	err   error
}

// maxPrintDepth is far above the nesting of values in templates and far below what
// a goroutine's stack takes.
const maxPrintDepth = 500

func (p *printer) enter(dst []byte) bool {
	p.depth++
	if p.depth > maxPrintDepth {
		p.err = ErrTooDeep
	} else if len(dst) > p.max {
		p.err = ErrOutputTooLarge
	}
	return p.err == nil
}

// append writes a value as Java's toString has it.
func (p *printer) append(dst []byte, v Value) []byte {
	switch v.kind {
	case KindNull:
		return append(dst, "null"...)
	case KindString:
		return append(dst, v.Text()...)
	case KindCharacter:
		return utf8.AppendRune(dst, rune(v.bits))
	case KindBoolean:
		return strconv.AppendBool(dst, v.bits != 0)
	case KindList:
		return p.list(dst, v.ref.(*List))
	case KindMap:
		return p.mapText(dst, v.ref.(*Map))
	case KindEntry:
		return p.entry(dst, v.ref.(*liveEntry))
	case KindScope:
		return p.mapText(dst, v.ref.(*scope).asMap())
	case KindBlock:
		if p.run == nil {
			return dst
		}
		return append(dst, p.run.blockText(v.ref.(*block))...)
	case KindHost:
		if p.run == nil {
			return dst
		}
		return p.host(dst, v.ref.(Host))
	case KindIterator:
		return append(dst, "iterator"...)
	}
	return appendNumber(dst, v)
}

func (p *printer) host(dst []byte, h Host) []byte {
	plain := h.Plain(p.run)
	if plain.kind == KindNull || plain.kind == KindHost {
		return dst
	}
	return p.append(dst, plain)
}

func appendNumber(dst []byte, v Value) []byte {
	switch v.kind {
	case KindDouble:
		return javanumber.AppendDouble(dst, v.float64(), 64)
	case KindFloat:
		return javanumber.AppendDouble(dst, v.float64(), 32)
	case KindBigInteger:
		return v.ref.(*big.Int).Append(dst, 10)
	case KindBigDecimal:
		return v.ref.(javanumber.Decimal).Append(dst)
	}
	return strconv.AppendInt(dst, int64(v.bits), 10)
}

func (p *printer) list(dst []byte, l *List) []byte {
	if l.style == styleJSON {
		return p.jsonList(dst, l, true)
	}
	dst = append(dst, '[')
	for i := range l.Len() {
		if !p.enter(dst) {
			return dst
		}
		if i > 0 {
			dst = append(dst, ", "...)
		}
		if item := l.At(i); item.ref == any(l) {
			dst = append(dst, "(this Collection)"...)
		} else {
			dst = p.append(dst, item)
		}
		p.depth--
	}
	return append(dst, ']')
}

// mapText writes a map as Java's toString has it. A silent map prints nothing.
func (p *printer) mapText(dst []byte, m *Map) []byte {
	if m.silent {
		return dst
	}
	dst = append(dst, '{')
	for i, e := range m.all() {
		if !p.enter(dst) {
			return dst
		}
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = p.append(dst, e.key)
		dst = append(dst, '=')
		if e.value.ref == any(m) {
			dst = append(dst, "(this Map)"...)
		} else {
			dst = p.append(dst, e.value)
		}
		p.depth--
	}
	return append(dst, '}')
}

func (p *printer) entry(dst []byte, e *liveEntry) []byte {
	if !p.enter(dst) {
		return dst
	}
	dst = append(p.append(dst, e.key), '=')
	dst = p.append(dst, e.current())
	p.depth--
	return dst
}
