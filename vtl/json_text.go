package vtl

import (
	"bytes"
	"math"
	"unicode/utf8"
)

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
