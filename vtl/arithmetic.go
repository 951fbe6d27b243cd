package vtl

import (
	"math"
	"math/big"

	"github.com/pasarela-ws/pasarela/vtl/internal/javanumber"
	"github.com/pasarela-ws/pasarela/vtl/internal/syntax"
)

// base is the type in which a calculation is done
// (MathUtils.findCalculationBase).
type base uint8

const (
	baseLong base = iota
	baseFloat
	baseDouble
	baseBigInteger
	baseBigDecimal
)

func baseOf(a, b Value) base {
	big := a.kind == KindBigInteger || b.kind == KindBigInteger
	switch integers := a.isInteger() && b.isInteger(); {
	case a.kind == KindBigDecimal || b.kind == KindBigDecimal || !integers && big:
		return baseBigDecimal
	case integers && big:
		return baseBigInteger
	case integers:
		return baseLong
	case a.kind == KindDouble || b.kind == KindDouble:
		return baseDouble
	}
	return baseFloat
}

// asDouble is Number.doubleValue.
func (v Value) asDouble() float64 {
	switch v.kind {
	case KindFloat, KindDouble:
		return v.float64()
	case KindBigInteger:
		f, _ := new(big.Float).SetInt(v.ref.(*big.Int)).Float64()
		return f
	case KindBigDecimal:
		return v.ref.(javanumber.Decimal).Float64()
	}
	return float64(int64(v.bits))
}

// asFloat is Number.floatValue.
func (v Value) asFloat() float32 {
	if v.isInteger() && v.kind != KindBigInteger {
		return float32(int64(v.bits))
	}
	return float32(v.asDouble())
}

// asLong is Number.longValue: doubles saturate, big numbers wrap.
func (v Value) asLong() int64 {
	switch v.kind {
	case KindFloat, KindDouble:
		return javanumber.Saturate(v.float64(), math.MinInt64, math.MaxInt64)
	case KindBigInteger:
		return javanumber.Wrap(v.ref.(*big.Int))
	case KindBigDecimal:
		return javanumber.Wrap(v.ref.(javanumber.Decimal).Integer())
	}
	return int64(v.bits)
}

// asInt is Number.intValue.
func (v Value) asInt() int32 {
	if v.kind == KindFloat || v.kind == KindDouble {
		return int32(javanumber.Saturate(v.float64(), math.MinInt32, math.MaxInt32))
	}
	return int32(v.asLong())
}

func (v Value) asBigInteger() *big.Int {
	if v.kind == KindBigInteger {
		return v.ref.(*big.Int)
	}
	return big.NewInt(v.asLong())
}

func (v Value) asDecimal() (javanumber.Decimal, bool) {
	switch v.kind {
	case KindBigDecimal:
		return v.ref.(javanumber.Decimal), true
	case KindBigInteger:
		return javanumber.Decimal{Unscaled: v.ref.(*big.Int)}, true
	}
	return javanumber.ExactDecimal(v.asDouble())
}

func (v Value) isZero() bool {
	switch v.kind {
	case KindBigInteger:
		return v.ref.(*big.Int).Sign() == 0
	case KindBigDecimal:
		return v.ref.(javanumber.Decimal).Unscaled.Sign() == 0
	}
	return v.asDouble() == 0
}

// wrap gives a result the wider type of the two operands, or the next wider one
// where it does not fit.
func wrap(i int64, a, b Value) Value {
	k := max(a.kind, b.kind)
	if k == KindByte && i != int64(int8(i)) {
		k = KindShort
	}
	if k == KindShort && i != int64(int16(i)) {
		k = KindInteger
	}
	if k == KindInteger && i != int64(int32(i)) {
		k = KindLong
	}
	return Value{kind: k, bits: uint64(i)}
}

// calculate is one of + - * / %. The result is null for a zero divisor and for
// operands that are not numbers, as in Velocity.
func (r *Run) calculate(operator syntax.Kind, a, b Value) Value {
	if !a.isNumber() || !b.isNumber() {
		return Value{}
	}
	if (operator == syntax.KindDivide || operator == syntax.KindModulus) && b.isZero() {
		return Value{}
	}
	switch baseOf(a, b) {
	case baseLong:
		return calculateLong(operator, a, b)
	case baseFloat:
		return float(float32(calculateDouble(operator, float64(a.asFloat()), float64(b.asFloat()))))
	case baseDouble:
		return Double(calculateDouble(operator, a.asDouble(), b.asDouble()))
	case baseBigInteger:
		return r.calculateBig(operator, a.asBigInteger(), b.asBigInteger())
	}
	return r.calculateDecimal(operator, a, b)
}

// calculateLong computes with whole numbers of 64 bits; what overflows becomes a BigInteger,
// as in Velocity.
func calculateLong(operator syntax.Kind, a, b Value) Value {
	x, y := int64(a.bits), int64(b.bits)
	switch operator {
	case syntax.KindPlus:
		if sum := x + y; (sum^x)&(sum^y) >= 0 {
			return wrap(sum, a, b)
		}
		return BigInteger(new(big.Int).Add(big.NewInt(x), big.NewInt(y)))
	case syntax.KindMinus:
		if difference := x - y; (x^y)&(difference^x) >= 0 {
			return wrap(difference, a, b)
		}
		return BigInteger(new(big.Int).Sub(big.NewInt(x), big.NewInt(y)))
	case syntax.KindMultiply:
		product := x * y
		if y != 0 && product/y != x {
			return BigInteger(new(big.Int).Mul(big.NewInt(x), big.NewInt(y)))
		}
		return wrap(product, a, b)
	case syntax.KindDivide:
		return wrap(x/y, a, b)
	}
	return wrap(x%y, a, b)
}

func calculateDouble(operator syntax.Kind, x, y float64) float64 {
	switch operator {
	case syntax.KindPlus:
		return x + y
	case syntax.KindMinus:
		return x - y
	case syntax.KindMultiply:
		return x * y
	case syntax.KindDivide:
		return x / y
	}
	return math.Mod(x, y)
}

// maxBits bounds the size of big integers: squaring in a loop doubles it each
// time.
const maxBits = 1 << 20

// calculateBig computes with BigIntegers; a negative modulus refuses, as in Java.
func (r *Run) calculateBig(operator syntax.Kind, x, y *big.Int) Value {
	if x.BitLen()+y.BitLen() > maxBits {
		r.fail(ErrTooMuchMemory)
	}
	r.work(x.BitLen() + y.BitLen())
	var z big.Int
	switch operator {
	case syntax.KindPlus:
		z.Add(x, y)
	case syntax.KindMinus:
		z.Sub(x, y)
	case syntax.KindMultiply:
		z.Mul(x, y)
	case syntax.KindDivide:
		z.Quo(x, y)
	default:
		if y.Sign() < 0 {
			r.refuse("%", "negative_modulus")
		}
		z.Mod(x, y)
	}
	return BigInteger(&z)
}

// calculateDecimal computes with decimals as Java's BigDecimal does; one of the two may be
// another number. Memory is bounded by the sum of their digits and scales.
func (r *Run) calculateDecimal(operator syntax.Kind, a, b Value) Value {
	x, ok := a.asDecimal()
	y, ok2 := b.asDecimal()
	if !ok || !ok2 {
		r.refuse(operator.String(), "not_finite")
	}
	if x.Unscaled.BitLen()+y.Unscaled.BitLen() > maxBits || abs(x.Scale)+abs(y.Scale) > javanumber.MaxScale {
		r.fail(ErrTooMuchMemory)
	}
	r.work(x.Unscaled.BitLen() + y.Unscaled.BitLen() + abs(x.Scale) + abs(y.Scale))
	switch operator {
	case syntax.KindPlus, syntax.KindMinus:
		p, q, scale := javanumber.Rescaled(x, y)
		if operator == syntax.KindPlus {
			return BigDecimal(new(big.Int).Add(p, q), scale)
		}
		return BigDecimal(new(big.Int).Sub(p, q), scale)
	case syntax.KindMultiply:
		return BigDecimal(new(big.Int).Mul(x.Unscaled, y.Unscaled), x.Scale+y.Scale)
	case syntax.KindDivide:
		d := x.Divide(y)
		return BigDecimal(d.Unscaled, d.Scale)
	}
	r.refuse("%", "decimal_remainder")
	return Value{}
}

func abs(i int) int {
	if i < 0 {
		return -i
	}
	return i
}

// compareNumbers is MathUtils.compare. Doubles that are not ordered, NaN, count
// as equal.
func compareNumbers(a, b Value) int {
	switch baseOf(a, b) {
	case baseLong:
		return order(int64(a.bits), int64(b.bits))
	case baseFloat:
		return order(a.asFloat(), b.asFloat())
	case baseDouble:
		return order(a.asDouble(), b.asDouble())
	case baseBigInteger:
		return a.asBigInteger().Cmp(b.asBigInteger())
	}
	x, ok := a.asDecimal()
	y, ok2 := b.asDecimal()
	if !ok || !ok2 {
		return order(a.asDouble(), b.asDouble())
	}
	p, q, _ := javanumber.Rescaled(x, y)
	return p.Cmp(q)
}

func order[T int64 | uint64 | float32 | float64 | int](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
