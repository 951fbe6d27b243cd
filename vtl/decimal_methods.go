package vtl

import (
	"math/big"
	"strconv"
	"strings"
)

// decimalMethod are methods of java.math.BigDecimal.
func (r *Run) decimalMethod(v Value, name string, a arguments) (Value, bool) {
	d := v.ref.(decimal)
	switch {
	case name == "signum" && a.fit(""):
		return int32Value(int64(d.unscaled.Sign())), true
	case name == "scale" && a.fit(""):
		return int32Value(int64(d.scale)), true
	case name == "negate" && a.fit(""):
		return BigDecimal(new(big.Int).Neg(d.unscaled), d.scale), true
	case name == "abs" && a.fit(""):
		return BigDecimal(new(big.Int).Abs(d.unscaled), d.scale), true
	case name == "toPlainString" && a.fit(""):
		return r.plainDecimal(d), true
	case name == "plus" && a.fit(""):
		return v, true
	case name == "precision" && a.fit(""):
		return int32Value(int64(len(new(big.Int).Abs(d.unscaled).String()))), true
	case name == "unscaledValue" && a.fit(""):
		return BigInteger(d.unscaled), true
	case name == "toBigInteger" && a.fit(""):
		return BigInteger(d.integer()), true
	case name == "stripTrailingZeros" && a.fit(""):
		return d.stripped(), true
	case name == "valueOf":
		return r.decimalOf(a)
	case a.fit("i"), a.fit("ii"):
		return r.scaleMethod(d, name, a)
	case len(a) != 1 || a[0].kind != KindBigDecimal:
		return Value{}, false
	case name == "max" || name == "min":
		if (compareNumbers(v, a[0]) >= 0) == (name == "max") || compareNumbers(v, a[0]) == 0 {
			return v, true
		}
		return a[0], true
	case name == "add":
		return r.calculateDecimal(kindPlus, v, a[0]), true
	case name == "subtract":
		return r.calculateDecimal(kindMinus, v, a[0]), true
	case name == "multiply":
		return r.calculateDecimal(kindMultiply, v, a[0]), true
	}
	return Value{}, false
}

// decimalOf is BigDecimal.valueOf: of an integer, with a scale or without, and of
// the digits that a double prints.
func (r *Run) decimalOf(a arguments) (Value, bool) {
	switch {
	case a.fit("j"):
		return BigDecimal(big.NewInt(int64(a[0].bits)), 0), true
	case a.fit("ji"):
		return BigDecimal(big.NewInt(int64(a[0].bits)), a.int(1)), true
	case a.fit("d"):
		whole, part, _ := strings.Cut(strconv.FormatFloat(a[0].asDouble(), 'f', -1, 64), ".")
		if part == "" {
			part = "0"
		}
		if unscaled, ok := new(big.Int).SetString(whole+part, 10); ok {
			return BigDecimal(unscaled, len(part)), true
		}
		r.fail(&MethodError{"valueOf", "infinite or NaN"})
	}
	return Value{}, false
}

func (a decimal) stripped() Value {
	if a.unscaled.Sign() == 0 {
		return BigDecimal(new(big.Int), 0)
	}
	x, scale := new(big.Int).Set(a.unscaled), a.scale
	for {
		quotient, rest := new(big.Int).QuoRem(x, ten, new(big.Int))
		if rest.Sign() != 0 {
			return BigDecimal(x, scale)
		}
		x, scale = quotient, scale-1
	}
}

// scaleMethod are the methods that change or set a scale.
func (r *Run) scaleMethod(d decimal, name string, a arguments) (Value, bool) {
	n := a.int(0)
	if abs(n) > maxScale || abs(d.scale) > maxScale {
		r.fail(ErrTooMuchMemory)
	}
	switch {
	case name == "setScale" && len(a) == 1:
		return r.setScale(d, n, roundUnnecessary), true
	case name == "setScale":
		return r.setScale(d, n, a.int(1)), true
	case len(a) != 1:
		return Value{}, false
	case name == "scaleByPowerOfTen":
		return BigDecimal(d.unscaled, d.scale-n), true
	case name == "movePointLeft" || name == "movePointRight":
		if name == "movePointRight" {
			n = -n
		}
		moved := decimal{d.unscaled, d.scale + n}
		if moved.scale < 0 {
			moved = decimal{moved.integer(), 0}
		}
		return BigDecimal(moved.unscaled, moved.scale), true
	}
	return Value{}, false
}

// Java's constants for rounding, BigDecimal.ROUND_UP and so on.
const (
	roundUp = iota
	roundDown
	roundCeiling
	roundFloor
	roundHalfUp
	roundHalfDown
	roundHalfEven
	roundUnnecessary
)

func (r *Run) setScale(d decimal, scale, rounding int) Value {
	if rounding < roundUp || rounding > roundUnnecessary {
		r.fail(&MethodError{"setScale", "rounding is a number from 0 to 7"})
	}
	if scale >= d.scale {
		return BigDecimal(new(big.Int).Mul(d.unscaled, pow10(scale-d.scale)), scale)
	}
	divisor := pow10(d.scale - scale)
	quotient, rest := new(big.Int).QuoRem(d.unscaled, divisor, new(big.Int))
	if rest.Sign() == 0 {
		return BigDecimal(quotient, scale)
	}
	if rounding == roundUnnecessary {
		r.fail(&MethodError{"setScale", "rounding is necessary: give a second argument, 4 is half up"})
	}
	half := new(big.Int).Mul(rest, two).CmpAbs(divisor)
	if awayFromZero(rounding, half, rest.Sign(), quotient.Bit(0) == 1) {
		quotient.Add(quotient, big.NewInt(int64(rest.Sign())))
	}
	return BigDecimal(quotient, scale)
}

// awayFromZero says whether a rest of that sign, which is less than, equal to or
// more than a half, makes the quotient one more.
func awayFromZero(rounding, half, sign int, odd bool) bool {
	switch rounding {
	case roundUp:
		return true
	case roundCeiling:
		return sign > 0
	case roundFloor:
		return sign < 0
	case roundHalfUp:
		return half >= 0
	case roundHalfDown:
		return half > 0
	case roundHalfEven:
		return half > 0 || half == 0 && odd
	}
	return false
}

func (r *Run) plainDecimal(d decimal) Value {
	if abs(d.scale) > maxScale {
		r.fail(ErrStringTooLong)
	}
	x, _, scale := rescaled(d, decimal{new(big.Int), 0})
	if scale == 0 {
		return r.text(x.String())
	}
	digits := new(big.Int).Abs(x).String()
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale-len(digits)+1) + digits
	}
	text := digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	if x.Sign() < 0 {
		text = "-" + text
	}
	return r.text(text)
}
