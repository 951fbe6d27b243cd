package vtl

import (
	"bytes"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Append appends the text that the value prints, Java's toString: lists as
// [a, b], maps as {k=v}, doubles as 1.0E7, null as null. Values that nest
// without end are cut off.
func (v Value) Append(dst []byte) []byte {
	p := printer{max: len(dst) + defaultLimits.MaxOutput}
	return p.append(dst, v)
}

// AppendJSON appends the value as JSON without blanks, as json-smart writes it
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

// maxPrintDepth is far above what templates nest and far below what a stack takes.
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
		return appendDouble(dst, v.float64(), 64)
	case KindFloat:
		return appendDouble(dst, v.float64(), 32)
	case KindBigInteger:
		return v.ref.(*big.Int).Append(dst, 10)
	case KindBigDecimal:
		return v.ref.(decimal).append(dst)
	}
	return strconv.AppendInt(dst, int64(v.bits), 10)
}

// appendDouble writes Double.toString: plain from 1e-3 to below 1e7, else
// d.dddE±n, and never one digit alone.
func appendDouble(dst []byte, f float64, size int) []byte {
	switch a := math.Abs(f); {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 0):
		if f < 0 {
			dst = append(dst, '-')
		}
		return append(dst, "Infinity"...)
	case f == 0 || a >= 1e-3 && a < 1e7:
		from := len(dst)
		dst = strconv.AppendFloat(dst, f, 'f', -1, size)
		if bytes.IndexByte(dst[from:], '.') < 0 {
			dst = append(dst, ".0"...)
		}
		return dst
	}
	if digits, ok := wholeDigits(f, size); ok {
		return appendScientific(dst, f < 0, digits)
	}
	var room [32]byte
	text := strconv.AppendFloat(room[:0], f, 'e', -1, size)
	if bytes.IndexByte(text, '.') < 0 {
		text = strconv.AppendFloat(room[:0], f, 'e', 1, size)
	}
	e := bytes.IndexByte(text, 'e')
	power, _ := strconv.Atoi(string(text[e+1:]))
	dst = append(dst, text[:e]...)
	dst = append(dst, 'E')
	return strconv.AppendInt(dst, int64(power), 10)
}

// wholeDigits are the digits of a large whole number as Java before 19 prints
// them: of the exact value all but those that its precision leaves open, which
// can be more than it takes to tell the number from its neighbours.
func wholeDigits(f float64, size int) (uint64, bool) {
	precision := 53
	if size == 32 {
		precision = 24
	}
	_, exponent := math.Frexp(f)
	exponent--
	whole := math.Abs(f)
	if exponent > 62 || whole != math.Trunc(whole) {
		return 0, false
	}
	digits := uint64(whole)
	if open := exponent - precision - 1; open > 1 {
		power := uint64(1)
		for range int(float64(open) * math.Log10(2)) {
			power *= 10
		}
		rest := digits % power
		digits /= power
		if power > 1 && rest >= power/2 {
			digits++
		}
		for range int(float64(open) * math.Log10(2)) {
			digits *= 10
		}
	}
	return digits, true
}

// appendScientific writes digits as d.dddEn.
func appendScientific(dst []byte, negative bool, digits uint64) []byte {
	text := strconv.FormatUint(digits, 10)
	power := len(text) - 1
	text = strings.TrimRight(text, "0")
	if negative {
		dst = append(dst, '-')
	}
	dst = append(dst, text[0], '.')
	if len(text) == 1 {
		text += "0"
	}
	dst = append(dst, text[1:]...)
	dst = append(dst, 'E')
	return strconv.AppendInt(dst, int64(power), 10)
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

func (p *printer) mapText(dst []byte, m *Map) []byte {
	if m.Silent {
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

func (p *printer) json(dst []byte, v Value, slash bool) []byte {
	switch v.kind {
	case KindMap:
		return p.jsonMap(dst, v.ref.(*Map), slash)
	case KindList:
		return p.jsonList(dst, v.ref.(*List), slash)
	case KindNull, KindBoolean:
		return p.append(dst, v)
	case KindFloat, KindDouble:
		if f := v.float64(); math.IsInf(f, 0) {
			return append(dst, "null"...)
		}
		return appendNumber(dst, v)
	}
	if v.isNumber() {
		return appendNumber(dst, v)
	}
	return appendJSONString(dst, string(p.append(nil, v)), slash)
}

func (p *printer) jsonList(dst []byte, l *List, slash bool) []byte {
	dst = append(dst, '[')
	for i := range l.Len() {
		if !p.enter(dst) {
			return dst
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = p.json(dst, l.At(i), slash)
		p.depth--
	}
	return append(dst, ']')
}

func (p *printer) jsonMap(dst []byte, m *Map, slash bool) []byte {
	dst = append(dst, '{')
	for i, e := range m.all() {
		if !p.enter(dst) {
			return dst
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendJSONString(dst, string(p.append(nil, e.key)), slash)
		dst = append(dst, ':')
		dst = p.json(dst, e.value, slash)
		p.depth--
	}
	return append(dst, '}')
}

const upperHex = "0123456789ABCDEF"

// appendJSONString writes a JSON string with json-smart's escapes: U+007F-U+009F
// and U+2000-U+20FF become \uXXXX, and '/' becomes '\/' where slash is set.
func appendJSONString(dst []byte, s string, slash bool) []byte {
	dst = append(dst, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\' || r == '/' && slash:
			dst = append(dst, '\\', byte(r))
		case r < ' ' || r >= 0x7F && r <= 0x9F || r >= 0x2000 && r <= 0x20FF:
			dst = appendControl(dst, r)
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"')
}

func appendControl(dst []byte, r rune) []byte {
	if i := bytes.IndexRune([]byte("\b\t\n\f\r"), r); i >= 0 {
		return append(dst, '\\', "btnfr"[i])
	}
	return append(dst, '\\', 'u', upperHex[r>>12&15], upperHex[r>>8&15], upperHex[r>>4&15], upperHex[r&15])
}

// isASCII says whether bytes and UTF-16 units of s are the same.
func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// length16 is String.length.
func length16(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

// slice16 is String.substring; the bounds must be valid.
func slice16(s string, from, to int) string {
	if isASCII(s) {
		return s[from:to]
	}
	return string(utf16.Decode(utf16.Encode([]rune(s))[from:to]))
}

// offset16 is the UTF-16 index of a byte offset.
func offset16(s string, offset int) int { return length16(s[:offset]) }
