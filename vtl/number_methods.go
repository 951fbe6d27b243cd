package vtl

import (
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"strings"
)

func itoa(i int64) string { return strconv.FormatInt(i, 10) }

func isInfinite(f float64) bool { return math.IsInf(f, 0) }

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
		return Int(int64(compareTo(v, a[0]))), true
	}
	switch v.kind {
	case KindInteger:
		return r.integerMethod(name, a)
	case KindLong:
		return r.longMethod(name, a)
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

// parse is Integer.parseInt and its like.
func (r *Run) parseInteger(method, s string, radix, size int) int64 {
	i, err := strconv.ParseInt(s, radix, size)
	if err != nil || strings.Contains(s, "_") || radix < 2 {
		r.fail(&MethodError{method, quoteToken(s) + " is not an integer"})
	}
	return i
}

func int32Value(i int64) Value { return Value{kind: KindInteger, bits: uint64(i)} }

// integerMethod are the static methods of java.lang.Integer.
func (r *Run) integerMethod(name string, a arguments) (Value, bool) {
	switch {
	case (name == "parseInt" || name == "valueOf") && a.fit("s"):
		return int32Value(r.parseInteger(name, a[0].Text(), 10, 32)), true
	case (name == "parseInt" || name == "valueOf") && a.fit("si"):
		return int32Value(r.parseInteger(name, a[0].Text(), a.int(1), 32)), true
	case name == "decode" && a.fit("s"):
		return int32Value(r.parseInteger(name, a[0].Text(), 0, 32)), true
	case !a.fit("i") && !a.fit("ii"):
		return Value{}, false
	}
	x := int32(a.int(0))
	if len(a) == 1 {
		return r.integerStatic(name, x)
	}
	y := int32(a.int(1))
	switch name {
	case "max":
		return int32Value(int64(max(x, y))), true
	case "min":
		return int32Value(int64(min(x, y))), true
	case "sum":
		return int32Value(int64(x + y)), true
	case "compare":
		return int32Value(int64(order(int64(x), int64(y)))), true
	case "toString":
		return r.text(strconv.FormatInt(int64(x), radixOf(y))), true
	case "divideUnsigned", "remainderUnsigned":
		return r.unsigned(name, uint32(x), uint32(y)), true
	}
	return Value{}, false
}

func (r *Run) unsigned(name string, x, y uint32) Value {
	if y == 0 {
		r.fail(&MethodError{name, "division by zero"})
	}
	if name == "divideUnsigned" {
		return int32Value(int64(int32(x / y)))
	}
	return int32Value(int64(int32(x % y)))
}

func radixOf(i int32) int {
	if i < 2 || i > 36 {
		return 10
	}
	return int(i)
}

func (r *Run) integerStatic(name string, x int32) (Value, bool) {
	u := uint32(x)
	switch name {
	case "valueOf", "hashCode":
		return int32Value(int64(x)), true
	case "toString":
		return String(itoa(int64(x))), true
	case "toHexString":
		return String(strconv.FormatUint(uint64(u), 16)), true
	case "toBinaryString":
		return String(strconv.FormatUint(uint64(u), 2)), true
	case "toOctalString":
		return String(strconv.FormatUint(uint64(u), 8)), true
	case "signum":
		return int32Value(int64(order(int64(x), 0))), true
	case "bitCount":
		return int32Value(int64(bits.OnesCount32(u))), true
	case "reverse":
		return int32Value(int64(int32(bits.Reverse32(u)))), true
	case "reverseBytes":
		return int32Value(int64(int32(bits.ReverseBytes32(u)))), true
	case "numberOfLeadingZeros":
		return int32Value(int64(bits.LeadingZeros32(u))), true
	case "numberOfTrailingZeros":
		return int32Value(int64(bits.TrailingZeros32(u))), true
	case "highestOneBit":
		if u == 0 {
			return int32Value(0), true
		}
		return int32Value(int64(int32(1 << (31 - bits.LeadingZeros32(u))))), true
	case "lowestOneBit":
		return int32Value(int64(x & -x)), true
	case "toUnsignedLong":
		return Long(int64(u)), true
	case "toUnsignedString":
		return String(strconv.FormatUint(uint64(u), 10)), true
	}
	return Value{}, false
}

// longMethod are the static methods of java.lang.Long.
func (r *Run) longMethod(name string, a arguments) (Value, bool) {
	switch {
	case (name == "parseLong" || name == "valueOf") && a.fit("s"):
		return Long(r.parseInteger(name, a[0].Text(), 10, 64)), true
	case (name == "parseLong" || name == "valueOf") && a.fit("si"):
		return Long(r.parseInteger(name, a[0].Text(), a.int(1), 64)), true
	case name == "decode" && a.fit("s"):
		return Long(r.parseInteger(name, a[0].Text(), 0, 64)), true
	case a.fit("j"):
		return longStatic(name, int64(a[0].bits))
	case !a.fit("jj"):
		return Value{}, false
	}
	x, y := int64(a[0].bits), int64(a[1].bits)
	switch name {
	case "max":
		return Long(max(x, y)), true
	case "min":
		return Long(min(x, y)), true
	case "sum":
		return Long(x + y), true
	case "compare":
		return int32Value(int64(order(x, y))), true
	case "toString":
		return r.text(strconv.FormatInt(x, radixOf(int32(y)))), true
	}
	return Value{}, false
}

func longStatic(name string, x int64) (Value, bool) {
	u := uint64(x)
	switch name {
	case "valueOf":
		return Long(x), true
	case "hashCode":
		return int32Value(int64(int32(u ^ u>>32))), true
	case "toString":
		return String(itoa(x)), true
	case "toHexString":
		return String(strconv.FormatUint(u, 16)), true
	case "toBinaryString":
		return String(strconv.FormatUint(u, 2)), true
	case "toOctalString":
		return String(strconv.FormatUint(u, 8)), true
	case "signum":
		return int32Value(int64(order(x, 0))), true
	case "bitCount":
		return int32Value(int64(bits.OnesCount64(u))), true
	case "numberOfLeadingZeros":
		return int32Value(int64(bits.LeadingZeros64(u))), true
	case "numberOfTrailingZeros":
		return int32Value(int64(bits.TrailingZeros64(u))), true
	}
	return Value{}, false
}

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

// bigMethod are methods of java.math.BigInteger.
func (r *Run) bigMethod(x *big.Int, name string, a arguments) (Value, bool) {
	switch {
	case len(a) == 0:
		return bigMethod0(x, name)
	case name == "valueOf" && a.fit("j"):
		return BigInteger(big.NewInt(int64(a[0].bits))), true
	case name == "toString" && a.fit("i"):
		return r.text(x.Text(radixOf(int32(a.int(0))))), true
	case name == "pow" && a.fit("i"):
		if n := a.int(0); n < 0 || x.BitLen()*n > maxBits {
			r.fail(&MethodError{name, "the exponent is out of range"})
		}
		return BigInteger(new(big.Int).Exp(x, big.NewInt(int64(a.int(0))), nil)), true
	case len(a) != 1 || a[0].kind != KindBigInteger:
		return Value{}, false
	}
	y := a[0].ref.(*big.Int)
	switch name {
	case "add":
		return r.calculateBig(kindPlus, x, y), true
	case "subtract":
		return r.calculateBig(kindMinus, x, y), true
	case "multiply":
		return r.calculateBig(kindMultiply, x, y), true
	case "divide", "mod", "remainder":
		return r.divideBig(name, x, y), true
	case "gcd":
		return BigInteger(new(big.Int).GCD(nil, nil, new(big.Int).Abs(x), new(big.Int).Abs(y))), true
	case "max", "min":
		if (x.Cmp(y) >= 0) == (name == "max") {
			return BigInteger(x), true
		}
		return BigInteger(y), true
	}
	return Value{}, false
}

func (r *Run) divideBig(name string, x, y *big.Int) Value {
	if y.Sign() == 0 || name == "mod" && y.Sign() < 0 {
		r.fail(&MethodError{name, "the divisor must be positive"})
	}
	switch name {
	case "divide":
		return r.calculateBig(kindDivide, x, y)
	case "mod":
		return r.calculateBig(kindModulus, x, y)
	}
	return BigInteger(new(big.Int).Rem(x, y))
}

func bigMethod0(x *big.Int, name string) (Value, bool) {
	switch name {
	case "abs":
		return BigInteger(new(big.Int).Abs(x)), true
	case "negate":
		return BigInteger(new(big.Int).Neg(x)), true
	case "signum":
		return int32Value(int64(x.Sign())), true
	case "bitLength":
		if x.Sign() < 0 {
			return int32Value(int64(new(big.Int).Not(x).BitLen())), true
		}
		return int32Value(int64(x.BitLen())), true
	}
	return Value{}, false
}

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
	case len(a) != 1 || a[0].kind != KindBigDecimal:
		return Value{}, false
	case name == "add":
		return r.calculateDecimal(kindPlus, v, a[0]), true
	case name == "subtract":
		return r.calculateDecimal(kindMinus, v, a[0]), true
	case name == "multiply":
		return r.calculateDecimal(kindMultiply, v, a[0]), true
	}
	return Value{}, false
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

func (r *Run) booleanMethod(v Value, name string, a arguments) (Value, bool) {
	switch {
	case name == "booleanValue" && a.fit(""):
		return v, true
	case name == "compareTo" && len(a) == 1:
		if a[0].kind != KindBoolean {
			r.fail(&MethodError{name, "booleans compare with booleans only"})
		}
		return Int(int64(v.bits) - int64(a[0].bits)), true
	case (name == "parseBoolean" || name == "valueOf") && a.fit("s"):
		return Bool(strings.EqualFold(a[0].Text(), "true")), true
	case name == "valueOf" && a.fit("b"):
		return a[0], true
	case name == "toString" && a.fit("b"):
		return String(strconv.FormatBool(a[0].Bool())), true
	case name == "hashCode" && a.fit("b"):
		e := effort{1}
		return int32Value(int64(e.hash(a[0]))), true
	case !a.fit("bb"):
		return Value{}, false
	}
	x, y := a[0].Bool(), a[1].Bool()
	switch name {
	case "logicalAnd":
		return Bool(x && y), true
	case "logicalOr":
		return Bool(x || y), true
	case "logicalXor":
		return Bool(x != y), true
	case "compare":
		return Int(int64(a[0].bits) - int64(a[1].bits)), true
	}
	return Value{}, false
}

func (r *Run) characterMethod(v Value, name string, a arguments) (Value, bool) {
	switch {
	case name == "charValue" && a.fit(""):
		return v, true
	case name == "compareTo" && len(a) == 1:
		if a[0].kind != KindCharacter {
			r.fail(&MethodError{name, "characters compare with characters only"})
		}
		return Int(int64(v.bits) - int64(a[0].bits)), true
	case a.fit("i"):
		return characterOfInt(name, rune(a.int(0)))
	case !a.fit("c"):
		return Value{}, false
	}
	return characterStatic(name, rune(a[0].bits))
}
