package javanumber

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// Decimal is Java's BigDecimal: Unscaled times ten to the power of -Scale.
// Unscaled is shared by copies and must not change.
type Decimal struct {
	Unscaled *big.Int
	Scale    int
}

var (
	ten = big.NewInt(10)
	two = big.NewInt(2)
)

func pow10(n int) *big.Int { return new(big.Int).Exp(ten, big.NewInt(int64(n)), nil) }

// ExactDecimal is new BigDecimal(double): every digit of the binary value. ok is
// false for NaN and infinities.
func ExactDecimal(f float64) (d Decimal, ok bool) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Decimal{}, false
	}
	if f == 0 {
		return Decimal{new(big.Int), 0}, true
	}
	fraction, exponent := math.Frexp(f)
	mantissa := big.NewInt(int64(fraction * (1 << 53)))
	exponent -= 53
	for mantissa.Bit(0) == 0 && exponent < 0 {
		mantissa.Rsh(mantissa, 1)
		exponent++
	}
	if exponent >= 0 {
		return Decimal{mantissa.Lsh(mantissa, uint(exponent)), 0}, true
	}
	five := new(big.Int).Exp(big.NewInt(5), big.NewInt(int64(-exponent)), nil)
	return Decimal{mantissa.Mul(mantissa, five), -exponent}, true
}

// MaxScale bounds how far a decimal is rescaled, and so how many digits it may
// get. Java has no such bound; callers refuse larger scales, which would take
// too much memory.
const MaxScale = 10_000

// Rescaled brings two decimals to one scale.
func Rescaled(a, b Decimal) (x, y *big.Int, scale int) {
	x, y = a.Unscaled, b.Unscaled
	switch {
	case a.Scale < b.Scale:
		x = new(big.Int).Mul(x, pow10(min(b.Scale-a.Scale, MaxScale)))
		return x, y, b.Scale
	case b.Scale < a.Scale:
		y = new(big.Int).Mul(y, pow10(min(a.Scale-b.Scale, MaxScale)))
	}
	return x, y, a.Scale
}

// Divide is BigDecimal.divide(b, ROUND_HALF_DOWN): the scale stays a's.
func (a Decimal) Divide(b Decimal) Decimal {
	x, y := new(big.Int).Set(a.Unscaled), new(big.Int).Set(b.Unscaled)
	if b.Scale > 0 {
		x.Mul(x, pow10(min(b.Scale, MaxScale)))
	} else {
		y.Mul(y, pow10(min(-b.Scale, MaxScale)))
	}
	quotient, rest := new(big.Int).QuoRem(x, y, new(big.Int))
	rest.Abs(rest.Mul(rest, two))
	if rest.CmpAbs(y) > 0 {
		if (x.Sign() < 0) != (y.Sign() < 0) {
			quotient.Sub(quotient, big.NewInt(1))
		} else {
			quotient.Add(quotient, big.NewInt(1))
		}
	}
	return Decimal{quotient, a.Scale}
}

// Float64 is BigDecimal.doubleValue.
func (a Decimal) Float64() float64 {
	f, _ := strconv.ParseFloat(string(a.Append(nil)), 64)
	return f
}

// Integer is BigDecimal.toBigInteger: without the fraction.
func (a Decimal) Integer() *big.Int {
	if a.Scale <= 0 {
		return new(big.Int).Mul(a.Unscaled, pow10(min(-a.Scale, MaxScale)))
	}
	return new(big.Int).Quo(a.Unscaled, pow10(min(a.Scale, MaxScale)))
}

// Append appends BigDecimal.toString.
func (a Decimal) Append(dst []byte) []byte {
	digits := new(big.Int).Abs(a.Unscaled).String()
	if a.Unscaled.Sign() < 0 {
		dst = append(dst, '-')
	}
	adjusted := len(digits) - 1 - a.Scale
	switch {
	case a.Scale == 0:
		return append(dst, digits...)
	case a.Scale > 0 && adjusted >= -6:
		if len(digits) <= a.Scale {
			digits = strings.Repeat("0", a.Scale-len(digits)+1) + digits
		}
		point := len(digits) - a.Scale
		dst = append(dst, digits[:point]...)
		dst = append(dst, '.')
		return append(dst, digits[point:]...)
	}
	dst = append(dst, digits[0])
	if len(digits) > 1 {
		dst = append(dst, '.')
		dst = append(dst, digits[1:]...)
	}
	if adjusted != 0 {
		dst = append(dst, 'E')
		if adjusted > 0 {
			dst = append(dst, '+')
		}
		dst = strconv.AppendInt(dst, int64(adjusted), 10)
	}
	return dst
}

// Stripped is BigDecimal.stripTrailingZeros.
func (a Decimal) Stripped() Decimal {
	if a.Unscaled.Sign() == 0 {
		return Decimal{new(big.Int), 0}
	}
	x, scale := new(big.Int).Set(a.Unscaled), a.Scale
	for {
		quotient, rest := new(big.Int).QuoRem(x, ten, new(big.Int))
		if rest.Sign() != 0 {
			return Decimal{x, scale}
		}
		x, scale = quotient, scale-1
	}
}

// MovePointLeft is BigDecimal.movePointLeft, and movePointRight for n below zero.
func (a Decimal) MovePointLeft(n int) Decimal {
	moved := Decimal{a.Unscaled, a.Scale + n}
	if moved.Scale < 0 {
		return Decimal{moved.Integer(), 0}
	}
	return moved
}

// Plain is BigDecimal.toPlainString. Its length is about the number of digits
// plus the scale: compare the scale with [MaxScale] before.
func (a Decimal) Plain() string {
	x, _, scale := Rescaled(a, Decimal{new(big.Int), 0})
	if scale == 0 {
		return x.String()
	}
	digits := new(big.Int).Abs(x).String()
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale-len(digits)+1) + digits
	}
	text := digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	if x.Sign() < 0 {
		text = "-" + text
	}
	return text
}

// DecimalOfDouble is BigDecimal.valueOf(double): the digits that the double
// prints. ok is false for NaN and infinities.
func DecimalOfDouble(f float64) (d Decimal, ok bool) {
	whole, part, _ := strings.Cut(strconv.FormatFloat(f, 'f', -1, 64), ".")
	if part == "" {
		part = "0"
	}
	unscaled, ok := new(big.Int).SetString(whole+part, 10)
	return Decimal{unscaled, len(part)}, ok
}
