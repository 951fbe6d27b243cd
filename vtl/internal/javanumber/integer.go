package javanumber

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// ParseInteger is Integer.parseInt and its like for integers of so many bits.
func ParseInteger(s string, radix, size int) (i int64, ok bool) {
	i, err := strconv.ParseInt(s, radix, size)
	return i, err == nil && !strings.Contains(s, "_") && IsRadix(radix)
}

// ParseUnsigned is Integer.parseUnsignedInt and Long.parseUnsignedLong.
func ParseUnsigned(s string, radix, size int) (u uint64, ok bool) {
	u, err := strconv.ParseUint(strings.TrimPrefix(s, "+"), radix, size)
	return u, err == nil && IsRadix(radix) && !strings.Contains(s, "_")
}

// Decode is Integer.decode and its like: decimal, octal behind 0, hexadecimal
// behind 0x or #.
func Decode(s string, size int) (i int64, ok bool) {
	s = decodable(s)
	i, err := strconv.ParseInt(s, 0, size)
	return i, err == nil && !strings.Contains(s, "_")
}

// decodable rewrites a text for Go's parser: '#' becomes 0x, and prefixes that
// only Go knows, 0b and 0o, are refused.
func decodable(s string) string {
	sign := ""
	if s != "" && (s[0] == '-' || s[0] == '+') {
		sign, s = s[:1], s[1:]
	}
	if len(s) > 1 && s[0] == '0' && strings.IndexByte("bBoO", s[1]) >= 0 {
		return ""
	}
	if rest, ok := strings.CutPrefix(s, "#"); ok {
		s = "0x" + rest
	}
	return sign + s
}

// IsRadix says whether Java knows a radix, Character.MIN_RADIX to MAX_RADIX.
func IsRadix(i int) bool { return i >= 2 && i <= 36 }

// Radix is a radix as Integer.toString takes it: 10 where it is none.
func Radix(i int) int {
	if !IsRadix(i) {
		return 10
	}
	return i
}

// Saturate is the cast of a double to an integer with these bounds (JLS 5.1.3):
// NaN is 0, and what is beyond a bound is that bound.
func Saturate(f float64, low, high int64) int64 {
	switch {
	case math.IsNaN(f):
		return 0
	case f <= float64(low):
		return low
	case f >= float64(high):
		return high
	}
	return int64(f)
}

// Wrap is BigInteger.longValue: the lowest 64 bits.
func Wrap(i *big.Int) int64 {
	var low big.Int
	low.And(i, new(big.Int).SetUint64(math.MaxUint64))
	return int64(low.Uint64())
}

// HashBig is BigInteger.hashCode.
func HashBig(i *big.Int) int32 {
	h := int32(0)
	magnitude := new(big.Int).Abs(i).Bytes()
	for len(magnitude)%4 != 0 {
		magnitude = append([]byte{0}, magnitude...)
	}
	for at := 0; at < len(magnitude); at += 4 {
		word := uint32(magnitude[at])<<24 | uint32(magnitude[at+1])<<16 | uint32(magnitude[at+2])<<8 | uint32(magnitude[at+3])
		h = 31*h + int32(word)
	}
	return h * int32(i.Sign())
}
