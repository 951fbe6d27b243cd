package vtl

import (
	"math"

	"github.com/pasarela-ws/pasarela/vtl/internal/javanumber"
)

func isInfinite(f float64) bool { return math.IsInf(f, 0) }

// doubleMethod are the methods of java.lang.Double and Float.
func (r *Run) doubleMethod(v Value, name string, a arguments) (Value, bool) {
	single := v.kind == KindFloat
	number := func(f float64) Value {
		if single {
			return float(float32(f))
		}
		return Double(f)
	}
	switch {
	case len(a) == 0 && (name == "isNaN" || name == "isInfinite"):
		return doubleTest(name, v.float64())
	case a.fit("s") && (name == "valueOf" || name == "parseDouble" && !single || name == "parseFloat" && single):
		return number(r.parseDouble(name, a[0].Text())), true
	case a.fit("d") && name == "valueOf":
		return number(a[0].asDouble()), true
	case a.fit("d") && name == "toString":
		return r.text(r.toString(number(a[0].asDouble()))), true
	case a.fit("d") && name == "hashCode":
		e := effort{1}
		return int32Value(int64(e.hash(number(a[0].asDouble())))), true
	case a.fit("d") && name == "toHexString":
		return String(javanumber.HexDouble(a[0].asDouble())), true
	case a.fit("d") && (name == "doubleToLongBits" || name == "doubleToRawLongBits") && !single:
		return Long(int64(math.Float64bits(a[0].asDouble()))), true
	case a.fit("d"):
		return doubleTest(name, a[0].asDouble())
	case !a.fit("dd"):
		return Value{}, false
	}
	x, y := a[0].asDouble(), a[1].asDouble()
	switch name {
	case "max":
		return number(math.Max(x, y)), true
	case "min":
		return number(math.Min(x, y)), true
	case "sum":
		return number(x + y), true
	case "compare":
		return int32Value(int64(compareTo(Double(x), Double(y)))), true
	}
	return Value{}, false
}

func doubleTest(name string, f float64) (Value, bool) {
	switch name {
	case "isNaN":
		return Bool(math.IsNaN(f)), true
	case "isInfinite":
		return Bool(isInfinite(f)), true
	case "isFinite":
		return Bool(!math.IsNaN(f) && !isInfinite(f)), true
	}
	return Value{}, false
}

func (r *Run) parseDouble(method, s string) float64 {
	f, ok := javanumber.ParseDouble(s)
	if !ok {
		r.fail(&MethodError{method, quoteToken(s) + " is not a number"})
	}
	return f
}
