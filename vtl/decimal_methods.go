package vtl

import (
	"errors"
	"math/big"

	"github.com/pasarela-ws/pasarela/vtl/internal/javanumber"
	"github.com/pasarela-ws/pasarela/vtl/internal/syntax"
)

func (v Value) decimal() javanumber.Decimal { return v.ref.(javanumber.Decimal) }

// decimalMethods are those of java.math.BigDecimal.
var decimalMethods = []method{
	{"signum", "", 0, func(_ *Run, v Value, _ arguments) Value { return int32Value(int64(v.decimal().Unscaled.Sign())) }},
	{"scale", "", 0, func(_ *Run, v Value, _ arguments) Value { return int32Value(int64(v.decimal().Scale)) }},
	{"precision", "", 0, func(_ *Run, v Value, _ arguments) Value {
		return int32Value(int64(len(new(big.Int).Abs(v.decimal().Unscaled).String())))
	}},
	{"negate", "", 0, func(_ *Run, v Value, _ arguments) Value {
		return BigDecimal(new(big.Int).Neg(v.decimal().Unscaled), v.decimal().Scale)
	}},
	{"abs", "", 0, func(_ *Run, v Value, _ arguments) Value {
		return BigDecimal(new(big.Int).Abs(v.decimal().Unscaled), v.decimal().Scale)
	}},
	{"plus", "", 0, func(_ *Run, v Value, _ arguments) Value { return v }},
	{"unscaledValue", "", 0, func(_ *Run, v Value, _ arguments) Value { return BigInteger(v.decimal().Unscaled) }},
	{"toBigInteger", "", 0, func(_ *Run, v Value, _ arguments) Value { return BigInteger(v.decimal().Integer()) }},
	{"stripTrailingZeros", "", 0, func(_ *Run, v Value, _ arguments) Value { return decimalValue(v.decimal().Stripped()) }},
	{"toPlainString", "", 0, func(r *Run, v Value, _ arguments) Value {
		d := v.decimal()
		if abs(d.Scale) > javanumber.MaxScale {
			r.fail(ErrStringTooLong)
		}
		return r.text(d.Plain())
	}},

	{"valueOf", "j", 0, func(_ *Run, _ Value, a arguments) Value { return BigDecimal(big.NewInt(int64(a[0].bits)), 0) }},
	{"valueOf", "ji", 0, func(_ *Run, _ Value, a arguments) Value { return BigDecimal(big.NewInt(int64(a[0].bits)), a.int(1)) }},
	{"valueOf", "d", 0, func(r *Run, _ Value, a arguments) Value {
		d, ok := javanumber.DecimalOfDouble(a[0].asDouble())
		if !ok {
			r.refuse("valueOf", "not_finite")
		}
		return decimalValue(d)
	}},

	{"setScale", "i", 0, func(r *Run, v Value, a arguments) Value {
		return r.setScale(v.decimal(), a.int(0), javanumber.RoundUnnecessary)
	}},
	{"setScale", "ii", 0, func(r *Run, v Value, a arguments) Value {
		return r.setScale(v.decimal(), a.int(0), javanumber.Rounding(a.int(1)))
	}},
	{"scaleByPowerOfTen", "i", 0, func(r *Run, v Value, a arguments) Value {
		d := v.decimal()
		r.checkScale(d, a.int(0))
		return BigDecimal(d.Unscaled, d.Scale-a.int(0))
	}},
	{"movePointLeft", "i", 0, func(r *Run, v Value, a arguments) Value { return r.movePoint(v.decimal(), a.int(0)) }},
	{"movePointRight", "i", 0, func(r *Run, v Value, a arguments) Value { return r.movePoint(v.decimal(), -a.int(0)) }},

	{"max", "D", 0, func(_ *Run, v Value, a arguments) Value {
		if compareNumbers(v, a[0]) >= 0 {
			return v
		}
		return a[0]
	}},
	{"min", "D", 0, func(_ *Run, v Value, a arguments) Value {
		if compareNumbers(v, a[0]) <= 0 {
			return v
		}
		return a[0]
	}},
	{"add", "D", 0, func(r *Run, v Value, a arguments) Value { return r.calculateDecimal(syntax.KindPlus, v, a[0]) }},
	{"subtract", "D", 0, func(r *Run, v Value, a arguments) Value { return r.calculateDecimal(syntax.KindMinus, v, a[0]) }},
	{"multiply", "D", 0, func(r *Run, v Value, a arguments) Value { return r.calculateDecimal(syntax.KindMultiply, v, a[0]) }},
}

// checkScale refuses scales above the bound on a number's digits.
func (r *Run) checkScale(d javanumber.Decimal, n int) {
	if abs(n) > javanumber.MaxScale || abs(d.Scale) > javanumber.MaxScale {
		r.fail(ErrTooMuchMemory)
	}
}

func (r *Run) setScale(d javanumber.Decimal, scale int, rounding javanumber.Rounding) Value {
	r.checkScale(d, scale)
	scaled, err := d.SetScale(scale, rounding)
	if err != nil {
		r.refuse("setScale", roundingProblem(err))
	}
	return decimalValue(scaled)
}

func roundingProblem(err error) string {
	if errors.Is(err, javanumber.ErrRoundingNecessary) {
		return "rounding_necessary"
	}
	return "rounding"
}

func (r *Run) movePoint(d javanumber.Decimal, left int) Value {
	r.checkScale(d, left)
	return decimalValue(d.MovePointLeft(left))
}
