package vtl

import (
	"math"
	"strconv"
	"strings"
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
		return String(hexDouble(a[0].asDouble())), true
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

// hexDouble is Double.toHexString.
func hexDouble(f float64) string {
	s := strconv.FormatFloat(f, 'x', -1, 64)
	mantissa, power, ok := strings.Cut(s, "p")
	if !ok {
		return string(appendDouble(nil, f, 64))
	}
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	e, _ := strconv.Atoi(power)
	return mantissa + "p" + strconv.Itoa(e)
}

func (r *Run) parseDouble(method, s string) float64 {
	trimmed := strings.TrimFunc(s, func(c rune) bool { return c <= ' ' })
	plain := strings.TrimRight(trimmed, "dDfF")
	if len(trimmed)-len(plain) > 1 || strings.ContainsAny(plain, "_") {
		plain = ""
	}
	switch trimmed {
	case "NaN", "Infinity", "+Infinity", "-Infinity":
		plain = trimmed
	default:
		if strings.ContainsAny(plain, "nNiI") {
			plain = ""
		}
	}
	f, err := strconv.ParseFloat(plain, 64)
	if err != nil && !isInfinite(f) {
		r.fail(&MethodError{method, quoteToken(s) + " is not a number"})
	}
	return f
}
