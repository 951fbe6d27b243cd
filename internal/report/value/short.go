package value

import (
	"math"
	"strconv"
)

// A Short is a decimal number of at most 15 digits, Unscaled / 10^Scale: what most numbers
// of reports are. It is written and added without a text in between.
type Short struct {
	Unscaled int64
	Scale    int
}

// A decimal of up to 15 digits is read back from the nearest double as itself.
const (
	shortDigits   = 15
	shortUnscaled = 1e15
)

// ShortInt is an integer; ok is false where it has more digits.
func ShortInt(n int64) (short Short, ok bool) {
	return Short{Unscaled: n}, n > -shortUnscaled && n < shortUnscaled
}

// ShortDouble is the decimal that strconv writes for a binary number in its shortest form.
// ok is false where that has more than 4 decimals or 15 digits, and for other numbers that
// are not finite.
func ShortDouble(f float64) (short Short, ok bool) {
	for _, scale := range [...]int{0, 2, 4} {
		power := float64(tens[scale])
		scaled := math.Round(f * power)
		// The division rounds to the nearest double, as reading the decimal does. No shorter
		// decimal reads back as f, since no two of 15 digits read back as one double.
		if math.Abs(scaled) < shortUnscaled && scaled/power == f {
			return Short{int64(scaled), scale}, true
		}
	}
	return Short{}, false
}

// ShortPlain is a number in plain notation; ok is false where it is written with more than
// 15 digits.
func ShortPlain(plain string) (short Short, ok bool) {
	if len(plain) > shortDigits+len("-.") {
		return Short{}, false
	}
	short.Unscaled, short.Scale, ok = smallDigits(plain)
	return short, ok && short.Unscaled > -shortUnscaled && short.Unscaled < shortUnscaled
}

// Append writes the number in plain notation, without zeros at the end of its decimals.
func (s Short) Append(to []byte) []byte {
	n := s.Unscaled
	if n < 0 {
		to, n = append(to, '-'), -n
	}
	if s.Scale == 0 {
		return strconv.AppendInt(to, n, 10)
	}
	power := int64(tens[s.Scale])
	to = strconv.AppendInt(to, n/power, 10)
	if n %= power; n == 0 {
		return to
	}
	to = append(to, '.')
	for n > 0 {
		power /= 10
		to, n = append(to, byte('0'+n/power)), n%power
	}
	return to
}
