package vtl

import (
	"math/big"

	"github.com/pasarela-ws/pasarela/vtl/internal/javanumber"
	"github.com/pasarela-ws/pasarela/vtl/internal/syntax"
)

// decimalMethod are methods of java.math.BigDecimal.
func (r *Run) decimalMethod(v Value, name string, a arguments) (Value, bool) {
	d := v.ref.(javanumber.Decimal)
	switch {
	case name == "signum" && a.fit(""):
		return int32Value(int64(d.Unscaled.Sign())), true
	case name == "scale" && a.fit(""):
		return int32Value(int64(d.Scale)), true
	case name == "negate" && a.fit(""):
		return BigDecimal(new(big.Int).Neg(d.Unscaled), d.Scale), true
	case name == "abs" && a.fit(""):
		return BigDecimal(new(big.Int).Abs(d.Unscaled), d.Scale), true
	case name == "toPlainString" && a.fit(""):
		if abs(d.Scale) > javanumber.MaxScale {
			r.fail(ErrStringTooLong)
		}
		return r.text(d.Plain()), true
	case name == "plus" && a.fit(""):
		return v, true
	case name == "precision" && a.fit(""):
		return int32Value(int64(len(new(big.Int).Abs(d.Unscaled).String()))), true
	case name == "unscaledValue" && a.fit(""):
		return BigInteger(d.Unscaled), true
	case name == "toBigInteger" && a.fit(""):
		return BigInteger(d.Integer()), true
	case name == "stripTrailingZeros" && a.fit(""):
		return decimalValue(d.Stripped()), true
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
		return r.calculateDecimal(syntax.KindPlus, v, a[0]), true
	case name == "subtract":
		return r.calculateDecimal(syntax.KindMinus, v, a[0]), true
	case name == "multiply":
		return r.calculateDecimal(syntax.KindMultiply, v, a[0]), true
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
		if d, ok := javanumber.DecimalOfDouble(a[0].asDouble()); ok {
			return decimalValue(d), true
		}
		r.fail(&MethodError{"valueOf", "infinite or NaN"})
	}
	return Value{}, false
}

// scaleMethod are the methods that change or set a scale.
func (r *Run) scaleMethod(d javanumber.Decimal, name string, a arguments) (Value, bool) {
	n := a.int(0)
	if abs(n) > javanumber.MaxScale || abs(d.Scale) > javanumber.MaxScale {
		r.fail(ErrTooMuchMemory)
	}
	switch {
	case name == "setScale" && len(a) == 1:
		return r.setScale(d, n, javanumber.RoundUnnecessary), true
	case name == "setScale":
		return r.setScale(d, n, javanumber.Rounding(a.int(1))), true
	case len(a) != 1:
		return Value{}, false
	case name == "scaleByPowerOfTen":
		return BigDecimal(d.Unscaled, d.Scale-n), true
	case name == "movePointLeft" || name == "movePointRight":
		if name == "movePointRight" {
			n = -n
		}
		return decimalValue(d.MovePointLeft(n)), true
	}
	return Value{}, false
}

func (r *Run) setScale(d javanumber.Decimal, scale int, rounding javanumber.Rounding) Value {
	scaled, err := d.SetScale(scale, rounding)
	if err != nil {
		r.fail(&MethodError{"setScale", err.Error()})
	}
	return decimalValue(scaled)
}
