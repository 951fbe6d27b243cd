package vtl

import (
	"math"
	"math/big"
)

// numberMethod is a method of a number, or a static one of its class.
func (r *Run) numberMethod(v Value, name string, a arguments) (Value, bool) {
	if len(a) == 0 {
		if converted, ok := convert(v, name); ok {
			return converted, true
		}
	}
	if name == "compareTo" && len(a) == 1 {
		if a[0].kind != v.kind {
			r.fail(&MethodError{name, "numbers compare with numbers of their own type only"})
		}
		if v.kind == KindByte || v.kind == KindShort {
			return Int(int64(v.bits) - int64(a[0].bits)), true
		}
		return Int(int64(compareTo(v, a[0]))), true
	}
	switch v.kind {
	case KindByte, KindShort, KindInteger, KindLong:
		return r.integralMethod(integrals[v.kind], name, a)
	case KindDouble, KindFloat:
		return r.doubleMethod(v, name, a)
	case KindBigInteger:
		return r.bigMethod(v.ref.(*big.Int), name, a)
	case KindBigDecimal:
		return r.decimalMethod(v, name, a)
	}
	return Value{}, false
}

// compareTo orders numbers of one type; NaN is above all and 0.0 above -0.0.
func compareTo(a, b Value) int {
	if a.kind != KindDouble && a.kind != KindFloat {
		return compareNumbers(a, b)
	}
	x, y := a.float64(), b.float64()
	if x < y || x > y {
		return order(x, y)
	}
	return order(int(int64(math.Float64bits(x))>>62), int(int64(math.Float64bits(y))>>62))
}

func convert(v Value, name string) (Value, bool) {
	switch name {
	case "byteValue":
		return Value{kind: KindByte, bits: uint64(int8(v.asInt()))}, true
	case "shortValue":
		return Value{kind: KindShort, bits: uint64(int16(v.asInt()))}, true
	case "intValue":
		return Value{kind: KindInteger, bits: uint64(v.asInt())}, true
	case "longValue":
		return Long(v.asLong()), true
	case "floatValue":
		return float(v.asFloat()), true
	case "doubleValue":
		return Double(v.asDouble()), true
	}
	return Value{}, false
}
