package vtl

import (
	"math"

	"github.com/pasarela-ws/pasarela/vtl/internal/javanumber"
)

func isInfinite(f float64) bool { return math.IsInf(f, 0) }

func isFinite(f float64) bool { return !math.IsNaN(f) && !isInfinite(f) }

// doubleMethods are those of java.lang.Double that Float does not have.
var doubleMethods = []method{
	{"doubleToLongBits", "d", 0, longBits},
	{"doubleToRawLongBits", "d", 0, longBits},
}

func longBits(_ *Run, _ Value, a arguments) Value { return Long(int64(doubleBits(a[0].asDouble()))) }

// floatingMethods are those of java.lang.Double and Float; parse is the name of
// the method that reads a text.
func floatingMethods(kind Kind, parse string) []method {
	number := Double
	if kind == KindFloat {
		number = func(f float64) Value { return float(float32(f)) }
	}
	parsed := func(name string) func(*Run, Value, arguments) Value {
		return func(r *Run, _ Value, a arguments) Value {
			f, ok := javanumber.ParseDouble(a[0].Text())
			if !ok {
				r.refuse(name, "not_number", quoteToken(a[0].Text()))
			}
			return number(f)
		}
	}
	two := func(name string, result func(x, y float64) Value) method {
		return method{name, "dd", 0, func(_ *Run, _ Value, a arguments) Value { return result(a[0].asDouble(), a[1].asDouble()) }}
	}
	test := func(name string, holds func(f float64) bool) method {
		return method{name, "d", 0, func(_ *Run, _ Value, a arguments) Value { return Bool(holds(a[0].asDouble())) }}
	}
	return []method{
		{"isNaN", "", alone, func(_ *Run, v Value, _ arguments) Value { return Bool(math.IsNaN(v.float64())) }},
		{"isInfinite", "", alone, func(_ *Run, v Value, _ arguments) Value { return Bool(isInfinite(v.float64())) }},
		test("isNaN", math.IsNaN),
		test("isInfinite", isInfinite),
		test("isFinite", isFinite),
		{"valueOf", "s", 0, parsed("valueOf")},
		{parse, "s", 0, parsed(parse)},
		{"valueOf", "d", 0, func(_ *Run, _ Value, a arguments) Value { return number(a[0].asDouble()) }},
		{"toString", "d", 0, func(r *Run, _ Value, a arguments) Value { return r.text(r.toString(number(a[0].asDouble()))) }},
		{"hashCode", "d", 0, func(r *Run, v Value, a arguments) Value {
			return hashOfArgument(r, v, arguments{number(a[0].asDouble())})
		}},
		{"toHexString", "d", 0, func(_ *Run, _ Value, a arguments) Value { return String(javanumber.HexDouble(a[0].asDouble())) }},
		two("max", func(x, y float64) Value { return number(math.Max(x, y)) }),
		two("min", func(x, y float64) Value { return number(math.Min(x, y)) }),
		two("sum", func(x, y float64) Value { return number(x + y) }),
		two("compare", func(x, y float64) Value { return int32Value(int64(compareTo(Double(x), Double(y)))) }),
	}
}
