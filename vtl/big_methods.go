package vtl

import (
	"math/big"
	"strings"
)

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
