package vtl

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// decimal is Java's BigDecimal: unscaled times ten to the power of -scale.
type decimal struct {
	unscaled *big.Int
	scale    int
}

var (
	ten = big.NewInt(10)
	two = big.NewInt(2)
)

func pow10(n int) *big.Int { return new(big.Int).Exp(ten, big.NewInt(int64(n)), nil) }

// exactDecimal is new BigDecimal(double): every digit of the binary value.
func exactDecimal(f float64) (decimal, bool) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return decimal{}, false
	}
	if f == 0 {
		return decimal{new(big.Int), 0}, true
	}
	fraction, exponent := math.Frexp(f)
	mantissa := big.NewInt(int64(fraction * (1 << 53)))
	exponent -= 53
	for mantissa.Bit(0) == 0 && exponent < 0 {
		mantissa.Rsh(mantissa, 1)
		exponent++
	}
	if exponent >= 0 {
		return decimal{mantissa.Lsh(mantissa, uint(exponent)), 0}, true
	}
	five := new(big.Int).Exp(big.NewInt(5), big.NewInt(int64(-exponent)), nil)
	return decimal{mantissa.Mul(mantissa, five), -exponent}, true
}

// maxScale keeps rescaling within reason: Java would build the same digits.
const maxScale = 10_000

// rescaled brings two decimals to one scale.
func rescaled(a, b decimal) (x, y *big.Int, scale int) {
	x, y = a.unscaled, b.unscaled
	switch {
	case a.scale < b.scale:
		x = new(big.Int).Mul(x, pow10(min(b.scale-a.scale, maxScale)))
		return x, y, b.scale
	case b.scale < a.scale:
		y = new(big.Int).Mul(y, pow10(min(a.scale-b.scale, maxScale)))
	}
	return x, y, a.scale
}

// divide is BigDecimal.divide(b, ROUND_HALF_DOWN): the scale stays a's.
func (a decimal) divide(b decimal) decimal {
	x, y := new(big.Int).Set(a.unscaled), new(big.Int).Set(b.unscaled)
	if b.scale > 0 {
		x.Mul(x, pow10(min(b.scale, maxScale)))
	} else {
		y.Mul(y, pow10(min(-b.scale, maxScale)))
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
	return decimal{quotient, a.scale}
}

func (a decimal) float64() float64 {
	f, _ := strconv.ParseFloat(string(a.append(nil)), 64)
	return f
}

func (a decimal) integer() *big.Int {
	if a.scale <= 0 {
		return new(big.Int).Mul(a.unscaled, pow10(min(-a.scale, maxScale)))
	}
	return new(big.Int).Quo(a.unscaled, pow10(min(a.scale, maxScale)))
}

// append writes BigDecimal.toString.
func (a decimal) append(dst []byte) []byte {
	digits := new(big.Int).Abs(a.unscaled).String()
	if a.unscaled.Sign() < 0 {
		dst = append(dst, '-')
	}
	adjusted := len(digits) - 1 - a.scale
	switch {
	case a.scale == 0:
		return append(dst, digits...)
	case a.scale > 0 && adjusted >= -6:
		if len(digits) <= a.scale {
			digits = strings.Repeat("0", a.scale-len(digits)+1) + digits
		}
		point := len(digits) - a.scale
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
