package jsonvalue

import (
	"bytes"
	"math"
	"strconv"
	"strings"
)

// scanNumber is the length of the RFC 8259 number at the start of s, 0 when
// there is none, and whether it has a point or an exponent.
func scanNumber(s string) (length int, fraction bool) {
	i := 0
	if i < len(s) && s[i] == '-' {
		i++
	}
	first := i
	i = digits(s, i)
	if i == first || s[first] == '0' && i > first+1 {
		return 0, false
	}
	if i < len(s) && s[i] == '.' {
		fraction = true
		point := i + 1
		if i = digits(s, point); i == point {
			return 0, false
		}
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		fraction = true
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		power := i
		if i = digits(s, power); i == power {
			return 0, false
		}
	}
	return i, fraction
}

func digits(s string, i int) int {
	for i < len(s) && s[i]-'0' <= 9 {
		i++
	}
	return i
}

// numberKind is the Java class that json-smart makes of a literal.
func numberKind(literal string, fraction bool) Kind {
	switch {
	case !fraction:
		return Integer
	case len(literal) > 18:
		return Decimal
	default:
		return Double
	}
}

// canonicalNumber says whether Java prints the literal as it is written. It may
// be false where Java would print the same text, never true where not.
func canonicalNumber(s string, kind Kind) bool {
	if kind == Integer {
		return s != "-0"
	}
	if kind != Double {
		return false
	}
	s = strings.TrimPrefix(s, "-")
	whole, part, found := strings.Cut(s, ".")
	switch {
	case !found, len(whole) > 7, len(s) > 16, strings.ContainsAny(part, "eE"):
		return false
	case part == "0":
		return true
	case part[len(part)-1] == '0':
		return false
	case whole == "0":
		return len(part)-len(strings.TrimLeft(part, "0")) < 3
	}
	return true
}

func (v Value) appendNumber(dst []byte) []byte {
	n := v.node()
	s := v.d.text(n)
	if n.flags&flagNonCanonical == 0 {
		return append(dst, s...)
	}
	switch n.kind {
	case Double:
		f, _ := strconv.ParseFloat(s, 64)
		return AppendDouble(dst, f)
	case Decimal:
		return AppendDecimal(dst, s)
	default:
		return appendInteger(dst, s)
	}
}

// appendInteger drops what BigInteger does not keep: leading zeros and the sign
// of zero. json-smart reads a lone '-' as 0.
func appendInteger(dst []byte, s string) []byte {
	rest, negative := strings.CutPrefix(s, "-")
	rest = strings.TrimLeft(rest, "0")
	if rest == "" {
		return append(dst, '0')
	}
	if negative {
		dst = append(dst, '-')
	}
	return append(dst, rest...)
}

// AppendDouble appends f as Java's Double.toString writes it: 2.0, 1.0E7,
// 1.0E-4, NaN, Infinity.
func AppendDouble(dst []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	}
	if a := math.Abs(f); f == 0 || a >= 1e-3 && a < 1e7 {
		start := len(dst)
		dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
		if bytes.IndexByte(dst[start:], '.') < 0 {
			dst = append(dst, ".0"...)
		}
		return dst
	}
	return appendScientific(dst, f)
}

// appendScientific turns Go's d.ddde±0n into Java's d.dddE±n. Java never prints
// one digit alone: where one would do, it takes the nearest two (4.9E-324).
func appendScientific(dst []byte, f float64) []byte {
	var room [32]byte
	text := strconv.AppendFloat(room[:0], f, 'e', -1, 64)
	if bytes.IndexByte(text, '.') < 0 {
		text = strconv.AppendFloat(room[:0], f, 'e', 1, 64)
	}
	e := bytes.IndexByte(text, 'e')
	power, _ := strconv.Atoi(string(text[e+1:]))
	dst = append(dst, text[:e]...)
	dst = append(dst, 'E')
	return strconv.AppendInt(dst, int64(power), 10)
}

// bounded says whether BigDecimal can hold the literal: its scale is an int.
func bounded(literal string, kind Kind) bool {
	if kind != Decimal {
		return true
	}
	m := mantissa(literal)
	power := int64(0)
	if len(m) < len(literal) {
		var err error
		if power, err = strconv.ParseInt(literal[len(m)+1:], 10, 64); err != nil || power != int64(int32(power)) {
			return false
		}
	}
	_, part, _ := strings.Cut(m, ".")
	scale := int64(len(part)) - power
	return scale == int64(int32(scale))
}

// AppendDecimal appends a number literal as Java's BigDecimal.toString writes it:
// all digits kept, plain while the exponent is between -6 and 0, else d.dddE±n.
func AppendDecimal(dst []byte, s string) []byte {
	if rest, negative := strings.CutPrefix(s, "-"); negative {
		s = rest
		if strings.ContainsAny(mantissa(s), "123456789") {
			dst = append(dst, '-')
		}
	}
	digits, scale := decimalParts(s)
	adjusted := len(digits) - 1 - scale
	if scale >= 0 && adjusted >= -6 {
		return appendPlain(dst, digits, scale)
	}
	dst = append(dst, digits[0])
	if len(digits) > 1 {
		dst = append(dst, '.')
		dst = append(dst, digits[1:]...)
	}
	if adjusted == 0 {
		return dst
	}
	dst = append(dst, 'E')
	if adjusted > 0 {
		dst = append(dst, '+')
	}
	return strconv.AppendInt(dst, int64(adjusted), 10)
}

func mantissa(s string) string {
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		return s[:i]
	}
	return s
}

// decimalParts is BigDecimal's pair: the value is digits times ten to the -scale.
func decimalParts(s string) (digits string, scale int) {
	m := mantissa(s)
	if len(m) < len(s) {
		power, _ := strconv.Atoi(s[len(m)+1:])
		scale = -power
	}
	whole, part, _ := strings.Cut(m, ".")
	digits = strings.TrimLeft(whole+part, "0")
	if digits == "" {
		digits = "0"
	}
	return digits, scale + len(part)
}

func appendPlain(dst []byte, digits string, scale int) []byte {
	if scale == 0 {
		return append(dst, digits...)
	}
	if whole := len(digits) - scale; whole > 0 {
		dst = append(dst, digits[:whole]...)
		dst = append(dst, '.')
		return append(dst, digits[whole:]...)
	}
	dst = append(dst, "0."...)
	for range scale - len(digits) {
		dst = append(dst, '0')
	}
	return append(dst, digits...)
}
